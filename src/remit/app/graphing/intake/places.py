"""Names and tags of management groups and subscriptions, and the rules of PIM for Azure roles."""

from __future__ import annotations

import re

import numpy as np

from remit.app.graphing.intake.columns import Rows
from remit.app.graphing.intake.source import Source
from remit.app.graphing.intake.tags import TagRows
from remit.app.intake.columns import TextRows
from remit.graph.facts import ActivationRules, Demand, ScopeNames
from remit.wire.azure import graph_shapes as shapes

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?", re.ASCII)
_ENABLEMENT = "enablement_enduser_assignment"
_EXPIRATION = "expiration_enduser_assignment"
_APPROVAL = "approval_enduser_assignment"
_CONTEXT = "authenticationcontext_enduser_assignment"
_ENABLED = {
    "multifactorauthentication": Demand.MFA,
    "justification": Demand.JUSTIFICATION,
    "ticketing": Demand.TICKET,
}


def read_scope_names(source: Source, tags: TagRows) -> ScopeNames:
    """Read what management groups and subscriptions are called; their tags go to `tags`."""
    names: dict[int, str] = {}
    for list_name in ("arm/managementGroups", "arm/subscriptions"):
        for place in source.rows(list_name, shapes.NamedPlace):
            scope = source.index.tree.row(place.id.rstrip("/").lower())
            tags.take_scope(scope, place.tags)
            name = place.display_name or (place.properties and place.properties.display_name)
            if name and scope >= 0:
                names[scope] = name
    scopes = sorted(names)
    texts = TextRows()
    for scope in scopes:
        texts.add(names[scope])
    return ScopeNames(np.array(scopes, dtype=np.int32), texts.column())


def read_activation_rules(source: Source) -> ActivationRules:
    """Read what activating an eligible assignment asks for, by scope and role."""
    roles = {role.key.rpartition("/")[2]: row for row, role in enumerate(source.index.facts.roles)}
    found: dict[tuple[int, int], tuple[int, int, tuple[int, ...]]] = {}
    for row in source.rows("arm/roleManagementPolicyAssignments", shapes.RulesAssignment):
        said = row.properties
        if said is None or not said.scope or not said.role_definition_id:
            continue
        scope = source.index.tree.row(said.scope.rstrip("/").lower() or "/")
        role = roles.get(said.role_definition_id.lower().rpartition("/")[2], -1)
        if scope >= 0 and role >= 0:
            found[scope, role] = _rule(source, said)
    keys = sorted(found)
    rows = Rows("iibi")
    approver = [list(found[key][2]) for key in keys]
    for key in keys:
        rows.add(*key, *found[key][:2])
    scope_column, role_column, demands, minutes = rows.columns()
    offsets = np.concatenate([[0], np.cumsum([len(one) for one in approver], dtype=np.int64)]).astype(np.int64)
    flat = np.array([one for several in approver for one in several], dtype=np.int32)
    return ActivationRules(scope_column, role_column, demands, minutes, offsets, flat)


def _rule(source: Source, said: shapes.RulesProperties) -> tuple[int, int, tuple[int, ...]]:
    demands, minutes = 0, -1
    approvers: set[int] = set()
    for rule in said.effective_rules or ():
        name = rule.id.lower()
        if name == _ENABLEMENT:
            for word in rule.enabled_rules or ():
                demands |= _ENABLED.get(word.lower(), 0)
        elif name == _EXPIRATION:
            minutes = _minutes(rule.maximum_duration or "")
        elif name == _CONTEXT and rule.is_enabled:
            demands |= Demand.AUTHENTICATION_CONTEXT
        elif name == _APPROVAL and rule.setting is not None and rule.setting.is_approval_required:
            demands |= Demand.APPROVAL
            for stage in rule.setting.approval_stages or ():
                approvers |= {source.principal(one.id) for one in stage.primary_approvers or ()}
    return demands, minutes, tuple(sorted(approvers - {-1}))


def _minutes(text: str) -> int:
    """Return the minutes of an ISO 8601 duration, -1 where it is none."""
    found = _DURATION.fullmatch(text.upper())
    if found is None or not any(found.groups()):
        return -1
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return (days * 24 + hours) * 60 + minutes
