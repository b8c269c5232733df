"""Kinds of edges, as `edges/*.toml` declare them.

One file for one service. An edge kind says what it needs, what it gains, which guards stop it, where its use would be
logged, and where it is documented. Guards are declared in `edges/guards.toml`: a property of the resource and the
value that stops the edge. Deny assignments, conditions, notActions, locks and PIM need no declaration: they act on
every kind by the engine's rules.

    [[edge]]
    id = "DB-06"
    name = "RedisKeys"
    says = "Reads the keys of the cache, or names an own identity in it."
    targets = ["Microsoft.Cache/redis"]
    facet = "secret"
    gain = "credential"
    log = ["activity"]
    sources = ["https://learn.microsoft.com/azure/..."]
    basis = "documented"

    [[edge.way]]
    needs = ["Microsoft.Cache/redis/listKeys/action"]
    guards = ["keys"]

    [[edge.way]]
    needs = ["Microsoft.Cache/redis/accessPolicyAssignments/write"]
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from remit.graph.facts import VaultRight
from remit.graph.nodes import Facet
from remit.model.errors import InvariantError
from remit.model.question import Plane

Text = Annotated[str, Meta(min_length=1)]
_Shape = TypeVar("_Shape")

_DATA = "data:"
_FACETS = {facet.name.lower(): facet for facet in Facet}
_RIGHTS = {name.lower() for name in vars(VaultRight) if name.isupper()}
GAINS = ("grant", "run-as", "attach", "credential", "control", "gate", "data")
LOGS = ("activity", "read", "data", "entra", "host", "outside")
BASES = ("documented", "catalogue", "derived", "memory")
GUARDS_FILE = "guards"
STATES = ("open", "closed", "unknown")


class Need(Struct, frozen=True):
    """One action at one place. `action` as Azure spells it."""

    action: str
    plane: Plane

    @classmethod
    def parse(cls, text: str) -> Need:
        """Read `Microsoft.X/y/action`, or `data:Microsoft.X/y/action` for a data action."""
        if text.startswith(_DATA):
            return cls(text[len(_DATA) :], Plane.DATA)
        return cls(text, Plane.CONTROL)


class Way(Struct, frozen=True, forbid_unknown_fields=True):
    """One way to have an edge; every entry of it is needed.

    Attributes:
        needs: actions at the target; `data:` marks data actions.
        anywhere: actions that must be held together at some scope, not the target's.
        targets: those of the kind's targets that this way is about; () for all of them.
        guards: names of guards of the target that stop this way.
        certain: False where it is not sure that Azure lets it pass; the edge is then only possible.
        directory: resource actions of Entra roles, any one of them.
        permissions: application permissions of Microsoft Graph, all of them.
        roles: template ids of Entra roles whose power does not stand in their actions, any one of them.
        owner: `application`, `servicePrincipal` or `group`: its owners.
        vault_rights: names of `VaultRight`, lower case: what an access policy gives, any one of them; counts where the
            vault is ruled by access policies.
        note: what should be known, for people.
    """

    needs: tuple[Text, ...] = ()
    anywhere: tuple[Text, ...] = ()
    targets: tuple[Text, ...] = ()
    guards: tuple[Text, ...] = ()
    certain: bool = True
    directory: tuple[Text, ...] = ()
    permissions: tuple[Text, ...] = ()
    roles: tuple[Text, ...] = ()
    owner: str = ""
    vault_rights: tuple[Text, ...] = ()
    note: str = ""

    @property
    def at_target(self) -> tuple[Need, ...]:
        """The needs at the target, parsed."""
        return tuple(Need.parse(text) for text in self.needs)

    @property
    def elsewhere(self) -> tuple[Need, ...]:
        """The needs at some scope, parsed."""
        return tuple(Need.parse(text) for text in self.anywhere)


class EdgeKind(Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of edge.

    Attributes:
        id: stable, such as VM-01. name: one word. says: one sentence, what who has it does.
        targets: resource types (`Microsoft.Compute/virtualMachines`), `scope` for any scope, or for kinds of the
            directory `servicePrincipal`, `group`, `user`, `directoryRole`, `tenant`, `subject`.
        facet: which side of the target is reached.
        gain, log, basis: see `GAINS`, `LOGS`, `BASES`.
        way: the ways, any one of them is enough; () for relations that need no permission.
        draws: name of the function that draws it, where a condition cannot be declared; "" for declared ones.
        cost: how hard, 1 (one call) to 20 (needs luck or time).
        sources: public addresses.
    """

    id: Annotated[str, Meta(pattern=r"^[A-Z0-9]+-[0-9]{2}$")]
    name: Text
    says: Text
    targets: Annotated[tuple[Text, ...], Meta(min_length=1)]
    facet: str
    gain: str
    log: tuple[str, ...]
    sources: Annotated[tuple[Text, ...], Meta(min_length=1)]
    basis: str
    way: tuple[Way, ...] = ()
    draws: str = ""
    cost: Annotated[int, Meta(ge=1, le=20)] = 2
    note: str = ""

    @property
    def side(self) -> Facet:
        """The facet as a value."""
        return _FACETS[self.facet]

    def targets_of(self, way: Way) -> tuple[str, ...]:
        """Return what one of its ways is about."""
        return way.targets or self.targets


class NotCovered(Struct, frozen=True, forbid_unknown_fields=True):
    """A known kind that is not drawn, and why: what a tenant export cannot hold."""

    id: Text
    name: Text
    why: Text


Value = bool | str | int
Values = Value | tuple[Value, ...] | None


class GuardRule(Struct, frozen=True, forbid_unknown_fields=True):
    """What one property of some resource types says about a guard.

    Values are compared by `remit.graph.guarding`, which knows about letter case, numbers and lists of words. `closed`,
    `open` and `unsure` may each be several values, any of which counts.

    Attributes:
        types: resource types. property: path below `properties`, such as `siteConfig.ftpsState`; a star steps into
            every element of a list (`networkAcls.*.action`). top: a path of the row itself instead (`identity.type`).
        child: the property is not the resource's but of what has this path below its id
            (`basicPublishingCredentialsPolicies/scm`); it is missing where that is not listed.
        closed: the value that stops the edge; or
        open: the value without which it is stopped.
        every: of a list only all elements together close it; where some would, nobody can say.
        unsure: a value that leaves open whether it is stopped.
        present: what any other value means: `open`, `closed` or `unknown`; "" for what follows from `closed` or
            `open`. With neither of them it says that the property is there at all.
        absent: what it means that the property is missing, null or an empty list: `open`, `closed` or `unknown`.
            Where the properties as a whole were not read, the guard is unknown.
    """

    types: Annotated[tuple[Text, ...], Meta(min_length=1)]
    property: str = ""
    top: str = ""
    child: str = ""
    closed: Values = None
    open: Values = None
    every: bool = False
    unsure: Values = None
    present: str = ""
    absent: str = "open"


class Guard(Struct, frozen=True, forbid_unknown_fields=True):
    """A guard: name, sentence, and how it shows."""

    name: Text
    says: Text
    rule: Annotated[tuple[GuardRule, ...], Meta(min_length=1)]


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    service: Text
    about: str = ""
    edge: tuple[EdgeKind, ...] = ()
    not_covered: tuple[NotCovered, ...] = ()


class _Guards(Struct, frozen=True, forbid_unknown_fields=True):
    guard: tuple[Guard, ...]


class Service(Struct, frozen=True):
    """One file: its name without `.toml`, its title, and its kinds in order."""

    file: str
    title: str
    about: str
    kinds: tuple[EdgeKind, ...]
    not_covered: tuple[NotCovered, ...]


class EdgeCatalogue(Struct, frozen=True):
    """Every declared kind and guard."""

    services: tuple[Service, ...]
    guards: tuple[Guard, ...]

    @property
    def kinds(self) -> tuple[EdgeKind, ...]:
        """Every kind, by file and then as it stands there."""
        return tuple(kind for service in self.services for kind in service.kinds)

    def kind(self, kind_id: str) -> EdgeKind:
        """Return a kind by its id."""
        return next(kind for kind in self.kinds if kind.id == kind_id)


def read_catalogue(files: Mapping[str, str]) -> EdgeCatalogue:
    """Read the declarations.

    Args:
        files: text of each file by its name without `.toml`.

    Raises:
        InvariantError: a file is not what this module says; names file, entry and field.
    """
    services = []
    guards: tuple[Guard, ...] = ()
    for name, text in sorted(files.items()):
        if name == GUARDS_FILE:
            guards = _convert(name, text, _Guards).guard
            continue
        said = _convert(name, text, _File)
        services.append(Service(name, said.service, said.about, said.edge, said.not_covered))
    catalogue = EdgeCatalogue(tuple(services), guards)
    _check(catalogue)
    return catalogue


def _convert(name: str, text: str, shape: type[_Shape]) -> _Shape:
    try:
        return msgspec.convert(tomllib.loads(text), shape)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvariantError(f"edges/{name}.toml: {error}") from error


def _check(catalogue: EdgeCatalogue) -> None:
    """Refuse what the shapes alone let pass."""
    _check_guards(catalogue.guards)
    guards = {guard.name for guard in catalogue.guards}
    seen: set[str] = set()
    for kind in catalogue.kinds:
        wrong = [
            word
            for word, allowed in (
                (kind.facet, _FACETS),
                (kind.gain, GAINS),
                (kind.basis, BASES),
                *((log, LOGS) for log in kind.log),
                *((guard, guards) for way in kind.way for guard in way.guards),
                *((target, kind.targets) for way in kind.way for target in way.targets),
                *((right, _RIGHTS) for way in kind.way for right in way.vault_rights),
            )
            if word not in allowed
        ]
        if kind.id in seen:
            wrong.append(f"{kind.id} stands twice")
        seen.add(kind.id)
        if wrong:
            raise InvariantError(f"edge kind {kind.id}: {', '.join(wrong)} is not known")


def _check_guards(guards: tuple[Guard, ...]) -> None:
    """Refuse guards that stand twice, and rules that say nothing or two things."""
    seen: set[str] = set()
    for guard in guards:
        if guard.name in seen:
            raise InvariantError(f"guard {guard.name} stands twice")
        seen.add(guard.name)
        for rule in guard.rule:
            said = [values for values in (rule.closed, rule.open) if values is not None]
            wrong = (
                bool(rule.property) == bool(rule.top)
                or bool(rule.child and rule.top)
                or (len(said) > 1 and not rule.present)
                or not (said or rule.present or rule.unsure is not None)
                or rule.absent not in STATES
                or rule.present not in ("", *STATES)
            )
            if wrong:
                raise InvariantError(
                    f"guard {guard.name}: the rule of {rule.property or rule.top or 'nothing'} is none"
                )
        beside = {one.lower() for rule in guard.rule if rule.child for one in rule.types}
        if beside & {one.lower() for rule in guard.rule if not rule.child for one in rule.types}:
            raise InvariantError(f"guard {guard.name}: a type is judged by itself and by what is below it")
