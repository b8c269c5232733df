"""Files of logs: cut by arrival, packed, each with what stands around its records. Little is held back in memory.

A packed file is written in pieces, one after the other; that is a valid gzip and zstd file.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Sequence
from pathlib import Path

import msgspec
import zstandard

from remit_sim.generate.usage.forms.tables import TIMES
from remit_sim.generate.usage.instants import DAY_US, HOUR_US, parts, seven, us_form
from remit_sim.generate.usage.operations import Fields

_FLUSH_BYTES = 1 << 18
_PAGE = 200
_PACKED = {"none": "", "gz": ".gz", "zst": ".zst"}
_encode = msgspec.json.Encoder().encode


class Sink:
    """One stream of records, into one file for each chunk of time. Subclasses say what stands around them.

    Args:
        folder: of this stream.
        name: of the file, without what tells of the chunk.
        chunk: `hour`, `day` or `whole`.
        packing: `none`, `gz` or `zst`.
    """

    head = b""
    between = b"\n"
    tail = b"\n"

    def __init__(self, folder: Path, name: str, chunk: str, packing: str) -> None:
        self._folder = folder
        self._name = name
        self._chunk = chunk
        self._packing = packing
        self._at: int | None = None
        self._path = folder
        self._buffer = bytearray()
        self._count = 0

    def add(self, arrived: int, fields: Fields) -> None:
        """Take a record; arrivals never go back."""
        at = 0 if self._chunk == "whole" else arrived // (HOUR_US if self._chunk == "hour" else DAY_US)
        if at != self._at:
            self.close()
            self._at = at
            self._path = self.path(arrived)
            self._buffer += self.head
        if self._count:
            self._buffer += self.between
        self._count += 1
        self._buffer += self.line(fields)
        if len(self._buffer) > _FLUSH_BYTES:
            self._flush()

    def close(self) -> None:
        """End the file."""
        if self._at is not None:
            self._buffer += self.tail
            self._flush()
            self._at, self._count = None, 0

    def path(self, arrived: int) -> Path:
        """Return where the file of a chunk goes."""
        year, month, day, hour = parts(arrived)
        stem, _, ending = self._name.rpartition(".")
        when = {"whole": "", "day": f"-{year}-{month:02d}-{day:02d}"}.get(
            self._chunk, f"-{year}-{month:02d}-{day:02d}T{hour:02d}"
        )
        return self._folder / f"{stem}{when}.{ending}{_PACKED[self._packing]}"

    def line(self, fields: Fields) -> bytes:
        """Return the text of a record."""
        return _encode(fields)

    def _flush(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        data = bytes(self._buffer)
        if self._packing == "gz":
            data = gzip.compress(data, 6, mtime=0)
        elif self._packing == "zst":
            data = zstandard.ZstdCompressor().compress(data)
        with self._path.open("ab") as stream:
            stream.write(data)
        self._buffer.clear()


class Blobs(Sink):
    """A diagnostic setting to Storage: `{container}/{resource}/y=/m=/d=/h=/m=00/PT1H.json`, JSON Lines."""

    def path(self, arrived: int) -> Path:
        """Return the blob of an hour of arrival, or the day's or all of them in one."""
        year, month, day, hour = parts(arrived)
        if self._chunk == "whole":
            return self._folder / f"{self._name}{_PACKED[self._packing]}"
        at = self._folder / f"y={year}" / f"m={month:02d}" / f"d={day:02d}"
        if self._chunk == "hour":
            at = at / f"h={hour:02d}" / "m=00"
        return at / f"{self._name}{_PACKED[self._packing]}"


class Array(Blobs):
    """One JSON document: before November 2018 each blob was `{"records": [...]}`."""

    head, between, tail = b'{"records":[', b",", b"]}\n"


class Messages(Sink):
    """Messages of an Event Hub, one a line, each with several records of whatever category."""

    def __init__(self, folder: Path, name: str, chunk: str, packing: str) -> None:
        super().__init__(folder, name, chunk, packing)
        self._held: list[bytes] = []
        self._last = 0

    def add(self, arrived: int, fields: Fields) -> None:
        """Take a record; what arrives within five minutes goes into one message."""
        if self._held and (arrived - self._last > 300_000_000 or len(self._held) >= 20):  # noqa: PLR2004 - a batch
            self._send()
        if not self._held:
            self._last = arrived
        self._held.append(_encode(fields))

    def _send(self) -> None:
        message = b'{"records":[' + b",".join(self._held) + b"]}"
        self._held.clear()
        super().add(self._last, {"": message})

    def line(self, fields: Fields) -> bytes:
        """Return a message that is text already."""
        text: bytes = fields[""]
        return text

    def close(self) -> None:
        """Send what is held, and end the file."""
        if self._held:
            self._send()
        super().close()


class Pages(Sink):
    """Answers of an API, one a file: `{"value": [...], nextLink}`, the newest first within a page."""

    def __init__(self, folder: Path, name: str, packing: str, link: tuple[str, str]) -> None:
        super().__init__(folder, name, "whole", packing)
        self._rows: list[bytes] = []
        self._number = 0
        self._link = link

    def add(self, arrived: int, fields: Fields) -> None:
        """Take a record."""
        del arrived
        self._rows.append(_encode(fields))
        if len(self._rows) >= _PAGE:
            self._write(last=False)

    def close(self) -> None:
        """Write the last page."""
        if self._rows:
            self._write(last=True)

    def _write(self, *, last: bool) -> None:
        self._number += 1
        name, url = self._link
        link = b"" if last else b",%s:%s" % (_encode(name), _encode(f"{url}?$skiptoken={self._number}"))
        self._path = self._folder / f"{self._name}-page-{self._number:04d}.json{_PACKED[self._packing]}"
        self._buffer += b'{"value":[' + b",".join(reversed(self._rows)) + b"]" + link + b"}\n"
        self._rows.clear()
        self._flush()


class Answers(Sink):
    """Answers of a workspace's query API: `{"tables": [{"columns", "rows"}]}`."""

    tail = b"]}]}\n"
    between = b","

    def __init__(self, folder: Path, name: str, chunk: str, packing: str, columns: Sequence[str]) -> None:
        super().__init__(folder, name, chunk, packing)
        self._columns = tuple(columns)
        told = [{"name": name, "type": "datetime" if name in TIMES else "string"} for name in self._columns]
        self.head = b'{"tables":[{"name":"PrimaryResult","columns":' + _encode(told) + b',"rows":['

    def line(self, fields: Fields) -> bytes:
        """Return a row: values in the order of the columns."""
        return _encode(told(self._columns, fields))


def told(columns: Sequence[str], fields: Fields) -> list[object]:
    """Return the values of a row in the order of columns, instants as text."""
    return [seven(fields[one]) if one in TIMES and one in fields else fields.get(one) for one in columns]


class Sheet(Sink):
    """CSV as the portal exports it: US dates in `TimeGenerated [UTC]`, JSON in cells on several lines."""

    between = b""
    tail = b""

    def __init__(self, folder: Path, name: str, chunk: str, packing: str, columns: Sequence[str]) -> None:
        super().__init__(folder, name, chunk, packing)
        self._columns = tuple(one for one in columns if not one.endswith("_d"))
        self.head = _cells([f"{one} [UTC]" if one in TIMES else one for one in self._columns])

    def line(self, fields: Fields) -> bytes:
        """Return a row."""
        return _cells([self._cell(one, fields.get(one)) for one in self._columns])

    def _cell(self, name: str, value: object) -> str:
        if name in TIMES and isinstance(value, int):
            return us_form(value)
        if value is None:
            return ""
        if isinstance(value, bool):
            return str(value).upper()
        text = str(value)
        return msgspec.json.format(text, indent=2) if text.startswith("{") else text


def _cells(values: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(values)
    return text.getvalue().encode()
