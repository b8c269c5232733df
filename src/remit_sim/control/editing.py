"""Carries out an edit: finds the function of its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from remit_sim.control import access_edits, verbs, world_edits
from remit_sim.control.world import Result, World

_FUNCTIONS: Mapping[type[Any], Callable[[World, Any], Result]] = MappingProxyType(
    {
        verbs.PutRow: world_edits.put_row,
        verbs.RemoveRow: world_edits.remove_row,
        verbs.AssignRole: access_edits.assign_role,
        verbs.UnassignRole: access_edits.unassign_role,
        verbs.Activate: access_edits.activate,
        verbs.AddSecret: access_edits.add_secret,
        verbs.RemoveSecret: access_edits.remove_secret,
        verbs.MoveSubscription: world_edits.move_subscription,
        verbs.Advance: world_edits.advance,
        verbs.SetFault: world_edits.set_fault,
        verbs.ClearFaults: world_edits.clear_faults,
        verbs.ResetStatistics: world_edits.reset_statistics,
        verbs.TrustIssuer: world_edits.trust_issuer,
        verbs.IssueToken: world_edits.issue_token,
        verbs.BeIdentity: world_edits.be_identity,
        verbs.PutLogRows: world_edits.put_log_rows,
        verbs.AppendBlob: world_edits.append_blob,
        verbs.Save: world_edits.save,
    }
)


def carry_out(world: World, edit: verbs.Edit) -> Result:
    """Carry out an edit and return what it answers; the caller holds the lock.

    Raises:
        InputError: it cannot be done.
    """
    return _FUNCTIONS[type(edit)](world, edit)
