"""How days, claims and reasons about usage are said to people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from remit.app.using.answers import Dormancy, Identity, OperationGroup, Used
from remit.cli.places import Names, place, whereabouts, within_group
from remit.usage.observability import Observable, Why
from remit.usage.observable_days import DAY, Window
from remit.wire.v1.usage import day_text

NOTHING_INGESTED = "No logs were ingested into this store, so nothing can be called unused: remit logs ingest PATH."


def day_of(micros: int | None) -> str:
    """Return the day of an instant, `never seen` for None."""
    return "never seen" if micros is None else day_text(micros // DAY)


def span_words(first: int | None, last: int | None) -> str:
    """Return the window asked about."""
    if last is None:
        return "nothing was ingested"
    return f"{'the first record' if first is None else day_text(first)} to {day_text(last)}"


def window_words(window: Window) -> str:
    """Return what an "unused" claim is about, and how sure it is."""
    days = f"{window.days} days" if window.days != 1 else "1 day"
    seen = f"{days} logged, {day_text(window.first)} to {day_text(window.last)}"
    if not window.once_in:
        return f"{seen}: too few to say how rarely"
    every = f"{window.once_in} days" if window.once_in != 1 else "a day"
    return f"used less than once in {every}, at 95 % ({seen})"


def count(number: int, word: str) -> str:
    """Return a number with its word."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def used_lines(rows: Sequence[Used], names: Names) -> list[str]:
    """Return a line for each action and place: whoever did it, through whatever, is added up; the latest first.

    Places that go by the same words are told apart by the resource group they are in, or the subscription.
    """
    found: dict[tuple[str, str], list[Used]] = {}
    for one in rows:
        found.setdefault((one.action.lower(), one.scope.lower()), []).append(one)
    groups = sorted(found.values(), key=lambda some: -max(one.last_seen for one in some))
    wheres = [_where(some[0].scope, names) for some in groups]
    for longer in (within_group, whereabouts):
        named = Counter((some[0].action.lower(), where) for some, where in zip(groups, wheres, strict=True))
        wheres = [
            longer(some[0].scope, names) if named[some[0].action.lower(), where] > 1 else where
            for some, where in zip(groups, wheres, strict=True)
        ]
    said = []
    for some, where in zip(groups, wheres, strict=True):
        often = sum(one.operations for one in some)
        times = "once" if often == 1 else f"{often:,} times"
        said.append(f"{some[0].action}, {times}, last {day_of(max(one.last_seen for one in some))}, {where}")
    return said


def _where(scope: str, names: Names) -> str:
    return place(scope, names) if scope else "no scope"


def group_words(group: OperationGroup) -> str:
    """Return a group of operations in a few words."""
    first = group.operations[0]
    more = len(group.operations) - 1
    return f"{first}{f' and {more} more' if more else ''}"


def reasons(found: Iterable[tuple[Observable, int]]) -> list[str]:
    """Return why the use of operations cannot be seen, with how many there are, the most first."""
    counts: Counter[Why] = Counter()
    places: dict[Why, set[str]] = {}
    unnamed: Counter[Why] = Counter()
    for one, number in found:
        counts[one.why] += number
        places.setdefault(one.why, set()).update(one.missing)
        unnamed[one.why] = max(unnamed[one.why], one.unnamed)
    said = []
    for why, number in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        where = _places(sorted(places[why]), unnamed[why])
        said.append(f"{number:,}: {why.value}{f' ({where})' if where else ''}")
    return said


def _places(missing: Sequence[str], unnamed: int) -> str:
    if not missing:
        return ""
    first = logged_place(missing[0])
    rest = len(missing) - 1 + unnamed
    return f"{first} and {rest} more" if rest else first


def logged_place(resource_id: str) -> str:
    """Return what a diagnostic setting is of, in a few words; ids may be in lower case."""
    for spelt in (
        "storageAccounts",
        "databaseAccounts",
        "blobServices",
        "queueServices",
        "tableServices",
        "fileServices",
    ):
        resource_id = resource_id.replace(f"/{spelt.lower()}/", f"/{spelt}/")
    above, _, service = resource_id.rpartition("/default")[0].rpartition("/")
    return f"{service} of {place(above)}" if above else place(resource_id)


def dormancy_words(one: Identity) -> str:
    """Return whether an identity does anything at all."""
    if one.dormancy is Dormancy.DORMANT:
        return f"dormant: no use and no sign-in on {one.quiet_days} days"
    return "active" if one.dormancy is Dormancy.ACTIVE else "whether it is dormant is not known"
