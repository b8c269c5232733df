"""Everything that happened, day by day: runs of routines, sign-ins before them, changes in between, noise around.

Memory holds one day of operations and the records that have not arrived yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from remit_sim.generate.dice import Dice, Ids
from remit_sim.generate.usage.calls import ACTIVITY, AKS, COSMOS, DATA, KEY_VAULT, STORAGE
from remit_sim.generate.usage.changing import Changing
from remit_sim.generate.usage.deeds import Deeds
from remit_sim.generate.usage.facts import Facts, Person
from remit_sim.generate.usage.history import DAY_US, HOUR_US, History
from remit_sim.generate.usage.holdings import ALWAYS, Holdings
from remit_sim.generate.usage.instants import seven
from remit_sim.generate.usage.observing import AAD_GRAPH, AUDIT, GRAPH, OF_TENANT, SIGN_INS, TENANT, Observing, place_of
from remit_sim.generate.usage.operations import Fields, Operation, Record, Token
from remit_sim.generate.usage.records import activity, data_planes, entra_audit, graph_calls, noise, sign_ins
from remit_sim.generate.usage.routines import Routines
from remit_sim.generate.usage.settings import UsageSettings
from remit_sim.generate.usage.tokens import Tokens
from remit_sim.generate.usage.traits import CLIENTS

_AUDIENCE = {KEY_VAULT: "vault", STORAGE: "storage", COSMOS: "cosmos", AKS: "aks", GRAPH: "graph", AAD_GRAPH: "graph"}
_MINUTE = 60_000_000
_LATE = 0.01
_DATA_STORES = {
    "microsoft.keyvault/vaults": KEY_VAULT,
    "microsoft.storage/storageaccounts": STORAGE,
    "microsoft.documentdb/databaseaccounts": COSMOS,
    "microsoft.containerservice/managedclusters": AKS,
}


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on a day, by time, and what the logs keep of it, in no order."""

    end: int
    operations: list[Operation]
    records: list[Record]


class Life:
    """The past of a tenant."""

    def __init__(
        self, facts: Facts, history: History, holdings: Holdings, routines: Routines, settings: UsageSettings
    ) -> None:
        self._facts = facts
        self._settings = settings
        self._routines = routines
        self._end = facts.collected_at
        self._start = self._end - settings.days * DAY_US
        self._ids = Ids(settings.seed)
        self._changing = Changing(facts, holdings, self._ids)
        self.observing = Observing(settings, self._start, self._end)
        self._tokens = Tokens(self._ids)
        self._old = Dice(settings.seed, "usage/exports").chance(settings.old_exports)
        self._number = 0
        self._unseen: set[str] = set()
        self._changes = _by_day(self._told(history))
        self._deeds = Deeds(facts, holdings, routines, settings, self._ids)

    def days(self) -> Iterator[Day]:
        """Yield every day in order."""
        for day in range(self._start // DAY_US, self._end // DAY_US + 1):
            found = list(self._changes.get(day, ()))
            dice = Dice(self._settings.seed, f"usage/day/{day}")
            found += self._deeds.of(day, dice)
            found.sort(key=lambda one: (one.time, one.action, one.scope, one.who.guid))
            yield self._day(day, found, dice)

    def form_of(self, operation: Operation) -> str:
        """Return the form of the file that an operation's records stand in."""
        place = TENANT if operation.log in OF_TENANT else self._place(operation)
        return self.observing.of(operation.log, place).form

    def known(self, operation: Operation) -> bool:
        """Tell whether export and logs together tell what granted an operation."""
        unseen = operation.granting and operation.granting[0].assignment.guid in self._unseen
        return operation.who.guid in self._facts.people and not unseen

    def _day(self, day: int, found: list[Operation], dice: Dice) -> Day:
        operations: list[Operation] = []
        records: list[Record] = []
        for one in found:
            sign_in = self._sign_in(one, dice)
            for operation in (*sign_in, one):
                self._number += 1
                operation.number = self._number
                operation.correlation = operation.correlation or self._ids.guid("correlation", self._number)
                place = TENANT if operation.log in OF_TENANT else self._place(operation)
                operation.hidden = self.observing.hidden(operation.log, place, operation.plane, operation.time)
                operations.append(operation)
                if not operation.hidden:
                    records += self._records(operation, place, dice)
        records += self._noise(day, len(operations), dice)
        return Day((day + 1) * DAY_US, operations, records)

    def _place(self, operation: Operation) -> str:
        if operation.plane == DATA and operation.target is not None:
            return operation.target.place
        return place_of(ACTIVITY, operation.scope)

    def _told(self, history: History) -> Iterator[Operation]:
        for change in history.changes:
            if self._start <= change.time < self._end:
                for one in self._changing.operations(change):
                    place = TENANT if one.log == AUDIT else self._place(one)
                    if change.assignment and self.observing.hidden(one.log, place, one.plane, one.time):
                        self._unseen.add(change.assignment.guid)
                    yield one
        seen: set[str] = set()
        for _, routines in self._routines.of:
            for routine in routines:
                for target in routine.targets:
                    if target.place not in seen and target.type in _DATA_STORES:
                        seen.add(target.place)
                        yield from self._settings_of(target.id, target.place, _DATA_STORES[target.type])

    def _settings_of(self, resource: str, place: str, log: str) -> Iterator[Operation]:
        since, until = self.observing.of(log, place).span
        resource += "/blobServices/default" if log == STORAGE else ""
        if ALWAYS[0] < since < self._end and until > since:
            yield self._changing.setting(resource, since, deleted=False)
        if self._start < until < self._end:
            yield self._changing.setting(resource, until, deleted=True)

    # Who signs in

    def _sign_in(self, one: Operation, dice: Dice) -> Iterator[Operation]:
        who = one.who
        if one.log in {*SIGN_INS, AUDIT} or who.guid not in self._facts.people:
            return
        audience = _AUDIENCE.get(one.log, "arm")
        token, issued = self._tokens.token(who, audience, one.time, dice)
        one.token = token
        one.extra["uti"] = sign_ins.short_token(token.guid)
        one.address = one.address or self._deeds.everybody.of(who).address
        one.client = one.client or self._deeds.everybody.of(who).client
        if issued is None:
            return
        if who.kind != "managed" and dice.chance(0.04):
            yield self._failed_sign_in(who, issued.log, audience, token.issued - 5_000_011, dice)
        yield self._signed_in(who, issued.log, audience, one.client, token)

    def _signed_in(self, who: Person, log: str, audience: str, client: str, token: Token) -> Operation:
        traits = self._deeds.everybody.of(who)
        made = Operation(
            0, token.issued, who, log, "signIn", "Sign-in activity", f"/tenants/{self._facts.tenant_id}", "succeeded",
            address="" if who.kind == "managed" else traits.address, client=client,
            extra={"audience": audience, "city": traits.city, "application": CLIENTS.get(client, who.name),
                   "credential": traits.credential},
        )  # fmt: skip
        made.token = token
        return made

    def _failed_sign_in(self, who: Person, log: str, audience: str, time: int, dice: Dice) -> Operation:
        code, why = dice.pick(sign_ins.FAILURES) if who.kind == "user" else sign_ins.OF_SOFTWARE
        guid = self._ids.guid("failed-token", f"{who.guid}/{time}")
        made = self._signed_in(who, log, audience, self._deeds.everybody.of(who).client, Token(guid, time, time))
        made.extra.update(code=code, why=why)
        made.outcome = "failed" if code == 50074 else "refused"  # noqa: PLR2004 - an interrupt, no refusal
        return made

    # What is kept of it

    def _records(self, one: Operation, place: str, dice: Dice) -> list[Record]:
        tenant = self._facts.tenant_id
        delay = dice.between(3, 20) * _MINUTE
        if dice.chance(_LATE):
            delay = dice.between(1, 23) * HOUR_US
        if one.log == ACTIVITY:
            rows = activity.rows(one, dice, self._ids, (tenant, self._hierarchy(place)), self._settings.evidence)
            return [
                Record(ACTIVITY, place, row["micros"], row["micros"] + delay + dice.below(9_000_000), row, one.number)
                for row in rows
            ]
        fields = self._fields(one, dice, tenant)
        found = [Record(one.log, place, one.time, one.time + delay, fields, one.number)]
        if one.log == KEY_VAULT and dice.chance(0.15):
            first = one.time - 120_001
            found.append(Record(KEY_VAULT, place, first, first + delay, data_planes.challenge(one, seven(first))))
        return found

    def _fields(self, one: Operation, dice: Dice, tenant: str) -> Fields:
        """Return the one record that each log but the Activity Log writes of an operation."""
        ids = self._ids
        makers: dict[str, Callable[[], Fields]] = {
            AUDIT: lambda: entra_audit.record(one, ids, tenant),
            GRAPH: lambda: graph_calls.record(one, dice, ids, tenant),
            AAD_GRAPH: lambda: graph_calls.aad_record(one, dice, ids, tenant),
            KEY_VAULT: lambda: data_planes.key_vault(one, ids, tenant),
            STORAGE: lambda: data_planes.storage(one, dice, tenant),
            COSMOS: lambda: data_planes.cosmos(one, ids),
            AKS: lambda: data_planes.kubernetes(one, ids),
        }
        maker = makers.get(one.log)
        return maker() if maker else sign_ins.record(one, dice, tenant, old=self._old)

    def _hierarchy(self, place: str) -> str:
        above = [one.rpartition("/")[2] for one in reversed(self._facts.above.get(place, ()))]
        return "/".join([*above, place.rpartition("/")[2]])

    def _noise(self, day: int, operations: int, dice: Dice) -> Iterator[Record]:
        for _ in range(int(operations * self._settings.noise + dice.roll())):
            if not self._facts.resources:
                return
            self._number += 1
            target = dice.pick(self._facts.resources)
            time = day * DAY_US + dice.below(DAY_US)
            place = place_of(ACTIVITY, target.id)
            if self._start <= time < self._end and self.observing.of(ACTIVITY, place).at(time):
                row = noise.row((self._number, time), target.id, dice, self._ids, self._facts.tenant_id)
                yield Record(ACTIVITY, place, time, time + dice.between(3, 20) * _MINUTE, row)


def _by_day(operations: Iterator[Operation]) -> dict[int, list[Operation]]:
    found: dict[int, list[Operation]] = {}
    for one in operations:
        found.setdefault(one.time // DAY_US, []).append(one)
    return found
