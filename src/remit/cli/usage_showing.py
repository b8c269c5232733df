"""What one principal used, for people: assignment by assignment."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

from remit.app.using.answers import AssignmentUsage, PrincipalUsage, Used
from remit.cli.layout import fields, paragraph
from remit.cli.places import Names, place, short_id
from remit.cli.sentences import sentences
from remit.cli.showing import kind_word, origin
from remit.cli.usage_words import (
    NOTHING_INGESTED,
    count,
    day_of,
    dormancy_words,
    group_words,
    reasons,
    span_words,
    used_lines,
    window_words,
)
from remit.model.effective import Standing
from remit.usage.observable_days import Window

if TYPE_CHECKING:
    from rich.console import Console

    from remit.app.using.tenant_usage import TenantUsage

FEW = 5
"""Lines of each kind for one assignment; `--full` shows all, and JSON holds them."""

_TITLES = (
    "Refused: it tried, and was not authorised. That shows need, not use.",
    "Used, and granted by no assignment that it holds in this snapshot:",
    "In the directory and Microsoft Graph, which role assignments do not grant:",
)
_TITLES_OF_MEMBERS = (
    "Refused to its members. That shows need, not use.",
    "What its members used besides, which no assignment of the group grants:",
    "Its members in the directory and Microsoft Graph:",
)


def show_principal(out: Console, usage: TenantUsage, answer: PrincipalUsage, *, full: bool = False) -> None:
    """Write what a principal used, what it did not, and what nobody could have seen."""
    from rich.text import Text

    one = answer.identity
    names = dict(answer.names) | usage.tenant.scope_names(scopes_of(answer))
    said = f"  {one.used:,} used, {one.unused:,} unused, {one.not_observable:,} not observable"
    out.print(Text.assemble((f"What did {one.principal.label} use?", "bold"), said))
    last = f"{day_of(one.last_use)}; signed in: {day_of(one.last_sign_in)}; {dormancy_words(one)}"
    told = [
        ("who", f"{kind_word(one.principal)} {one.principal.principal_id}"),
        ("window", span_words(answer.first_day, answer.last_day)),
        ("last use", last),
        ("gap score", f"{one.score} of 100"),
        *origin(usage.tenant),
    ]
    if answer.members is not None:
        told.insert(1, ("members", f"{answer.members:,}, taken together"))
    fields(out, told)
    _warn(out, answer)
    for each in answer.assignments:
        out.print()
        show_one(out, each, names, full=full)
    if not answer.assignments:
        out.print("\n  It holds no role assignment.")
    most = None if full else FEW
    titles = _TITLES if answer.members is None else _TITLES_OF_MEMBERS
    for title, rows in zip(titles, (answer.refused, answer.elsewhere, answer.directory), strict=True):
        _list(out, title, rows, names, most)
    for gap in answer.gaps:
        out.print()
        paragraph(out, sentences(gap, "/", names)[0], indent=2, first="Not seen: ", style="yellow")


def scopes_of(answer: PrincipalUsage) -> set[str]:
    """Return the scopes of its assignments, and the subscriptions that it used something in."""
    rows = [*answer.refused, *answer.elsewhere, *(used for each in answer.assignments for used in each.used)]
    used = {"/".join(one.scope.split("/")[:3]) for one in rows if one.scope.lower().startswith("/subscriptions/")}
    return {each.facts.scope for each in answer.assignments} | used


def _warn(out: Console, answer: PrincipalUsage) -> None:
    if answer.last_day is None:
        out.print()
        paragraph(out, NOTHING_INGESTED, indent=2, style="yellow")
    if not answer.catalogue:
        out.print()
        said = "The snapshot has no catalogue of operations: only those that roles name in full are told apart."
        paragraph(out, said, indent=2, style="yellow")


def show_one(out: Console, one: AssignmentUsage, names: Names, *, full: bool) -> None:
    """Write one assignment: head, use, what was not used, and why the rest is not known."""
    from rich.text import Text

    facts = one.facts
    head = Text.assemble("  ", (facts.role_name or facts.role_id, "bold"), f" at {place(facts.scope, names)}")
    if one.standing is not Standing.HOLDS:
        head.append(f"  {one.standing.value}", style="cyan" if one.standing is Standing.ELIGIBLE else "yellow")
    out.print(head, soft_wrap=True)
    through = " > ".join(names.get(each, each) for each in facts.membership[1:])
    if through:
        paragraph(out, f"through {through}", indent=4, style="dim")
    if one.standing is Standing.NOTHING:
        paragraph(out, f"grants nothing: {one.why}", indent=4, style="dim")
        return
    for line in _state(one):
        paragraph(out, line, indent=4, style="dim")
    most = None if full else FEW
    used = used_lines(one.used, names)
    _some(out, "used", [*used[:most], *_rest(used, most), *_along(one)], None, "green")
    for window, lines in _unused(one, most).items():
        _some(out, "unused", [*lines, window_words(window)], None, "yellow")
    _some(out, "not observable", reasons(one.left.reasons()), None, "dim")


def _along(one: AssignmentUsage) -> list[str]:
    """Return what no record names, and may have been used with a call that one names."""
    if not one.along:
        return []
    more = f" and {len(one.along) - 1:,} more" if len(one.along) > 1 else ""
    return [f"{one.along[0]}{more}, maybe: as a part of another call"]


def _unused(one: AssignmentUsage, most: int | None) -> dict[Window, list[str]]:
    """Return what is unused, the heaviest first, by the days that the claims are about."""
    found: dict[Window, list[str]] = {}
    shown = 0
    for group in islice(one.left.unused(), most):
        shown += len(group.operations)
        if group.window is not None:
            found.setdefault(group.window, []).append(f"{group_words(group)} [{group.weight.said}]")
    rest = one.unused_count - shown
    if rest:
        found[next(reversed(found))].append(f"… and {count(rest, 'lighter operation')}; --full shows them")
    return found


def _state(one: AssignmentUsage) -> list[str]:
    """Return how many operations of each kind there are, and since when the assignment stands."""
    name = short_id(one.facts.assignment_id.rpartition("/")[2])
    counts = f"{one.used_operations:,} used, {one.unused_count:,} unused, {one.not_observable_count:,} not observable"
    said = [f"{count(one.granted, 'operation')}: {counts} (assignment {name})"]
    if one.not_in_catalogue:
        said.append(f"also used {count(one.not_in_catalogue, 'action')} that the catalogue does not have: not counted")
    if one.why and one.standing is not Standing.ELIGIBLE:
        said.append(f"({one.why})")
    if one.since is not None:
        said.append(f"held since {day_of(one.since)}")
    if one.activations is not None:
        often = count(one.activations, "time") if one.activations else "never"
        said.append(f"activated {often} in the window, active on {count(one.active_days or 0, 'day')}")
    return said


def _some(out: Console, word: str, lines: Sequence[str], most: int | None, style: str) -> None:
    for number, line in enumerate([*lines[:most], *_rest(lines, most)]):
        paragraph(out, line, indent=4, first=(word if not number else "").ljust(_WIDTH), style=style)


def _rest(lines: Sequence[str], most: int | None) -> list[str]:
    left = 0 if most is None else len(lines) - most
    return [f"… and {left:,} more; --full shows them"] if left > 0 else []


def _list(out: Console, title: str, rows: Sequence[Used], names: Names, most: int | None) -> None:
    if not rows:
        return
    out.print()
    paragraph(out, title, indent=2)
    lines = used_lines(rows, names)
    for line in [*lines[:most], *_rest(lines, most)]:
        paragraph(out, line, indent=4)


_WIDTH = 16
