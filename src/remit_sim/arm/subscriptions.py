"""Tenants, subscriptions and the resource providers that they are registered with.

    >>> _READ
    'Microsoft.Resources/subscriptions/read'

A caller sees a subscription that it may read, or inside which it may read a resource group: the others are left out in
silence, as by Azure.
"""

from __future__ import annotations

import msgspec

from remit_sim import places, rbac
from remit_sim.arm import listing, refusals
from remit_sim.arm.routes import Routes
from remit_sim.call import Answer, Call, Refusal
from remit_sim.tenant import Fields, Row

_READ = "Microsoft.Resources/subscriptions/read"
READ_GROUP = "Microsoft.Resources/subscriptions/resourceGroups/read"
_LIST = "arm/subscriptions"
_PROVIDERS = "Microsoft.Resources/subscriptions/providers/read"
_VERSION = "2024-01-01"
_ALWAYS = (
    "Microsoft.Authorization",
    "Microsoft.Insights",
    "Microsoft.ManagedIdentity",
    "Microsoft.Management",
    "Microsoft.ResourceGraph",
    "Microsoft.Resources",
)


def add_routes(routes: Routes) -> None:
    """Add the routes of tenants, subscriptions and providers."""
    routes.add("GET", "/tenants", _tenants, checked=False)
    routes.add("GET", "/subscriptions", _list, checked=False)
    for method in ("GET", "HEAD"):
        routes.add(method, "/subscriptions/{subscription}", _get, checked=False)
    path = "/subscriptions/{subscription}/providers"
    routes.add("GET", path, _providers)
    routes.add("GET", path + "/{namespace}", _provider, action=_PROVIDERS)
    routes.add("POST", path + "/{namespace}/register", _provider)


def sees(call: Call, place: str) -> bool:
    """Tell whether the caller is shown a subscription."""
    if call.caller is None:
        return False
    held = rbac.rights(call.tenant, call.caller)
    return held.may(_READ, place) or held.may_below(READ_GROUP, place)


def _tenants(call: Call) -> Answer:
    tenant = call.tenant.tenant_id
    root = call.tenant.table("arm/managementGroups").fields(places.GROUPS + tenant) or {}
    domain = f"{tenant}.onmicrosoft.com"
    row = {
        "id": f"/tenants/{tenant}",
        "tenantId": tenant,
        "countryCode": "US",
        "displayName": (root.get("properties") or {}).get("displayName") or tenant,
        "domains": [domain],
        "tenantCategory": "Home",
        "defaultDomain": domain,
        "tenantType": "AAD",
    }
    return Answer.of({"value": [row]})


def _list(call: Call) -> Answer:
    table = call.tenant.table(_LIST)

    def keep(row: Row) -> bool:
        return sees(call, places.key(msgspec.json.decode(row)["id"]))

    return listing.page(call, table, listing.everything(table), listing.MANY, keep=keep)


def _get(call: Call) -> Answer:
    place = places.key(call.path)
    row = call.tenant.table(_LIST).get(place)
    if row is None:
        raise refusals.no_subscription(place)
    if call.caller is None or not sees(call, place):
        rbac.check(call, _READ, place)
    return Answer(body=b"" if call.method == "HEAD" else row)


def _providers(call: Call) -> Answer:
    kinds = _kinds(call)
    return Answer.of({"value": [_shown(call, namespace, kinds[namespace]) for namespace in sorted(kinds)]})


def _provider(call: Call) -> Answer:
    wanted = call.arguments["namespace"].lower()
    for namespace, kinds in _kinds(call).items():
        if namespace.lower() == wanted:
            return Answer.of(_shown(call, namespace, kinds))
    raise Refusal(
        refusals.NOT_FOUND,
        "InvalidResourceNamespace",
        f"The resource namespace '{call.arguments['namespace']}' is invalid.",
    )


def _kinds(call: Call) -> dict[str, set[str]]:
    """Return the resource types of the whole tenant by namespace."""

    def build() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {namespace: set() for namespace in _ALWAYS}
        spelt = {namespace.lower(): namespace for namespace in _ALWAYS}
        for row in call.tenant.table("arm/resources").rows():
            namespace, _, kind = _TYPED.decode(row).type.partition("/")
            found.setdefault(spelt.setdefault(namespace.lower(), namespace), set()).add(kind)
        return found

    return call.tenant.derive("arm.kinds", ("arm/resources",), build)


def _shown(call: Call, namespace: str, kinds: set[str]) -> Fields:
    return {
        "id": f"/subscriptions/{call.arguments['subscription']}/providers/{namespace}",
        "namespace": namespace,
        "registrationPolicy": "RegistrationRequired",
        "registrationState": "Registered",
        "resourceTypes": [
            {"resourceType": kind, "locations": ["global"], "apiVersions": [_VERSION], "capabilities": "None"}
            for kind in sorted(kinds)
        ],
    }


class _Typed(msgspec.Struct, gc=False):
    type: str


_TYPED = msgspec.json.Decoder(_Typed)
