"""Follow a stream: read it, commit what was read with the offsets that it reaches, settle now and then.

    done = follow(stream, store, rules=Rules(), end=lambda: False)

Rules kept here:

- Offsets come from the store and go back to it in the commit of the records that they reach. Whenever this ends, the
  next one goes on exactly there: a record is read at least once and counted once.
- The store is held only while it is written. Where another process writes, that is waited for, and the stream with it.
- What was read is committed also where the stream fails, and where the end is asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field

from remit.app.following.gathering import Gathering
from remit.app.holding import Patience, held
from remit.model.errors import RemitError, StoreError, UnavailableError
from remit.ports.log_stream import Lag, LogStream
from remit.ports.usage_store import (
    NOTHING,
    Attribution,
    ReasonCount,
    UsageStore,
    UsageTotals,
    UsageWriting,
)
from remit.usage.batches import BatchMaker


@dataclass(frozen=True, slots=True)
class Rules:
    """When what is done.

    Attributes:
        commit_s: after so many seconds what was read is committed ...
        commit_records: ... or after so many records.
        quiet_s: after so many seconds offsets alone are committed.
        settle_s: after so many seconds what was committed is folded and rolled up; at the end it always is.
        busy_s: how long another process that writes is waited for.
        keep_raw: days that records are kept as they were read; 0 for none.
    """

    commit_s: float = 10.0
    commit_records: int = 50_000
    quiet_s: float = 300.0
    settle_s: float = 900.0
    busy_s: float = 900.0
    keep_raw: int = 0


@dataclass(frozen=True, slots=True)
class Followed:
    """How far it is.

    Attributes:
        totals: what this process committed.
        waiting: records that were read and not committed yet.
        seconds: since it began.
        lag: of the stream.
        reasons: why records were set aside, as this process committed them, the most frequent first.
    """

    totals: UsageTotals = NOTHING
    waiting: int = 0
    seconds: float = 0.0
    lag: Lag = field(default_factory=Lag)
    reasons: tuple[ReasonCount, ...] = ()

    @property
    def rate(self) -> float:
        """Return records a second since it began."""
        return (self.totals.read + self.waiting) / max(self.seconds, 1e-9)


class Follower:
    """Follows one stream into one store.

    Args:
        stream: what is read.
        store: where it goes.
        rules: when what is done.
        attribution: makes what says who granted, from what is committed; None where nothing is known.
        end: whether it is to end; asked about twice a second.
        watcher: shown how far it is, about twice a second.
        tell: takes a line for people now and then.
    """

    def __init__(
        self,
        stream: LogStream,
        store: UsageStore,
        *,
        rules: Rules,
        attribution: Callable[[], Attribution | None] = lambda: None,
        end: Callable[[], bool] = lambda: False,
        watcher: Callable[[Followed], None] = lambda _: None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._stream = stream
        self._store = store
        self._rules = rules
        self._attribution = attribution
        self._end = end
        self._watcher = watcher
        self._tell = tell
        self._known: dict[str, str] = {}
        self._reasons: dict[str, ReasonCount] = {}
        self._totals = NOTHING
        self._makers: dict[str, BatchMaker] = {}
        self._unsettled = False

    def run(self) -> Followed:
        """Follow until the stream ends or the end is asked for; return what came of it.

        Raises:
            CollectionError, InputError, SettingsError: the stream cannot be read; what was read of it is committed.
            StoreError: the store cannot be written.
        """
        self._began = self._committed = self._settled = time.monotonic()
        with self._held() as writing:
            self._known = dict(writing.offsets(self._stream.name))
        self._gathered = self._gathering()
        try:
            with closing(self._pieces()) as pieces:
                for _ in pieces:
                    self._watcher(self.state())
        except StoreError:
            raise
        except RemitError:
            self._commit(settle=True)
            raise
        self._commit(settle=True)
        return self.state()

    def state(self) -> Followed:
        """Return how far it is."""
        reasons = tuple(sorted(self._reasons.values(), key=lambda one: (-one.records, one.reason)))
        passed = time.monotonic() - self._began
        return Followed(self._totals, self._gathered.records, passed, self._stream.lag(), reasons)

    # ---- reading

    def _pieces(self) -> Generator[None]:
        """Read, commit when it is time, and come up for air."""
        with closing(self._stream.resume(dict(self._known))) as pieces:
            for piece in pieces:
                if piece is not None:
                    self._gathered.add(piece)
                if self._is_due():
                    self._commit(settle=time.monotonic() - self._settled >= self._rules.settle_s)
                if piece is None:
                    yield
                if self._end():
                    return

    def _is_due(self) -> bool:
        if self._gathered.records >= self._rules.commit_records:
            return True
        passed = time.monotonic() - self._committed
        return passed >= (self._rules.commit_s if self._gathered.records else self._rules.quiet_s)

    # ---- writing

    def _commit(self, *, settle: bool) -> None:
        gathered = self._gathered
        if not gathered.records and not self._moved() and not (settle and self._unsettled):
            self._committed = time.monotonic()
            return
        with self._held() as writing:
            if gathered.records or self._moved():
                self._put(writing, gathered)
            if settle and self._unsettled:
                writing.settle(self._attribution())
                self._unsettled = False
                self._settled = time.monotonic()
        self._committed = time.monotonic()

    def _put(self, writing: UsageWriting, gathered: Gathering) -> None:
        """Commit what was gathered.

        Raises:
            UnavailableError: another process follows the same stream into this store.
        """
        if dict(writing.offsets(self._stream.name)) != self._known:
            raise UnavailableError(
                f"another process follows {self._stream.name} into this store", hint="let one of them do it"
            )
        intake = writing.intake(0)
        gathered.hand_over(intake)
        writing.take(intake.finish())
        added = writing.commit(self._stream.name, gathered.reached)
        self._known.update(gathered.reached)
        self._gathered = self._gathering()
        self._totals += added.totals
        self._unsettled = self._unsettled or bool(added.totals.read)
        for one in added.reasons:
            before = self._reasons.get(one.reason)
            first = before or one
            count = one.records + (before.records if before else 0)
            self._reasons[one.reason] = ReasonCount(one.reason, count, first.name, first.line)

    def _moved(self) -> bool:
        return any(self._known.get(part) != offset for part, offset in self._gathered.reached.items())

    def _gathering(self) -> Gathering:
        return Gathering(self._stream.name, dict(self._known), self._makers, keep_raw=bool(self._rules.keep_raw))

    def _held(self) -> UsageWriting:
        """Take hold of the store as soon as nobody else has it."""
        return held(self._store, self._rules.keep_raw, Patience(self._rules.busy_s, self._end, self._tell))
