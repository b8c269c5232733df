"""Writes the logs of a tenant export, and the labels of all that happened.

    write_usage(Path("tenant"), UsageSettings(seed=7))

Reads the export in the folder and adds `logs/`, `usage.jsonl` and `usage-totals.json` to it; its lists stay as they
are.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from pathlib import Path

import msgspec

from remit.model.errors import InputError
from remit_sim.generate.dice import Dice
from remit_sim.generate.labels import Labels
from remit_sim.generate.usage.facts import read_facts
from remit_sim.generate.usage.forms.routes import Routes
from remit_sim.generate.usage.history import DAY_US, make_history
from remit_sim.generate.usage.instants import plain
from remit_sim.generate.usage.labels import FORMAT, OPERATIONS, TOTALS, LabelWriter, UsageTotals, label_of
from remit_sim.generate.usage.life import Day, Life
from remit_sim.generate.usage.operations import Record
from remit_sim.generate.usage.routines import Routines
from remit_sim.generate.usage.settings import UsageSettings

LOGS = "logs"
_LABELS = "labels.json"
_SECOND_COPY_US = 30_000_000


def write_usage(folder: Path, settings: UsageSettings) -> UsageTotals:
    """Write what happened in a tenant.

    Args:
        folder: of a tenant export, generated or not; it must have no `logs` yet.
        settings: how much happens, and what the logs see.

    Raises:
        InputError: there are logs already.

    Cost: about 40 microseconds a record; memory grows with the identities that act, not with the records.
    """
    if (folder / LOGS).exists():
        raise InputError(f"`{folder}` holds logs already", hint="take the folder logs away, or name another tenant")
    labels = read_labels_of(folder)
    facts = read_facts(folder, settings.seed, settings.identities, _wanted(labels))
    start = facts.collected_at - settings.days * DAY_US
    history = make_history(facts, settings.seed, start, _left_alone(labels))
    holdings = history.holdings(facts)
    routines = Routines(holdings, history, settings.seed, settings.volume, labels)
    life = Life(facts, history, holdings, routines, settings)
    totals = UsageTotals(
        FORMAT, settings.seed, settings.days, plain(start) + "Z", plain(facts.collected_at) + "Z", len(facts.people)
    )
    totals.changes = dict(sorted(Counter(one.kind for one in history.changes).items()))
    with LabelWriter(folder / OPERATIONS) as writer:
        mail = _Mail(Routes(folder / LOGS, settings, facts.tenant_id), life, settings)
        for day in life.days():
            mail.take(day)
            for one in day.operations:
                form = "" if one.hidden else life.form_of(one)
                writer.write(label_of(one, form, mail.counted(one.number), known=life.known(one)))
        mail.close()
        totals.operations, totals.logged_operations = writer.operations, writer.logged
        totals.hidden = dict(sorted(writer.hidden.items()))
    mail.tell(totals)
    totals.bytes = sum(path.stat().st_size for path in (folder / LOGS).rglob("*") if path.is_file())
    (folder / TOTALS).write_bytes(msgspec.json.format(msgspec.json.encode(totals), indent=1) + b"\n")
    return totals


def read_labels_of(folder: Path) -> Labels | None:
    """Return what was planted in a tenant, None where it was not generated."""
    path = folder / _LABELS
    return msgspec.json.decode(path.read_bytes(), type=Labels) if path.is_file() else None


def _wanted(labels: Labels | None) -> frozenset[str]:
    """Return who acts in any case: those that labels say something of, and who is in charge."""
    if labels is None:
        return frozenset()
    found = {one.principal_id for one in labels.over_privileged} | set(labels.tier_zero.users)
    found |= {one.principal_id for one in labels.eligible_only}
    return frozenset(one.lower() for one in found)


def _left_alone(labels: Labels | None) -> frozenset[str]:
    """Return whose past holds no change: it would make a label untrue."""
    if labels is None:
        return frozenset()
    found = (
        {one.principal_id for one in labels.over_privileged}
        | set(labels.tier_zero.users)
        | set(labels.tier_zero.groups)
    )
    found |= {one.principal_id for one in labels.dormant_grants} | {one.principal_id for one in labels.guarded_targets}
    found |= {one.principal_id for one in labels.dev_reaches_prod}
    found |= {who for path in labels.escalation_paths for who in path.principals}
    return frozenset(one.lower() for one in found)


class _Mail:
    """Records on their way: they arrive later than they happen, some a day later, and are written as they arrive."""

    def __init__(self, routes: Routes, life: Life, settings: UsageSettings) -> None:
        self._routes = routes
        self._life = life
        self._dice = Dice(settings.seed, "usage/duplicates")
        self._twice = settings.duplicates
        self._waiting: list[tuple[int, int, Record]] = []
        self._next = 0
        self._of: dict[int, list[int]] = {}
        self._by_log: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._by_form: Counter[str] = Counter()

    def take(self, day: Day) -> None:
        """Take the records of a day, and write those that have arrived before the next one begins."""
        self._of.clear()
        for record in day.records:
            self._push(record.arrived, record)
            counted = self._of.setdefault(record.operation, [0, 0])
            counted[0] += 1
            if self._dice.chance(self._twice):
                counted[1] += 1
                later = record.arrived + _SECOND_COPY_US
                copy = Record(record.log, record.place, record.time, later, record.fields, record.operation, again=True)
                self._push(later, copy)
        self._deliver(day.end)

    def counted(self, operation: int) -> tuple[int, int]:
        """Return how many records an operation of the day has, and how many of them come twice."""
        first, second = self._of.get(operation, (0, 0))
        return first, second

    def close(self) -> None:
        """Write all that is left."""
        self._deliver(None)
        self._routes.close()

    def tell(self, totals: UsageTotals) -> None:
        """Add what was counted."""
        totals.by_log = {log: dict(sorted(counts.items())) for log, counts in sorted(self._by_log.items())}
        totals.by_form = dict(sorted(self._by_form.items()))
        whole: Counter[str] = sum(self._by_log.values(), Counter())
        totals.records, totals.duplicates, totals.set_aside = whole["records"], whole["duplicates"], whole["setAside"]

    def _push(self, arrived: int, record: Record) -> None:
        self._next += 1
        heapq.heappush(self._waiting, (arrived, self._next, record))

    def _deliver(self, until: int | None) -> None:
        while self._waiting and (until is None or self._waiting[0][0] < until):
            record = heapq.heappop(self._waiting)[2]
            form = self._life.observing.of(record.log, record.place).form
            self._routes.write(record, form)
            counts = self._by_log[record.log]
            counts["records"] += 1
            self._by_form[form] += 1
            if record.again:
                counts["duplicates"] += 1
            elif record.operation < 0:
                counts["setAside"] += 1
