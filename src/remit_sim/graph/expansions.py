"""`$expand`: what belongs to an object, given along with it.

    GET /groups?$select=id&$expand=members($select=id)

An expansion gives at most 20 rows and no link to more, as Graph does for directory objects: who finds 20 has to ask the
relation itself.
"""

from __future__ import annotations

from remit_sim.call import Call
from remit_sim.graph import children, relations
from remit_sim.graph.directory import text_of
from remit_sim.graph.kinds import APPLICATIONS, GROUPS, SERVICE_PRINCIPALS, Kind
from remit_sim.graph.options import Expansion, Options
from remit_sim.graph.rows import Render, renderer, with_fields
from remit_sim.tenant import Row

LARGEST_EXPANSION = 20

_MORE = {
    SERVICE_PRINCIPALS: ("appRoleAssignedTo", "appRoleAssignments", "oauth2PermissionGrants"),
    GROUPS: ("appRoleAssignments",),
    APPLICATIONS: ("federatedIdentityCredentials",),
}


def expandable(kind: Kind) -> tuple[str, ...]:
    """Return what can be expanded in objects of a kind."""
    return (*(relation for relation, _ in kind.pairs), *_MORE.get(kind, ()))


def expanded(call: Call, kind: Kind, options: Options) -> Render:
    """Return what makes a served row of an object: what is selected of it, then its expansions."""
    plain = renderer(call.tenant, kind.list_name, options.select)
    if not options.expand:
        return plain

    def render(row: Row) -> Row:
        object_id = (text_of(row, "id") or "").lower()
        return with_fields(
            plain(row), *((part.relation, _rows(call, kind, object_id, part)) for part in options.expand)
        )

    return render


def _rows(call: Call, kind: Kind, object_id: str, expansion: Expansion) -> bytes:
    if kind.pair_list(expansion.relation):
        pairs = relations.related(call, kind, expansion.relation, object_id).page(0, LARGEST_EXPANSION)
        rows = [relations.member_row(call.tenant, row, expansion.select) for _, row in pairs]
    else:
        found = children.rows_of(call.tenant, children.CHILDREN[expansion.relation], object_id)
        render = children.render_of(expansion.select)
        rows = [render(row) for _, row in found.page(0, LARGEST_EXPANSION)]
    return b"[" + b",".join(rows) + b"]"
