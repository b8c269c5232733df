"""Edits of everything but access: rows, the management group tree, the clock, faults, identities, the export."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec

from remit.model.errors import InputError
from remit_sim.control import verbs
from remit_sim.control.world import Result, World
from remit_sim.export_files import save_tenant
from remit_sim.login.principals import service_principal
from remit_sim.state import OPERATOR_CLIENT_ID

_TREE = "arm/managementGroups"
_GROUPS = "/providers/microsoft.management/managementgroups/"


def put_row(world: World, edit: verbs.PutRow) -> Result:
    """Add or replace a row."""
    world.table(edit.list)
    row = edit.row.encode() if isinstance(edit.row, str) else msgspec.json.encode(edit.row)
    try:
        world.tenant.put(edit.list, row.strip())
    except (msgspec.MsgspecError, AttributeError, RecursionError) as error:
        raise InputError(f"that is no row of {edit.list}: {error}") from error
    return {}


def remove_row(world: World, edit: verbs.RemoveRow) -> Result:
    """Take a row away."""
    world.table(edit.list)
    if not world.tenant.remove(edit.list, edit.key):
        raise InputError(f"{edit.list} has no row `{edit.key}`")
    return {}


def move_subscription(world: World, edit: verbs.MoveSubscription) -> Result:
    """Put a subscription under another management group."""
    table = world.table(_TREE)
    row = table.fields(f"/subscriptions/{edit.subscription.rpartition('/')[2]}".lower())
    group = table.fields(f"{_GROUPS}{edit.management_group.rpartition('/')[2]}".lower())
    if row is None or group is None:
        missing = edit.subscription if row is None else edit.management_group
        raise InputError(f"there is no `{missing}` among the management groups and their subscriptions")
    row["properties"]["parent"] = {"id": group["id"]}
    for name in ("parentNameChain", "parentDisplayNameChain"):
        row["properties"].pop(name, None)  # it told the way up as it was
    world.tenant.put(_TREE, msgspec.json.encode(row))
    return {}


def advance(world: World, edit: verbs.Advance) -> Result:
    """Move the clock on; return what it shows."""
    try:
        step = timedelta(days=edit.days, hours=edit.hours, minutes=edit.minutes, seconds=edit.seconds)
        now = world.tenant.clock.advance(step)
    except (ValueError, OverflowError) as error:
        raise InputError(f"the clock cannot be moved so: {error}") from error
    world.tenant.tick()
    world.clock_moved()
    return {"now": f"{now:%Y-%m-%dT%H:%M:%SZ}"}


def set_fault(world: World, edit: verbs.SetFault) -> Result:
    """Switch a fault on or off; return what is on."""
    world.faults.set(edit.name, edit.value)
    return {"faults": world.faults.as_json()}


def clear_faults(world: World, _edit: verbs.ClearFaults) -> Result:
    """Switch every fault off."""
    world.faults.clear()
    return {"faults": {}}


def reset_statistics(world: World, _edit: verbs.ResetStatistics) -> Result:
    """Count from zero."""
    world.statistics.reset()
    return {}


def trust_issuer(world: World, edit: verbs.TrustIssuer) -> Result:
    """Believe an issuer."""
    try:
        world.issuers.trust(edit.issuer, edit.pem.encode())
    except ValueError as error:
        raise InputError("`pem` is no public key in PEM") from error
    return {}


def issue_token(world: World, edit: verbs.IssueToken) -> Result:
    """Return a federated token."""
    return {"token": world.issuers.issue(edit.issuer, edit.subject, edit.audience)}


def be_identity(world: World, edit: verbs.BeIdentity) -> Result:
    """Choose the host's own identity."""
    client_id = edit.client_id.lower()
    if client_id != OPERATOR_CLIENT_ID and service_principal(world.tenant, client_id) is None:
        raise InputError(f"there is no service principal `{edit.client_id}`", hint="name it by its client id")
    world.host.client_id = client_id
    return {}


def put_log_rows(world: World, edit: verbs.PutLogRows) -> Result:
    """Add rows to a table of a workspace."""
    world.tenant.logs.add_rows(edit.workspace, edit.table, edit.rows, world.tenant.clock.now())
    return {}


def append_blob(world: World, edit: verbs.AppendBlob) -> Result:
    """Add text to a blob."""
    now = world.tenant.clock.now()
    world.tenant.logs.append(edit.account, edit.container, edit.name, edit.text.encode(), now)
    return {}


def save(world: World, edit: verbs.Save) -> Result:
    """Write the tenant as an export."""
    try:
        save_tenant(world.tenant, Path(edit.folder))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(f"cannot write to `{edit.folder}`: {why}") from error
    return {"folder": edit.folder}
