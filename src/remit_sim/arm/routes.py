"""How a call to Resource Manager is let in: known version, known place, granted action; and how a write is logged.

    >>> action_of("DELETE", "{scope*}/providers/Microsoft.Authorization/locks/{name}")
    'Microsoft.Authorization/locks/delete'

The action of a route follows Azure's rule (A1, A2): what stands after the last `/providers/`, every second segment a
type, and a verb from the method; it is taken from the pattern, which spells it as Azure does.
"""

from __future__ import annotations

from remit_sim import places, rbac
from remit_sim.arm import activity, refusals
from remit_sim.call import ARM, Answer, Call, Handler, Router

_VERBS = {"GET": "read", "HEAD": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete", "POST": "action"}
_WRITES = frozenset({"PUT", "PATCH", "DELETE"})
_MARK = "/providers/"
_DONE = frozenset({200, 201, 202})


class Routes:
    """Adds guarded routes to a router."""

    def __init__(self, router: Router) -> None:
        self._router = router

    def add(
        self,
        method: str,
        pattern: str,
        handler: Handler,
        *,
        action: str | None = None,
        checked: bool = True,
        by_path: bool = False,
    ) -> None:
        """Add a route.

        Args:
            method: upper case.
            pattern: as `Router.add` takes it.
            handler: answers once the caller may.
            action: what the caller must be granted, where it is not `action_of` the pattern.
            checked: False where the handler itself leaves out, or refuses, what the caller may not.
            by_path: True where the pattern takes many types of resources: the action then comes from the path.
        """
        needed = action or action_of(method, pattern)

        def handle(call: Call) -> Answer:
            granted = action_of(method, call.path) if by_path else needed
            return _guarded(call, handler, granted, checked=checked)

        self._router.add(ARM, method, pattern, handle)


def action_of(method: str, path: str) -> str:
    """Return the action that a call needs, from its path or from the pattern of its route."""
    _, mark, tail = path.rstrip("/").rpartition(_MARK)
    parts = tail.split("/")
    kinds = [parts[0], *parts[1::2]] if mark else ["Microsoft.Resources", *parts[1::2]]
    return "/".join([*kinds, _VERBS[method]])


def place_of(path: str) -> str:
    """Return where a call is checked: an item itself, even if it is not there yet; for a list what it stands on."""
    path = places.plain(path)
    base, mark, tail = path.rpartition(_MARK)
    parts = tail.split("/") if mark else path.split("/")
    if len(parts) % 2:
        return path
    head = "/".join(parts[:-1])
    return places.plain(base + (mark + head if len(parts) > 2 else "")) if mark else places.plain(head)  # noqa: PLR2004


def _guarded(call: Call, handler: Handler, action: str, *, checked: bool) -> Answer:
    if not (call.version or call.query.get("api-version")):
        raise refusals.no_version()
    place = place_of(call.path)
    _require_subscription(call, places.key(place))
    if checked:
        rbac.check(call, action, place)
    _require_place(call, places.key(call.path))
    answer = handler(call)
    if call.method in _WRITES and answer.status in _DONE:
        activity.record(call, action, place, answer)
    return answer


def _require_subscription(call: Call, place: str) -> None:
    subscription = places.subscription_of(place)
    listed = not subscription or call.tenant.table("arm/subscriptions").get(subscription) is not None
    if not listed and call.tenant.table("arm/managementGroups").get(subscription) is None:
        raise refusals.no_subscription(subscription)


def _require_place(call: Call, path: str) -> None:
    """Refuse what lies in a resource group or management group that is not there; these themselves pass."""
    group = places.group_of(path)
    if group and group != path and not _group_exists(call, group):
        raise refusals.no_group(group)
    if path.startswith(places.GROUPS):
        above = "/".join(path.split("/")[:5])
        if above != path and call.tenant.table("arm/managementGroups").get(above) is None:
            raise refusals.no_management_group(above)


def _group_exists(call: Call, group: str) -> bool:
    """Tell whether a resource group is listed; an export without rows of groups is known by what lies in them."""
    table = call.tenant.table("arm/resources")
    return table.get(group) is not None or bool(table.slots("group", group_of_row, group))


def group_of_row(fields: dict[str, object]) -> str:
    """Return the key of the resource group of a resource: a value for `Table.where`."""
    return places.group_of(str(fields["id"]).lower())
