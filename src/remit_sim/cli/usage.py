"""`remit-sim usage`: write invented logs into a tenant export, and the truth of them beside."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from remit_sim.generate.usage import UsageTotals


def usage(
    tenant: Annotated[Path, Parameter(help="Folder of a tenant export without logs.")],
    /,
    *,
    seed: Annotated[int, Parameter(help="Another seed gives another past.")] = 7,
    days: Annotated[int, Parameter(help="How long it is, back from the collection, 1 to 400.")] = 90,
    identities: Annotated[int, Parameter(help="Principals that act, at most.")] = 200,
    volume: Annotated[float, Parameter(help="How often they act: 2 is twice as often.")] = 1.0,
    forms: Annotated[str, Parameter(help="Forms of logs with commas between, or `all`.")] = "diagnostic",
    chunk: Annotated[str, Parameter(help="One file for an `hour`, a `day`, or the `whole` time.")] = "hour",
    packing: Annotated[str, Parameter(help="`none`, `gz`, `zst` or `mixed`.")] = "none",
    duplicates: Annotated[float, Parameter(help="Share of records that come twice.")] = 0.03,
) -> int:
    """Write logs."""
    from remit_sim.generate.usage import FORMS, UsageSettings, write_usage

    settings = UsageSettings(
        seed=seed,
        days=days,
        identities=identities,
        volume=volume,
        forms=FORMS if forms == "all" else tuple(name.strip() for name in forms.split(",")),
        chunk=chunk,
        packing=packing,
        duplicates=duplicates,
    )
    sys.stdout.write(_summary(write_usage(tenant, settings), tenant))
    return 0


def _summary(totals: UsageTotals, tenant: Path) -> str:
    lines = [
        f"{totals.records:,} records of {totals.days} days in {tenant / 'logs'}, {totals.duplicates:,} of them twice"
    ]
    lines += [f"  {counts['records']:>9,} {log}" for log, counts in totals.by_log.items()]
    seen = f"{totals.operations:,} operations of {totals.identities:,} identities"
    return "\n".join(
        [
            *lines,
            f"{seen}, {totals.logged_operations:,} of them logged.",
            "What happened stands in usage.jsonl, the totals in usage-totals.json.",
            "",
        ]
    )
