"""Users who are privileged once they activate, and not before."""

from __future__ import annotations

from remit_sim.generate.azure_rows import ROLE, under
from remit_sim.generate.catalogue import ACCESS_ADMINISTRATOR, OWNER, role
from remit_sim.generate.directory_rows import group_instance
from remit_sim.generate.elevations import eligible_instance
from remit_sim.generate.estate import TARGETS
from remit_sim.generate.labels import EligibleOnly, Use
from remit_sim.generate.planting.escalation import GRANT
from remit_sim.generate.soil import Soil


def eligible_role(soil: Soil, number: int) -> None:
    """A user who may activate a privileged role of a subscription."""
    subscription = soil.estate.planted_in(TARGETS, number)
    user, name = soil.user(), soil.fresh("eligibility")
    role_name = (OWNER, ACCESS_ADMINISTRATOR)[number % 2]
    start, end = soil.calendar.day(-soil.dice.between(20, 300)), soil.calendar.day(soil.dice.between(30, 360))
    row = eligible_instance(
        subscription.scope,
        name,
        ROLE + role(role_name),
        user,
        "User",
        schedule=soil.fresh("schedule"),
        window=(start, end),
    )
    soil.add("arm/roleEligibilityScheduleInstances", row)
    soil.eligible.append((subscription.scope, role(role_name)))
    soil.labels.eligible_only.append(
        EligibleOnly(
            kind="role",
            principal_id=user,
            eligibility_id=under(subscription.scope, "roleEligibilityScheduleInstances", name),
            role=role_name,
            scope=subscription.scope,
            use=Use(GRANT, "control", subscription.scope),
        )
    )


def eligible_group(soil: Soil, number: int) -> None:
    """A user who may become a member of a group that owns a subscription."""
    subscription = soil.estate.planted_in(TARGETS, number)
    user, group = soil.user(), soil.group(assignable=True)
    large = soil.grant(group, "Group", OWNER, subscription.scope)
    soil.labels.tier_zero.groups.append(group)
    soil.labels.tier_zero.assignments.append(large)
    start = soil.calendar.day(-soil.dice.between(20, 300))
    row = group_instance(group, user, soil.fresh("group-eligibility"), start, None)
    soil.add("graph/groupEligibilityScheduleInstances", row)
    soil.labels.eligible_only.append(
        EligibleOnly(
            kind="group",
            principal_id=user,
            eligibility_id=str(row["id"]),
            role=OWNER,
            scope=subscription.scope,
            use=Use(GRANT, "control", subscription.scope),
            group_id=group,
        )
    )
