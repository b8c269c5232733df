"""A disagreement made small and written down as an export folder, so that it can be looked at and kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.fuzz.comparing import Disagreement, disagrees
from tests.strategies.tenants import Tenant, seeded_tenant

from remit.model.interval import format_instant
from remit.model.question import Question
from remit.reference.export import Export


def write_reproduction(found: Disagreement, folder: Path) -> Path:
    """Write the smallest export found that still shows it, the question, and both answers; return where."""
    tenant = seeded_tenant(found.seed)
    export = shrink(
        tenant.export, lambda smaller: disagrees(Tenant(smaller, tenant.scopes), found.form, found.question, found.at)
    )
    place = folder / f"{found.form}-{found.seed.replace(':', '-')}"
    for api, rows in export.lists.items():
        path = place / f"{api}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (place / "manifest.json").write_text(json.dumps(export.manifest, indent=1), encoding="utf-8")
    (place / "question.json").write_text(json.dumps(as_asked(found), indent=1), encoding="utf-8")
    return place


def as_asked(found: Disagreement) -> dict[str, object]:
    """Return the question as `remit ask` reads it, and beside it what was answered."""
    one: Question = found.question
    return {
        "id": f"{found.form} {found.seed}",
        "principal": one.principal_id,
        "action": one.action,
        "plane": one.plane.word,
        "scope": one.scope.text,
        "at": format_instant(found.at),
        "attributes": one.attributes,
        "attributesComplete": one.attributes_complete,
        "subOperation": one.sub_operation,
        "reference": found.expected,
        "engine": found.found,
    }


def shrink(export: Export, still_shows: Callable[[Export], bool]) -> Export:
    """Leave out rows and gaps, one at a time, as long as what is wanted still shows."""
    lists = {api: list(rows) for api, rows in export.lists.items()}
    manifest = dict(export.manifest)
    smaller = True
    while smaller:
        smaller = False
        for rows in (*lists.values(), manifest.setdefault("gaps", [])):
            for place in reversed(range(len(rows))):
                gone = rows.pop(place)
                if _shows(Export(lists, manifest), still_shows):
                    smaller = True
                else:
                    rows.insert(place, gone)
    return Export(lists, manifest)


def _shows(export: Export, still_shows: Callable[[Export], bool]) -> bool:
    try:
        return still_shows(export)
    except Exception:  # noqa: BLE001 - a tenant made too small to be read shows nothing
        return False
