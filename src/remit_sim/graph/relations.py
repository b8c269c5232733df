"""Who belongs to what: members and owners forwards, memberships and ownerships backwards, nesting followed if asked.

    >>> cast_of("microsoft.graph.servicePrincipal").collection
    'servicePrincipals'

Three habits of Azure are kept. In v1.0 the members and the owners of a group leave service principals out; `$expand`, a
cast to microsoft.graph.servicePrincipal and beta give them. A cast is an advanced query: it wants `$count=true` and the
header `ConsistencyLevel: eventual`. And members of a group or administrative unit of hidden membership are given only
to who holds Member.Read.Hidden: others see an empty list, not a refusal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Raw, Struct, field

from remit_sim.call import Call, Refusal
from remit_sim.graph.directory import find, typed
from remit_sim.graph.filters import Not
from remit_sim.graph.kinds import (
    GROUPS,
    KIND_OF_TYPE,
    KINDS,
    SERVICE_PRINCIPALS,
    Kind,
    member_of,
    parent_of,
)
from remit_sim.graph.permissions import HIDDEN_MEMBERS, has
from remit_sim.graph.rows import Chosen, Indexed, Matching, Positioned, Rows, project, raw_fields
from remit_sim.tenant import Fields, Row, SimTenant

_TYPE = "@odata.type"


class _Pair(Struct):
    parent: str = field(name="parentId")
    member: Raw


_PAIRS = msgspec.json.Decoder(_Pair)


def cast_of(name: str) -> Kind:
    """Return the kind that a cast such as `microsoft.graph.user` names.

    Raises:
        Refusal: there is no such kind.
    """
    kind = KIND_OF_TYPE.get(f"#{name.lower()}")
    if kind is None:
        raise Refusal(400, "BadRequest", f"Resource not found for the segment '{name}'.")
    return kind


def asked_cast(call: Call) -> Kind | None:
    """Return the kind that a call casts to, None for none.

    Raises:
        Refusal: there is no such kind, or it is not asked for as an advanced query.
    """
    if "cast" not in call.arguments:
        return None
    cast = cast_of(call.arguments["cast"])
    counts = {name.lower(): text.lower() for name, text in call.query.items()}.get("$count") == "true"
    levels = {name.lower(): text.lower() for name, text in call.headers.items()}
    if not counts or levels.get("consistencylevel") != "eventual":
        message = "Request with only OData cast is not supported: it needs $count=true and ConsistencyLevel: eventual."
        raise Refusal(400, "Request_UnsupportedQuery", message)
    return cast


def related(call: Call, kind: Kind, relation: str, parent: str) -> Rows:
    """Return the pairs of a parent as the caller may see them, of any kind of member.

    Args:
        call: who asks, and where.
        kind: kind of the parent.
        relation: `members` or `owners`.
        parent: lower-case id of the parent.
    """
    if relation == "members" and hidden(call, kind, parent):
        return Chosen(())
    return Indexed(call.tenant.table(kind.pair_list(relation)), "graph:parentId", parent_of, parent)


def hidden(call: Call, kind: Kind, parent: str) -> bool:
    """Return whether the members of an object are hidden from the caller."""
    if has(call, HIDDEN_MEMBERS):
        return False
    fields = call.tenant.table(kind.list_name).fields(parent)
    return fields is not None and fields.get("visibility") == "HiddenMembership"


def listed(call: Call, kind: Kind, rows: Rows, cast: Kind | None) -> Rows:
    """Return of pairs what a list gives: those of a cast, else all but the service principals of a group in v1.0."""
    if cast is not None:
        return Matching(rows, _OfKind(call.tenant, cast))
    if kind is GROUPS and call.version != "beta":
        return Matching(rows, Not(_OfKind(call.tenant, SERVICE_PRINCIPALS)))
    return rows


def transitive_members(call: Call, group: str) -> Rows:
    """Return the pairs of everybody in a group and the groups nested in it, each member once."""
    pairs = call.tenant.table(GROUPS.pair_list("members"))
    seen, found, waiting = {group}, list[Row](), [group]
    while waiting:
        parent = waiting.pop()
        if hidden(call, GROUPS, parent):
            continue
        for _, row in pairs.where("graph:parentId", parent_of, parent):
            member = member_of(msgspec.json.decode(row))
            if member not in seen:
                seen.add(member)
                found.append(row)
                waiting.append(member)
    return Chosen(list(enumerate(found)))


def containers(call: Call, member: str, *, nested: bool) -> list[tuple[Kind, str]]:
    """Return the groups and administrative units that hold an object: kind and lower-case id, each once."""
    seen = {member}
    found: list[tuple[Kind, str]] = []
    waiting = [member]
    while waiting:
        for kind, parent in _parents(call, waiting.pop(), "members"):
            if parent not in seen and not hidden(call, kind, parent):
                seen.add(parent)
                found.append((kind, parent))
                if nested:
                    waiting.append(parent)
    return found


def owned(call: Call, owner: str) -> list[tuple[Kind, str]]:
    """Return the groups, applications and service principals that an object owns: kind and lower-case id."""
    return list(_parents(call, owner, "owners"))


def objects(call: Call, found: Iterable[tuple[Kind, str]], cast: Kind | None) -> Rows:
    """Return directory objects as rows; those that the directory does not know are left out."""
    rows = list[Positioned]()
    for position, (kind, object_id) in enumerate(found):
        row = call.tenant.table(kind.list_name).get(object_id)
        if row is not None and cast in (None, kind):
            rows.append((position, row if cast else typed(kind, row, ())))
    return Chosen(rows)


def member_row(tenant: SimTenant, pair: Row, select: tuple[str, ...], cast: Kind | None = None) -> Row:
    """Return the member of a pair as it is served.

    Of what the pair itself says nothing is changed as long as no more is selected; more comes from the directory.
    A cast says of what kind all rows are, so that none of them does.
    """
    member = bytes(_PAIRS.decode(pair).member)
    if select == ("id",):
        return project(member, select if cast else (_TYPE, "id"))
    fields = raw_fields(member)
    found = find(tenant, msgspec.json.decode(fields["id"]), _kinds_of(member))
    if found is None:
        return project(member, (_TYPE, *select)) if select else member
    if cast:
        return project(found[1], select) if select else found[1]
    return typed(*found, select)


class _OfKind:
    """A filter: the member of a pair is of one kind."""

    def __init__(self, tenant: SimTenant, kind: Kind) -> None:
        self._tenant = tenant
        self._kind = kind

    def matches(self, fields: Fields) -> bool:
        """Return whether the member is of the kind, as the pair says or, where it is silent, the directory."""
        member = fields["member"]
        if _TYPE in member:
            return str(member[_TYPE]).lower() == self._kind.odata_type.lower()
        return find(self._tenant, str(member["id"]), (self._kind,)) is not None


def _parents(call: Call, member: str, relation: str) -> Iterator[tuple[Kind, str]]:
    for kind in KINDS:
        if pair_list := kind.pair_list(relation):
            for _, row in call.tenant.table(pair_list).where("graph:memberId", member_of, member):
                yield kind, parent_of(msgspec.json.decode(row))


def _kinds_of(member: Row) -> tuple[Kind, ...]:
    kind = KIND_OF_TYPE.get(str(msgspec.json.decode(member).get(_TYPE)).lower())
    return (kind,) if kind else KINDS
