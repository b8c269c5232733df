"""Everything that happened, day by day: runs of routines, sign-ins before them, changes in between, noise around.

Memory holds one day of operations and the records that have not arrived yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from remit_sim import places
from remit_sim.generate.dice import Dice, Ids
from remit_sim.generate.usage.calls import ACTIVITY, AKS, CONTROL, COSMOS, DATA, KEY_VAULT, STORAGE, Call
from remit_sim.generate.usage.changing import Changing
from remit_sim.generate.usage.facts import Facts, Person
from remit_sim.generate.usage.history import DAY_US, HOUR_US, History
from remit_sim.generate.usage.holdings import ALWAYS, Holding, Holdings
from remit_sim.generate.usage.instants import seven
from remit_sim.generate.usage.observing import AAD_GRAPH, AUDIT, GRAPH, OF_TENANT, SIGN_INS, TENANT, Observing, place_of
from remit_sim.generate.usage.operations import Fields, Operation, Record, Token
from remit_sim.generate.usage.records import activity, data_planes, entra_audit, graph_calls, noise, sign_ins
from remit_sim.generate.usage.routines import Routines, Run
from remit_sim.generate.usage.settings import UsageSettings
from remit_sim.generate.usage.tokens import Tokens

_AUDIENCE = {KEY_VAULT: "vault", STORAGE: "storage", COSMOS: "cosmos", AKS: "aks", GRAPH: "graph", AAD_GRAPH: "graph"}
_QUIET_US = 600_000_000
"""Nobody does anything so near to a change of what they may do: what a log's clock is worth."""
_MINUTE = 60_000_000
_PORTAL, _CLI = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
_CLIENTS = {_PORTAL: "Azure Portal", _CLI: "Microsoft Azure CLI"}
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
        self._holdings = holdings
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
        self._moments = {who: _moments(holdings.of[who]) for who in facts.people}
        self._traits: dict[str, _Traits] = {}

    def days(self) -> Iterator[Day]:
        """Yield every day in order."""
        for day in range(self._start // DAY_US, self._end // DAY_US + 1):
            found = list(self._changes.get(day, ()))
            dice = Dice(self._settings.seed, f"usage/day/{day}")
            for run in self._routines.runs(day, self._start, self._end - HOUR_US):
                found += self._run(run, dice)
            found += self._graph(day, dice)
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

    # What is done

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

    def _run(self, run: Run, dice: Dice) -> Iterator[Operation]:
        who, call, target = run.who, run.call, run.target
        if any(abs(moment - run.time) < _QUIET_US for moment in self._moments.get(who.guid, ())):
            return
        traits = self._traits_of(who)
        scope = target.id + _tail(call, run.name)
        granting = self._holdings.nearest(who.guid, call.action, call.plane, scope, run.time) if call.grants else []
        if granting is None or (call.grants and not granting and not dice.chance(0.3)):
            return
        made = Operation(
            0, run.time, who, call.log, call.plane, call.action, scope, "succeeded", granting,
            address=traits.address if dice.chance(0.85) else traits.other, call=call, target=target,
        )  # fmt: skip
        made.client = traits.client
        self._outcome(made, dice)
        self._detail(made, run, traits)
        yield made
        if made.outcome == "succeeded" and dice.chance(self._settings.refused):
            yield from self._refusal(made, dice)
        if call.action.endswith("deployments/write") and dice.chance(0.1):
            yield from self._clean_up(made, run.name)
        if call.log == STORAGE and target.properties.get("allowSharedKeyAccess") is not False and dice.chance(0.08):
            nobody = Person("", "application", "")
            yield Operation(
                0, run.time + 1_234_567, nobody, STORAGE, DATA, call.action, scope, "succeeded", address=made.address,
                call=call, target=target, extra={**made.extra, "way": dice.pick(("AccountKey", "SAS")), "host": ""},
            )  # fmt: skip

    def _clean_up(self, made: Operation, name: int) -> Iterator[Operation]:
        """Yield the end of a group that was there for a test: each of its resources gets a row of its own."""
        action = "Microsoft.Resources/subscriptions/resourceGroups/delete"
        scope = "/".join([*made.scope.split("/")[:4], f"rg-temp-{name}"])
        granting = self._holdings.nearest(made.who.guid, action, CONTROL, scope, made.time)
        if granting:
            kinds = ("Microsoft.Web/sites", "Microsoft.Network/networkInterfaces", "Microsoft.Compute/disks")
            children = tuple((f"{kind}/delete", f"{scope}/providers/{kind}/temp{name}") for kind in kinds)
            yield Operation(
                0, made.time + 61_000_007, made.who, ACTIVITY, CONTROL, action, scope, "succeeded", granting,
                address=made.address, client=made.client, call=Call(action, CONTROL, ACTIVITY, "DELETE"),
                extra={"host": made.extra.get("host", ""), "children": children},
            )  # fmt: skip

    def _outcome(self, made: Operation, dice: Dice) -> None:
        if made.call is not None and made.call.grants and not made.granting:
            made.outcome, made.status = "refused", 403
        elif dice.chance(self._settings.failed):
            reads = made.call is not None and made.call.method in {"GET", "get", "list"}
            made.outcome, made.status = "failed", 404 if reads or dice.chance(0.4) else 409

    def _detail(self, made: Operation, run: Run, traits: _Traits) -> None:
        name, call, extra = run.name, run.call, made.extra
        if made.who.kind == "managed":
            extra["host"] = traits.host
        if call.log == KEY_VAULT:
            extra["path"] = _tail(call, name) or "/secrets"
        elif call.log == STORAGE:
            extra.update(container=f"data{name}", blob=f"in/part-{name}.json", resource="")
        elif call.log == COSMOS:
            extra["database"] = f"db{name}"
            made.native = self._ids.guid("cosmos-assignment", f"{made.who.guid}/{run.target.place}")
        elif call.log == AKS:
            extra["namespace"] = f"team{name}"

    def _refusal(self, made: Operation, dice: Dice) -> Iterator[Operation]:
        """Yield a call for which there is no grant: need, not use."""
        wanted = dice.pick(
            (
                Call("Microsoft.Authorization/roleAssignments/write", "control", ACTIVITY, "PUT"),
                Call("Microsoft.Compute/virtualMachines/write", "control", ACTIVITY, "PUT"),
                Call("Microsoft.Storage/storageAccounts/listKeys/action", "control", ACTIVITY, "POST"),
            )
        )
        group = places.group_of(places.key(made.scope))
        scope = "/".join(made.scope.split("/")[:5]) if group else made.scope
        time = made.time + 2_000_003
        if self._holdings.granting(made.who.guid, wanted.action, "control", scope, time) == []:
            yield Operation(
                0, time, made.who, ACTIVITY, "control", wanted.action, scope, "refused", address=made.address,
                call=wanted, client=made.client, status=403, extra={"host": made.extra.get("host", "")},
            )  # fmt: skip

    def _graph(self, day: int, dice: Dice) -> Iterator[Operation]:
        """Yield calls of Microsoft Graph: one in four identities makes some on a day in three."""
        for who, _ in self._routines.of:
            traits = self._traits_of(who)
            if not traits.graph or (who.kind == "user" and (day + 3) % 7 >= 5) or not dice.chance(0.3):  # noqa: PLR2004
                continue
            time = day * DAY_US + int((6 + 12 * dice.roll()) * HOUR_US)
            for _ in range(dice.between(1, 4)):
                time += dice.between(300_000, 9_000_000)
                if self._start <= time < self._end - HOUR_US:
                    request = graph_calls.REQUESTS[traits.graph[dice.below(len(traits.graph))]]
                    status = 403 if dice.chance(0.05) else 404 if dice.chance(0.04) else 200
                    outcome = {403: "refused", 404: "failed"}.get(status, "succeeded")
                    log = AAD_GRAPH if "{a}" not in request.path and dice.chance(0.08) else GRAPH
                    yield Operation(
                        0, time, who, log, "directory", request.action, f"/tenants/{self._facts.tenant_id}", outcome,
                        address=traits.address, client=traits.client, status=status, extra={"request": request},
                    )  # fmt: skip

    # Who signs in

    def _sign_in(self, one: Operation, dice: Dice) -> Iterator[Operation]:
        who = one.who
        if one.log in {*SIGN_INS, AUDIT} or who.guid not in self._facts.people:
            return
        audience = _AUDIENCE.get(one.log, "arm")
        token, issued = self._tokens.token(who, audience, one.time, dice)
        one.token = token
        one.extra["uti"] = sign_ins.short_token(token.guid)
        one.address = one.address or self._traits_of(who).address
        one.client = one.client or self._traits_of(who).client
        if issued is None:
            return
        if who.kind != "managed" and dice.chance(0.04):
            yield self._failed_sign_in(who, issued.log, audience, token.issued - 5_000_011, dice)
        yield self._signed_in(who, issued.log, audience, one.client, token)

    def _signed_in(self, who: Person, log: str, audience: str, client: str, token: Token) -> Operation:
        traits = self._traits_of(who)
        made = Operation(
            0, token.issued, who, log, "signIn", "Sign-in activity", f"/tenants/{self._facts.tenant_id}", "succeeded",
            address="" if who.kind == "managed" else traits.address, client=client,
            extra={"audience": audience, "city": traits.city, "application": _CLIENTS.get(client, who.name),
                   "credential": traits.credential},
        )  # fmt: skip
        made.token = token
        return made

    def _failed_sign_in(self, who: Person, log: str, audience: str, time: int, dice: Dice) -> Operation:
        code, why = dice.pick(sign_ins.FAILURES) if who.kind == "user" else sign_ins.OF_SOFTWARE
        guid = self._ids.guid("failed-token", f"{who.guid}/{time}")
        made = self._signed_in(who, log, audience, self._traits_of(who).client, Token(guid, time, time))
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

    def _traits_of(self, who: Person) -> _Traits:
        found = self._traits.get(who.guid)
        if found is None:
            found = self._traits[who.guid] = _Traits(who, self._settings.seed, self._ids)
        return found


class _Traits:
    """What somebody always has: addresses, client, credential, where their identity runs."""

    __slots__ = ("address", "city", "client", "credential", "graph", "host", "other")

    def __init__(self, who: Person, seed: int, ids: Ids) -> None:
        dice = Dice(seed, f"usage/traits/{who.guid}")
        self.city = dice.below(len(sign_ins.CITIES))
        self.address = f"{'20.50' if who.kind != 'user' else '198.51'}.{dice.below(250)}.{dice.between(1, 250)}"
        self.other = f"2001:db8:{dice.below(9999):x}::{dice.between(1, 65000):x}"
        self.client = dice.pick((_PORTAL, _PORTAL, _CLI)) if who.kind == "user" else who.app_id
        federated = dice.chance(0.3)
        self.credential = {
            "servicePrincipalCredentialKeyId": sign_ins.NO_KEY if federated else ids.guid("credential", who.guid),
            **({"federatedCredentialId": ids.guid("federated", who.guid)} if federated else {}),
            "clientCredentialType": "federatedIdentityCredential"
            if federated
            else dice.pick(("clientSecret", "clientAssertion")),
        }
        self.graph = tuple(dice.below(len(graph_calls.REQUESTS)) for _ in range(3)) if dice.chance(0.25) else ()
        shared = "userassignedidentities" in who.resource.lower()
        group = "/".join(who.resource.split("/")[:5])
        self.host = f"{group}/providers/Microsoft.Compute/virtualMachines/vm-{who.guid[:6]}" if shared else ""


def _tail(call: Call, name: int) -> str:
    return call.tail.format(n=name, s=f"item-{name}", c=f"data{name}", d=f"release-{name}", k=f"team{name}")


def _by_day(operations: Iterator[Operation]) -> dict[int, list[Operation]]:
    found: dict[int, list[Operation]] = {}
    for one in operations:
        found.setdefault(one.time // DAY_US, []).append(one)
    return found


def _moments(held: tuple[Holding, ...]) -> frozenset[int]:
    """Return every instant at which what somebody holds changes."""
    edges = {edge for one in held for edge in (one.assignment.since, one.assignment.until) if edge is not None}
    return frozenset(edges | {edge for one in held for way in one.ways for edge in way if edge not in ALWAYS})
