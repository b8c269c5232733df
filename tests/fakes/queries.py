"""A small tenant and questions to its Resource Graph, without sockets.

Root > ops > two subscriptions (one, two); `one` has group Web with a site and a vault, `two` has group data.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from remit_sim.call import Answer, Call, Caller, Router
from remit_sim.clock import SimClock
from remit_sim.resource_graph import PATH, add_routes
from remit_sim.tenant import SimTenant

TENANT = "53546da3-ace1-5d7f-bdb1-10a471605ef8"
ONE, TWO = "1a111111-0000-0000-0000-000000000001", "2b222222-0000-0000-0000-000000000002"
ROOT, OPS = (f"/providers/Microsoft.Management/managementGroups/{name}" for name in (TENANT, "Ops"))
WEB, DATA = f"/subscriptions/{ONE}/resourceGroups/Web", f"/subscriptions/{TWO}/resourceGroups/data"
SITE = f"{WEB}/providers/Microsoft.Web/sites/shop"
VAULT = f"{WEB}/providers/Microsoft.KeyVault/vaults/keys"
STORE = f"{DATA}/providers/Microsoft.Storage/storageAccounts/lake"
READER = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
OPERATOR = Caller("operator", operator=True)
ADA = Caller("ada", "aaaaaaaa-0000-0000-0000-00000000000a")


def _row(item_id: str, name: str, kind: str, rest: str = "") -> str:
    return f'{{"id":"{item_id}","name":"{name}","type":"{kind}"{rest}}}'


def _entity(item_id: str, shown: str, parent: str) -> str:
    said = json.dumps({"displayName": shown, "parent": {"id": parent or None}})
    return _row(item_id, item_id.rpartition("/")[2], "", f',"properties":{said}')


GROUP = "Microsoft.Resources/resourceGroups"
SHOP = (
    ',"kind":"app","location":"westeurope","tags":{"env": "prod" , "b":"\\u00e9"},"properties":{"state": "Running",'
    ' "cores":2,"hosts":["a","b"],"since":"2026-10-30T00:00:00.1234567Z","on":true}'
)
LAKE = ',"location":"uksouth","tags":null,"properties":{"state":"running","since":"never"}'
PERMISSIONS = ',"properties":{"roleName":"Reader","type":"BuiltInRole","permissions":[{"actions":["*/read"]}]}'

ROWS: dict[str, tuple[str, ...]] = {
    "arm/resources": (
        _row(WEB, "Web", GROUP, ',"location":"westeurope"'),
        _row(SITE, "shop", "Microsoft.Web/sites", SHOP),
        _row(VAULT, "keys", "Microsoft.KeyVault/vaults", ',"location":"northeurope","properties":{"cores":10}'),
        _row(DATA, "data", GROUP, ',"location":"uksouth"'),
        _row(STORE, "lake", "Microsoft.Storage/storageAccounts", LAKE),
    ),
    "arm/managementGroups": (
        _entity(ROOT, "Tenant Root Group", ""),
        _entity(OPS, "Operations", ROOT),
        _entity(f"/subscriptions/{ONE}", "one", OPS),
        _entity(f"/subscriptions/{TWO}", "two", OPS),
    ),
    "arm/subscriptions": tuple(
        f'{{"id":"/subscriptions/{one}","subscriptionId":"{one}","displayName":"{name}","state":"Enabled"}}'
        for one, name in ((ONE, "one"), (TWO, "two"))
    ),
    "arm/roleDefinitions": (_row(READER, READER[-36:], "Microsoft.Authorization/roleDefinitions", PERMISSIONS),),
}


def assignment(scope: str, name: str, principal_id: str = ADA.object_id) -> bytes:
    """A row of arm/roleAssignments that makes somebody Reader."""
    stem = "" if scope == "/" else scope
    return (
        f'{{"id":"{stem}/providers/Microsoft.Authorization/roleAssignments/{name}","name":"{name}",'
        '"type":"Microsoft.Authorization/roleAssignments","properties":'
        f'{{"roleDefinitionId":"{READER}","principalId":"{principal_id}","scope":"{scope}"}}}}'
    ).encode()


class Questions:
    """A tenant that can be asked."""

    def __init__(self) -> None:
        self.clock = SimClock(datetime(2026, 11, 1, 9, tzinfo=UTC))
        self.tenant = SimTenant(TENANT, self.clock)
        for list_name, rows in ROWS.items():
            for row in rows:
                self.tenant.load(list_name, row.encode())
        self._router = Router()
        add_routes(self._router)

    def post(self, body: object, caller: Caller | None = OPERATOR, version: str = "2022-10-01") -> Answer:
        """The answer to a body."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._router.dispatch(Call("arm", "POST", PATH, self.tenant, body=raw, caller=caller, version=version))

    def ask(self, query: str, caller: Caller = OPERATOR, options: dict[str, Any] | None = None, **body: Any) -> Any:
        """The decoded answer to a query that succeeds."""
        answer = self.post({"query": query, "options": options or {}, **body}, caller)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def rows(self, query: str, caller: Caller = OPERATOR, **options: Any) -> list[Any]:
        """The rows of a query as tuples of their values."""
        return [tuple(row.values()) for row in self.ask(query, caller, options)["data"]]

    def names(self, query: str, caller: Caller = OPERATOR, **options: Any) -> list[str]:
        """The names that a query finds, sorted."""
        return sorted(str(row["name"]) for row in self.ask(query, caller, options)["data"])
