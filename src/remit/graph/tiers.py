"""Planes of power: control of access itself, management of resources, the workload and its data.

rules = read_tier_rules(text, catalogue)
rules.of("actions", "Microsoft.Authorization/roleAssignments/write")

A file of one's own goes before: rules of the same form, and tables that settle single roles, principals and places.

    [roles]                            # Azure roles by name or id; [directory-roles] by name or template id
    "Night Operator" = "control"

    [principals]                       # by object id: whoever becomes it reaches that plane
    "9f0c…" = "control"

    [places]                           # whoever can change something there reaches that plane
    "/subscriptions/…/resourceGroups/rg-ca" = "control"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from remit.engine.patterns import covers
from remit.graph.kinds import GAINS, EdgeCatalogue, Need
from remit.model.errors import ScopeSyntaxError, SettingsError
from remit.model.question import Plane
from remit.model.scope import Scope

ACTIONS, DATA_ACTIONS, DIRECTORY, PERMISSIONS, DIRECTORY_ROLES = PLANES = (
    "actions",
    "dataActions",
    "directory",
    "permissions",
    "directoryRoles",
)
_Text = Annotated[str, Meta(min_length=1)]


class Tier(IntEnum):
    """Planes, the highest first."""

    CONTROL = 0
    MANAGEMENT = 1
    WORKLOAD = 2
    NONE = 3

    @property
    def word(self) -> str:
        """The name in files and answers."""
        return self.name.lower()


_TIERS = {tier.word: tier for tier in Tier}


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """One rule; see `tiers.toml`."""

    tier: _Text
    plane: _Text
    says: _Text
    match: tuple[_Text, ...] = ()
    gains: tuple[_Text, ...] = ()
    except_: tuple[_Text, ...] = msgspec.field(default=(), name="except")
    above: bool = False


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    rule: tuple[Rule, ...] = ()
    roles: dict[str, str] = {}
    directory_roles: dict[str, str] = msgspec.field(default_factory=dict, name="directory-roles")
    principals: dict[str, str] = {}
    places: dict[str, str] = {}


@dataclass(frozen=True, eq=False)
class TierRule:
    """A rule with what the declared kinds of edges add to it; names in lower case.

    `above`: it is about management groups and the root alone.
    """

    tier: Tier
    plane: str
    says: str
    names: frozenset[str]
    patterns: tuple[str, ...]
    excepted: tuple[str, ...]
    above: bool = False

    def fits(self, name: str) -> bool:
        """Tell whether the rule is about an action or permission, in lower case."""
        if name not in self.names and not any(covers(one, name) for one in self.patterns):
            return False
        return not any(covers(one, name) for one in self.excepted)


@dataclass(frozen=True, eq=False)
class TierRules:
    """Rules in order, and what is settled by name.

    Attributes:
        roles, directory_roles: tier by lower-case name or id. principals: by lower-case object id. places: by the key
            of a scope.
        known: lower-case names of actions by plane, which the declared kinds need. A snapshot need not name them.
    """

    rules: tuple[TierRule, ...]
    roles: Mapping[str, Tier] = field(default_factory=dict)
    directory_roles: Mapping[str, Tier] = field(default_factory=dict)
    principals: Mapping[str, Tier] = field(default_factory=dict)
    places: Mapping[str, Tier] = field(default_factory=dict)
    known: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def on(self, plane: str, *, above: bool = True) -> tuple[TierRule, ...]:
        """Return the rules of one plane, in order; without `above` those that count below management groups."""
        return tuple(rule for rule in self.rules if rule.plane == plane and (above or not rule.above))

    def of(self, plane: str, name: str, *, above: bool = True) -> Tier:
        """Return the tier of an action, a permission or the id of a directory role."""
        rule = self.rule_of(plane, name, above=above)
        return Tier.NONE if rule is None else rule.tier

    def rule_of(self, plane: str, name: str, *, above: bool = True) -> TierRule | None:
        """Return the rule that decides, None where none does."""
        low = name.lower()
        return next((rule for rule in self.on(plane, above=above) if rule.fits(low)), None)

    def before(self, other: TierRules) -> TierRules:
        """Return these rules followed by others; what both settle by name is as here."""
        return TierRules(
            (*self.rules, *other.rules),
            {**other.roles, **self.roles},
            {**other.directory_roles, **self.directory_roles},
            {**other.principals, **self.principals},
            {**other.places, **self.places},
            {**other.known, **self.known},
        )


def read_tier_rules(text: str, catalogue: EdgeCatalogue, source: str = "tiers.toml") -> TierRules:
    """Read rules.

    Args:
        text: of the file.
        catalogue: the declared kinds, for what rules say about gains.
        source: name of the file, for messages.

    Raises:
        SettingsError: the text is not what this module says.
    """
    try:
        said = msgspec.convert(tomllib.loads(text), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(f"{source}: {error}", hint="docs/tiers.md shows what such a file says") from error
    return TierRules(
        tuple(_rule(one, catalogue, source) for one in said.rule),
        _tiers(said.roles, source),
        _tiers(said.directory_roles, source),
        _tiers(said.principals, source),
        {_scope_key(key, source): tier for key, tier in _tiers(said.places, source, lower=False).items()},
        {plane: frozenset(_gaining(catalogue, plane, frozenset(GAINS))) for plane in (ACTIONS, DATA_ACTIONS)},
    )


def _rule(one: Rule, catalogue: EdgeCatalogue, source: str) -> TierRule:
    wrong = [word for word, known in ((one.tier, _TIERS), (one.plane, PLANES)) if word not in known]
    wrong += [gain for gain in one.gains if gain not in GAINS]
    if wrong or not (one.match or one.gains):
        raise SettingsError(
            f"{source}: {f'`{wrong[0]}` is not known' if wrong else 'a rule is about nothing'}",
            hint="docs/tiers.md shows what such a file says",
        )
    exact = {name.lower() for name in one.match if "*" not in name}
    if one.gains:
        exact |= set(_gaining(catalogue, one.plane, frozenset(one.gains)))
    patterns = tuple(name.lower() for name in one.match if "*" in name)
    return TierRule(
        _TIERS[one.tier],
        one.plane,
        one.says,
        frozenset(exact),
        patterns,
        tuple(name.lower() for name in one.except_),
        one.above,
    )


def _gaining(catalogue: EdgeCatalogue, plane: str, gains: frozenset[str]) -> Iterator[str]:
    """Yield, in lower case, what kinds of edges with some gains need on a plane."""
    for kind in catalogue.kinds:
        if kind.gain not in gains:
            continue
        for way in kind.way:
            named: Iterable[str]
            if plane == DIRECTORY:
                named = way.directory
            elif plane == PERMISSIONS:
                named = way.permissions
            elif plane == DIRECTORY_ROLES:
                named = way.roles
            else:
                wanted = Plane.DATA if plane == DATA_ACTIONS else Plane.CONTROL
                named = (need.action for need in map(Need.parse, way.needs) if need.plane is wanted)
            yield from (name.lower() for name in named)


def _tiers(said: Mapping[str, str], source: str, *, lower: bool = True) -> dict[str, Tier]:
    found = {}
    for name, word in said.items():
        if word not in _TIERS:
            raise SettingsError(f"{source}: `{word}` is no plane", hint="write control, management, workload or none")
        found[name.lower() if lower else name] = _TIERS[word]
    return found


def _scope_key(text: str, source: str) -> str:
    try:
        return Scope.parse(text).key
    except ScopeSyntaxError as error:
        raise SettingsError(f"{source}: `{text}` is no scope", hint="write a resource id or a scope") from error
