"""Rows of Log Analytics workspaces and blobs of storage accounts, as a test or the control API puts them there.

>>> from datetime import UTC, datetime
>>> logs = KeptLogs()
>>> logs.add_rows("7E5C", "AzureActivity", [{"Caller": "ada"}], datetime(2026, 11, 1, tzinfo=UTC))
>>> [row.fields for row in logs.tables("7e5c")["AzureActivity"]]
[{'Caller': 'ada'}]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row of a table; `arrived` is its ingestion time, aware UTC."""

    arrived: datetime
    fields: Fields


@dataclass(frozen=True, slots=True)
class Blob:
    """One append blob.

    Attributes:
        data: its content.
        modified: when it was written last, aware UTC.
        version: how often it was written.
    """

    data: bytes
    modified: datetime
    version: int = 1

    @property
    def etag(self) -> str:
        """Return what changes with every write."""
        about = f"{self.version} {self.modified:%s} {len(self.data)}".encode()
        return f'"0x{blake2b(about, digest_size=8).hexdigest().upper()}"'


class KeptLogs:
    """What one simulated tenant keeps of logs."""

    def __init__(self) -> None:
        self._workspaces: dict[str, dict[str, list[LogRow]]] = {}
        self._containers: dict[tuple[str, str], dict[str, Blob]] = {}

    def add_rows(self, workspace: str, table: str, rows: Sequence[Fields], arrived: datetime) -> None:
        """Add rows to a table; workspace and table are there from then on."""
        self._workspaces.setdefault(workspace.lower(), {}).setdefault(table, []).extend(
            LogRow(arrived, fields) for fields in rows
        )

    def tables(self, workspace: str) -> Mapping[str, Sequence[LogRow]] | None:
        """Return the tables of a workspace, None where there is no such workspace."""
        return self._workspaces.get(workspace.lower())

    def append(self, account: str, container: str, name: str, data: bytes, now: datetime) -> None:
        """Add bytes to a blob; account, container and blob are there from then on."""
        blobs = self._containers.setdefault((account.lower(), container), {})
        before = blobs.get(name)
        blobs[name] = Blob(data, now) if before is None else Blob(before.data + data, now, before.version + 1)

    def delete(self, account: str, container: str) -> None:
        """Delete all blobs of a container."""
        self._containers[account.lower(), container].clear()

    def blobs(self, account: str, container: str) -> Mapping[str, Blob] | None:
        """Return the blobs of a container by name, None where there is no such container."""
        return self._containers.get((account.lower(), container))
