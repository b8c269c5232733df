"""What happened at Halden Freight, the sample tenant; see `sample`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from remit.model.interval import parse_instant, to_micros
from remit_sim import places
from remit_sim.generate.dice import Ids
from remit_sim.generate.usage.calls import ACTIVITY, CONTROL, DATA, KEY_VAULT, Call
from remit_sim.generate.usage.changing import Changing
from remit_sim.generate.usage.facts import Assignment, Facts, Person, Resource, read_facts, rows
from remit_sim.generate.usage.history import DAY_US, HOUR_US, Change, History
from remit_sim.generate.usage.holdings import ALWAYS, Membership
from remit_sim.generate.usage.observing import AUDIT, GRAPH, MANAGEMENT_READ, NO_SETTING, SIGN_INS
from remit_sim.generate.usage.operations import Operation, Token
from remit_sim.generate.usage.records import graph_calls, sign_ins

SEED = 1_893
_MINUTE = 60_000_000
_REFUSED, _FAILED = 403, 400
_EVERY_FOURTH = 3
_SHORT, _LONG, _FAILING = ("Started", "Succeeded"), ("Started", "Accepted", "Succeeded"), ("Started", "Failed")
_PORTAL, _CLI = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
_DEPLOY = "Microsoft.Resources/deployments/write"
_RESTART = "Microsoft.Compute/virtualMachines/restart/action"
_SECRET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"  # noqa: S105 - an action
_LOGGED_SINCE = "2026-09-01T08:15:00Z"
_ADDRESSES = {"application": "20.50.14.7", "managed": "20.50.88.21", "user": "198.51.100.24"}


class Story:
    """All of it, in the order of time, with the sign-ins before."""

    def __init__(self, tenant: Path) -> None:
        self.facts = _everybody(read_facts(tenant, SEED, 1_000), tenant)
        self._by_name = {one.upn.partition("@")[0] or one.name: one for one in self.facts.people.values()}
        self._places = {one.id.rpartition("/")[2]: one for one in self.facts.resources}
        self._groups = {name: guid for guid, name in self.facts.group_names.items()}
        self._roles = {one.name: one for one in self.facts.roles.values()}
        self.ids = Ids(SEED)
        self._told: list[Operation] = []
        night = _at("2026-10-14T02:10:00Z")
        lena = self._by_name["lena.fischer"]
        prod = "/".join(self._places["rg-tracking-prod"].id.split("/")[:3])
        self._night = Assignment(
            self.ids.guid("assignment", "on call"), lena.guid, "User", self._roles["Contributor"], prod,
            places.key(prod), since=night, until=night + 4 * HOUR_US,
        )  # fmt: skip
        left = _at("2026-09-18T10:00:00Z")
        alex = self._by_name["alex.kim2"]
        self._history = History(
            [
                Change("activated", night, lena.guid, self._night, until=night + 4 * HOUR_US),
                Change("expired", night + 4 * HOUR_US, lena.guid, self._night),
                Change("memberRemoved", left, alex.guid, group=self._groups["Developers"]),
            ],
            [*(self._priya(one) for one in self.facts.assignments), self._night],
            [Membership(alex.guid, self._groups["Developers"], (ALWAYS[0], left))],
        )
        self._holdings = self._history.holdings(self.facts)
        self._changing = Changing(self.facts, self._holdings, self.ids)

    def _priya(self, one: Assignment) -> Assignment:
        """Her role is an activation of this morning: the assignment is two hours old."""
        if one.principal != self._by_name["priya.raman"].guid:
            return one
        return replace(one, since=_at("2026-11-02T07:30:00Z"))

    def operations(self) -> list[Operation]:
        """Return what happened, by time, numbered."""
        self._releases()
        self._developers()
        self._platform()
        self._on_call()
        self._machines()
        self._directory()
        self._told.sort(key=lambda one: (one.time, one.action, one.who.guid))
        for number, one in enumerate(self._told, start=1):
            one.number = number
            one.correlation = one.correlation or self.ids.guid("correlation", number)
        return self._told

    # What happened

    def _releases(self) -> None:
        ci = self._by_name["ci-release"]
        for week in range(2, 11, 2):  # every other Friday
            friday = _at("2026-08-21T09:40:00Z") + week * 7 * DAY_US
            for group, after in (("rg-tracking-dev", 0), ("rg-tracking-prod", 40)):
                time = friday + after * _MINUTE
                self._arm(
                    ci, _DEPLOY, group, time, tail=f"/providers/Microsoft.Resources/deployments/release-{34 + week}"
                )
                if group == "rg-tracking-prod":
                    self._vault(ci, "deploy-token", time - 2 * _MINUTE)
        self._arm(ci, _DEPLOY, "rg-tracking-dev", _at("2026-10-06T15:12:00Z"),
                  tail="/providers/Microsoft.Resources/deployments/hotfix-1", status=409)  # fmt: skip
        vault = self._places["kv-tracking-prod"]
        setting = self._changing.setting(vault.id, _at(_LOGGED_SINCE), deleted=False)
        action, scope = setting.action, setting.scope
        setting.who, setting.granting = ci, self._holdings.nearest(ci.guid, action, CONTROL, scope, setting.time) or []
        self._say(setting)

    def _developers(self) -> None:
        jonas, alex, left = (self._by_name[name] for name in ("jonas.weber", "alex.kim", "alex.kim2"))
        for day in ("2026-08-26", "2026-09-16", "2026-10-27"):
            self._arm(jonas, "Microsoft.Web/sites/write", "web-tracking-dev", _at(f"{day}T11:05:00Z"))
        self._arm(alex, "Microsoft.Web/sites/restart/action", "web-tracking-dev", _at("2026-10-20T13:31:00Z"))
        self._arm(alex, "Microsoft.Storage/storageAccounts/listKeys/action", "sthaldendev", _at("2026-10-20T13:40:00Z"))
        self._arm(left, "Microsoft.Web/sites/write", "web-tracking-dev", _at("2026-09-10T09:21:00Z"))
        self._arm(left, "Microsoft.Web/sites/write", "web-tracking-dev", _at("2026-09-21T08:58:00Z"))
        self._arm(jonas, _RESTART, "vm-gateway-1", _at("2026-10-13T16:44:00Z"))
        self._vault(self._by_name["omar.haddad_partner.example#EXT#"], "orders-db", _at("2026-10-22T14:02:00Z"))

    def _platform(self) -> None:
        maya = self._by_name["maya.okonkwo"]
        credential = "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action"
        for day in ("2026-09-02", "2026-10-01", "2026-10-29"):
            self._arm(maya, credential, "aks-tracking-prod", _at(f"{day}T12:12:00Z"))
        self._arm(maya, "Microsoft.Storage/storageAccounts/write", "sthaldendev", _at("2026-10-02T10:10:00Z"))
        self._arm(maya, "Microsoft.Sql/servers/databases/write", "orders", _at("2026-10-08T09:00:00Z"))

    def _on_call(self) -> None:
        for change in self._history.changes:
            for one in self._changing.operations(change):
                one.who = self._by_name["maya.okonkwo"] if change.kind == "memberRemoved" else one.who
                self._say(one)
        lena, night = self._by_name["lena.fischer"], _at("2026-10-14T02:10:00Z")
        self._arm(lena, _RESTART, "vm-gateway-1", night + 11 * _MINUTE)
        self._arm(lena, _RESTART, "vm-gateway-1", night + 52 * _MINUTE)
        priya = self._by_name["priya.raman"]
        (mine,) = (one for one in self._history.assignments if one.principal == priya.guid)
        morning = _at("2026-11-02T07:30:00Z")
        for one in self._changing.operations(
            Change("activated", morning, priya.guid, mine, until=morning + 8 * HOUR_US)
        ):
            self._say(one)
        self._arm(priya, "Microsoft.Sql/servers/databases/write", "orders", _at("2026-11-02T07:52:00Z"))

    def _machines(self) -> None:
        pool, cargo, ines = (
            self._by_name[name] for name in ("aks-tracking-prod-agentpool", "cargo-assistant", "ines.duarte")
        )
        for number in range(9):
            self._vault(
                pool,
                ("orders-db", "tls")[number % 4 == _EVERY_FOURTH],
                _at("2026-08-24T05:00:00Z") + number * 7 * DAY_US,
            )
        read = Call("Microsoft.Compute/virtualMachines/read", CONTROL, "", "GET")
        for number in range(4):
            time = _at("2026-08-28T06:00:00Z") + number * 20 * DAY_US
            for who, target in ((cargo, "vm-gateway-1"), (ines, "vm-gateway-1")):
                self._hidden(who, read, self._places[target], time, MANAGEMENT_READ)
            blob = Call(
                "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read", DATA, "storage",
                tail="/blobServices/default/containers/manifests",
            )  # fmt: skip
            self._hidden(cargo, blob, self._places["sthaldenprod"], time + _MINUTE, NO_SETTING)

    def _directory(self) -> None:
        ci, maya, sam = (self._by_name[name] for name in ("ci-release", "maya.okonkwo", "sam.becker"))
        asked = ((ci, 5, 200), (ci, 5, 200), (maya, 3, 200), (maya, 3, 200), (maya, 9, 403), (ci, 5, 200))
        for week, (who, number, status) in enumerate(asked):
            request = graph_calls.REQUESTS[number]
            made = Operation(
                0, _at("2026-09-04T10:20:00Z") + week * 7 * DAY_US, who, GRAPH, "directory", request.action,
                f"/tenants/{self.facts.tenant_id}", "succeeded" if status < _REFUSED else "refused",
                address=_ADDRESSES[who.kind], status=status, client=who.app_id or _CLI, extra={"request": request},
            )  # fmt: skip
            self._say(made)
        disabled = self._sign_in(sam, "userSignIn", "arm", _at("2026-10-05T07:30:00Z"), self.ids.guid("token", "sam"))
        disabled.extra.update(code=50057, why="User account is disabled.")
        disabled.outcome = "refused"
        self._told.append(disabled)

    # How it is said

    def _arm(self, who: Person, action: str, target: str, time: int, *, tail: str = "", status: int = 200) -> None:
        found = self._places[target]
        scope = found.id + tail
        granting = self._holdings.nearest(who.guid, action, CONTROL, scope, time) or []
        method = {"write": "PUT", "delete": "DELETE"}.get(action.rpartition("/")[2], "POST")
        outcome = "succeeded" if status < _FAILED else "failed"
        if not granting:
            status, outcome = 403, "refused"
        call = Call(action, CONTROL, ACTIVITY, method)
        made = Operation(
            0, time, who, ACTIVITY, CONTROL, action, scope, outcome, granting, address=_ADDRESSES[who.kind],
            client=who.app_id or _PORTAL, call=call, target=found, status=status,
        )  # fmt: skip
        made.extra["steps"] = _FAILING if outcome == "failed" else _LONG if tail.endswith("release-44") else _SHORT
        self._say(made)

    def _vault(self, who: Person, secret: str, time: int) -> None:
        vault = self._places["kv-tracking-prod"]
        granting = self._holdings.nearest(who.guid, _SECRET, DATA, vault.id, time) or []
        made = Operation(
            0, time, who, KEY_VAULT, DATA, _SECRET, f"{vault.id}/secrets/{secret}",
            "succeeded" if granting else "refused", granting, address=_ADDRESSES[who.kind],
            client=who.app_id or _CLI, call=Call(_SECRET, DATA, KEY_VAULT, "GET", "SecretGet"), target=vault,
            status=200 if granting else 403, extra={"path": f"/secrets/{secret}"},
        )  # fmt: skip
        made.hidden = "" if time >= _at(_LOGGED_SINCE) else NO_SETTING
        self._say(made)

    def _hidden(self, who: Person, call: Call, target: Resource, time: int, why: str) -> None:
        scope = target.id + call.tail
        granting = self._holdings.granting(who.guid, call.action, call.plane, scope, time) or []
        made = Operation(
            0, time, who, call.log, call.plane, call.action, scope, "succeeded", granting, address=_ADDRESSES[who.kind],
            client=who.app_id or _CLI, call=call, target=target,
        )  # fmt: skip
        made.hidden = why
        self._say(made)

    def _say(self, one: Operation) -> None:
        """Tell an operation, and the sign-in that gave its token."""
        who = one.who
        self._told.append(one)
        if one.log == AUDIT or who.guid not in self.facts.people:
            return
        audience = {KEY_VAULT: "vault", GRAPH: "graph", "storage": "storage"}.get(one.log, "arm")
        slot = one.time // (DAY_US if who.kind == "managed" else HOUR_US)
        guid = self.ids.guid("token", f"{who.guid}/{audience}/{slot}")
        issued = one.time - 4_000_000
        seen = [other for other in self._told if other.log in SIGN_INS and other.token and other.token.guid == guid]
        if not seen:
            log = {"user": "userSignIn", "managed": "managedIdentitySignIn"}.get(who.kind, "servicePrincipalSignIn")
            seen = [self._sign_in(who, log, audience, issued, guid)]
            self._told += seen
        one.token = seen[0].token
        one.address = one.address or _ADDRESSES[who.kind]
        one.client = one.client or who.app_id or _PORTAL
        one.extra["uti"] = sign_ins.short_token(guid)

    def _sign_in(self, who: Person, log: str, audience: str, time: int, guid: str) -> Operation:
        life = 86_700_000_000 if who.kind == "managed" else 75 * _MINUTE
        return Operation(
            0, time, who, log, "signIn", "Sign-in activity", f"/tenants/{self.facts.tenant_id}", "succeeded",
            address="" if who.kind == "managed" else _ADDRESSES[who.kind], client=who.app_id or _PORTAL,
            token=Token(guid, time, time + life),
            extra={"audience": audience, "city": 1, "application": "Azure Portal",
                   "credential": {"servicePrincipalCredentialKeyId": sign_ins.NO_KEY}},
        )  # fmt: skip


def _everybody(facts: Facts, tenant: Path) -> Facts:
    """Add who has no grant any more, for the past in which they had."""
    for row in rows(tenant, "graph/users"):
        guid, upn = str(row["id"]).lower(), str(row["userPrincipalName"])
        facts.people.setdefault(guid, Person(guid, "user", str(row["displayName"]), upn))
    return facts


def _at(text: str) -> int:
    return to_micros(parse_instant(text))
