"""Management groups: read, made, moved and taken away; entities, descendants and the subscriptions below them.

    >>> _name("/providers/Microsoft.Management/managementGroups/north")
    'north'

A list leaves out what the caller may not read. A management group without a parent in the request is put below the
tenant root group. Moving one, or a subscription, writes the chains of names of everything below it anew.
"""

from __future__ import annotations

import msgspec

from remit_sim import places, rbac
from remit_sim.arm import bodies, hierarchy, listing, moments, refusals
from remit_sim.arm.routes import Routes
from remit_sim.arm.subscriptions import sees
from remit_sim.call import Answer, Call, Refusal
from remit_sim.tenant import Fields, Row

KIND = "Microsoft.Management/managementGroups"
_PATH = f"/providers/{KIND}"
_READ = f"{KIND}/read"
_LIST = "arm/managementGroups"


def add_routes(routes: Routes) -> None:
    """Add the routes of management groups."""
    routes.add("GET", _PATH, _list, checked=False)
    routes.add("POST", "/providers/Microsoft.Management/getEntities", _entities, checked=False)
    routes.add("GET", _PATH + "/{name}", _get)
    routes.add("PUT", _PATH + "/{name}", _put)
    routes.add("PATCH", _PATH + "/{name}", _put)
    routes.add("DELETE", _PATH + "/{name}", _delete)
    routes.add("GET", _PATH + "/{name}/descendants", _descendants)
    routes.add("GET", _PATH + "/{name}/subscriptions", _subscriptions)
    routes.add("GET", _PATH + "/{name}/subscriptions/{subscription}", _subscription)
    routes.add("PUT", _PATH + "/{name}/subscriptions/{subscription}", _move)
    routes.add("DELETE", _PATH + "/{name}/subscriptions/{subscription}", _take_out)


def _seen(call: Call, row: Row) -> bool:
    place = places.key(_ID.decode(row).id)
    if place.startswith(places.SUBSCRIPTIONS):
        return sees(call, place)
    return call.caller is not None and rbac.may(call.tenant, call.caller, _READ, place)


def _list(call: Call) -> Answer:
    table = call.tenant.table(_LIST)

    def keep(row: Row) -> bool:
        return places.key(_ID.decode(row).id).startswith(places.GROUPS) and _seen(call, row)

    def shape(row: Row) -> Row:
        fields = msgspec.json.decode(row)
        said = {"tenantId": call.tenant.tenant_id, "displayName": _title(fields)}
        return msgspec.json.encode({"id": fields["id"], "type": KIND, "name": fields["name"], "properties": said})

    runs = listing.everything(table)
    return listing.page(call, table, runs, listing.FEW, keep=keep, shape=shape, null_link="@nextLink")


def _entities(call: Call) -> Answer:
    table = call.tenant.table(_LIST)
    return listing.page(
        call,
        table,
        listing.everything(table),
        listing.FEW,
        keep=lambda row: _seen(call, row),
        null_link="nextLink",
    )


def _get(call: Call) -> Answer:
    return Answer.of(_shown(call, _require(call)))


def _shown(call: Call, fields: Fields) -> Fields:
    place = places.key(fields["id"])
    tree, names = places.tree(call.tenant), places.names(call.tenant)
    chain = tree.chain(place)
    details: Fields = {
        "version": 1,
        "updatedTime": moments.text(call.tenant.clock.now()),
        "updatedBy": call.tenant.tenant_id,
    }
    if chain:
        details["parent"] = {"id": hierarchy.spelt(call.tenant, chain[0])} | _named(call, names, chain[0])
    expand = {part.strip().lower() for part in call.query.get("$expand", "").split(",")}
    if "path" in expand:
        details["path"] = [_named(call, names, step) for step in reversed(chain)]
    if "ancestors" in expand:
        details["managementGroupAncestorsChain"] = [_named(call, names, step) for step in chain]
    said: Fields = {"tenantId": call.tenant.tenant_id, "displayName": _title(fields), "details": details}
    if "children" in expand:
        deep = call.query.get("$recurse", "").lower() == "true"
        said["children"] = _children(call, tree, names, place, deep=deep)
    return {"id": fields["id"], "type": KIND, "name": fields["name"], "properties": said}


def _children(call: Call, tree: places.Tree, names: places.Names, place: str, *, deep: bool) -> list[Fields]:
    found: list[Fields] = []
    for child in tree.children.get(place, ()):
        group = child.startswith(places.GROUPS)
        row: Fields = {"id": hierarchy.spelt(call.tenant, child), "type": KIND if group else "/subscriptions"}
        row |= _named(call, names, child)
        if deep and group and tree.children.get(child):
            row["children"] = _children(call, tree, names, child, deep=True)
        found.append(row)
    return found


def _put(call: Call) -> Answer:
    read = bodies.properties if call.method == "PUT" else bodies.whole
    said = read(call, bodies.ManagementGroup)
    name = call.arguments["name"]
    row_id = f"/providers/{KIND}/{name}"
    before = call.tenant.table(_LIST).fields(row_id.lower())
    if call.method == "PATCH" and before is None:
        raise refusals.no_management_group(row_id)
    asked = ((said.get("details") or {}).get("parent") or {}).get("id") or said.get("parentGroupId")
    above = asked or hierarchy.parent_of(call.tenant, row_id.lower()) or hierarchy.root_of(call.tenant)
    title = said.get("displayName") or (_title(before) if before else name)
    if before is None or asked:
        hierarchy.require_parent(call.tenant, places.key(row_id), places.key(above))
    hierarchy.place(call.tenant, row_id, kind=KIND, name=name, title=title, above=above)
    return Answer.of(_shown(call, _require(call)))


def _delete(call: Call) -> Answer:
    place = f"/providers/{KIND}/{call.arguments['name']}".lower()
    if call.tenant.table(_LIST).get(place) is None:
        return Answer(204)
    if places.tree(call.tenant).children.get(place):
        raise Refusal(
            refusals.CONFLICT,
            "ManagementGroupNotEmpty",
            f"The management group '{call.arguments['name']}' has children; move or delete them first.",
        )
    if place == places.key(hierarchy.root_of(call.tenant)):
        raise refusals.bad_request("the tenant root group cannot be deleted", "BadRequest")
    row_id = hierarchy.spelt(call.tenant, place)
    call.tenant.remove(_LIST, place)
    return Answer.of({"id": row_id, "type": KIND, "name": _name(row_id), "status": "Succeeded"}, 202)


def _descendants(call: Call) -> Answer:
    _require(call)
    place = f"/providers/{KIND}/{call.arguments['name']}".lower()
    tree, names = places.tree(call.tenant), places.names(call.tenant)
    rows = []
    for one in tree.below(place):
        group = one.startswith(places.GROUPS)
        said = {
            "displayName": names.get(one, ""),
            "parent": {"id": hierarchy.spelt(call.tenant, tree.parents[one])},
        }
        row = {
            "id": hierarchy.spelt(call.tenant, one),
            "type": KIND if group else f"{KIND}/subscriptions",
            "name": _name(hierarchy.spelt(call.tenant, one)),
            "properties": said,
        }
        rows.append(msgspec.json.encode(row))
    return listing.envelope(rows, "", "nextLink")


def _subscriptions(call: Call) -> Answer:
    _require(call)
    place = f"/providers/{KIND}/{call.arguments['name']}".lower()
    inside = [
        child for child in places.tree(call.tenant).children.get(place, ()) if not child.startswith(places.GROUPS)
    ]
    rows = [msgspec.json.encode(_membership(call, child)) for child in inside]
    return listing.envelope(rows, "", "nextLink")


def _subscription(call: Call) -> Answer:
    child = _child(call)
    if places.tree(call.tenant).parents.get(child) != f"/providers/{KIND}/{call.arguments['name']}".lower():
        raise refusals.no_subscription(child)
    return Answer.of(_membership(call, child))


def _move(call: Call) -> Answer:
    child = _child(call)
    subscription = call.tenant.table("arm/subscriptions").fields(child)
    above = _require(call)["id"]
    if subscription is None and child not in places.tree(call.tenant).parents:
        raise refusals.no_subscription(child)
    title = places.names(call.tenant).get(child, "")
    name = _name(hierarchy.spelt(call.tenant, child))
    hierarchy.place(call.tenant, f"/subscriptions/{name}", kind="/subscriptions", name=name, title=title, above=above)
    return Answer.of(_membership(call, child))


def _take_out(call: Call) -> Answer:
    child = _child(call)
    if places.tree(call.tenant).parents.get(child) != f"/providers/{KIND}/{call.arguments['name']}".lower():
        return Answer(204)
    name = _name(hierarchy.spelt(call.tenant, child))
    title = places.names(call.tenant).get(child, "")
    above = hierarchy.root_of(call.tenant)
    hierarchy.place(call.tenant, f"/subscriptions/{name}", kind="/subscriptions", name=name, title=title, above=above)
    return Answer(200)


def _membership(call: Call, child: str) -> Fields:
    above = hierarchy.spelt(call.tenant, places.tree(call.tenant).parents[child])
    fields = call.tenant.table("arm/subscriptions").fields(child) or {}
    name = _name(hierarchy.spelt(call.tenant, child))
    return {
        "name": name,
        "id": f"{above}/subscriptions/{name}",
        "type": f"{KIND}/subscriptions",
        "properties": {
            "displayName": places.names(call.tenant).get(child, ""),
            "parent": {"id": above},
            "state": "Active" if fields.get("state", "Enabled") == "Enabled" else fields["state"],
            "tenant": call.tenant.tenant_id,
        },
    }


def _require(call: Call) -> Fields:
    place = f"/providers/{KIND}/{call.arguments['name']}".lower()
    fields = call.tenant.table(_LIST).fields(place)
    if fields is None:
        raise refusals.no_management_group(place)
    return fields


def _child(call: Call) -> str:
    return f"/subscriptions/{call.arguments['subscription']}".lower()


def _named(call: Call, names: places.Names, place: str) -> dict[str, str]:
    return {"name": _name(hierarchy.spelt(call.tenant, place)), "displayName": names.get(place, "")}


def _title(fields: Fields) -> str:
    return (fields.get("properties") or {}).get("displayName") or fields.get("name") or ""


def _name(item_id: str) -> str:
    return item_id.rpartition("/")[2]


class _Identified(msgspec.Struct, gc=False):
    id: str


_ID = msgspec.json.Decoder(_Identified)
