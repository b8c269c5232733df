"""What two states of a tenant differ in, as a JSON document."""

from __future__ import annotations

from remit.app.graphing.comparing import DeltaAnswer, GrantChange, Reaching, Sides, StepChange
from remit.app.graphing.opening import Escalation
from remit.graph.answers import Path
from remit.graph.delta.cones import Sureness
from remit.graph.delta.tables import GuardChange
from remit.model.interval import format_instant
from remit.model.snapshot import Gap
from remit.wire.v1 import delta as wire
from remit.wire.v1.catalogue import RoleBlockDocument
from remit.wire.v1.paths import end_document, hop_document, node_documents, path_document, unread_document


def delta_document(answer: DeltaAnswer, change: str) -> wire.DeltaDocument:
    """Return the document of `remit delta`; `change`: name of the file with the change, "" for none."""
    hops = [one.hop for one in (*answer.steps.opened, *answer.steps.closed)]
    paths = [one.path for one in (*answer.reaching.opened, *answer.reaching.closed)]
    return wire.DeltaDocument(
        _state(answer.before, ""),
        _state(answer.after, change),
        end_document(answer.target),
        answer.opens,
        answer.compared == answer.sources,
        _side(answer, opened=True),
        _side(answer, opened=False),
        tuple(
            wire.ConditionChangeDocument(
                one.unit.id, one.unit.said, end_document(one.unit.holder), one.before, one.after, one.narrows
            )
            for one in answer.conditions
        ),
        tuple(wire.RoleChangeDocument(one.key, one.name, one.more, one.less, one.assignments) for one in answer.roles),
        node_documents([*paths, Path(0, certain=True, eligible=False, hops=tuple(hops))]),
    )


def _state(state: Escalation, change: str) -> wire.StateDocument:
    return wire.StateDocument(state.tenant.snapshot_id, format_instant(state.at), change)


def _side(answer: DeltaAnswer, *, opened: bool) -> wire.SideDocument:
    def count(sides: Sides[Reaching] | Sides[StepChange] | Sides[GrantChange] | Sides[GuardChange] | Sides[Gap]) -> int:
        return sides.opened_count if opened else sides.closed_count

    reaching, steps, grants, guards, unread = (
        answer.reaching.opened if opened else answer.reaching.closed,
        answer.steps.opened if opened else answer.steps.closed,
        answer.grants.opened if opened else answer.grants.closed,
        answer.guards.opened if opened else answer.guards.closed,
        answer.unread.opened if opened else answer.unread.closed,
    )
    conditions = sum(one.narrows is not opened for one in answer.conditions)
    roles = sum(bool(one.more if opened else one.less) for one in answer.roles)
    return wire.SideDocument(
        wire.CountsDocument(
            count(answer.reaching),
            count(answer.steps),
            answer.leading[0 if opened else 1],
            count(answer.grants),
            conditions,
            roles,
            count(answer.guards),
            count(answer.unread),
        ),
        tuple(
            wire.ReachingDocument(
                end_document(one.ref),
                Sureness.WORDS[one.before],
                Sureness.WORDS[one.after],
                path_document(one.path),
            )
            for one in reaching
        ),
        tuple(
            wire.StepDocument(
                hop_document(one.hop), Sureness.WORDS[one.before], Sureness.WORDS[one.after], one.leads, one.alike
            )
            for one in steps
        ),
        tuple(_grant(one) for one in grants),
        tuple(wire.GuardDocument(one.kind, one.id, one.scope, one.name) for one in guards),
        unread_document(unread),
    )


def _grant(one: GrantChange) -> wire.GrantChangeDocument:
    blocks = tuple(
        RoleBlockDocument(
            block.actions,
            block.not_actions,
            block.data_actions,
            block.not_data_actions,
            block.condition,
            block.condition_version,
        )
        for block in one.blocks
    )
    return wire.GrantChangeDocument(
        one.unit.kind, one.unit.id, one.unit.said, end_document(one.unit.holder), blocks, one.condition
    )
