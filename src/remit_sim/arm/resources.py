"""Resource groups and resources: lists, and the generic read, write and delete of anything by its id.

    >>> kind_of("/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/a/slots/b")
    'Microsoft.Web/sites/slots'

A list leaves out what the caller may not read, and refuses one who may read nothing of it. The list of all resources
shows no `properties`, as Azure's; one resource, and the list of one type, show the whole row. A resource group always
says that it is there: exports may leave that out, and clients count on it. A write gives a resource
with `SystemAssigned` identity its service principal; a delete takes away what stood on the resource.
"""

from __future__ import annotations

import msgspec

from remit_sim import places, rbac
from remit_sim.arm import cascade, filters, listing, locks, made, refusals
from remit_sim.arm.routes import Routes, group_of_row, place_of
from remit_sim.arm.subscriptions import READ_GROUP
from remit_sim.call import Answer, Call, Refusal
from remit_sim.tenant import Fields, Row

_LIST = "arm/resources"
_GROUPS = "/subscriptions/{subscription}/resourceGroups"
_ANYTHING = "/subscriptions/{subscription}{rest*}/providers/{namespace}/{kind}{more*}"
_STOPS_DELETE = frozenset({"CanNotDelete", "ReadOnly"})
_STOPS_WRITE = frozenset({"ReadOnly"})
_FILTERED = frozenset({"resourcetype", "resourcegroup", "name", "location", "tagname", "tagvalue"})
_ELSEWHERE = frozenset({"microsoft.authorization", "microsoft.insights", "microsoft.managedservices"})
_RESOURCES_KIND = "microsoft.resources/"


def add_routes(routes: Routes) -> None:
    """Add the routes of resource groups and resources; any path below a subscription is taken: add them last."""
    routes.add("GET", _GROUPS, _groups, checked=False)
    for method in ("GET", "HEAD"):
        routes.add(method, _GROUPS + "/{group}", _get)
    routes.add("PUT", _GROUPS + "/{group}", _put_group)
    routes.add("PATCH", _GROUPS + "/{group}", _put_group)
    routes.add("DELETE", _GROUPS + "/{group}", _delete)
    routes.add("GET", "/subscriptions/{subscription}/resources", _resources, checked=False)
    routes.add("GET", _GROUPS + "/{group}/resources", _resources, checked=False)
    routes.add("GET", _ANYTHING, _get_or_list, checked=False)
    routes.add("HEAD", _ANYTHING, _get, by_path=True)
    routes.add("PUT", _ANYTHING, _put, by_path=True)
    routes.add("PATCH", _ANYTHING, _put, by_path=True)
    routes.add("DELETE", _ANYTHING, _delete, by_path=True)


def kind_of(item_id: str) -> str:
    """Return the resource type of an id, spelt as the id spells it."""
    namespace, *rest = item_id.rpartition("/providers/")[2].split("/")
    return "/".join([namespace, *rest[::2]])


def _groups(call: Call) -> Answer:
    asked = filters.of(call, frozenset(), _FILTERED)
    subscription = places.subscription_of(places.key(call.path))
    table = call.tenant.table(_LIST)
    runs = [table.slots("kind", _kind_in_subscription, f"{subscription} {made.GROUP_KIND.lower()}")]
    keep = listing.both(_readable(call), _fitting(asked))
    return _some(
        call, listing.page(call, table, runs, listing.FEW, keep=keep, shape=_standing), READ_GROUP, subscription
    )


def _resources(call: Call) -> Answer:
    asked = filters.of(call, frozenset(), _FILTERED)
    place = places.key(place_of(call.path))
    table = call.tenant.table(_LIST)
    if group := places.group_of(place):
        runs = [table.slots("group", group_of_row, group)]
        action = "Microsoft.Resources/subscriptions/resourceGroups/resources/read"
    else:
        runs = [table.slots("subscription", _subscription_of_row, place)]
        action = "Microsoft.Resources/subscriptions/resources/read"
    keep = listing.both(listing.both(_no_group, _readable(call)), _fitting(asked))
    return _some(call, listing.page(call, table, runs, listing.FEW, keep=keep, shape=_short), action, place)


def _get_or_list(call: Call) -> Answer:
    place = places.key(call.path)
    if call.arguments["namespace"].lower() in _ELSEWHERE or kind_of(place).startswith(_RESOURCES_KIND):
        raise Refusal(refusals.NOT_FOUND, "NotFound", f"the simulator knows no {call.method} {call.path}")
    kind = kind_of(places.plain(call.path))
    if place_of(place) == place:
        rbac.check(call, f"{kind}/read", call.path)
        return _get(call)
    base = places.key(place_of(call.path))
    table = call.tenant.table(_LIST)
    runs = [table.slots("kind", _kind_in_subscription, f"{places.subscription_of(place)} {kind.lower()}")]
    keep = listing.both(_below(base), _readable(call))
    return _some(call, listing.page(call, table, runs, listing.FEW, keep=keep), f"{kind}/read", base)


def _get(call: Call) -> Answer:
    place = places.key(call.path)
    row = call.tenant.table(_LIST).get(place)
    if row is None:
        if call.method == "HEAD":
            return Answer(404)
        raise refusals.no_group(place) if places.group_of(place) == place else refusals.no_resource(call.path)
    if call.method == "HEAD":
        return Answer(204)
    return Answer(body=_standing(row) if places.group_of(place) == place else row)


def _put_group(call: Call) -> Answer:
    before = call.tenant.table(_LIST).fields(places.key(call.path))
    if before is None and call.method == "PATCH":
        raise refusals.no_group(places.key(call.path))
    if before is not None:
        locks.require_unlocked(call, call.path, _STOPS_WRITE)
    row = made.group(call, before)
    call.tenant.put(_LIST, msgspec.json.encode(row))
    return Answer.of(row, 200 if before else 201)


def _put(call: Call) -> Answer:
    place = places.key(call.path)
    if place_of(place) != place:
        raise Refusal(405, "MethodNotAllowed", f"the method {call.method} is not allowed here")
    before = call.tenant.table(_LIST).fields(place)
    if before is None and call.method == "PATCH":
        raise refusals.no_resource(call.path)
    locks.require_unlocked(call, call.path, _STOPS_WRITE)
    row = made.resource(call, kind_of(places.plain(call.path)), before)
    call.tenant.put(_LIST, msgspec.json.encode(row))
    return Answer.of(row, 200 if before else 201)


def _delete(call: Call) -> Answer:
    place = places.key(call.path)
    if call.tenant.table(_LIST).get(place) is None:
        if places.group_of(place) == place:
            raise refusals.no_group(place)
        return Answer(204)
    locks.require_unlocked(call, call.path, _STOPS_DELETE)
    cascade.remove(call.tenant, place)
    return Answer(200)


def _some(call: Call, answer: Answer, action: str, scope: str) -> Answer:
    """Return a list that was filtered; who was left nothing and may not list is refused."""
    if answer.body.startswith(b'{"value":[]'):
        rbac.check(call, action, scope)
    return answer


def _readable(call: Call) -> listing.Keep | None:
    if call.caller is None or call.caller.operator:
        return None
    held = rbac.rights(call.tenant, call.caller)

    def keep(row: Row) -> bool:
        typed = _TYPED.decode(row)
        group = typed.type.lower() == made.GROUP_KIND.lower()
        return held.may(READ_GROUP if group else f"{typed.type}/read", typed.id)

    return keep


def _fitting(asked: filters.Filter) -> listing.Keep | None:
    wanted = asked.values
    if not wanted:
        return None

    def keep(row: Row) -> bool:
        fields: Fields = msgspec.json.decode(row)
        tags = {name.lower(): value for name, value in (fields.get("tags") or {}).items()}
        said = {
            "resourcetype": fields["type"],
            "name": fields["name"],
            "location": fields.get("location"),
            "resourcegroup": places.group_of(fields["id"].lower()).rpartition("/")[2],
        }
        if "tagname" in wanted and wanted["tagname"].lower() not in tags:
            return False
        if "tagvalue" in wanted and tags.get(wanted.get("tagname", "").lower()) != wanted["tagvalue"]:
            return False
        return all(str(said[name]).lower() == text.lower() for name, text in wanted.items() if name in said)

    return keep


def _below(base: str) -> listing.Keep:
    return lambda row: places.within(_TYPED.decode(row).id.lower(), base)


def _no_group(row: Row) -> bool:
    return _TYPED.decode(row).type.lower() != made.GROUP_KIND.lower()


def _short(row: Row) -> Row:
    """Return a resource as the list of all resources shows it: without properties."""
    fields: dict[str, msgspec.Raw] = _RAW.decode(row)
    fields.pop("properties", None)
    return msgspec.json.encode(fields)


def _standing(row: Row) -> Row:
    """Return a resource group with its state, which an export may leave out."""
    fields: dict[str, msgspec.Raw] = _RAW.decode(row)
    if "properties" in fields:
        return row
    return msgspec.json.encode(fields | {"properties": msgspec.Raw(b'{"provisioningState":"Succeeded"}')})


def _kind_in_subscription(fields: Fields) -> str:
    return f"{places.subscription_of(fields['id'].lower())} {fields['type'].lower()}"


def _subscription_of_row(fields: Fields) -> str:
    return places.subscription_of(fields["id"].lower())


class _Typed(msgspec.Struct, gc=False):
    id: str
    type: str


_TYPED = msgspec.json.Decoder(_Typed)
_RAW = msgspec.json.Decoder(dict[str, msgspec.Raw])
