"""Users, groups, administrative units and owners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from msgspec import UNSET

from remit.app.graphing.intake.columns import Rows
from remit.app.graphing.intake.source import Source, window
from remit.app.intake.columns import TextRows, gather
from remit.engine.facts import PrincipalKind
from remit.graph.facts import AdministrativeUnits, GroupFlag, Groups, OwnedKind, Owners, UserFlag, Users
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL
from remit.wire.azure import graph_shapes as shapes

_OWNER = "owner"
_PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Units:
    """Administrative units and the principals that only admins of a restricted one may change."""

    table: AdministrativeUnits
    row: dict[str, int]
    restricted: frozenset[int]


def read_units(source: Source) -> Units:
    """Read administrative units and their members."""
    said: dict[str, shapes.AdministrativeUnit] = {
        row.id.lower(): row for row in source.rows("graph/administrativeUnits", shapes.AdministrativeUnit)
    }
    keys = sorted(said)
    row = {key: place for place, key in enumerate(keys)}
    key_texts, names = TextRows(), TextRows()
    for key in keys:
        key_texts.add(key)
        names.add(said[key].display_name or "")
    pairs = Rows("ii")
    for pair in source.rows("graph/administrativeUnitMembers", shapes.Pair):
        unit = row.get(pair.parent_id.lower(), -1)
        member = source.principal(pair.member.id) if pair.member else -1
        if unit >= 0 and member >= 0:
            pairs.add(unit, member)
    unit_column, member_column = pairs.sorted()
    restricted = np.array([said[key].is_member_management_restricted is True for key in keys], dtype=np.bool_)
    table = AdministrativeUnits(key_texts.column(), names.column(), restricted, unit_column, member_column)
    guarded = member_column[restricted[unit_column]] if keys else member_column
    return Units(table, row, frozenset(guarded.tolist()))


def read_users(source: Source, restricted: frozenset[int]) -> Users:
    """Read the flags of users."""
    rows = Rows("ib")
    for user in source.rows("graph/users", shapes.User):
        principal = source.principal(user.id)
        if principal < 0:
            continue
        flags = 0
        if user.user_type and user.user_type.lower() == "guest":
            flags |= UserFlag.GUEST
        if user.on_premises_sync_enabled:
            flags |= UserFlag.SYNCED
        if user.is_management_restricted or principal in restricted:
            flags |= UserFlag.RESTRICTED
        rows.add(principal, flags)
    return Users(*rows.sorted())


def read_groups(source: Source, restricted: frozenset[int]) -> Groups:
    """Read the flags and the membership rules of groups."""
    rows = Rows("ib")
    rules = TextRows()
    for group in source.rows("graph/groups", shapes.Group):
        principal = source.principal(group.id)
        if principal < 0:
            continue
        types = {one.lower() for one in group.group_types or ()}
        flags = 0
        for given, flag in (
            (group.is_assignable_to_role is True, GroupFlag.ROLE_ASSIGNABLE),
            (group.is_assignable_to_role is UNSET, GroupFlag.ASSIGNABLE_NOT_READ),
            ("dynamicmembership" in types, GroupFlag.DYNAMIC),
            ((group.membership_rule_processing_state or "").lower() == _PAUSED, GroupFlag.PAUSED),
            (group.on_premises_sync_enabled, GroupFlag.SYNCED),
            ("unified" in types, GroupFlag.UNIFIED),
            (group.security_enabled, GroupFlag.SECURITY),
            (group.is_management_restricted or principal in restricted, GroupFlag.RESTRICTED),
        ):
            flags |= flag if given else 0
        rows.add(principal, flags)
        rules.add((group.membership_rule or "") if "dynamicmembership" in types else "")
    principals, flags_column = rows.columns()
    order = np.argsort(principals, kind="stable")
    return Groups(principals[order], flags_column[order], gather(rules.column(), order))


def read_owners(source: Source, applications: dict[str, int]) -> Owners:
    """Read owners; `applications` is the row of `Applications` by object id.

    An owner of a group with windows from PIM counts only inside them, as members do (V4).
    """
    rows = Rows("biiqq?")
    able = source.index.facts.principals.kind != PrincipalKind.SERVICE_PRINCIPAL
    timed: set[tuple[int, int]] = set()
    for list_name, eligible in (
        ("graph/groupAssignmentScheduleInstances", 0),
        ("graph/groupEligibilityScheduleInstances", 1),
    ):
        for said in source.rows(list_name, shapes.GroupWindow):
            group, owner = source.principal(said.group_id), source.principal(said.principal_id)
            if eligible and owner >= 0 and not able[owner]:
                # A service principal cannot be eligible (P4).
                continue
            if (said.access_id or "").lower() == _OWNER and group >= 0 and owner >= 0:
                rows.add(OwnedKind.GROUP, group, owner, *window(said.start_date_time, said.end_date_time), eligible)
                if not eligible:
                    timed.add((group, owner))
    for list_name, kind in (
        ("graph/applicationOwners", OwnedKind.APPLICATION),
        ("graph/servicePrincipalOwners", OwnedKind.SERVICE_PRINCIPAL),
        ("graph/groupOwners", OwnedKind.GROUP),
    ):
        for pair in source.rows(list_name, shapes.Pair):
            owner = source.principal(pair.member.id) if pair.member else -1
            if kind == OwnedKind.APPLICATION:
                owned = applications.get(pair.parent_id.lower(), -1)
            else:
                owned = source.principal(pair.parent_id)
            if owner >= 0 and owned >= 0 and not (kind == OwnedKind.GROUP and (owned, owner) in timed):
                rows.add(kind, owned, owner, ALWAYS_FROM, ALWAYS_UNTIL, 0)
    return Owners(*rows.sorted())
