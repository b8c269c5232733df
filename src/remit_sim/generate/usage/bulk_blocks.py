"""Blocks of log records as text, with the places where times and ids are written over: see `bulk`."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from remit_sim.generate.dice import Dice, Ids, Wheel
from remit_sim.generate.usage.calls import ACTIVITY, CONTROL, Call
from remit_sim.generate.usage.facts import Assignment, Person
from remit_sim.generate.usage.holdings import Holding
from remit_sim.generate.usage.operations import Fields, Operation, Token
from remit_sim.generate.usage.records import activity, graph_calls, sign_ins
from remit_sim.generate.usage.roles import Role

Bytes = NDArray[np.uint8]
Longs = NDArray[np.int64]

DAY = 20_757
"""The day of all records, counted from 1970: 2026-10-31."""
DAY_US = 86_400_000_000
WHOLE = 1 << 20
"""Offsets count in parts of a block's time."""
_TWICE = 100
"""One line in so many is a copy of an earlier one of its block."""
_EARLY = 0.05
_HALF_HOUR_US = 1_800_000_000
_KINDS = Wheel(
    [
        (ACTIVITY, 7),
        ("nonInteractiveUserSignIn", 9),
        ("managedIdentitySignIn", 13),
        ("servicePrincipalSignIn", 10),
        ("userSignIn", 3),
        ("microsoftGraph", 58),
    ]
)
_ACTIONS = (
    ("Microsoft.Resources/deployments/write", "PUT"),
    ("Microsoft.Compute/virtualMachines/write", "PUT"),
    ("Microsoft.Storage/storageAccounts/listKeys/action", "POST"),
    ("Microsoft.Network/networkSecurityGroups/write", "PUT"),
    ("Microsoft.Web/sites/restart/action", "POST"),
    ("Microsoft.KeyVault/vaults/write", "PUT"),
)
_CONTRIBUTOR = Role("b24988ac-6180-42a0-ab88-20f7382dd24c", "Contributor", ())
_IDENTITIES, _SUBSCRIPTIONS, _GROUPS = 5_000, 40, 25

# What stands in a block where something is written over it. All of one length, and nowhere else in a record.
_NUMBER = "feedbeadfeed"
_IN_GUID = b"fe-edbeadfeed"
_IN_TOKEN = urlsafe_b64encode(bytes.fromhex(_NUMBER))
_MOMENT = DAY * DAY_US + 11_655_926_535
_CLOCK = b"03:14:15.926535"


@dataclass(frozen=True, slots=True)
class Block:
    """A block as text, and where what differs stands in it.

    Attributes:
        text: lines, one after the other.
        ends: where each line ends.
        numbers: of each line within the block; copies and later rows of an operation have that of another line.
        offsets: when within the block's time, in parts of `WHOLE`; `shifts` are microseconds to add.
        hexes, letters, times: (line, place in the text) of an id's digits, of a token's letters, of a time of day.
        logs: of each line.
        copies, new: 1 for a line that is a copy; for one that begins an operation.
    """

    text: Bytes
    ends: Longs
    numbers: Longs
    offsets: Longs
    shifts: Longs
    hexes: tuple[Longs, Longs]
    letters: tuple[Longs, Longs]
    times: tuple[Longs, Longs]
    logs: tuple[str, ...]
    copies: Longs
    new: Longs


class Pool:
    """Identities and places that records are about, of one tenant."""

    def __init__(self, seed: int) -> None:
        self._ids = Ids(seed)
        self._tenant = self._ids.guid("bulk-tenant", 0)
        self._number = 0

    def records(self, log: str, dice: Dice) -> list[bytes]:
        """Return the lines of one operation, with marks where its own ids and times go."""
        self._number += 1
        who = self._person(dice, log)
        made = Operation(
            self._number, _MOMENT, who, log, "", "Sign-in activity", f"/tenants/{self._tenant}", "succeeded",
            address="" if log == "managedIdentitySignIn" else f"20.50.{dice.below(250)}.{dice.between(1, 250)}",
            correlation=self._marked(f"correlation/{self._number}"), client=who.app_id,
        )  # fmt: skip
        issued = _MOMENT - dice.between(60, 3_600) * 1_000_000
        made.token = Token(self._ids.guid("bulk-token", who.guid), issued, issued + 5_400_000_000)
        made.extra["uti"] = sign_ins.short_token(made.token.guid)
        return [msgspec.json.encode(fields) + b"\n" for fields in self._fields(made, dice)]

    def _fields(self, made: Operation, dice: Dice) -> list[Fields]:
        if made.log == ACTIVITY:
            return self._activity(made, dice)
        if made.log == "microsoftGraph":
            request = dice.pick(graph_calls.REQUESTS)
            made.action, made.extra["request"] = request.action, request
            found = graph_calls.record(made, dice, self._ids, self._tenant)
            found["properties"]["requestId"] = found["correlationId"] = self._marked(f"request/{self._number}")
            return [found]
        made.token = Token(self._marked(f"token/{self._number}"), _MOMENT, _MOMENT)
        credential = {"servicePrincipalCredentialKeyId": self._ids.guid("bulk-key", made.who.guid)}
        made.extra.update(audience=dice.pick(tuple(sign_ins.AUDIENCES)), city=dice.below(4), credential=credential)
        made.extra["application"] = "Azure Portal"
        return [sign_ins.record(made, dice, self._tenant, old=False)]

    def _activity(self, made: Operation, dice: Dice) -> list[Fields]:
        made.action, method = dice.pick(_ACTIONS)
        subscription = f"/subscriptions/{self._ids.guid('bulk-subscription', dice.low(_SUBSCRIPTIONS))}"
        kind = made.action.rpartition("/")[0].removesuffix("/listKeys").removesuffix("/restart")
        group = f"{subscription}/resourceGroups/rg-{dice.low(_GROUPS):03d}"
        made.scope = f"{group}/providers/{kind}/item-{dice.low(40):03d}"
        made.call = Call(made.action, CONTROL, ACTIVITY, method)
        kind_of_principal = "User" if made.who.kind == "user" else "ServicePrincipal"
        guid = self._ids.guid("bulk-assignment", made.who.guid)
        given = Assignment(guid, made.who.guid, kind_of_principal, _CONTRIBUTOR, subscription, subscription)
        made.granting = [Holding(given, ())]
        rows = activity.rows(made, dice, self._ids, (self._tenant, f"{self._tenant}/corp"), 0.75)
        for row in rows:
            row["micros"] = _MOMENT
        return [activity.diagnostic(row, dice) for row in rows]

    def _person(self, dice: Dice, log: str) -> Person:
        number = dice.low(_IDENTITIES)
        kind = {"servicePrincipalSignIn": "application", "managedIdentitySignIn": "managed"}.get(log, "user")
        if log in {ACTIVITY, "microsoftGraph"} and number % 2:
            kind = "application"
        guid = self._ids.guid(f"bulk-{kind}", number)
        if kind == "user":
            return Person(guid, kind, f"Person {number:05d}", f"person{number:05d}@bulk.example", _PORTAL)
        return Person(guid, kind, f"app-{number:05d}", app_id=self._ids.guid("bulk-app", guid))

    def _marked(self, name: str) -> str:
        """Return an id whose number is written over."""
        guid = self._ids.guid("bulk", name)
        return f"{guid[:21]}{_NUMBER[:2]}-{_NUMBER[2:]}{guid[34:]}"


_PORTAL = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"


def make_block(pool: Pool, dice: Dice, size: int) -> Block:
    """Return a block of so many lines."""
    lines: list[bytes] = []
    rows: list[tuple[int, int, int, int, int]] = []
    logs: list[str] = []
    fresh = size - size // _TWICE
    while len(lines) < fresh:
        log = _KINDS.spin(dice)
        made = pool.records(log, dice)[: fresh - len(lines)]
        first, offset = len(lines), dice.below(WHOLE)
        early = -dice.below(_HALF_HOUR_US) if dice.chance(_EARLY) else 0
        for row, line in enumerate(made):
            lines.append(line)
            logs.append(log)
            rows.append((first, offset, early + 7 * row, 0, int(row == 0)))
    for _ in range(size - fresh):
        source = dice.below(fresh)
        lines.append(lines[source])
        logs.append(logs[source])
        rows.append((*rows[source][:3], 1, 0))
    columns = np.array(rows, dtype=np.int64).T.copy()
    ends = np.cumsum([len(line) for line in lines], dtype=np.int64)
    text = np.frombuffer(b"".join(lines), dtype=np.uint8)
    numbers, offsets, shifts, copies, new = columns
    found = [_places(text.tobytes(), mark, ends) for mark in (_IN_GUID, _IN_TOKEN, _CLOCK)]
    return Block(text, ends, numbers, offsets, shifts, found[0], found[1], found[2], tuple(logs), copies, new)


def _places(text: bytes, mark: bytes, ends: Longs) -> tuple[Longs, Longs]:
    places: list[int] = []
    at = text.find(mark)
    while at >= 0:
        places.append(at)
        at = text.find(mark, at + len(mark))
    found = np.array(places, dtype=np.int64)
    return np.searchsorted(ends, found, side="right"), found
