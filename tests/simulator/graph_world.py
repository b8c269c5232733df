"""A small directory behind the routes of the simulated Microsoft Graph, and the calls that tests make to it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from remit_sim.call import Answer, Call, Caller, Router
from remit_sim.clock import SimClock
from remit_sim.graph import add_routes
from remit_sim.tenant import SimTenant

TENANT = "00000000-0000-0000-0000-00000000000a"
BASE = "https://127.0.0.1:8444"
OPERATOR = Caller("operator", operator=True, audience="graph")


def guid(kind: int, number: int) -> str:
    return f"{kind:08d}-0000-0000-0000-{number:012d}"


ADA, BEN, CY = (guid(1, number) for number in (1, 2, 3))
STAFF, INNER, SECRET_CLUB = (guid(2, number) for number in (1, 2, 3))
ROBOT, TOOL = guid(3, 1), guid(3, 2)
APP = guid(4, 1)
UNIT = guid(5, 1)
LAPTOP = guid(6, 1)
APP_ID, TOOL_APP_ID = guid(9, 1), guid(9, 2)


def compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def pair(parent: str, kind: str, member: str) -> bytes:
    return compact({"parentId": parent, "member": {"@odata.type": f"#microsoft.graph.{kind}", "id": member}})


class Directory:
    """A tenant, its routes, and who calls."""

    def __init__(self) -> None:
        self.tenant = SimTenant(TENANT, SimClock(datetime(2026, 11, 1, 12, tzinfo=UTC)))
        self.router = Router()
        add_routes(self.router)

    def load(self, list_name: str, *rows: object) -> "Directory":
        for row in rows:
            self.tenant.load(list_name, row if isinstance(row, bytes) else compact(row))
        return self

    def send(
        self, method: str, url: str, body: object = None, *, caller: Caller | None = OPERATOR, **headers: str
    ) -> Answer:
        split = urlsplit(url)
        call = Call(
            "graph",
            method,
            split.path.removeprefix("/v1.0"),
            self.tenant,
            dict(parse_qsl(split.query, keep_blank_values=True)),
            {name.replace("_", "-"): text for name, text in headers.items()},
            b"" if body is None else compact(body),
            caller,
            BASE,
            "v1.0",
        )
        return self.router.dispatch(call)

    def get(self, url: str, *, caller: Caller | None = OPERATOR, **headers: str) -> dict:
        answer = self.send("GET", url, caller=caller, **headers)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def cast(self, url: str, **options: object) -> dict:
        """Return what a cast gives, asked for as Graph wants it."""
        return self.get(f"{url}{'&' if '?' in url else '?'}$count=true", consistencylevel="eventual", **options)

    def cast_ids(self, url: str, **options: object) -> list[str]:
        return [row["id"] for row in self.cast(url, **options)["value"]]

    def pages(self, url: str) -> Iterator[dict]:
        while url:
            page = self.get(url)
            yield page
            url = page.get("@odata.nextLink", "")

    def ids(self, url: str, *, caller: Caller | None = OPERATOR) -> list[str]:
        return [row["id"] for row in self.get(url, caller=caller)["value"]]

    def done(self, method: str, url: str, body: object = None, *, caller: Caller | None = OPERATOR) -> dict:
        answer = self.send(method, url, body, caller=caller)
        assert answer.status < 300, answer.body
        return json.loads(answer.body) if answer.body else {}

    def refused(
        self, method: str, url: str, body: object = None, *, caller: Caller | None = OPERATOR
    ) -> tuple[int, str]:
        answer = self.send(method, url, body, caller=caller)
        assert answer.status >= 400, answer.body
        return answer.status, json.loads(answer.body)["error"]["code"]


def caller_with(*roles: str, object_id: str = ROBOT) -> Caller:
    return Caller(APP_ID, object_id, audience="graph", roles=frozenset(roles))


def small() -> Directory:
    """Three people, nested groups, a robot in a group, an application with its service principal, a unit, a device."""
    world = Directory()
    world.load(
        "graph/users",
        {"id": ADA, "displayName": "Ada", "userPrincipalName": "ada@halden.example", "accountEnabled": True},
        {"id": BEN, "displayName": "Ben", "userPrincipalName": "ben@halden.example", "accountEnabled": False},
        {"id": CY, "displayName": "Cy O'Hara", "userPrincipalName": "cy@halden.example", "accountEnabled": True},
    )
    world.load(
        "graph/groups",
        {"id": STAFF, "displayName": "Staff", "securityEnabled": True, "visibility": None},
        {"id": INNER, "displayName": "Inner", "securityEnabled": False, "visibility": None},
        {"id": SECRET_CLUB, "displayName": "Club", "securityEnabled": True, "visibility": "HiddenMembership"},
    )
    world.load(
        "graph/servicePrincipals",
        {"id": ROBOT, "appId": APP_ID, "displayName": "robot", "appRoles": []},
        {"id": TOOL, "appId": TOOL_APP_ID, "displayName": "tool", "appRoles": [{"id": guid(8, 1), "value": "Use"}]},
    )
    world.load("graph/applications", {"id": APP, "appId": APP_ID, "displayName": "robot", "passwordCredentials": []})
    world.load("graph/administrativeUnits", {"id": UNIT, "displayName": "North"})
    world.load("graph/devices", {"id": LAPTOP, "displayName": "laptop"})
    world.load(
        "graph/groupMembers",
        pair(STAFF, "user", ADA),
        pair(STAFF, "group", INNER),
        pair(INNER, "user", BEN),
        pair(INNER, "servicePrincipal", ROBOT),
        pair(SECRET_CLUB, "user", CY),
    )
    world.load("graph/groupOwners", pair(STAFF, "user", BEN))
    world.load("graph/applicationOwners", pair(APP, "user", ADA))
    world.load("graph/servicePrincipalOwners", pair(TOOL, "servicePrincipal", ROBOT))
    world.load("graph/administrativeUnitMembers", pair(UNIT, "device", LAPTOP))
    return world
