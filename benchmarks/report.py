"""The table of docs/benchmarks.md, from the recorded results and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from benchmarks.rows import ROWS, Figure, Row

PAGE = Path("docs/benchmarks.md")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

_LINE = re.compile(r"^\|.*`python -m benchmarks --only ([\w-]+)` \|$", re.MULTILINE)
_RIVALS_TABLE = re.compile(r"^The same questions on S.*?\n\n(?:\|.*\n)+", re.MULTILINE)
_MEASURED = re.compile(r"^- ([\w-]+(?:, [\w-]+)*): (.*)\.$", re.MULTILINE)
_ALL_MEASURED = re.compile(r"^Measured on (.*)\.$", re.MULTILINE)

RIVALS = (
    ("remit_batch", "Remit, batch of outcomes"),
    ("remit_can", "Remit, can() with reasons, questions read from texts"),
    ("literal_loop", "literal loop, compiled regular expressions"),
    ("casbin_by_scope", "pycasbin, policies kept by scope"),
    ("casbin_plain", "pycasbin, as documented"),
    ("cedar", "cedarpy, batches, parsed handles"),
    ("reference", "remit.reference"),
)


class NoPlaceError(Exception):
    """The page has no marked place for the table."""


def write_report(results: Path, page: Path) -> None:
    """Put the tables between the marks of the page; the rest of the page is left alone.

    A row that was not measured now keeps what the page says of it, with the machine and commit that it names.

    Raises:
        NoPlaceError: the page has no marks.
    """
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    old, end, after = rest.partition(END)
    if not begin or not end:
        raise NoPlaceError(f"{page} has no `{BEGIN}` and `{END}`")
    page.write_text(f"{before}{BEGIN}\n\n{render(results, old)}\n{END}{after}", encoding="utf-8")


def render(results: Path, old: str = "") -> str:
    """Return the tables as Markdown; only rows with a result, or with a line in the old tables, are in them."""
    found = {
        row.key: json.loads((results / f"{row.key}.json").read_text(encoding="utf-8"))
        for row in ROWS
        if (results / f"{row.key}.json").exists()
    }
    kept = {key: line for key, line in _lines_of(old).items() if key not in found}
    if not found and not kept:
        return "No run is recorded yet.\n"
    lines = ["| work | goal | measured | to goal | command |", "|---|---|---|---|---|"]
    for row in ROWS:
        if row.key in found:
            figures = found[row.key]["figures"]
            command = f"`python -m benchmarks --only {row.key}`"
            lines.append(
                f"| {row.work} | {_goals(row)} | {shown(row, figures)} | {_ratios(row, figures)} | {command} |"
            )
        elif row.key in kept:
            lines.append(kept[row.key])
    parts = ["\n".join(lines) + "\n"]
    if "rivals-s" in found:
        parts.append(_rivals(found["rivals-s"]["figures"]))
    elif "rivals-s" in kept and (table := _RIVALS_TABLE.search(old)):
        parts.append(table[0])
    parts.append(_machines({key: _machine(result["machine"]) for key, result in found.items()}, old, kept))
    return "\n".join(parts)


def _lines_of(old: str) -> dict[str, str]:
    """Return the lines of a table by key."""
    return {match[1]: match[0] for match in _LINE.finditer(old)}


def shown(row: Row, figures: Mapping[str, float]) -> str:
    """Return the figures of a row in words."""
    return ", ".join(_words(figure, figures[figure.name]) for figure in row.figures if figure.name in figures)


def _words(figure: Figure, value: float) -> str:
    said = figure.words.format(value)
    return f"**{said}** (missed)" if figure.reached(value) is False else said


def _goals(row: Row) -> str:
    goals = [figure for figure in row.figures if figure.goal is not None]
    return ", ".join(("over " if one.more else "under ") + one.words.format(one.goal) for one in goals) or "-"


def _ratios(row: Row, figures: Mapping[str, float]) -> str:
    """Return how many times better than its goal each figure is; below one is worse."""
    shares = []
    for figure in row.figures:
        if figure.goal is not None and figure.name in figures:
            value = figures[figure.name]
            shares.append(f"{value / figure.goal if figure.more else figure.goal / value:.1f} x")
    return ", ".join(shares) or "-"


def _rivals(figures: Mapping[str, float]) -> str:
    lines = [
        "The same questions on S, in one process, answers compared:",
        "",
        "| who | questions/s | asked | answers compared, all equal | Remit batch is | Remit can() is |",
        "|---|---|---|---|---|---|",
    ]
    batch, can = figures["remit_batch_per_s"], figures["remit_can_per_s"]
    for name, words in RIVALS:
        speed = figures.get(f"{name}_per_s")
        if speed is None:
            continue
        asked, compared = figures.get(f"{name}_asked", figures["questions"]), figures.get(f"{name}_compared")
        told = "-" if compared is None else f"{compared:,.0f}"
        lines.append(
            f"| {words} | {speed:,.0f} | {asked:,.0f} | {told} | {batch / speed:,.1f} x | {can / speed:,.2f} x |"
        )
    return "\n".join(lines) + "\n"


def _machine(one: Mapping[str, str]) -> str:
    return (
        f"{one['processor']}, {one['cores']} cores, {one['memory']}, {one['system']}, Python {one['python']}; "
        f"{one['packages']}; commit {one['commit']}, {one['date']}"
    )


def _machines(found: Mapping[str, str], old: str, kept: Collection[str]) -> str:
    """Say on what each row was measured; rows of one machine and commit stand together."""
    words = dict(found)
    for match in _MEASURED.finditer(old):
        words |= {key: match[2] for key in match[1].split(", ") if key in kept}
    for match in _ALL_MEASURED.finditer(old):
        words |= dict.fromkeys(kept, match[1])
    groups: dict[str, list[str]] = {}
    for row in ROWS:
        if row.key in words:
            groups.setdefault(words[row.key], []).append(row.key)
    if len(groups) == 1:
        return f"Measured on {next(iter(groups))}.\n"
    return "".join(f"- {', '.join(keys)}: {said}.\n" for said, keys in groups.items())
