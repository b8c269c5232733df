"""One's own permissions, the catalogue of operations, and the lists at scopes that are only read.

>>> _READ_ONLY[0].list_name
'arm/denyAssignments'
"""

from __future__ import annotations

import msgspec

from remit_sim import places, rbac
from remit_sim.arm import extensions, listing, refusals
from remit_sim.arm.routes import Routes
from remit_sim.call import Answer, Call, Refusal
from remit_sim.tenant import Row

_OPERATIONS = "arm/providerOperations"
_PATH = "/providers/Microsoft.Authorization/providerOperations"
_READ = "Microsoft.Authorization/providerOperations/read"
_RAW = msgspec.json.Decoder(dict[str, msgspec.Raw])
_BLOCK = ("actions", "notActions", "dataActions", "notDataActions")
_READ_ONLY = (
    extensions.DENY_ASSIGNMENTS,
    extensions.POLICY_ASSIGNMENTS,
    extensions.POLICIES,
    extensions.STACKS,
    extensions.DIAGNOSTIC_SETTINGS,
    extensions.ADMINISTRATORS,
    *extensions.WINDOWS,
)


def add_routes(routes: Routes) -> None:
    """Add the routes of lists that are only read, of permissions and of the catalogue."""
    routes.add("GET", "{scope*}/providers/Microsoft.Authorization/permissions", _permissions)
    routes.add("GET", _PATH, _operations, checked=False)
    routes.add("GET", _PATH + "/{namespace}", _operations_of_one, checked=False)
    for extension in _READ_ONLY:
        path = "{scope*}/providers/" + extension.kind
        routes.add("GET", path, extensions.list_of(extension), checked=False)
        routes.add("GET", path + "/{name}", extensions.item_of(extension))


def _permissions(call: Call) -> Answer:
    if call.caller is None:
        raise Refusal(401, "AuthenticationFailed", "Authentication failed.")
    held = rbac.rights(call.tenant, call.caller).blocks(call.arguments["scope"])
    return Answer.of({"value": [{part: block.get(part) or [] for part in _BLOCK} for block in held]})


def _operations(call: Call) -> Answer:
    _let_in(call)
    table = call.tenant.table(_OPERATIONS)
    return listing.page(call, table, listing.everything(table), listing.FEW, shape=_shape(call))


def _let_in(call: Call) -> None:
    """Let in who may read the catalogue anywhere: it belongs to no scope, and nobody can be granted a role at `/`.

    Raises:
        Refusal: nobody has signed in, or may read it nowhere.
    """
    if call.caller is None:
        raise Refusal(401, "AuthenticationFailed", "Authentication failed.")
    held = rbac.rights(call.tenant, call.caller)
    if not held.may(_READ, places.ROOT) and not held.may_below(_READ, places.ROOT):
        raise rbac.refusal(call.caller, _READ, places.ROOT)


def _operations_of_one(call: Call) -> Answer:
    _let_in(call)
    namespace = call.arguments["namespace"]
    row = call.tenant.table(_OPERATIONS).get(f"{_PATH}/{namespace}".lower())
    if row is None:
        raise Refusal(refusals.NOT_FOUND, "ProviderNotFound", f"Provider '{namespace}' not found.")
    return Answer(body=_shape(call)(row))


def _shape(call: Call) -> listing.Shape:
    """Return what shows a provider: with its resource types only where `$expand` asks for them."""
    if call.query.get("$expand", "").lower() == "resourcetypes":
        return lambda row: row

    def shape(row: Row) -> Row:
        fields = _RAW.decode(row)
        fields.pop("resourceTypes", None)
        return msgspec.json.encode(fields)

    return shape
