"""What is asked of the usage generator.

>>> UsageSettings(days=30).days
30
"""

from __future__ import annotations

from dataclasses import dataclass

from remit.model.errors import InputError

FORMS = (
    "diagnostic",
    "records",
    "eventHub",
    "api",
    "csv",
    "query",
    "unified",
    "beats",
    "splunk",
    "datadog",
    "wazuh",
)
"""Every form of a log: see docs/simulator-generate.md."""
CHUNKS = ("hour", "day", "whole")
PACKINGS = ("none", "gz", "zst", "mixed")
MOST_DAYS = 400


@dataclass(frozen=True, slots=True)
class UsageSettings:
    """How much happens, and what the logs see of it. Shares are of 1.

    Attributes:
        seed: another one gives another past of the same tenant.
        days: how long it is, back from the collection.
        identities: how many principals act at most.
        volume: how often they act; 1 gives one to two records for an identity and day.
        forms: which forms logs have; every place where a log is switched on has one of them.
        chunk: one file for an `hour` of arrival (as Azure writes blobs), a `day`, or the `whole` time.
        packing: how files are packed.
        duplicates: records that stand in a second, overlapping export, too.
        evidence: control-plane operations whose records name the role assignment.
        refused, failed: operations that end so.
        noise: records beside operations that tell of no call.
        logged, begun, ended: resources whose data plane is logged all the time, from some day on, up to some day.
        exported: subscriptions whose Activity Log is exported.
        old_exports: tenants that still export the token identifiers of 2022, of 48 characters.
    """

    seed: int = 7
    days: int = 90
    identities: int = 200
    volume: float = 1.0
    forms: tuple[str, ...] = ("diagnostic",)
    chunk: str = "hour"
    packing: str = "none"
    duplicates: float = 0.03
    evidence: float = 0.75
    refused: float = 0.05
    failed: float = 0.05
    noise: float = 0.04
    logged: float = 0.55
    begun: float = 0.15
    ended: float = 0.08
    exported: float = 0.9
    old_exports: float = 0.2

    def __post_init__(self) -> None:
        """Refuse what cannot be generated."""
        shares = (
            self.duplicates, self.evidence, self.refused, self.failed, self.noise, self.exported, self.old_exports,
            self.logged + self.begun + self.ended,
        )  # fmt: skip
        if not 1 <= self.days <= MOST_DAYS:
            raise InputError(f"logs of {self.days} days cannot be generated", hint=f"give 1 to {MOST_DAYS} days")
        if self.identities < 1 or self.volume <= 0 or not all(0 <= share <= 1 for share in shares):
            raise InputError("nobody acts so", hint="at least one identity, a volume above 0, shares from 0 to 1")
        for what, known, asked in (
            ("form", FORMS, self.forms),
            ("size of files", CHUNKS, (self.chunk,)),
            ("packing", PACKINGS, (self.packing,)),
        ):
            wrong = [one for one in asked if one not in known]
            if wrong or not asked:
                raise InputError(f"`{''.join(wrong[:1])}` is no {what} of logs", hint=f"known are {', '.join(known)}")
