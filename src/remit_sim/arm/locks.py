"""Locks: written, taken away, and obeyed by the deletes and writes of resources.

>>> sorted(_LEVELS)
['CanNotDelete', 'NotSpecified', 'ReadOnly']
"""

from __future__ import annotations

import msgspec

from remit_sim import places
from remit_sim.arm import bodies, extensions, listing, refusals
from remit_sim.arm.extensions import LOCKS
from remit_sim.arm.listing import Reach
from remit_sim.arm.routes import Routes
from remit_sim.call import Answer, Call, Refusal
from remit_sim.tenant import Fields

_PATH = "{scope*}/providers/" + LOCKS.kind
_LEVELS = frozenset({"NotSpecified", "CanNotDelete", "ReadOnly"})


def add_routes(routes: Routes) -> None:
    """Add the routes of locks."""
    routes.add("GET", _PATH, extensions.list_of(LOCKS), checked=False)
    routes.add("GET", _PATH + "/{name}", extensions.item_of(LOCKS))
    routes.add("PUT", _PATH + "/{name}", _put)
    routes.add("DELETE", _PATH + "/{name}", _delete)


def require_unlocked(call: Call, scope: str, levels: frozenset[str]) -> None:
    """Let a resource be changed.

    Args:
        call: the write.
        scope: the resource, or the resource group with everything in it.
        levels: of locks that stand in the way.

    Raises:
        Refusal: 409 ScopeLocked.
    """
    table = call.tenant.table(LOCKS.list_name)
    if not len(table):
        return
    runs = listing.sources(call, LOCKS.list_name, scope, Reach.AROUND)
    keep = listing.fitting(scope, Reach.AROUND)
    locked = []
    for run in runs:
        for slot in run:
            row = table.at(slot)
            if row is None or (keep is not None and not keep(row)):
                continue
            fields: Fields = msgspec.json.decode(row)
            if fields["properties"].get("level") in levels:
                locked.append(places.scope_of_row(fields))
    if locked:
        doing = "delete" if call.method == "DELETE" else "write"
        raise Refusal(
            refusals.CONFLICT,
            "ScopeLocked",
            f"The scope '{places.plain(scope)}' cannot perform {doing} operation because following scope(s) are "
            f"locked: '{', '.join(sorted(set(locked)))}'. Please remove the lock and try again.",
        )


def _put(call: Call) -> Answer:
    said = bodies.properties(call, bodies.Lock)
    if said.get("level") not in _LEVELS:
        raise refusals.bad_request(f"the lock level '{said.get('level')}' is not valid", "InvalidLockLevel")
    row_id = extensions.id_of(call, LOCKS)
    row = {
        "properties": {name: said[name] for name in ("level", "notes", "owners") if said.get(name) is not None},
        "id": row_id,
        "type": LOCKS.kind,
        "name": call.arguments["name"],
    }
    new = call.tenant.table(LOCKS.list_name).get(row_id.lower()) is None
    call.tenant.put(LOCKS.list_name, msgspec.json.encode(row))
    return Answer.of(row, 201 if new else 200)


def _delete(call: Call) -> Answer:
    return Answer(200 if call.tenant.remove(LOCKS.list_name, extensions.id_of(call, LOCKS)) else 204)
