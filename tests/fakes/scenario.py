"""Scenarios: a named tiny tenant and questions with the answers they must have, written in YAML.

    - name: a reader reads a machine
      clauses: [D2]
      tenant:
        users: [alice]
        assignments: [alice Reader sub1/app]
      ask:
        - alice Microsoft.Compute/virtualMachines/read sub1/app/vm/web -> allowed

A question line is `PRINCIPAL ACTION [data] SCOPE -> OUTCOME`. As a mapping it is `{q: line}` with any of `attributes`,
`complete` (nothing else is carried by the call), `subOperation`, `at`, and what the answer must show: `because` and
`guards` (each entry is part of some reason or guard), `notBecause` and `notGuards` (no reason or guard is like that).
In `because`, `by` is the name (`as`) of an assignment or a deny, `principal` and `membership` are short names.
`base` at the head of a file is a tenant that every scenario of the file builds on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from tests.fakes.scenario_draft import Lists, Row
from tests.fakes.scenario_names import Names, guid
from tests.fakes.scenario_tenant import expand

from remit.model.interval import parse_instant
from remit.model.question import AttributeValue, Plane, Question, parse_action
from remit.model.scope import Scope

_SCENARIO_KEYS = {"name", "clauses", "why", "tenant", "ask"}
_ASK_KEYS = {
    "q",
    "attributes",
    "complete",
    "subOperation",
    "at",
    "because",
    "guards",
    "notBecause",
    "notGuards",
}


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # chosen at import
    """Leaves times as they are written: PyYAML would make naive or shifted datetimes of them."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:timestamp"]
    for first, pairs in _Loader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class Ask:
    """One question and what its answer must be and show."""

    line: str
    question: Question
    at: datetime | None
    outcome: str
    because: tuple[Row, ...] = ()
    guards: tuple[Row, ...] = ()
    not_because: tuple[Row, ...] = ()
    not_guards: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """A named tenant as raw payloads, with its questions."""

    name: str
    file: str
    clauses: tuple[str, ...]
    lists: Lists = field(repr=False)
    manifest: Row = field(repr=False)
    asks: tuple[Ask, ...] = field(repr=False)


def load_folder(folder: Path) -> list[Scenario]:
    """Read every scenario of every YAML file, in the order of file names."""
    return [one for path in sorted(folder.glob("*.yaml")) for one in load_file(path)]


def load_file(path: Path) -> list[Scenario]:
    """Read the scenarios of one file."""
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    return [_scenario(path, document.get("base") or {}, one) for one in document["scenarios"]]


def write_export(folder: Path, lists: Lists, manifest: Row) -> Path:
    """Write the payloads as a tenant export: one JSON Lines file for one list, and manifest.json."""
    for name, rows in lists.items():
        path = folder / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def fits(part: Any, whole: Any) -> bool:
    """Tell whether `part` is part of `whole`: mappings by the keys they name, lists entry by entry, values exactly."""
    if isinstance(part, Mapping):
        return isinstance(whole, Mapping) and all(key in whole and fits(one, whole[key]) for key, one in part.items())
    if isinstance(part, list):
        return isinstance(whole, list) and len(part) == len(whole) and all(map(fits, part, whole))
    if isinstance(part, str) and part.startswith("…"):
        return isinstance(whole, str) and whole.endswith(part[1:])
    return bool(part == whole)


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> Row:
    found: Row = dict(base)
    for key, value in own.items():
        before = found.get(key)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            found[key] = {**before, **value}
        elif isinstance(before, list) and isinstance(value, list):
            found[key] = [*before, *value]
        else:
            found[key] = value
    return found


def _scenario(path: Path, base: Mapping[str, Any], given: Mapping[str, Any]) -> Scenario:
    name = str(given["name"])
    try:
        _only(_SCENARIO_KEYS, given)
        names, lists, manifest = expand(_merged(base, given.get("tenant") or {}))
        asks = tuple(_asks(names, given["ask"]))
        return Scenario(name, path.name, tuple(map(str, given["clauses"])), lists, manifest, asks)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path.name}: {name}: {error!r}") from error


def _only(known: set[str], given: Mapping[str, Any]) -> None:
    if set(given) - known:
        raise KeyError(f"unknown key: {', '.join(sorted(set(given) - known))}")


def _asks(names: Names, given: list[object]) -> Iterator[Ask]:
    for one in given:
        fields: Row = {"q": one} if isinstance(one, str) else dict(one)  # type: ignore[call-overload]  # a YAML mapping
        _only(_ASK_KEYS, fields)
        line = str(fields["q"])
        asked, outcome = names.text(line).split(" -> ")
        who, action, *rest = asked.split()
        plane = Plane.DATA if rest[0] == "data" else Plane.CONTROL
        yield Ask(
            line,
            Question(
                names.principal(who),
                parse_action(action),
                plane,
                Scope.parse(names.scope(rest[-1])),
                {names.text(str(key)): _value(names, value) for key, value in (fields.get("attributes") or {}).items()},
                bool(fields.get("complete", False)),
                fields.get("subOperation"),
            ),
            parse_instant(str(fields["at"])) if "at" in fields else None,
            outcome.strip(),
            *(
                tuple(_expected(names, entry) for entry in fields.get(key, ()))
                for key in ("because", "guards", "notBecause", "notGuards")
            ),
        )


def _value(names: Names, value: Any) -> AttributeValue:
    if isinstance(value, list):
        return tuple(names.text(one) if isinstance(one, str) else one for one in value)
    return names.text(value) if isinstance(value, str) else value


def _expected(names: Names, given: Mapping[str, Any]) -> Row:
    """Fill in the short names of an expected reason or guard."""
    found: Row = {}
    for key, value in given.items():
        if key == "by":
            kind = "deny" if given.get("kind") in ("deny", "mayBeDenied") else "assignment"
            found["assignmentId"] = "…/" + guid(kind, str(value))
        elif key == "principal":
            found["principalId"] = names.principal(str(value))
        elif key == "membership":
            found["membership"] = [names.principal(str(one)) for one in value]
        elif key in ("scope", "subject") and not str(value).startswith("…"):
            found[key] = names.scope(str(value))
        else:
            found[key] = value
    return found
