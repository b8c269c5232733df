"""What is an AI workload, and which actions belong to which duty there, as `ai.toml` says it.

rules = read_ai_rules(text)
rules.sort_of("microsoft.search/searchservices", "")

Duties: `inference` asks a model or reads an index, `training` changes what it learns from or looks things up in,
`deployment` decides what runs, `observation` reads what it did, `administration` makes, changes or deletes it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from remit.graph.kinds import Need
from remit.model.errors import InvariantError

INFERENCE, TRAINING, DEPLOYMENT, OBSERVATION, ADMINISTRATION = (
    "inference",
    "training",
    "deployment",
    "observation",
    "administration",
)
DUTIES = (INFERENCE, TRAINING, DEPLOYMENT, OBSERVATION, ADMINISTRATION)
WHOLE = (TRAINING, DEPLOYMENT, OBSERVATION, ADMINISTRATION)
"""Duties that nobody should hold together: modify, deploy, observe and provision."""

_Text = Annotated[str, Meta(min_length=1)]


class Sort(Struct, frozen=True, forbid_unknown_fields=True):
    """A sort of workload.

    Attributes:
        name: stable word. says: for people. type: resource type. kinds: what its `kind` says, () for any other.
        project: it is a project by itself. common: projects share it on purpose.
        duties: table of duties. keys: actions that hand out its keys. guard: what closes them, "" for nothing.
        opens: duties that whoever has a key has, too.
    """

    name: _Text
    says: _Text
    type: _Text
    duties: _Text
    kinds: tuple[_Text, ...] = ()
    project: bool = False
    common: bool = False
    keys: tuple[_Text, ...] = ()
    opens: tuple[_Text, ...] = ()
    guard: str = ""

    @property
    def key_needs(self) -> tuple[Need, ...]:
        """The actions that hand out keys, parsed."""
        return tuple(Need.parse(text) for text in self.keys)


class Duty(Struct, frozen=True, forbid_unknown_fields=True):
    """Actions of one duty in one table: any of `core` and `also` is enough to have it, all of `core` to do it."""

    table: _Text
    duty: _Text
    core: Annotated[tuple[_Text, ...], Meta(min_length=1)]
    also: tuple[_Text, ...] = ()
    write: bool = False

    @property
    def needs(self) -> tuple[Need, ...]:
        """Every action, parsed."""
        return tuple(Need.parse(text) for text in (*self.core, *self.also))

    @property
    def core_needs(self) -> tuple[Need, ...]:
        """The actions that doing it takes, parsed."""
        return tuple(Need.parse(text) for text in self.core)


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    sort: tuple[Sort, ...]
    duty: tuple[Duty, ...]


@dataclass(frozen=True, eq=False)
class AiRules:
    """Sorts in the order in which they are tried, and duties."""

    sorts: tuple[Sort, ...]
    duties: tuple[Duty, ...]

    @property
    def types(self) -> frozenset[str]:
        """Resource types of workloads, lower case."""
        return frozenset(sort.type.lower() for sort in self.sorts)

    def sort_of(self, type_name: str, kind: str) -> Sort | None:
        """Return the sort of a resource, None for what is no AI workload; `type_name` in lower case."""
        for sort in self.sorts:
            if sort.type.lower() == type_name and (not sort.kinds or kind.lower() in map(str.lower, sort.kinds)):
                return sort
        return None

    def duties_of(self, sort: Sort) -> tuple[Duty, ...]:
        """Return the duties of a sort, in the order of `DUTIES`."""
        found = [duty for duty in self.duties if duty.table == sort.duties]
        return tuple(sorted(found, key=lambda duty: DUTIES.index(duty.duty)))


def read_ai_rules(text: str) -> AiRules:
    """Read the rules.

    Raises:
        InvariantError: the text is not what this module says.
    """
    try:
        said = msgspec.convert(tomllib.loads(text), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvariantError(f"ai.toml: {error}") from error
    tables = {duty.table for duty in said.duty}
    named = [(duty.table, duty.duty) for duty in said.duty]
    wrong = [f"duty {duty.duty}" for duty in said.duty if duty.duty not in DUTIES]
    wrong += [f"duty {word}" for sort in said.sort for word in sort.opens if word not in DUTIES]
    wrong += [f"table {sort.duties}" for sort in said.sort if sort.duties not in tables]
    wrong += [f"{table} {duty} twice" for table, duty in named if named.count((table, duty)) > 1]
    if wrong:
        raise InvariantError(f"ai.toml: {wrong[0]} is not known")
    return AiRules(said.sort, said.duty)
