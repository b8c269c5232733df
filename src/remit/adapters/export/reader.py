"""Reads a tenant export, file by file, in bounded memory.

Rules kept here:

- A list whose file is there was collected, an empty file is an empty list, an absent file is a gap.
- No more than a chunk and one row are held; a row over the limit is an error, not a full memory.
- A document that names a next page is only the first page: the list gets a gap.
- Lenient: what follows a break in a file is left out and listed, and the list gets a gap. A bad manifest is an error
  even then, because it is where gaps are told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from remit.adapters.export.files import DOCUMENT, Folder, ListFile, read_folder
from remit.adapters.export.manifest import MOST_BYTES, NAME, Manifest, read_manifest
from remit.model.errors import PayloadError
from remit.model.snapshot import Gap, SnapshotMeta
from remit.ports.reader import RawBatch, Skipped
from remit.wire.azure.lists import USED_LISTS
from remit.wire.gunzip import plain_chunks
from remit.wire.stream import split_elements

CHUNK_BYTES = 4 * 1024 * 1024
LONGEST_LINE = 64 * 1024 * 1024
_BATCH_ROWS = 5_000
_BATCH_BYTES = 4 * 1024 * 1024
_BLANK = b" \t\r\n"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NEXT_PAGE = ("nextLink", "@odata.nextLink")


class ExportReader:
    """Reads the folder of a tenant export. See `remit.ports.reader.TenantReader`."""

    def __init__(self, root: Path, *, lenient: bool = False, longest_line: int = LONGEST_LINE) -> None:
        self._root = root
        self._lenient = lenient
        self._longest_line = longest_line
        self._folder: Folder | None = None
        self._manifest = Manifest()
        self._collected: set[str] = set()
        self._gaps: list[Gap] = []
        self._skipped: list[Skipped] = []
        self._counts: Counter[str] = Counter()

    def again(self) -> ExportReader:
        """Return a fresh reader of the same folder."""
        return ExportReader(self._root, lenient=self._lenient, longest_line=self._longest_line)

    def meta(self) -> SnapshotMeta:
        """Return what the manifest and the files say."""
        return SnapshotMeta(
            tenant_id=self._manifest.tenant_id,
            collected_at=self._manifest.collected_at,
            cloud=self._manifest.cloud,
            source="tenantExport",
            collected=frozenset(self._collected),
            gaps=tuple(sorted({*self._manifest.gaps, *self._gaps})),
        )

    def batches(self) -> Iterator[RawBatch]:
        """Yield the rows of every list, file by file in order of name."""
        folder = self._look()
        if folder.manifest is not None:
            self._manifest = read_manifest(_whole(folder.manifest, NAME))
        for file in folder.lists:
            self._collected.add(file.list_name)
            self._counts[file.list_name] += 0
            try:
                for batch in self._file(file):
                    self._counts[file.list_name] += len(batch.payloads)
                    yield batch
            except PayloadError as error:
                if not self._lenient:
                    raise
                self._skipped.append(Skipped(error.file, error.line, error.message))
                self._gaps.append(Gap(file.list_name, "/", f"{file.name} could not be read to its end"))

    def skipped(self) -> Sequence[Skipped]:
        """Return the breaks after which a file was left out."""
        return tuple(self._skipped)

    def accounting(self) -> Sequence[tuple[str, str, int]]:
        """Return rows used or kept for each list, and the files that were left alone."""
        folder = self._look()
        rows = [(name, "used" if name in USED_LISTS else "kept", count) for name, count in sorted(self._counts.items())]
        logs = [("logs/**", "ignored", folder.logs)] if folder.logs else []
        return (*rows, *logs, *((name, "ignored", 1) for name in folder.ignored))

    def size_hint(self) -> int | None:
        """Return about how many bytes there are to read."""
        try:
            return sum(file.size() for file in self._look().lists)
        except OSError:
            return None

    def _look(self) -> Folder:
        if self._folder is None:
            self._folder = read_folder(self._root)
        return self._folder

    def _file(self, file: ListFile) -> Iterator[RawBatch]:
        chunks = plain_chunks(_raw_chunks(file.path, file.name), file=file.name)
        if file.form == DOCUMENT:
            beside: dict[str, bytes] = {}
            elements = split_elements(chunks, file=file.name, member="value", beside=beside, limit=self._longest_line)
            yield from _gathered(file, enumerate(elements, start=1))
            self._next_page(file, beside)
        else:
            yield from _gathered(file, _lines(chunks, file.name, self._longest_line))

    def _next_page(self, file: ListFile, beside: dict[str, bytes]) -> None:
        for name in _NEXT_PAGE:
            if beside.get(name, b"null").strip(_BLANK) not in {b"null", b'""'}:
                self._gaps.append(Gap(file.list_name, "/", f"{file.name} names a next page that it does not hold"))


def _gathered(file: ListFile, rows: Iterator[tuple[int, bytes]]) -> Iterator[RawBatch]:
    """Yield rows in batches of bounded number and size."""
    lines: list[int] = []
    payloads: list[bytes] = []
    size = 0
    broken: PayloadError | None = None
    try:
        for line, payload in rows:
            lines.append(line)
            payloads.append(payload)
            size += len(payload)
            if size >= _BATCH_BYTES or len(lines) >= _BATCH_ROWS:
                yield RawBatch(file.list_name, file.name, lines, payloads)
                lines, payloads, size = [], [], 0
    except PayloadError as error:
        # The rows before the break come first: one of them may be bad as well, or a lenient import keeps them.
        broken = error
    if lines:
        yield RawBatch(file.list_name, file.name, lines, payloads)
    if broken is not None:
        raise broken


def _lines(chunks: Iterator[bytes], name: str, longest: int) -> Iterator[tuple[int, bytes]]:
    """Yield (line number, line) of every line that is not blank, without the blanks around it."""
    number = 0
    open_parts: list[bytes] = []
    open_bytes = 0
    first = True
    for chunk in chunks:
        pieces = chunk.split(b"\n")
        if first:
            first = False
            pieces[0] = _without_mark(pieces[0], name)
        open_parts.append(pieces[0])
        open_bytes += len(pieces[0])
        if open_bytes > longest:
            raise PayloadError(name, number + 1, "", f"line longer than {longest >> 20} MiB")
        if len(pieces) == 1:
            continue
        pieces[0] = b"".join(open_parts)
        open_parts = [pieces.pop()]
        open_bytes = len(open_parts[0])
        for piece in pieces:
            number += 1
            line = piece.strip(_BLANK)
            if line:
                yield number, line
    line = b"".join(open_parts).strip(_BLANK)
    if line:
        yield number + 1, line


def _without_mark(head: bytes, name: str) -> bytes:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise PayloadError(name, 1, "", "is UTF-16, not UTF-8", hint="save the file as UTF-8 and try again")
    return head.removeprefix(_BYTE_ORDER_MARK)


def _raw_chunks(path: Path, name: str) -> Iterator[bytes]:
    try:
        with path.open("rb") as stream:
            empty = True
            while chunk := stream.read(CHUNK_BYTES):
                empty = False
                yield chunk
    except OSError as error:
        raise PayloadError(name, 0, "", f"cannot be read: {error.strerror}") from error
    if empty and name.endswith(".gz"):
        raise PayloadError(name, 0, "", "the gzip stream is cut short")


def _whole(path: Path, name: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    for chunk in _raw_chunks(path, name):
        size += len(chunk)
        if size > MOST_BYTES:
            raise PayloadError(name, 0, "", f"is longer than {MOST_BYTES >> 20} MiB")
        parts.append(chunk)
    return b"".join(parts).removeprefix(_BYTE_ORDER_MARK)
