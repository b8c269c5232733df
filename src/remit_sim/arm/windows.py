"""Windows of PIM: the instances of active and eligible assignments, how they end, and the schedules behind them.

    >>> ACTIVE.name
    'roleAssignmentSchedule'

An active instance carries its role assignment with it: when the window ends, by hand or by the clock, both go. When
eligibility ends, what was activated from it ends, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from remit_sim import places, rbac
from remit_sim.arm import moments
from remit_sim.tenant import Fields, Row, SimTenant

_PROVIDER = "Microsoft.Authorization"
_ASSIGNMENTS = rbac.ASSIGNMENTS


@dataclass(frozen=True, slots=True)
class Side:
    """Active or eligible: how the two sides of PIM name the same things.

    Attributes:
        name: first part of the names of lists.
        member: first part of the names of members.
    """

    name: str
    member: str

    @property
    def instances(self) -> str:
        """Return the list of instances."""
        return f"arm/{self.name}Instances"

    @property
    def requests(self) -> str:
        """Return the list of requests."""
        return f"arm/{self.name}Requests"

    def id_of(self, scope: str, part: str, name: str) -> str:
        """Return the id of a schedule ("s"), an instance ("Instances") or a request ("Requests")."""
        kind = self.kind(part)
        return f"{'' if scope == places.ROOT else scope}/providers/{kind}/{name}"

    def target_of(self, request: Fields) -> str:
        """Return the GUID of the schedule that a request is for: a value for `Table.where`."""
        return rbac.role_guid(str(request["properties"].get(f"target{self.member}Id") or ""))

    def kind(self, part: str) -> str:
        """Return the type of these rows, spelt as Azure spells it in answers."""
        return f"{_PROVIDER}/{self.name[:1].upper()}{self.name[1:]}{part}"


ACTIVE = Side("roleAssignmentSchedule", "RoleAssignmentSchedule")
ELIGIBLE = Side("roleEligibilitySchedule", "RoleEligibilitySchedule")


def find(tenant: SimTenant, side: Side, scope: str, role: str, principal_id: str) -> Fields | None:
    """Return the instance of exactly this principal, role (its GUID) and scope."""
    place = places.key(scope)
    for fields in of_principal(tenant, side, principal_id):
        if rbac.role_guid(fields["properties"]["roleDefinitionId"]) == role and places.scope_of_row(fields) == place:
            return fields
    return None


def of_principal(tenant: SimTenant, side: Side, principal_id: str) -> list[Fields]:
    """Return the instances of a principal."""
    rows = tenant.table(side.instances).where("principal", rbac.principal_of, principal_id.lower())
    return [msgspec.json.decode(row) for _, row in rows]


def close(tenant: SimTenant, side: Side, instance: Fields) -> None:
    """End a window, with what rests on it."""
    tenant.remove(side.instances, instance["id"])
    if side is ACTIVE:
        origin = instance["properties"].get("originRoleAssignmentId")
        if origin:
            tenant.remove(_ASSIGNMENTS, origin)
        return
    table = tenant.table(ACTIVE.instances)
    for _, row in table.where("linked", _linked, instance["name"].lower()):
        close(tenant, ACTIVE, msgspec.json.decode(row))


def forget(tenant: SimTenant, assignment_key: str) -> None:
    """Take away the active window of a role assignment that was deleted by itself."""
    for _, row in tenant.table(ACTIVE.instances).where("origin", _origin, assignment_key):
        tenant.remove(ACTIVE.instances, msgspec.json.decode(row)["id"])


def end(tenant: SimTenant, now: datetime) -> int:
    """End all windows whose time is over; return how many."""
    ended = 0
    for side in (ACTIVE, ELIGIBLE):
        rows = [row for row in tenant.table(side.instances).rows() if _over(row, now)]
        for row in rows:
            close(tenant, side, msgspec.json.decode(row))
        ended += len(rows)
    return ended


def schedule(tenant: SimTenant, side: Side, row: Row) -> Row:
    """Return the schedule behind an instance, as the list of schedules shows it."""
    fields: Fields = msgspec.json.decode(row)
    said: Fields = dict(fields["properties"])
    name = rbac.role_guid(said.pop(f"{side.name}Id", None) or fields["name"])
    for gone in ("originRoleAssignmentId", "linkedRoleEligibilityScheduleInstanceId"):
        said.pop(gone, None)
    asked = tenant.table(side.requests).where("target", side.target_of, name)
    said[f"{side.name}RequestId"] = msgspec.json.decode(asked[0][1])["id"] if asked else None
    said["status"] = "Provisioned"
    said["updatedOn"] = said.get("createdOn")
    scope = said.get("scope") or places.extended(fields["id"])
    return msgspec.json.encode(
        {"properties": said, "name": name, "id": side.id_of(scope, "s", name), "type": side.kind("s")}
    )


def _over(row: Row, now: datetime) -> bool:
    end_at = _END.decode(row).properties.endDateTime
    return end_at is not None and moments.instant(end_at) <= now


def _origin(fields: Fields) -> str:
    return str(fields["properties"].get("originRoleAssignmentId") or "").lower()


def _linked(fields: Fields) -> str:
    said = fields["properties"].get("linkedRoleEligibilityScheduleInstanceId")
    return rbac.role_guid(str(said)) if said else ""


class _Window(msgspec.Struct, gc=False):
    endDateTime: str | None = None  # noqa: N815 - Azure's word


class _Instance(msgspec.Struct, gc=False):
    properties: _Window


_END = msgspec.json.Decoder(_Instance)
