"""Why an edge of the directory is there, in words."""

from __future__ import annotations

from remit.engine.facts import PrincipalKind
from remit.graph.answers import HopReason
from remit.graph.directory.blind import TABLE as GAPS
from remit.graph.directory.classes import IN_UNIT
from remit.graph.directory.groups import group_traits
from remit.graph.directory.groups import states as group_states
from remit.graph.directory.powers import Power, kinds_of, powers_of
from remit.graph.drawing import HAS_ROLE, MEMBER_OF, Drawing
from remit.graph.facts import DirectoryRole, DirectoryScope, OwnedKind, RoleBasis, UserFlag
from remit.graph.kinds import EdgeKind
from remit.graph.network import Label
from remit.graph.nodes import NodeKind, kind_of, ref_of

Told = tuple[str, str, tuple[HopReason, ...]]
_BASIS = {
    RoleBasis.KNOWN: "its definition was not read: it is taken for the built-in role that has this id everywhere",
    RoleBasis.UNKNOWN: "its definition was not read, and no built-in role that leads anywhere has this id",
}
_RELATIONS = ("memberships", "eligible_memberships", "directory_assignments")
_NOT_SURE = "it is not sure that Azure lets this pass"
_DOUBTS = {
    PrincipalKind.USER: "the user may be protected, by what it holds or may activate, or by what was not read",
    PrincipalKind.GROUP: "whether the group can be changed so, or its rule met, is not known",
    PrincipalKind.SERVICE_PRINCIPAL: "whether it can be changed so, or its application can, is not known",
}
_SIGNS_IN_ELSEWHERE = {
    UserFlag.GUEST: "a guest signs in at home: what is set here may not be what it uses there",
    UserFlag.SYNCED: "what is set here counts only where it is written back",
}
_NOT_EXPORTED = "has to be activated first; what activation asks for stands in no list of the export"


def tell_directory(drawing: Drawing, label: Label, evidence: int, source_key: int, target_key: int) -> Told:
    """Tell one labelled edge that `draw_directory` drew.

    Args:
        drawing: what it was drawn from.
        label: the edge's label.
        evidence: the edge's evidence.
        source_key: the node it leaves.
        target_key: the node it leads to, a hub or the visible node behind it.

    Returns:
        The id of the edge kind, what makes it possible, and the reasons.
    """
    tellers = {
        "memberships": _membership,
        "eligible_memberships": _membership,
        "directory_assignments": _assignment,
        "owners": _owner,
        "app_role_grants": _grant,
        GAPS: _gap,
    }
    if label.table in tellers:
        return tellers[label.table](drawing, label, evidence)
    return _power(drawing, label, source_key, target_key)


def _key(drawing: Drawing, principal: int) -> str:
    return drawing.index.facts.principals.key[principal]


def _membership(drawing: Drawing, label: Label, evidence: int) -> Told:
    facts = drawing.index.facts
    eligible = label.table == "eligible_memberships"
    table = facts.eligible_memberships if eligible else facts.memberships
    group = _key(drawing, int(table.parent[evidence]))
    if eligible:
        reasons = (
            HopReason("member", "an eligible member of the group", group, label.name),
            HopReason("activation", f"the membership {_NOT_EXPORTED}", group, label.name),
        )
        return label.name, "eligible member", reasons
    return MEMBER_OF, "direct member", (HopReason("member", "a member of the group", group, "G1"),)


def _assignment(drawing: Drawing, label: Label, evidence: int) -> Told:
    table = drawing.facts.directory_assignments
    role = drawing.facts.directory_roles[int(table.role[evidence])]
    eligible = bool(table.eligible[evidence])
    where = place_of(drawing, evidence)
    word = "eligible" if eligible else "active"
    holder = _key(drawing, int(table.principal[evidence]))
    shown = f"role {role.key}" if role.name == role.key else role.name
    reasons = [HopReason("directoryRole", f"{shown}, {word}, held at {where}", holder, label.name)]
    if eligible:
        reasons.append(HopReason("activation", f"the role {_NOT_EXPORTED}", role.key, label.name))
    if role.basis in _BASIS:
        reasons.append(HopReason("note", _BASIS[role.basis], role.key, label.name))
    if label.name == HAS_ROLE:
        return HAS_ROLE, f"{role.name} at {where}", tuple(reasons)
    if label.name == "EN-16":
        return label.name, f"eligible {role.name} at {where}", tuple(reasons)
    return label.name, f"{role.name} ({word})", (*reasons, _said(drawing, label.name))


def place_of(drawing: Drawing, row: int) -> str:
    """Return where an Entra role is held: `/`, a unit's name, or the id of an object."""
    table, facts = drawing.facts.directory_assignments, drawing.facts
    scope_kind, scope = int(table.scope_kind[row]), int(table.scope[row])
    if scope_kind == DirectoryScope.TENANT:
        return "/"
    if scope_kind == DirectoryScope.ADMINISTRATIVE_UNIT:
        return f"administrative unit {facts.administrative_units.display_name[scope]}"
    if scope_kind == DirectoryScope.APPLICATION:
        return f"application {facts.applications.display_name[scope]}"
    if scope_kind == DirectoryScope.PRINCIPAL:
        return _key(drawing, scope)
    return "an object that was not read"


def _owner(drawing: Drawing, label: Label, evidence: int) -> Told:
    owners, facts = drawing.facts.owners, drawing.facts
    kind, owned = int(owners.kind[evidence]), int(owners.owned[evidence])
    words = {
        OwnedKind.APPLICATION: "application",
        OwnedKind.SERVICE_PRINCIPAL: "service principal",
        OwnedKind.GROUP: "group",
    }
    subject = facts.applications.key[owned] if kind == OwnedKind.APPLICATION else _key(drawing, owned)
    eligible = bool(owners.eligible[evidence])
    held = "an eligible owner" if eligible else "an owner"
    reasons = [HopReason("owner", f"{held} of the {words[kind]}", subject, label.name)]
    if eligible:
        reasons.append(HopReason("activation", f"the ownership {_NOT_EXPORTED}", subject, label.name))
    permission = f"{'eligible ' if eligible else ''}owner of the {words[kind]}"
    return label.name, permission, (*reasons, _said(drawing, label.name))


def _grant(drawing: Drawing, label: Label, evidence: int) -> Told:
    grants = drawing.facts.app_role_grants
    name = grants.permission_name[int(grants.permission[evidence])]
    ways = (way for way in drawing.catalogue.kind(label.name).way if way.permissions[:1] == (name,))
    # Ways with more permissions stand first, and say more.
    permission = max((" and ".join(way.permissions) for way in ways), key=len, default=name)
    holder = _key(drawing, int(grants.principal[evidence]))
    reason = HopReason("appRole", f"was granted {name} on Microsoft Graph", holder, label.name)
    return (
        label.name,
        permission if _holds(drawing, evidence, permission) else name,
        (reason, _said(drawing, label.name)),
    )


def _holds(drawing: Drawing, evidence: int, permission: str) -> bool:
    grants = drawing.facts.app_role_grants
    rows = (grants.principal == grants.principal[evidence]).nonzero()[0]
    held = {grants.permission_name[int(grants.permission[row])] for row in rows}
    return set(permission.split(" and ")) <= held


def _gap(drawing: Drawing, label: Label, evidence: int) -> Told:
    gap = drawing.index.facts.meta.gaps[evidence]
    reason = HopReason("gap", f"{gap.api} was not read at {gap.scope}: {gap.reason}", gap.scope, "V3")
    return label.name, f"{gap.api} was not read", (reason,)


def _power(drawing: Drawing, label: Label, source_key: int, target_key: int) -> Told:
    role = role_of(drawing, source_key)
    powers = [power for power in powers_of(role, kinds_of(drawing)) if power.kind.id == label.name] if role else []
    power = next((one for one in powers if _about(drawing, one, target_key)), powers[0] if powers else None)
    if role is None or power is None:
        return label.name, "", (_said(drawing, label.name),)
    detail = f"{role.name} holds {power.action}" if power.action else f"what {role.name} may do"
    reasons = [HopReason("directoryRole", detail, role.key, label.name), _said(drawing, label.name)]
    if power.way.note:
        reasons.append(HopReason("note", power.way.note, role.key, label.name))
    return label.name, power.action or role.name, tuple(reasons)


def tell_doubt(
    drawing: Drawing, label: Label, target_key: int, reasons: tuple[HopReason, ...]
) -> tuple[HopReason, ...]:
    """Return why an edge that `draw_directory` drew is only possible, where its reasons do not say so already."""
    if label.table in _RELATIONS or any(reason.kind == "gap" for reason in reasons):
        return ()
    if kind_of(target_key) != NodeKind.PRINCIPAL:
        return (HopReason("note", _NOT_SURE, "", label.name),)
    principal = ref_of(target_key)
    kind = int(drawing.index.facts.principals.kind[principal])
    detail = _DOUBTS.get(kind, _NOT_SURE)
    if kind == PrincipalKind.USER:
        users = drawing.facts.users
        (places,) = (users.principal == principal).nonzero()
        flags = int(users.flags[places[0]]) if len(places) else 0
        detail = next((said for flag, said in _SIGNS_IN_ELSEWHERE.items() if flags & flag), detail)
    return (HopReason("note", detail, _key(drawing, principal), label.name),)


def role_of(drawing: Drawing, key: int) -> DirectoryRole | None:
    """Return the Entra role that a node stands for, None where it stands for none."""
    if kind_of(key) == NodeKind.DIRECTORY_ROLE:
        return drawing.facts.directory_roles[ref_of(key)]
    if kind_of(key) == NodeKind.SCOPED_ROLE:
        return drawing.facts.directory_roles[int(drawing.facts.directory_assignments.role[ref_of(key)])]
    return None


def _about(drawing: Drawing, power: Power, target_key: int) -> bool:
    """Return whether a way leads to a hub or a group; to other nodes, any way of the kind does."""
    names = power.kind.targets_of(power.way)
    if kind_of(target_key) == NodeKind.HUB:
        sets = drawing.hubs.names[ref_of(target_key)].partition(IN_UNIT)[0].replace("?", "").split(" + ")
        return not set(names).isdisjoint(sets)
    traits = group_traits(drawing, ref_of(target_key)) if kind_of(target_key) == NodeKind.PRINCIPAL else None
    if traits is None:
        return True
    # Inside a restricted unit or not: the edge is there, so only what the group is decides which way it is.
    return any(name.startswith("group:") and group_states(name, traits, True)[0] for name in names)


def _said(drawing: Drawing, kind_id: str) -> HopReason:
    kind: EdgeKind = drawing.catalogue.kind(kind_id)
    return HopReason("note", kind.says, "", kind_id)
