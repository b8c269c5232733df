"""Handlers that read: collections, single objects, relations.

    handler = collection(USERS)

Each function returns a handler for one kind or relation; what the caller needs is checked before it runs.
"""

from __future__ import annotations

import msgspec

from remit_sim.call import Answer, Call, Handler, Refusal
from remit_sim.graph import children, microsoft_graph, relations
from remit_sim.graph.directory import find, need
from remit_sim.graph.expansions import expandable, expanded
from remit_sim.graph.filters import AnyEqual, Equal, Filter, conjuncts
from remit_sim.graph.kinds import GROUPS, SERVICE_PRINCIPALS, Kind, member_of
from remit_sim.graph.options import Options, options_of
from remit_sim.graph.pages import entity, not_found, page_of, selection
from remit_sim.graph.rows import Chosen, Matching, Rows, matching, project, renderer
from remit_sim.graph_permissions import GRAPH_APP_ID
from remit_sim.tenant import Row

_LAST = 1 << 40
_NAMING = frozenset({"id", "appId", "displayName", "servicePrincipalNames"})


def collection(kind: Kind) -> Handler:
    """Return what lists the objects of a kind."""

    def handler(call: Call) -> Answer:
        options = options_of(call, expandable(kind))
        rows = matching(call.tenant.table(kind.list_name), options.condition)
        if kind is SERVICE_PRINCIPALS and options.condition is not None:
            rows = _with_microsoft_graph(call, rows, options.condition)
        return page_of(call, options, rows, kind.collection, expanded(call, kind, options))

    return handler


def single(kind: Kind) -> Handler:
    """Return what gives one object by its id."""

    def handler(call: Call) -> Answer:
        options = options_of(call, expandable(kind))
        return _one(call, kind, need(call, kind)[1], options)

    return handler


def by_app_id(kind: Kind) -> Handler:
    """Return what gives one application or service principal by its application id."""

    def handler(call: Call) -> Answer:
        return _one(call, kind, need_by_app_id(call, kind), options_of(call, expandable(kind)))

    return handler


def need_by_app_id(call: Call, kind: Kind) -> Row:
    """Return the application or service principal of the application id that the path names.

    Raises:
        Refusal: there is none.
    """
    app_id = call.arguments["app_id"].lower()
    if kind is SERVICE_PRINCIPALS and app_id == GRAPH_APP_ID:
        return microsoft_graph.find(call.tenant)
    found = call.tenant.table(kind.list_name).where("graph:app", microsoft_graph.app_id_of, app_id)
    if not found:
        raise not_found(app_id)
    return found[0][1]


def pairs(kind: Kind, relation: str) -> Handler:
    """Return what lists the members or owners of an object, of one kind where the path casts."""

    def handler(call: Call) -> Answer:
        parent, _ = need(call, kind)
        return _members(call, kind, relations.related(call, kind, relation, parent))

    return handler


def transitive_members(call: Call) -> Answer:
    """List everybody in a group, also through groups nested in it."""
    group, _ = need(call, GROUPS)
    return _members(call, GROUPS, relations.transitive_members(call, group))


def containers(kind: Kind, *, nested: bool) -> Handler:
    """Return what lists the groups and administrative units that an object is in."""

    def handler(call: Call) -> Answer:
        member, _ = need(call, kind)
        return _objects(call, relations.containers(call, member, nested=nested))

    return handler


def owned(kind: Kind) -> Handler:
    """Return what lists the objects that an object owns."""

    def handler(call: Call) -> Answer:
        owner, _ = need(call, kind)
        return _objects(call, relations.owned(call, owner))

    return handler


def child_rows(kind: Kind, relation: str, rows: children.Children) -> Handler:
    """Return what lists the app role assignments, grants or federated credentials of an object."""

    def handler(call: Call) -> Answer:
        parent, _ = need(call, kind)
        options = options_of(call)
        found = children.rows_of(call.tenant, rows, parent)
        chosen = Matching(found, options.condition) if options.condition else found
        context = f"{kind.collection}('{parent}')/{relation}"
        if kind is SERVICE_PRINCIPALS and relation == "appRoleAssignments":
            context = relation  # as recorded; other kinds name the object
        return page_of(call, options, chosen, context, children.render_of(options.select))

    return handler


def federated_credential(kind: Kind) -> Handler:
    """Return what gives one federated credential of an application, by id or by name."""

    def handler(call: Call) -> Answer:
        parent, _ = need(call, kind)
        wanted = call.arguments["child"].lower()
        found = children.rows_of(call.tenant, children.CHILDREN["federatedIdentityCredentials"], parent)
        for _, row in found.page(0, len(found)):
            fields = msgspec.json.decode(row)
            if wanted in (str(fields["id"]).lower(), str(fields.get("name")).lower()):
                context = f"{kind.collection}('{parent}')/federatedIdentityCredentials"
                return entity(call, context, children.without_parent(row))
        raise not_found(call.arguments["child"])

    return handler


def rows_of_list(list_name: str, context: str, *, needs_filter: tuple[str, ...] = ()) -> Handler:
    """Return what gives a whole list.

    Args:
        list_name: list of the export.
        context: what `@odata.context` calls it.
        needs_filter: without a filter on one of these properties the list is refused, as privileged access is.
    """

    def handler(call: Call) -> Answer:
        options = options_of(call)
        parts = conjuncts(options.condition) if options.condition else ()
        if needs_filter and not any(isinstance(part, Equal) and part.path in needs_filter for part in parts):
            raise Refusal(400, "BadRequest", f"A $filter on one of {', '.join(needs_filter)} is required.")
        rows = matching(call.tenant.table(list_name), options.condition)
        return page_of(call, options, rows, context, renderer(call.tenant, list_name, options.select))

    return handler


def row_of_list(list_name: str, context: str) -> Handler:
    """Return what gives one row of a list by its id."""

    def handler(call: Call) -> Answer:
        options = options_of(call)
        row = call.tenant.table(list_name).get(call.arguments["id"].lower())
        if row is None:
            raise not_found(call.arguments["id"])
        return entity(call, context, renderer(call.tenant, list_name, options.select)(row))

    return handler


def _one(call: Call, kind: Kind, row: Row, options: Options) -> Answer:
    return entity(call, kind.collection + selection(options), expanded(call, kind, options)(row))


def _with_microsoft_graph(call: Call, rows: Rows, condition: Filter) -> Rows:
    """Return rows together with the made service principal of Microsoft Graph, where the filter names it."""
    named = any(isinstance(part, (Equal, AnyEqual)) and part.path in _NAMING for part in conjuncts(condition))
    if not named or microsoft_graph.is_listed(call.tenant):
        return rows
    made = microsoft_graph.find(call.tenant)
    if not condition.matches(msgspec.json.decode(made)):
        return rows
    return Chosen([*rows.page(0, len(rows)), (_LAST, made)])


def _members(call: Call, kind: Kind, found: Rows) -> Answer:
    options = options_of(call)
    cast = relations.asked_cast(call)
    rows = relations.listed(call, kind, found, cast)
    if options.condition:
        rows = Matching(rows, _OfMember(call, options.condition))
    context = cast.collection if cast else "directoryObjects"

    def render(row: Row) -> Row:
        return relations.member_row(call.tenant, row, options.select, cast)

    return page_of(call, options, rows, context, render)


def _objects(call: Call, found: list[tuple[Kind, str]]) -> Answer:
    options = options_of(call)
    cast = relations.asked_cast(call)
    rows: Rows = relations.objects(call, found, cast)
    if options.condition:
        rows = Matching(rows, options.condition)
    names = ("@odata.type", *options.select)
    render = (lambda row: project(row, names)) if options.select else None
    return page_of(call, options, rows, cast.collection if cast else "directoryObjects", render)


class _OfMember:
    """A filter on what the directory says of the member of a pair."""

    def __init__(self, call: Call, condition: Filter) -> None:
        self._call = call
        self._condition = condition

    def matches(self, fields: dict[str, object]) -> bool:
        """Return whether the member matches."""
        found = find(self._call.tenant, member_of(fields))
        return found is not None and self._condition.matches(msgspec.json.decode(found[1]))
