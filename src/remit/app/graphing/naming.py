"""From what people write to nodes of the graph.

    named = Naming(escalation).find("role:Global Administrator")
    named.ref.label, named.nodes

Tried in this order: `tier0`; `role:NAME` and `entraRole:ID`, a directory role by display name or template id;
`subject:ISSUER#SUBJECT`, outside subjects; anything that begins with `/`, a resource or scope; then principals and
applications as `remit can` finds them; then resources, subscriptions and management groups by their names, and outside
subjects without their issuer. `#secret`, `#code`, `#data`, `#control`, `#gate` or `#grant` behind the id or name of a
resource means one side of it. Several of one name are an error that says so, never a guess. What is known and no node
has no nodes: nothing leads to or from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from remit.engine.facts import PrincipalFlag
from remit.engine.strings import TextColumn
from remit.graph.answers import NodeRef
from remit.graph.facts import IdentityLink
from remit.graph.naming import NodeNames
from remit.graph.nodes import Facet, NodeKind, node_key
from remit.model.errors import AmbiguousPrincipalError, InputError, UnknownPrincipalError
from remit.model.scope import Scope, ScopeKind

if TYPE_CHECKING:
    from remit.app.graphing.opening import Escalation

Codes = NDArray[np.int32]

TIER_ZERO = "tier0"
SIDES = {facet.name.lower(): facet for facet in Facet if facet is not Facet.NONE}
_REACHED = (Facet.NONE, Facet.CODE, Facet.SECRET, Facet.DATA, Facet.CONTROL, Facet.GRANT)
"""Sides that count as reaching a resource; that a guard can be taken away is no way in by itself."""

_SIDE_WORDS = {
    Facet.CODE: "running code as it",
    Facet.SECRET: "reading its secrets",
    Facet.DATA: "its data",
    Facet.CONTROL: "changing its settings",
    Facet.GRANT: "giving roles on it",
    Facet.GATE: "taking a guard of it away",
}
_ROLE, _ENTRA_ROLE, _SUBJECT = "role:", "entrarole:", "subject:"
_EXAMPLES = "give an object id, name, resource id, scope, role:NAME or tier0"
_DISABLED = "the account is disabled: it cannot sign in, and what it holds stays"
_AT_ONCE = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """What a text names.

    Attributes:
        ref: how it is shown.
        nodes: numbers of its nodes, sorted; none where no edge touches it.
        principal: row of `Principals` where it is one, else -1.
        remarks: what should be told about the name itself.
        stands_in: there is no such resource; the nodes are of the place where it would stand.
    """

    ref: NodeRef
    nodes: Codes
    principal: int = -1
    remarks: tuple[str, ...] = ()
    stands_in: bool = False


class Naming:
    """Finds nodes of one graph by what people call them."""

    def __init__(self, escalation: Escalation) -> None:
        self._facts = escalation.facts
        self._names = NodeNames(escalation.graph.drawing)
        self._tenant = escalation.tenant
        self._network = escalation.graph.network
        self._types = {target.lower() for kind in escalation.catalogue.kinds for target in kind.targets}

    def find(self, text: str) -> Named:
        """Return what a text names.

        Raises:
            AmbiguousPrincipalError: several principals go by it.
            InputError: nothing does, or several resources do.
            ScopeSyntaxError: it begins like a scope and is none.
        """
        wanted = text.strip()
        low = wanted.lower()
        if low in (TIER_ZERO, "tier-zero"):
            return self._node(node_key(NodeKind.TIER_ZERO, 0))
        for prefix in (_ROLE, _ENTRA_ROLE):
            if low.startswith(prefix):
                return self._role(wanted[len(prefix) :].strip())
        if low.startswith(_SUBJECT):
            return self._subject(wanted)
        if wanted.startswith("/"):
            return self._place(wanted)
        return self._somebody(wanted)

    def principal(self, row: int) -> Named:
        """Return a principal by its row."""
        named = self._node(node_key(NodeKind.PRINCIPAL, row), row)
        disabled = self._tenant.index.facts.principals.flags[row] & PrincipalFlag.DISABLED
        return replace(named, remarks=(_DISABLED,)) if disabled else named

    # Directory --------------------------------------------------------------------------------------------------

    def _role(self, wanted: str) -> Named:
        name, mark, where = wanted.partition("@")
        low = name.strip().casefold()
        roles = self._facts.directory_roles
        for row, role in enumerate(roles):
            if low in (role.key.casefold(), role.name.casefold()):
                if mark:
                    raise InputError(
                        f"`{wanted}` is a role over `{where}`, which cannot be asked about",
                        hint=f"ask about the role in the whole tenant, or about {where.lstrip('/')}",
                    )
                return self._node(node_key(NodeKind.DIRECTORY_ROLE, row))
        near = sorted(role.name for role in roles if low and low in role.name.casefold())
        hint = f"did you mean role:{near[0]}" if near else "give the display name or template id of a role of Entra ID"
        raise InputError(f"no directory role `{wanted}` in this snapshot", hint=hint)

    def _subject(self, wanted: str) -> Named:
        issuer, mark, subject = wanted[len(_SUBJECT) :].partition("#")
        table = self._facts.federated_credentials
        low = issuer.strip().rstrip("/").lower()
        rows = [
            row
            for row in range(len(table.principal))
            if table.issuer[row].rstrip("/").lower() == low
            and (not mark or subject in (table.subject[row], table.expression[row]))
        ]
        if not rows:
            raise InputError(
                f"no federated credential trusts `{wanted}`", hint="write subject:ISSUER or subject:ISSUER#SUBJECT"
            )
        label = f"{subject} of {issuer}" if mark else f"any subject of {issuer} that is trusted"
        keys = [node_key(NodeKind.OUTSIDE, row) for row in rows]
        return Named(NodeRef(wanted, "subject", label), self._numbers(keys))

    def _trusted(self, wanted: str) -> Named | None:
        """Return an outside subject that is written as it is shown, without its issuer."""
        table = self._facts.federated_credentials
        rows = [row for row in range(len(table.principal)) if wanted in (table.subject[row], table.expression[row])]
        issuers = sorted({table.issuer[row].rstrip("/") for row in rows}, key=str.lower)
        if len({issuer.lower() for issuer in issuers}) > 1:
            raise InputError(
                f"`{wanted}` is a subject of {len(issuers)} issuers",
                hint=f"give one, such as subject:{issuers[0]}#{wanted}",
            )
        return self._subject(f"{_SUBJECT}{issuers[0]}#{wanted}") if issuers else None

    def _somebody(self, wanted: str) -> Named:
        principals = self._tenant.principals
        try:
            key = principals.find(wanted)
        except AmbiguousPrincipalError:
            raise
        except UnknownPrincipalError:
            found = (
                self._application(wanted)
                or self._named_place(wanted)
                or self._named_side(wanted)
                or self._trusted(wanted)
            )
            if found is None:
                raise InputError(f"nothing goes by `{wanted}` in this snapshot", hint=_EXAMPLES) from None
            return found
        row = self._tenant.index.principal_row(key)
        application = self._application(wanted)
        if row >= 0 and (application is None or self._tenant.principals.at(row).kind != "unknown"):
            return self.principal(row)
        if application is not None:
            return application
        remark = "the snapshot does not know this object id"
        return Named(NodeRef(key, "unknown", key), np.zeros(0, np.int32), row, (remark,))

    def _application(self, wanted: str) -> Named | None:
        """Return an application: its service principal, or itself where it has none here."""
        table = self._facts.applications
        rows = table.key.find(wanted) or table.app_id.find(wanted) or table.display_name.find(wanted)
        if not rows:
            return None
        if len(rows) > 1:
            raise InputError(f"`{wanted}` names {len(rows)} applications", hint="give the object id of one")
        row = rows[0]
        if table.principal[row] >= 0:
            found = self.principal(int(table.principal[row]))
            remark = f"{table.display_name[row] or wanted} is an application; asked about its service principal"
            return replace(found, remarks=(remark, *found.remarks))
        return self._node(node_key(NodeKind.APPLICATION, row))

    # Places -----------------------------------------------------------------------------------------------------

    def _place(self, wanted: str) -> Named:
        text, _, side = wanted.partition("#")
        facets = (_side(side),) if side else _REACHED
        scope = Scope.parse(text.strip())
        resource = self._resource_row(scope)
        if resource >= 0:
            named = self._resource(resource, facets)
            return replace(named, remarks=(f"only about {_SIDE_WORDS[facets[0]]}",)) if side else named
        row = self._tenant.index.tree.row(scope.key)
        if row >= 0:
            if Facet.GRANT not in facets:
                raise InputError(f"a scope has no side `{side}`", hint="ask about a resource, or leave the side out")
            return self._scope(row, ())
        if scope.kind is not ScopeKind.RESOURCE:
            raise InputError(f"no scope `{text}` in this snapshot", hint="is its subscription part of the snapshot?")
        above = self._tenant.index.tree.nearest(scope)
        if above < 0 or not self._tenant.index.scope_text(above).lower().startswith("/subscriptions/"):
            raise InputError(f"no resource `{text}` in this snapshot", hint="is its subscription part of the snapshot?")
        kind = scope.resource_names()[-1][0] if scope.resource_names() else ""
        why = "the snapshot knows no such resource" if kind in self._types else "no edge kind is about this resource"
        found = self._scope(above, (f"{why}; asked who could give any role where it stands",))
        return Named(NodeRef(scope.text, "resource", scope.name, kind), found.nodes, -1, found.remarks, stands_in=True)

    def _scope(self, row: int, remarks: tuple[str, ...]) -> Named:
        key = node_key(NodeKind.SCOPE, row, Facet.GRANT)
        return Named(self._names.ref(key), self._numbers([key]), -1, remarks)

    def _resource(self, row: int, facets: Iterable[Facet]) -> Named:
        """Return a resource by its row; a user-assigned identity is also what signs in as it."""
        own = int(self._facts.resources.own[row])
        keys = [node_key(NodeKind.RESOURCE, row, facet) for facet in facets]
        if own >= 0 and Facet.GRANT in facets:
            keys.append(node_key(NodeKind.SCOPE, own, Facet.GRANT))
        identities = self._facts.identities
        first, last = np.searchsorted(identities.resource, [row, row + 1])
        principal = -1
        for at in range(int(first), int(last)):
            if identities.link[at] == IdentityLink.ITSELF and Facet.CODE in facets:
                principal = int(identities.principal[at])
                keys.append(node_key(NodeKind.PRINCIPAL, principal))
        return Named(self._names.ref(node_key(NodeKind.RESOURCE, row)), self._numbers(keys), principal)

    def _resource_row(self, scope: Scope) -> int:
        """Return the row of a resource, -1 where it is none that the graph knows."""
        table, tree = self._facts.resources, self._tenant.index.tree
        for above in scope.parents_in_text():
            container = tree.row(above)
            if container < 0:
                continue
            first, last = (int(one) for one in np.searchsorted(table.scope, [container, container + 1]))
            found = _bisect(table.suffix, scope.key[len(above) :], first, last)
            if found >= 0:
                return found
        return -1

    def _named_place(self, wanted: str) -> Named | None:
        """Return the resource, subscription or management group of a name."""
        names = self._facts.scope_names
        scopes = [int(names.scope[row]) for row in names.name.find(wanted)]
        resources = _ending_with(self._facts.resources.suffix, f"/{wanted}")
        if not scopes and not resources:
            return None
        if len(scopes) + len(resources) > 1:
            first = self._scope(scopes[0], ()) if scopes else self._resource(resources[0], _REACHED)
            raise InputError(
                f"`{wanted}` names {len(scopes) + len(resources)} places",
                hint=f"give the id of the one you mean, such as {first.ref.id}",
            )
        return self._scope(scopes[0], ()) if scopes else self._resource(resources[0], _REACHED)

    def _named_side(self, wanted: str) -> Named | None:
        """Return one side of a resource that goes by the name before `#`."""
        name, _, side = wanted.rpartition("#")
        found = self._named_place(name) if name else None
        return None if found is None else self._place(f"{found.ref.id}#{_side(side).name}")

    def _node(self, key: int, principal: int = -1) -> Named:
        return Named(self._names.ref(key), self._numbers([key]), principal)

    def _numbers(self, keys: list[int]) -> Codes:
        found = self._network.numbers(np.asarray(keys, dtype=np.int64))
        return np.unique(found[found >= 0])


def _side(text: str) -> Facet:
    """Return the side of a resource that a word means."""
    if text.lower() not in SIDES:
        raise InputError(f"`{text}` is no side of a resource", hint=f"write one of {', '.join(sorted(SIDES))}")
    return SIDES[text.lower()]


def _bisect(column: TextColumn, wanted: str, first: int, last: int) -> int:
    """Return the row of a text in a range that is sorted by lower case, -1 where it is not there."""
    end = last
    while first < last:
        middle = (first + last) // 2
        if column[middle].lower() < wanted:
            first = middle + 1
        else:
            last = middle
    return first if first < end and column[first].lower() == wanted else -1


def _ending_with(column: TextColumn, ending: str) -> list[int]:
    """Return the rows that end so, without regard to letter case. Cost: one scan, a part of the column at a time."""
    found: list[int] = []
    needle = ending.lower().encode("utf-8", "surrogatepass")
    for start in range(0, len(column), _AT_ONCE):
        offsets = column.offsets[start : start + _AT_ONCE + 1]
        hay = column.data[int(offsets[0]) : int(offsets[-1])].tobytes().lower()
        ends = offsets[1:] - offsets[0]
        at = hay.find(needle)
        while at >= 0:
            end = at + len(needle)
            place = int(np.searchsorted(ends, end))
            if place < len(ends) and ends[place] == end:
                found.append(start + place)
            at = hay.find(needle, at + 1)
    return found
