"""Planes as JSON documents."""

from __future__ import annotations

from remit.app.graphing.opening import Escalation
from remit.app.graphing.tiering import EverybodyAnswer, RoleAnswer, Shown, TierAnswer
from remit.graph.tiers import Tier
from remit.model.interval import format_instant
from remit.wire.v1 import tiers as parts
from remit.wire.v1.paths import end_document, node_documents, path_document, unread_document


def tier_document(escalation: Escalation, answer: TierAnswer, unmatched: tuple[str, ...]) -> parts.TierDocument:
    """Return the document of one principal."""
    ways = [one for one in (answer.shown, answer.higher) if one is not None and one.path is not None]
    return parts.TierDocument(
        end_document(answer.ref),
        answer.tier.word,
        answer.own.word,
        format_instant(escalation.at),
        escalation.tenant.snapshot_id,
        node_documents(one.path for one in ways if one.path is not None),
        unread_document(answer.unread),
        _way(answer.shown),
        _way(answer.higher),
        unmatched,
    )


def _way(one: Shown | None) -> parts.TierWayDocument | None:
    if one is None:
        return None
    return parts.TierWayDocument(
        one.tier.word,
        end_document(one.end),
        tuple(reason.detail for reason in one.because),
        one.certain,
        one.eligible,
        None if one.path is None else path_document(one.path),
    )


def tiers_document(
    escalation: Escalation, answer: EverybodyAnswer, roles: tuple[RoleAnswer, ...]
) -> parts.TiersDocument:
    """Return the document of everybody."""
    # Those without any plane stand last, and are only counted.
    shown = answer.shown(range(int((answer.possible < Tier.NONE).sum())))
    principals = tuple(
        parts.RankedTierDocument(
            end_document(one.ref), one.tier.word, one.possible.word, one.own.word, one.hops, one.eligible
        )
        for one in shown
    )
    return parts.TiersDocument(
        tuple(parts.TierCountDocument(tier.word, kind, count) for (tier, kind), count in answer.counts.items()),
        principals,
        tuple(
            parts.RoleTierDocument(one.kind, one.id, one.name, one.tier.word, one.possible.word, one.above.word)
            for one in roles
        ),
        format_instant(escalation.at),
        escalation.tenant.snapshot_id,
        unread_document(answer.unread),
        answer.tiering.unmatched,
    )
