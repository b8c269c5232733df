"""Delegations to other tenants (Azure Lighthouse), with the definition they rest on only where `$expand` asks for it.

>>> _KIND
'Microsoft.ManagedServices/registrationAssignments'
"""

from __future__ import annotations

import msgspec

from remit_sim.arm import extensions, filters, listing
from remit_sim.arm.extensions import Extension
from remit_sim.arm.listing import FEW, Reach
from remit_sim.arm.routes import Routes
from remit_sim.call import Answer, Call
from remit_sim.tenant import Row

_KIND = "Microsoft.ManagedServices/registrationAssignments"
_DELEGATIONS = Extension(_KIND, "arm/registrationAssignments", "RegistrationAssignment")
_PATH = "{scope*}/providers/" + _KIND
_RAW = msgspec.json.Decoder(dict[str, msgspec.Raw])


def add_routes(routes: Routes) -> None:
    """Add the routes of registration assignments."""
    routes.add("GET", _PATH, _list)
    routes.add("GET", _PATH + "/{name}", _get)


def _list(call: Call) -> Answer:
    filters.of(call, frozenset())
    scope = call.arguments["scope"]
    runs = listing.sources(call, _DELEGATIONS.list_name, scope, Reach.BELOW)
    table = call.tenant.table(_DELEGATIONS.list_name)
    return listing.page(call, table, runs, FEW, keep=listing.fitting(scope, Reach.BELOW), shape=_shape(call))


def _get(call: Call) -> Answer:
    return Answer(body=_shape(call)(extensions.require(call, _DELEGATIONS)))


def _shape(call: Call) -> listing.Shape:
    if call.query.get("$expandRegistrationDefinition", "").lower() == "true":
        return lambda row: row

    def shape(row: Row) -> Row:
        fields = _RAW.decode(row)
        said = _RAW.decode(fields["properties"])
        said.pop("registrationDefinition", None)
        fields["properties"] = msgspec.Raw(msgspec.json.encode(said))
        return msgspec.json.encode(fields)

    return shape
