"""`remit usage disagreements`: where a log names another grant than the engine finds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from remit.cli.layout import paragraph
from remit.model.interval import format_instant, from_micros
from remit.ports.usage_store import Disagreement
from remit.wire.v1.usage import DisagreementDocument, DisagreementsDocument

if TYPE_CHECKING:
    from rich.console import Console

MOST_SHOWN = 20
_WHY = (
    "A disagreement is a change that no ingested log tells of, a snapshot of another time, or a fault of Remit: please"
    " report what the first two do not explain."
)


def disagreements_document(found: Sequence[Disagreement]) -> DisagreementsDocument:
    """Return them as JSON has them."""
    return DisagreementsDocument(
        tuple(
            DisagreementDocument(
                one.principal_id,
                one.action,
                one.scope,
                format_instant(from_micros(one.at)),
                one.logged_assignment_id,
                one.computed_assignment_ids,
            )
            for one in found
        )
    )


def show_disagreements(out: Console, found: Sequence[Disagreement]) -> None:
    """Write them for people."""
    from rich.text import Text

    if not found:
        out.print("Logs and engine agree on who granted what, wherever both say so.")
        return
    out.print(Text(f"Logs and engine disagree on who granted what: {len(found):,} times\n", style="bold"))
    for one in found[:MOST_SHOWN]:
        engine = ", ".join(one.computed_assignment_ids) or "none"
        paragraph(out, f"{one.principal_id} did {one.action}", indent=2)
        paragraph(out, f"at {one.scope}, {format_instant(from_micros(one.at))}", indent=4)
        paragraph(out, f"by the log granted by {one.logged_assignment_id}, by the engine {engine}", indent=4)
    if len(found) > MOST_SHOWN:
        paragraph(out, f"… and {len(found) - MOST_SHOWN:,} more; --json has them all", indent=2)
    out.print()
    paragraph(out, _WHY)
