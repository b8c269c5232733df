"""A small tenant for the tests of Resource Manager, and how these call it.

Root group > north > sub-a (groups app, data), root > south > sub-b. Principals: user ada (member of group ops),
applications robot (Reader on sub-a) and stranger (nothing).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit
from uuid import NAMESPACE_DNS, uuid5

from remit_sim import arm
from remit_sim.call import ARM, Answer, Call, Caller, Router
from remit_sim.clock import SimClock
from remit_sim.tenant import SimTenant

START = datetime(2026, 11, 1, 8, tzinfo=UTC)
TENANT = "00000000-0000-0000-0000-000000000001"
BASE = "https://127.0.0.1:9443"


def guid(name: str) -> str:
    return str(uuid5(NAMESPACE_DNS, name))


SUB_A, SUB_B = f"/subscriptions/{guid('sub-a')}", f"/subscriptions/{guid('sub-b')}"
GROUPS = "/providers/Microsoft.Management/managementGroups/"
ROOT, NORTH, SOUTH = GROUPS + TENANT, GROUPS + "north", GROUPS + "south"
APP, DATA = f"{SUB_A}/resourceGroups/app", f"{SUB_A}/resourceGroups/data"
SITE = f"{APP}/providers/Microsoft.Web/sites/shop"
STORE = f"{DATA}/providers/Microsoft.Storage/storageAccounts/records"
AUTH = "/providers/Microsoft.Authorization"
OWNER, READER, CONTRIBUTOR = (
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "b24988ac-6180-42a0-ab88-20f7382dd24c",
)
ADA, OPS, ROBOT, STRANGER, DELEGATE = (guid(name) for name in ("ada", "ops", "robot", "stranger", "delegate"))

OPERATOR = Caller("operator", operator=True)


def app(object_id: str) -> Caller:
    return Caller(guid(object_id), object_id)


@dataclass
class World:
    tenant: SimTenant = field(default_factory=lambda: SimTenant(TENANT, SimClock(START)))
    router: Router = field(default_factory=Router)

    def __post_init__(self) -> None:
        arm.add_routes(self.router)

    def load(self, list_name: str, **row: object) -> None:
        self.tenant.load(list_name, json.dumps(row).encode())

    def call(self, method: str, url: str, body: object = None, *, by: Caller = OPERATOR, **headers: str) -> Answer:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        query.setdefault("api-version", "2022-04-01")
        return self.router.dispatch(
            Call(
                ARM,
                method,
                parts.path,
                self.tenant,
                query,
                {name.replace("_", "-"): text for name, text in headers.items()},
                b"" if body is None else json.dumps(body).encode(),
                by,
                BASE,
                query["api-version"],
            )
        )

    def get(self, url: str, *, by: Caller = OPERATOR) -> dict:
        answer = self.call("GET", url, by=by)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def ids(self, url: str, *, by: Caller = OPERATOR) -> list[str]:
        """All pages of a list: the last segment of every id."""
        found = []
        link = url
        while link:
            page = self.get(link, by=by)
            found += [row["id"].rpartition("/")[2] for row in page["value"]]
            link = (page.get("nextLink") or "").removeprefix(BASE)
        return found

    def error(self, method: str, url: str, body: object = None, *, by: Caller = OPERATOR) -> tuple[int, str]:
        answer = self.call(method, url, body, by=by)
        return answer.status, json.loads(answer.body)["error"]["code"]

    def assign(self, name: str, scope: str, role: str, principal: str, kind: str = "ServicePrincipal") -> str:
        row_id = f"{'' if scope == '/' else scope}{AUTH}/roleAssignments/{guid(name)}"
        said = {
            "roleDefinitionId": f"{AUTH}/roleDefinitions/{role}",
            "principalId": principal,
            "principalType": kind,
            "scope": scope,
        }
        self.load("arm/roleAssignments", id=row_id, name=guid(name), properties=said)
        return row_id


def world() -> World:
    made = World()
    for place, above, title in ((ROOT, None, "Tenant Root Group"), (NORTH, ROOT, "North"), (SOUTH, ROOT, "South")):
        _entity(made, place, "Microsoft.Management/managementGroups", above, title)
    for place, above, title in ((SUB_A, NORTH, "sub-a"), (SUB_B, SOUTH, "sub-b")):
        _entity(made, place, "/subscriptions", above, title)
        name = place.rpartition("/")[2]
        made.load(
            "arm/subscriptions", id=place, subscriptionId=name, tenantId=TENANT, displayName=title, state="Enabled"
        )
    for group in (APP, DATA, f"{SUB_B}/resourceGroups/app"):
        _resource(made, group, "Microsoft.Resources/resourceGroups")
    _resource(made, SITE, "Microsoft.Web/sites", tags={"env": "prod"})
    _resource(made, STORE, "Microsoft.Storage/storageAccounts")
    for role, name, block in (
        (OWNER, "Owner", {"actions": ["*"]}),
        (READER, "Reader", {"actions": ["*/read"]}),
        (CONTRIBUTOR, "Contributor", {"actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write"]}),
    ):
        said = {"roleName": name, "type": "BuiltInRole", "assignableScopes": ["/"], "permissions": [block]}
        made.load("arm/roleDefinitions", id=f"{AUTH}/roleDefinitions/{role}", name=role, properties=said)
    made.load("graph/users", id=ADA, displayName="Ada", userPrincipalName="ada@example.org")
    made.load("graph/groups", id=OPS, displayName="Ops")
    made.load("graph/groupMembers", parentId=OPS, member={"@odata.type": "#microsoft.graph.user", "id": ADA})
    for one, name in ((ROBOT, "robot"), (STRANGER, "stranger"), (DELEGATE, "delegate")):
        made.load("graph/servicePrincipals", id=one, appId=guid(one), displayName=name)
    made.assign("robot-reads", SUB_A, READER, ROBOT)
    return made


def _entity(made: World, place: str, kind: str, above: str | None, title: str) -> None:
    said = {"tenantId": TENANT, "displayName": title, "parent": {"id": above}}
    made.load("arm/managementGroups", id=place, name=place.rpartition("/")[2], type=kind, properties=said)


def _resource(made: World, row_id: str, kind: str, **more: object) -> None:
    row = {"id": row_id, "name": row_id.rpartition("/")[2], "type": kind, "location": "westeurope", **more}
    made.load("arm/resources", **row, properties={"provisioningState": "Succeeded"})
