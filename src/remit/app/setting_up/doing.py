"""Doing a plan, and undoing it: record, act, read back; again from where it stopped, after whatever stopped it.

Rules kept here:

- Nothing is asked of Azure that changes anything before the intent is in the record.
- A thing counts as made once it can be read back as it was asked for.
- What the record names and the plan no longer asks for is taken away, after the new is there.
- Only what the record names is ever removed, in the reverse order of its making.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from remit.app.setting_up.patience import Patience
from remit.app.setting_up.plan import SetupPlan
from remit.app.setting_up.record import FORMAT, Entry, SetupRecord, decode_record, encode_record
from remit.app.setting_up.steps import Step, principal_of, steps_of
from remit.model.errors import SetupError
from remit.ports.clock import Clock
from remit.ports.granter import Found, Granter, KeyFiles, SetupRecords, Thing


class Deed(StrEnum):
    """What became of one thing."""

    MADE = "made"
    PUT_RIGHT = "putRight"
    WAS_THERE = "wasThere"
    REMOVED = "removed"


Told = Callable[[Deed, str], None]
"""Called after each step with what became of it, in words."""


@dataclass(frozen=True, slots=True)
class SetupDone:
    """What a setup, or its removal, came to.

    Attributes:
        client_id, object_id: what signs in; "" after a removal.
        deeds: what became of each thing, in order.
        record: where the record lies.
    """

    client_id: str
    object_id: str
    deeds: Sequence[tuple[Deed, str]]
    record: str


class Setup:
    """Does plans with one operator's credential."""

    def __init__(
        self,
        granter: Granter,
        files: KeyFiles,
        records: SetupRecords,
        clock: Clock,
        *,
        patience: Patience,
        told: Told = lambda deed, words: None,  # noqa: ARG005 - named for the reader
    ) -> None:
        self._granter = granter
        self._files = files
        self._records = records
        self._clock = clock
        self._patience = patience
        self._told = told
        self._deeds: list[tuple[Deed, str]] = []

    def apply(self, plan: SetupPlan) -> SetupDone:
        """Make what the plan asks for and is not there; run again, it makes nothing new.

        Raises:
            ForbiddenError: the operator lacks a permission, which it names; what was made until then is recorded.
            SetupError: something that no setup made stands in the way.
            UnsettledError: Azure does not show what was made; run it again.
        """
        record = self._open(plan)
        keys = set()
        for step in steps_of(plan, self._files, self._clock.now()):
            keys.add(step.key)
            record = self._do(step, record)
        for entry in reversed([entry for entry in record.entries if entry.key not in keys]):
            record = self._undo(entry, record)
        client_id, object_id = principal_of(record)
        return SetupDone(client_id, object_id, tuple(self._deeds), self._records.place(plan.name))

    def remove(self, name: str) -> SetupDone:
        """Remove what the record of a setup names, and the record.

        Raises:
            SetupError: there is no such record, or it is that of another tenant.
        """
        data = self._records.load(name)
        if data is None:
            raise SetupError(
                f"no setup `{name}` is recorded at {self._records.place(name)}",
                hint="name the store and the setup as they were when it was made",
            )
        record = decode_record(data, name)
        self._same_tenant(record, self._granter.tenant_id())
        for entry in reversed(record.entries):
            record = self._undo(entry, record)
        self._records.forget(name)
        return SetupDone("", "", tuple(self._deeds), self._records.place(name))

    def _open(self, plan: SetupPlan) -> SetupRecord:
        data = self._records.load(plan.name)
        lists = tuple(plan.lists)
        if data is None:
            record = SetupRecord(FORMAT, plan.name, plan.tenant_id, plan.cloud, plan.scope, lists)
        else:
            record = decode_record(data, plan.name)
            self._same_tenant(record, plan.tenant_id)
            record = msgspec.structs.replace(record, scope=plan.scope, lists=lists)
        return self._keep(record)

    @staticmethod
    def _same_tenant(record: SetupRecord, tenant_id: str) -> None:
        if record.tenant_id != tenant_id:
            raise SetupError(
                f"setup `{record.name}` belongs to tenant {record.tenant_id}, not to {tenant_id}",
                hint="give this one another --name, or sign in to the other tenant",
            )

    def _do(self, step: Step, record: SetupRecord) -> SetupRecord:
        before = record.entry(step.key) or Entry(step.key, file=step.file)
        if not before.place:
            record = self._keep(record.with_entry(before))
        thing = step.thing(record)
        found = self._find(step, thing)
        deed = Deed.WAS_THERE
        if found is None or not found.same:
            deed = Deed.MADE if found is None else Deed.PUT_RIGHT
            made = self._make(step, thing)
            # The id is kept at once: whatever happens while Azure makes up its mind, --remove will know it.
            record = self._keep(_replaced(record, before, made).with_entry(_entry(step, made)))
            found = self._patience.until(step.words, lambda: self._settled(thing))
        record = self._keep(record.with_entry(_entry(step, found)))
        self._tell(deed, step.words)
        return record

    def _find(self, step: Step, thing: Thing) -> Found | None:
        found = self._patience.until(step.words, lambda: (self._granter.find(thing),))
        return found[0]

    def _make(self, step: Step, thing: Thing) -> Found:
        tried = False

        def make() -> Found:
            nonlocal tried
            # A call whose answer was lost may have done its work all the same.
            found = self._settled(thing) if tried else None
            tried = True
            return found or self._granter.make(thing)

        return self._patience.until(step.words, make)

    def _settled(self, thing: Thing) -> Found | None:
        found = self._granter.find(thing)
        return found if found is not None and found.same else None

    def _undo(self, entry: Entry, record: SetupRecord) -> SetupRecord:
        if entry.place:
            self._patience.until(entry.key, lambda: self._removed(entry.place))
            self._tell(Deed.REMOVED, entry.key)
        if entry.file:
            self._files.discard(entry.file)
        return self._keep(record.without(entry.key))

    def _removed(self, place: str) -> bool | None:
        self._granter.remove(place)
        return self._granter.gone(place) or None

    def _tell(self, deed: Deed, words: str) -> None:
        self._deeds.append((deed, words))
        self._told(deed, words)

    def _keep(self, record: SetupRecord) -> SetupRecord:
        self._records.save(record.name, encode_record(record))
        return record


def _replaced(record: SetupRecord, before: Entry, made: Found) -> SetupRecord:
    """Keep what stood elsewhere for a step under a key of its own: no plan asks for it, so it will be taken away."""
    if before.place in {"", made.place}:
        return record
    return record.with_entry(Entry(f"former {before.place}", before.place))


def _entry(step: Step, found: Found) -> Entry:
    return Entry(step.key, found.place, dict(found.facts), step.file)
