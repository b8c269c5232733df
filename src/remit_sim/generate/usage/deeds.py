"""From what is wanted to what is done: a run of a routine meets the grants of that instant, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator

from remit_sim import places
from remit_sim.generate.dice import Dice, Ids
from remit_sim.generate.usage.calls import ACTIVITY, AKS, CONTROL, COSMOS, DATA, KEY_VAULT, STORAGE, Call
from remit_sim.generate.usage.facts import Facts, Person
from remit_sim.generate.usage.holdings import ALWAYS, Holding, Holdings
from remit_sim.generate.usage.instants import DAY_US, HOUR_US
from remit_sim.generate.usage.observing import AAD_GRAPH, GRAPH
from remit_sim.generate.usage.operations import Operation
from remit_sim.generate.usage.records import graph_calls
from remit_sim.generate.usage.routines import Routines, Run
from remit_sim.generate.usage.settings import UsageSettings
from remit_sim.generate.usage.traits import Everybody, Traits

_QUIET_US = 600_000_000
"""Nobody does anything so near to a change of what they may do: what a log's clock is worth."""


class Deeds:
    """What everybody does on a day, but for signing in."""

    def __init__(self, facts: Facts, holdings: Holdings, routines: Routines, settings: UsageSettings, ids: Ids) -> None:
        self._facts = facts
        self._holdings = holdings
        self._routines = routines
        self._settings = settings
        self._ids = ids
        self._end = facts.collected_at
        self._start = self._end - settings.days * DAY_US
        self._moments = {who: _moments(holdings.of[who]) for who in facts.people}
        self.everybody = Everybody(settings.seed, ids)

    def of(self, day: int, dice: Dice) -> Iterator[Operation]:
        """Yield them in no order, without numbers, correlations and tokens."""
        for run in self._routines.runs(day, self._start, self._end - HOUR_US):
            yield from self._run(run, dice)
        yield from self._graph(day, dice)

    def _run(self, run: Run, dice: Dice) -> Iterator[Operation]:
        who, call, target = run.who, run.call, run.target
        if any(abs(moment - run.time) < _QUIET_US for moment in self._moments.get(who.guid, ())):
            return
        traits = self.everybody.of(who)
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

    def _detail(self, made: Operation, run: Run, traits: Traits) -> None:
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
            traits = self.everybody.of(who)
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


def _tail(call: Call, name: int) -> str:
    return call.tail.format(n=name, s=f"item-{name}", c=f"data{name}", d=f"release-{name}", k=f"team{name}")


def _moments(held: tuple[Holding, ...]) -> frozenset[int]:
    """Return every instant at which what somebody holds changes."""
    edges = {edge for one in held for edge in (one.assignment.since, one.assignment.until) if edge is not None}
    return frozenset(edges | {edge for one in held for way in one.ways for edge in way if edge not in ALWAYS})
