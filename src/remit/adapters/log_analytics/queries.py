"""What a workspace is asked: which tables, and which rows of them.

    AzureActivity
    | where ingestion_time() >= datetime(2026-11-01T00:00:00.000000Z)
    | where ingestion_time() < datetime(2026-11-02T00:00:00.000000Z)
    | take 20001

Rows are chosen by when they came in, not by when they happened: a record may come hours late, and would be passed by
otherwise. The rows are as the table has them; no column is added, so that a record reads as it does in an export.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

MOST_ROWS = 20_000
"""Rows that one answer may hold, so that it fits into memory; the API itself gives 500,000 rows or 64 MB."""

LATEST = timedelta(days=31)
"""How much older than its arrival an event may be; more is not looked for."""

NOW = "print remit_now = now()"


@dataclass(frozen=True, slots=True)
class LogTable:
    """A table that is read.

    Attributes:
        name: of the table.
        only: condition on its rows, "" for all of them.
    """

    name: str
    only: str = ""


TABLES = (
    LogTable("AzureActivity"),
    LogTable("SigninLogs"),
    LogTable("AADNonInteractiveUserSignInLogs"),
    LogTable("AADServicePrincipalSignInLogs"),
    LogTable("AADManagedIdentitySignInLogs"),
    LogTable("AuditLogs"),
    LogTable("MicrosoftGraphActivityLogs"),
    LogTable("AADGraphActivityLogs"),
    LogTable("AZKVAuditLogs"),
    LogTable("StorageBlobLogs"),
    LogTable("StorageFileLogs"),
    LogTable("StorageQueueLogs"),
    LogTable("StorageTableLogs"),
    LogTable("CDBDataPlaneRequests"),
    LogTable("AKSAudit"),
    LogTable("AKSAuditAdmin"),
    LogTable("AzureDiagnostics", 'Category in ("AuditEvent", "DataPlaneRequests", "kube-audit", "kube-audit-admin")'),
)


@dataclass(frozen=True, slots=True)
class Window:
    """Rows that came in within a time, or a share of them.

    Attributes:
        start, until: aware UTC, half-open.
        shares, share: rows are dealt out to so many shares by their content; this is the one with this number.
    """

    start: datetime
    until: datetime
    shares: int = 1
    share: int = 0

    @property
    def width(self) -> timedelta:
        """Return how long it is."""
        return self.until - self.start

    def halves(self) -> tuple[Window, Window]:
        """Return two windows of half the shares; the rows of both together are those of this one."""
        twice = 2 * self.shares
        return replace(self, shares=twice), replace(self, shares=twice, share=self.share + self.shares)


def rows_of(table: LogTable, window: Window) -> str:
    """Return the query for the rows of a window, with one row more than `MOST_ROWS` where there are too many."""
    lines = [
        table.name,
        f"| where ingestion_time() >= datetime({stamp(window.start)})",
        f"| where ingestion_time() < datetime({stamp(window.until)})",
    ]
    if table.only:
        lines.append(f"| where {table.only}")
    if window.shares > 1:
        lines.append(f"| where hash(tostring(pack_all()), {window.shares}) == {window.share}")
    lines.append(f"| take {MOST_ROWS + 1}")
    return "\n".join(lines)


def timespan(window: Window) -> str:
    """Return the limits on the time of the events, which keep a query from looking at all that a workspace keeps."""
    return f"{stamp(window.start - LATEST)}/{stamp(window.until + timedelta(days=1))}"


def stamp(instant: datetime) -> str:
    """Return an instant as the query language reads it."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
