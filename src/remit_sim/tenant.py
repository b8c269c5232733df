"""The tenant that is simulated: the lists of a tenant export, editable while they are served.

    >>> from datetime import UTC, datetime
    >>> tenant = SimTenant("00000000-0000-0000-0000-000000000001", SimClock(datetime(2026, 11, 1, tzinfo=UTC)))
    >>> tenant.put("graph/users", b'{"id":"11111111-0000-0000-0000-000000000000","displayName":"Ada"}')
    >>> [row for _, row in tenant.table("graph/users").page(0, 10)]
    [b'{"id":"11111111-0000-0000-0000-000000000000","displayName":"Ada"}']

Rows are kept as the bytes of the export, so that what is served is byte for byte what was loaded. A row keeps its slot
for life: a page read before an edit and one read after it neither lose nor repeat a row that both could have shown.
Cost: about 200 bytes a row besides the row.
"""

from __future__ import annotations

from bisect import insort
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec

from remit.wire.azure.lists import LISTS
from remit_sim.clock import SimClock
from remit_sim.kept_logs import KeptLogs

Row = bytes
Fields = dict[str, Any]
T = TypeVar("T")

ACTIVITY_KEPT = 10_000
"""Events of the Activity Log that are kept; older ones are forgotten."""


class Table:
    """One list: rows in order of arrival, found by lower-case key or by the value of an index."""

    def __init__(self) -> None:
        self._rows: list[Row | None] = []
        self._keys: list[str] = []
        self._slots: dict[str, int] = {}
        self._indexes: dict[str, tuple[Callable[[Fields], str], dict[str, list[int]]]] = {}
        self.version = 0
        """Raised by every edit; what is derived from the rows is good as long as it stands."""

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self._slots)

    def keys(self) -> Iterator[str]:
        """Yield the keys of all rows, in order."""
        return (key for key, row in zip(self._keys, self._rows, strict=True) if row is not None)

    def rows(self) -> Iterator[Row]:
        """Yield all rows, in order."""
        return (row for row in self._rows if row is not None)

    def get(self, key: str) -> Row | None:
        """Return the row of a key, lower case, or None."""
        slot = self._slots.get(key)
        return None if slot is None else self._rows[slot]

    def fields(self, key: str) -> Fields | None:
        """Return a row decoded, or None."""
        row = self.get(key)
        return None if row is None else msgspec.json.decode(row)

    def put(self, key: str, row: Row) -> bool:
        """Add a row or replace that of the same key in its place; return whether it was new."""
        slot = self._slots.get(key)
        new = slot is None
        self.version += 1
        if slot is not None:
            self._unindex(slot)
            self._rows[slot] = row
        else:
            slot = len(self._rows)
            self._slots[key] = slot
            self._rows.append(row)
            self._keys.append(key)
        if self._indexes:
            fields = msgspec.json.decode(row)
            for value_of, found in self._indexes.values():
                insort(found.setdefault(value_of(fields), []), slot)
        return new

    def remove(self, key: str) -> Row | None:
        """Take a row away and return it, or None where there is none."""
        slot = self._slots.pop(key, None)
        if slot is None:
            return None
        self.version += 1
        self._unindex(slot)
        row, self._rows[slot] = self._rows[slot], None
        return row

    @property
    def end(self) -> int:
        """Return the slot after the last one."""
        return len(self._rows)

    def page(self, start: int, count: int) -> list[tuple[int, Row]]:
        """Return up to `count` (slot, row) from slot `start` on; the next page starts after the last slot returned."""
        page: list[tuple[int, Row]] = []
        for slot in range(start, len(self._rows)):
            row = self._rows[slot]
            if row is not None:
                page.append((slot, row))
                if len(page) == count:
                    break
        return page

    def key_at(self, slot: int) -> str:
        """Return the key of a slot."""
        return self._keys[slot]

    def where(self, name: str, value_of: Callable[[Fields], str], value: str) -> list[tuple[int, Row]]:
        """Return (slot, row) of the rows whose `value_of` is `value`, in order.

        Args:
            name: name of the index; one name must always come with one function.
            value_of: from a decoded row to the value, built once over all rows and kept up by edits.
            value: what to look for.
        """
        return [(slot, row) for slot in self.slots(name, value_of, value) if (row := self._rows[slot]) is not None]

    def slots(self, name: str, value_of: Callable[[Fields], str], value: str) -> Sequence[int]:
        """Return only the slots of what `where` returns, ascending; no copy: to be read before the next edit."""
        if name not in self._indexes:
            found: dict[str, list[int]] = {}
            for slot, row in enumerate(self._rows):
                if row is not None:
                    found.setdefault(value_of(msgspec.json.decode(row)), []).append(slot)
            self._indexes[name] = (value_of, found)
        return self._indexes[name][1].get(value, ())

    def at(self, slot: int) -> Row | None:
        """Return the row in a slot, None where it was taken away."""
        return self._rows[slot]

    def _unindex(self, slot: int) -> None:
        row = self._rows[slot]
        if not self._indexes or row is None:
            return
        fields = msgspec.json.decode(row)
        for value_of, found in self._indexes.values():
            slots = found.get(value_of(fields), [])
            if slot in slots:
                slots.remove(slot)


@dataclass(frozen=True, slots=True)
class Change:
    """One edit: what Graph's delta queries and Resource Graph's change tables tell of.

    Attributes:
        number: 1 for the first edit of a tenant, then counted on.
        at: when, by the simulator's clock.
        list_name: the list of the export.
        key: lower-case key of the row.
        kind: `Create`, `Update` or `Delete`.
        row: the row before a deletion, else the row after the edit.
    """

    number: int
    at: datetime
    list_name: str
    key: str
    kind: str
    row: Row


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An edit that reads do not see yet; without a row it is a removal."""

    list_name: str
    key: str
    row: Row | None
    due_at: datetime
    due_tick: int


EVENTUAL_LISTS = frozenset({"arm/roleAssignments", "graph/groups", "graph/groupMembers", "graph/groupOwners"})
"""Lists whose edits Azure may show late."""


class SimTenant:
    """A tenant in memory. One thread at a time may touch it; the server holds `server.lock` for that."""

    def __init__(self, tenant_id: str, clock: SimClock, *, cloud: str = "AzureCloud") -> None:
        self.tenant_id = tenant_id.lower()
        self.cloud = cloud
        self.clock = clock
        self.tables: dict[str, Table] = {name: Table() for name in LISTS}
        self.changes: list[Change] = []
        self.activity: deque[Fields] = deque(maxlen=ACTIVITY_KEPT)
        """The Activity Log: one event for each write through Resource Manager, oldest first."""
        self.activity_seen = 0
        """How many events there were, the forgotten ones included."""
        self.logs = KeptLogs()
        """Rows of workspaces and blobs of storage accounts."""
        self._derived: dict[str, tuple[tuple[int, ...], Any]] = {}
        self._delay: tuple[timedelta, int] | None = None
        self._ticks = 0
        self._waiting: deque[_Waiting] = deque()
        self.page_key = b"remit-sim"
        """What continuation tokens are signed with."""
        self.credentials: dict[str, list[Fields]] = {}
        """What applications can sign in with, by lower-case application id: written by Graph, read by the login.

        A secret is `{"kind": "secret", "keyId", "text", "startDateTime", "endDateTime"}`; a certificate has
        `"kind": "certificate"`, `"key"` (its DER in base64) and `"thumbprint"` (SHA-1, upper-case hex) for `text`.
        No list and no answer shows them again.
        """

    def table(self, list_name: str) -> Table:
        """Return one list of the export.

        Raises:
            KeyError: an export has no such list.
        """
        return self.tables[list_name]

    def derive(self, name: str, lists: tuple[str, ...], build: Callable[[], T]) -> T:
        """Return what `build` makes of some lists; it is kept until one of them is edited.

        Args:
            name: what is derived; one name must always come with one `build`.
            lists: the lists that it is made of.
            build: makes it.
        """
        versions = tuple(self.tables[list_name].version for list_name in lists)
        kept = self._derived.get(name)
        if kept is None or kept[0] != versions:
            kept = self._derived[name] = (versions, build())
        found: T = kept[1]
        return found

    def load(self, list_name: str, row: Row) -> None:
        """Take a row that was there from the start: no change is told of it."""
        self.tables[list_name].put(key_of(list_name, row), row)

    def put(self, list_name: str, row: Row) -> None:
        """Add or replace a row while the tenant is served."""
        key = key_of(list_name, row)
        if not self._held_back(list_name, key, row):
            self._put(list_name, key, row)

    def remove(self, list_name: str, key: str) -> bool:
        """Take a row away while the tenant is served; return whether there was one."""
        key = key.lower()
        if self._held_back(list_name, key, None):
            return self.tables[list_name].get(key) is not None
        return self._remove(list_name, key)

    def delay_edits(self, after: timedelta, requests: int) -> None:
        """Show edits of role assignments and groups only later: whichever comes first.

        Args:
            after: simulated time; zero shows all edits at once again, those that wait included.
            requests: number of ticks.
        """
        self._delay = (after, requests) if after else None
        self.tick()

    def tick(self) -> None:
        """Count one request; let the edits be seen whose time has come."""
        self._ticks += 1
        while self._waiting:
            edit = self._waiting[0]
            if self._delay is not None and self._ticks < edit.due_tick and self.clock.now() < edit.due_at:
                return
            self._waiting.popleft()
            if edit.row is None:
                self._remove(edit.list_name, edit.key)
            else:
                self._put(edit.list_name, edit.key, edit.row)

    def _held_back(self, list_name: str, key: str, row: Row | None) -> bool:
        if self._delay is None or list_name not in EVENTUAL_LISTS:
            return False
        after, requests = self._delay
        self._waiting.append(_Waiting(list_name, key, row, self.clock.now() + after, self._ticks + requests))
        return True

    def _put(self, list_name: str, key: str, row: Row) -> None:
        kind = "Create" if self.tables[list_name].put(key, row) else "Update"
        self._changed(list_name, key, kind, row)

    def _remove(self, list_name: str, key: str) -> bool:
        row = self.tables[list_name].remove(key)
        if row is not None:
            self._changed(list_name, key, "Delete", row)
        return row is not None

    def _changed(self, list_name: str, key: str, kind: str, row: Row) -> None:
        self.changes.append(Change(len(self.changes) + 1, self.clock.now(), list_name, key, kind, row))


def key_of(list_name: str, row: Row) -> str:
    """Return the lower-case key of a row, as `remit` reads it.

    Raises:
        msgspec.MsgspecError: the row is no row of this list.
    """
    shape = LISTS[list_name]
    return shape.key(shape.decoder.decode(row))
