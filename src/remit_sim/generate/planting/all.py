"""Plants everything, each kind as often as the size of the tenant says."""

from __future__ import annotations

from collections.abc import Callable

from remit_sim.generate.planting import (
    credentials,
    dev_reach,
    elevation,
    escalation,
    escalation_directory,
    guards,
    privileges,
    tier_zero,
)
from remit_sim.generate.soil import Soil

_FACTS: tuple[Callable[[Soil, int], None], ...] = (
    privileges.over_privileged_software,
    privileges.over_privileged_user,
    privileges.over_privileged_machine,
    privileges.dormant,
    privileges.orphaned,
    escalation.machine_contributor,
    escalation.automation_contributor,
    escalation.identity_to_attach,
    escalation.outside_subject,
    escalation_directory.application_owner,
    escalation_directory.group_owner,
    escalation_directory.graph_permission,
    credentials.expired,
    credentials.expiring,
    dev_reach.software,
    dev_reach.attached_identity,
    guards.denied,
    guards.locked,
    elevation.eligible_role,
    elevation.eligible_group,
)


def plant(soil: Soil) -> None:
    """Plant all facts."""
    tier_zero.plant(soil)
    for number in range(soil.size.facts):
        for fact in _FACTS:
            fact(soil, number)
