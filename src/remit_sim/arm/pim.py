"""Requests of PIM for Azure resources: assign, remove, activate, deactivate; and what the clock does to them.

    >>> sorted(_TYPES[ELIGIBLE])
    ['AdminAssign', 'AdminRemove']

A request that starts later waits as `ScheduleCreated` until the clock has come there; one that needs approval stays
`PendingApproval`. Activating and deactivating for oneself needs no role but the eligible assignment (P9); the operator
does it for whom the request names. Nothing shorter than five minutes, and nothing deactivated before five minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from remit_sim import places, rbac
from remit_sim.arm import (
    bodies,
    directory,
    extensions,
    listing,
    moments,
    pim_policies,
    pim_rows,
    refusals,
    role_assignments,
    windows,
)
from remit_sim.arm.routes import Routes
from remit_sim.arm.windows import ACTIVE, ELIGIBLE, Side
from remit_sim.call import Answer, Call, Handler, Refusal
from remit_sim.tenant import Fields, SimTenant

_TYPES = {
    ACTIVE: frozenset({"AdminAssign", "AdminRemove", "SelfActivate", "SelfDeactivate"}),
    ELIGIBLE: frozenset({"AdminAssign", "AdminRemove"}),
}
_ENDING = frozenset({"AdminRemove", "SelfDeactivate"})
_WAITING = "ScheduleCreated"


def add_routes(routes: Routes) -> None:
    """Add the routes of requests and schedules."""
    for side in (ACTIVE, ELIGIBLE):
        path = "{scope*}/providers/Microsoft.Authorization/" + side.name
        routes.add("PUT", path + "Requests/{name}", _put_of(side), checked=False)
        kind = extensions.Extension(
            f"Microsoft.Authorization/{side.name}s", side.instances, side.member, listing.MANY, personal=True
        )
        routes.add("GET", path + "s", extensions.list_of(kind, _shape_of(side)), checked=False)


def expire(tenant: SimTenant) -> int:
    """Do what the clock of a tenant demands; return how many windows began or ended.

    To be called after every move of the clock: windows whose end has come are closed with their role assignments,
    requests whose start has come are carried out.
    """
    now = tenant.clock.now()
    changed = windows.end(tenant, now)
    for side in (ACTIVE, ELIGIBLE):
        for row in list(tenant.table(side.requests).rows()):
            if b'"ScheduleCreated"' not in row:
                continue
            request: Fields = msgspec.json.decode(row)
            said = request["properties"]
            window = _window(said, moments.instant(said["createdOn"]))
            if said["status"] != _WAITING or window.start > now:
                continue
            if window.end is None or window.end > now:
                _open(tenant, side, request, window)
                changed += 1
            said["status"] = "Provisioned"
            tenant.put(side.requests, msgspec.json.encode(request))
    return changed


@dataclass(frozen=True, slots=True)
class _Window:
    start: datetime
    end: datetime | None


def _put_of(side: Side) -> Handler:
    def handle(call: Call) -> Answer:
        name, scope = call.arguments["name"], places.plain(call.arguments["scope"])
        if not refusals.is_guid(name):
            raise refusals.bad_id("InvalidRoleAssignmentScheduleRequestId", "request ID", name)
        said = bodies.properties(call, bodies.ScheduleRequest)
        kind = str(said.get("requestType"))
        if kind not in _TYPES[side]:
            raise refusals.bad_request(f"the request type '{kind}' is not simulated here", "UnsupportedRequestType")
        if not kind.startswith("Self"):
            rbac.check(call, f"Microsoft.Authorization/{side.name}Requests/write", call.path)
        if call.tenant.table(side.requests).get(side.id_of(scope, "Requests", name).lower()) is not None:
            raise Refusal(refusals.CONFLICT, "RoleAssignmentRequestExists", f"The request '{name}' already exists.")
        role_assignments.require_role(call.tenant, scope, said.get("roleDefinitionId"))
        principal = role_assignments.require_principal(call.tenant, said)
        if kind.startswith("Self"):
            _require_self(call, principal)
        request = pim_rows.request(call, side, scope, said, principal)
        if kind in _ENDING:
            _end(call.tenant, side, request)
        else:
            _begin(call.tenant, side, request, said)
        call.tenant.put(side.requests, msgspec.json.encode(request))
        return Answer.of(request, 201)

    return handle


def _begin(tenant: SimTenant, side: Side, request: Fields, asked: Fields) -> None:
    """Carry out a request that opens a window, or let it wait; its status is written into it."""
    said, now = request["properties"], tenant.clock.now()
    window = _window(said, now)
    lasts = None if window.end is None else window.end - window.start
    if lasts is not None and lasts < pim_policies.SHORTEST:
        raise Refusal(
            refusals.BAD, "ActiveDurationTooShort", "The active duration is too short. The minimum is 5 minutes."
        )
    if side is ELIGIBLE and said["principalType"] == "ServicePrincipal":  # P4
        raise Refusal(
            refusals.BAD, "InvalidPrincipalType", "A service principal cannot have an eligible role assignment."
        )
    own = said["requestType"] == "SelfActivate"
    level = "EndUser_Assignment" if own else "Admin_Assignment" if side is ACTIVE else "Admin_Eligibility"
    pim_policies.check(tenant, said["scope"], said, level=level, lasts=lasts)
    if own:
        said["linkedRoleEligibilityScheduleId"] = _schedule_of(_require_eligible(tenant, said, asked))
    _require_new(tenant, side, said)
    if own and pim_policies.needs_approval(tenant, said["scope"], said):
        said["status"] = "PendingApproval"
    elif window.start > now:
        said["status"] = _WAITING
    else:
        _open(tenant, side, request, window)


def _open(tenant: SimTenant, side: Side, request: Fields, window: _Window) -> None:
    """Add the instance of a request and, on the active side, its role assignment."""
    said = request["properties"]
    origin = None
    if side is ACTIVE and role_assignments.same(tenant, said["scope"], said) is None:
        name = moments.new_id(tenant, "assignment", request["id"])
        origin = role_assignments.assign(tenant, said["scope"], name, said, said["requestorId"])["id"]
    instance = pim_rows.instance(tenant, side, request, start=window.start, end=window.end)
    if side is ACTIVE:
        instance["properties"] = _active(tenant, said, origin) | instance["properties"]
    tenant.put(side.instances, msgspec.json.encode(instance))


def _end(tenant: SimTenant, side: Side, request: Fields) -> None:
    """Carry out a request that closes a window.

    Raises:
        Refusal: there is none, or it is not five minutes old.
    """
    said = request["properties"]
    role = rbac.role_guid(said["roleDefinitionId"])
    instance = windows.find(tenant, side, said["scope"], role, said["principalId"])
    if instance is None:
        plain = role_assignments.same(tenant, said["scope"], said) if side is ACTIVE else None
        if plain is None or said["requestType"] == "SelfDeactivate":
            raise _missing()
        tenant.remove(rbac.ASSIGNMENTS, plain["id"])
    else:
        began = instance["properties"].get("startDateTime")
        young = began is not None and tenant.clock.now() - moments.instant(began) < pim_policies.SHORTEST
        if side is ACTIVE and young:
            raise Refusal(
                refusals.BAD, "ActiveDurationTooShort", "The active duration is too short. The minimum is 5 minutes."
            )
        windows.close(tenant, side, instance)
    said["status"] = "Revoked"


def _active(tenant: SimTenant, said: Fields, origin: str | None) -> Fields:
    """Return what an active instance says of where it comes from."""
    found: Fields = {"originRoleAssignmentId": origin}
    found["linkedRoleEligibilityScheduleId"] = schedule = said.get("linkedRoleEligibilityScheduleId")
    eligible = _eligible(tenant, said, schedule) if schedule else None
    found["linkedRoleEligibilityScheduleInstanceId"] = eligible["name"] if eligible else None
    found["assignmentType"] = "Activated" if said["requestType"] == "SelfActivate" else "Assigned"
    return found


def _require_eligible(tenant: SimTenant, said: Fields, asked: Fields) -> Fields:
    """Return the eligible assignment that an activation uses.

    Raises:
        Refusal: there is none.
    """
    found = _eligible(tenant, said, asked.get("linkedRoleEligibilityScheduleId"))
    if found is None:
        raise _missing()
    return found


def _eligible(tenant: SimTenant, said: Fields, schedule: str | None) -> Fields | None:
    """Return an eligible assignment, the principal's or a group's, that reaches the scope; of one schedule if named."""
    lineage = set(places.tree(tenant).lineage(places.key(said["scope"])))
    role = rbac.role_guid(said["roleDefinitionId"])
    for one in [said["principalId"], *sorted(rbac.groups_of(tenant, said["principalId"]))]:
        for eligible in windows.of_principal(tenant, ELIGIBLE, one):
            same_role = rbac.role_guid(eligible["properties"]["roleDefinitionId"]) == role
            named = {_schedule_of(eligible), eligible["name"].lower()}
            if (
                same_role
                and places.scope_of_row(eligible) in lineage
                and (not schedule or rbac.role_guid(schedule) in named)
            ):
                return eligible
    return None


def _schedule_of(eligible: Fields) -> str:
    return rbac.role_guid(eligible["properties"].get("roleEligibilityScheduleId") or eligible["name"])


def _require_new(tenant: SimTenant, side: Side, said: Fields) -> None:
    role = rbac.role_guid(said["roleDefinitionId"])
    there = windows.find(tenant, side, said["scope"], role, said["principalId"]) is not None
    if there or (side is ACTIVE and role_assignments.same(tenant, said["scope"], said) is not None):
        raise Refusal(refusals.BAD, "RoleAssignmentExists", "The Role assignment already exists.")


def _require_self(call: Call, principal: directory.Principal) -> None:
    if call.caller is None or call.caller.operator or call.caller.object_id == principal.object_id.lower():
        return
    raise Refusal(403, "InsufficientPermissions", "A role can be activated and deactivated only by its own principal.")


def _window(said: Fields, now: datetime) -> _Window:
    """Return when a request begins and ends.

    Raises:
        Refusal: it does not say so.
    """
    info = said.get("scheduleInfo") or {}
    until = info.get("expiration") or {}
    try:
        start = max(now, moments.instant(info["startDateTime"])) if info.get("startDateTime") else now
        kind = until.get("type") or "NoExpiration"
        if kind == "AfterDuration":
            return _Window(start, start + moments.length(until.get("duration") or ""))
        if kind == "AfterDateTime":
            return _Window(start, moments.instant(until.get("endDateTime") or ""))
    except ValueError as error:
        raise refusals.bad_request("the schedule of the request cannot be read", "InvalidScheduleInfo") from error
    return _Window(start, None)


def _missing() -> Refusal:
    return Refusal(refusals.BAD, "RoleAssignmentDoesNotExist", "The Role assignment does not exist.")


def _shape_of(side: Side) -> Callable[[Call], listing.Shape]:
    return lambda call: lambda row: windows.schedule(call.tenant, side, row)
