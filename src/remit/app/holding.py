"""Takes hold of a store of usage that another process may be writing to at the moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from remit.model.errors import BusyError
from remit.ports.usage_store import UsageStore, UsageWriting

_BEAT_S = 0.2


@dataclass(frozen=True, slots=True)
class Patience:
    """How another writer is waited for.

    Attributes:
        most_s: seconds.
        end: whether to wait no longer; asked several times a second.
        tell: takes a line for people, once, when waiting begins.
        sleep, now: the time.
    """

    most_s: float = 30.0
    end: Callable[[], bool] = lambda: False
    tell: Callable[[str], None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic


def held(store: UsageStore, keep_raw: int, patience: Patience) -> UsageWriting:
    """Return what writes, as soon as nobody else does.

    Args:
        store: to be written to.
        keep_raw: as of `UsageStore.writing`.
        patience: how long another writer is waited for.

    Raises:
        BusyError: another process wrote for longer than that.
        StoreError: the store cannot be written.
    """
    give_up = patience.now() + patience.most_s
    told = False
    while True:
        try:
            return store.writing(keep_raw)
        except BusyError as error:
            if patience.end() or patience.now() >= give_up:
                raise
            if not told:
                told = True
                patience.tell(f"{error.message}; waiting")
        patience.sleep(_BEAT_S)
