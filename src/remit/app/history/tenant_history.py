"""Ask a tenant about any instant, and say which assignments granted what was done then.

    history = TenantHistory.open(store, usage.reading(), clock)
    history.granting(questions)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from remit.app.answering import Tenant
from remit.model.question import TimedQuestion
from remit.ports.clock import Clock
from remit.ports.store import SnapshotStore
from remit.ports.usage_store import UsageReading


@dataclass(frozen=True, slots=True)
class Granting:
    """What granted one operation, by the engine.

    Attributes:
        assignment_ids: GUID names of every role assignment that grants it (through groups too), the nearest scope
            first; () where none does or nothing is known.
        known: False where no snapshot holds the caller's tenant at that instant, or the engine says unknown.
    """

    assignment_ids: tuple[str, ...]
    known: bool


class TenantHistory:
    """The snapshots of a store with the changes of its logs."""

    @classmethod
    def open(cls, store: SnapshotStore, usage: UsageReading | None, clock: Clock) -> Self:
        """Open what there is; no snapshot at all is no error (then nothing is known).

        Cost: nothing is read before it is asked for.
        """
        raise NotImplementedError

    def at(self, instant: datetime) -> Tenant:
        """Return the tenant as it was, ready to be asked.

        Raises:
            NotFoundError: there is no snapshot.
        """
        raise NotImplementedError

    def granting(self, questions: Sequence[TimedQuestion]) -> list[Granting]:
        """Say what granted each of many operations, in order; every question carries its instant.

        Cost: one bulk question to the engine for each snapshot that the instants fall to.
        """
        raise NotImplementedError
