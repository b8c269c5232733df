"""The tables of docs/endpoints.md, made from the code's. Write them anew: `python -m tests.docs.endpoints`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from tests.docs.tree import ROOT

from remit.adapters.azure.endpoint import ARM, Endpoint, Keep, Shape
from remit.adapters.azure.endpoints import KNOWN_RESOURCES, TABLE
from remit.adapters.azure.known_types import KNOWN_TYPES

PAGE = ROOT / "docs" / "endpoints.md"
BEGIN, END = "<!-- begin: made from the table -->", "<!-- end: made from the table -->"
_HEAD = "| endpoint | call | for each | needs | rows |\n|---|---|---|---|---|"


def rendered() -> str:
    """Return everything between the two marks."""
    now = [one for one in TABLE.values() if not one.later]
    parts = [
        "## Resource Manager\n",
        _table(one for one in now if one.api == ARM and not one.query),
        "\n## Resource Graph\n",
        _table(one for one in now if one.query),
        "\n## Microsoft Graph\n",
        _table(one for one in now if one.api != ARM),
        "\n## Only with `--since`\n",
        _table(one for one in TABLE.values() if one.later),
        "\n## Queries\n",
        *(f"- `{one.key}`: `{_short(one)}`" for one in TABLE.values() if one.query),
        "\n## Fields of Microsoft Graph\n",
        "| list | answers rest on | only kept |\n|---|---|---|",
        *(
            f"| `{one.key}` | {_names(name for name in one.select if name in one.used)} | {_names(one.kept)} |"
            for one in now
            if one.select
        ),
        "\n## Resource types that are asked for without `*/read`\n",
        "Each `<type>/read` is an action of the tool's own role.\n",
        *(
            _of_provider(provider, types)
            for provider, types in groupby(KNOWN_TYPES, lambda one: one.split("/")[0].lower())
        ),
    ]
    return "\n".join(parts) + "\n"


def _table(endpoints: Iterable[Endpoint]) -> str:
    return "\n".join([_HEAD, *(_row(one) for one in endpoints)])


def _row(one: Endpoint) -> str:
    call = "POST " + one.address("") if one.query else one.address("{target}").replace("%7Btarget%7D", "{target}")
    needs = "one action for each type, see below" if one.key == KNOWN_RESOURCES else "; ".join(_need(one))
    kept = "" if one.keep is Keep.ALL else f", {one.keep.value}"
    rows = "none" if one.shape is Shape.LEADS else f"{one.shape.value}{kept}"
    return f"| `{one.key}` | `{call.replace('|', chr(92) + '|')}` | {one.over.value} | {needs} | {rows} |"


def _need(one: Endpoint) -> list[str]:
    return [f"`{need.permission}`: {need.lost}" for need in one.needs]


def _short(one: Endpoint) -> str:
    if one.key == KNOWN_RESOURCES:
        start, _, rest = one.query.partition("in~ (")
        return f"{start}in~ (…){rest.partition(')')[2]}"
    return one.query


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _of_provider(provider: str, types: Iterable[str]) -> str:
    return f"- {provider}: " + ", ".join(f"`{one.split('/', 1)[1]}`" for one in types)


def between(text: str) -> str:
    """Return what stands between the two marks of the page."""
    return text.partition(BEGIN + "\n")[2].partition(END)[0]


if __name__ == "__main__":
    old = PAGE.read_text("utf-8")
    PAGE.write_text(old.replace(between(old), "\n" + rendered() + "\n"), "utf-8")
