"""JSON Lines files written in large pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

PIECE = 20_000


def write_lines(folder: Path, name: str, lines: Iterable[str]) -> int:
    """Write one list of the export, each line ready but for its line end; return the bytes written."""
    path = folder / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with path.open("wb", buffering=0) as file:
        for piece in _pieces(lines):
            piece.append("")
            written += file.write("\n".join(piece).encode())
    return written


def _pieces(lines: Iterable[str]) -> Iterator[list[str]]:
    piece: list[str] = []
    for line in lines:
        piece.append(line)
        if len(piece) == PIECE:
            yield piece
            piece = []
    if piece:
        yield piece
