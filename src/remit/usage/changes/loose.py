"""Members of objects whose letter case nobody keeps to (quirk 5), and JSON within JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from remit.usage.spellings import nested, nested_object, text_of


def member(fields: Mapping[str, Any], *names: str) -> Any:  # noqa: ANN401 - whatever a record holds
    """Return the first member that has a value and one of these names, in any letter case; None without one."""
    for name in names:
        found = fields.get(name)
        if found not in (None, ""):
            return found
    wanted = {name.lower() for name in names}
    for key, found in fields.items():
        if key.lower() in wanted and found not in (None, ""):
            return found
    return None


def inner(fields: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return a member as an object, unpacked where it is JSON in a text; {} without one."""
    return nested_object(member(fields, *names))


def word(fields: Mapping[str, Any], *names: str) -> str:
    """Return a member as a text; "" without one."""
    return text_of(member(fields, *names))


def unquoted(value: Any) -> str:  # noqa: ANN401
    """Return the text in a value that may be JSON in JSON; the first of a list."""
    found = nested(value)
    while isinstance(found, list):
        found = nested(found[0]) if found else ""
    return text_of(found)


def objects(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    """Yield the objects of a list, unpacked where it is JSON in a text."""
    found = nested(value)
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict):
            yield one


def strings(value: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Return the texts of a list."""
    found = nested(value)
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()
