"""Text that comes from a tenant, made fit to be drawn: cleaned, measured, wrapped.

Anybody who may name an object chooses these texts. What cannot stand in XML and what would turn the order of letters
around is shown as U+FFFD; a text never leaves its box.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]"
)
_BLANKS = re.compile(r"\s+")
_PIECES = re.compile(r"[^\s/\\\-_.@:#]+[/\\\-_.@:#]*|[/\\\-_.@:#]+|\s+")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
_MARKUP = re.compile("[&<>\"']")
_NARROW, _SLIM, _WIDE = "iljtfr.,:;'|!()[]{} /\\-I", 'abcdeghknopqsuvxyzLJ0123456789_$*?+=~"<>', "mwMW@%&—…"
BOLD = 1.15
"""How much wider bold letters are."""
_ELLIPSIS = "…"
_MARKS = {"Mn", "Me"}
_NO_WIDTH = {*_MARKS, "Cf"}
_MOST_MARKS = 4


def fit(text: str) -> str:
    """Return a text on one line that may stand in any document and reads in the order in which it is written."""
    plain = _BLANKS.sub(" ", _UNFIT.sub("\ufffd", text)).strip()
    return plain if plain.isascii() else "".join(_without_towers(plain))


def escaped(text: str) -> str:
    """Return a text for XML and HTML, in elements as in quoted attributes."""
    return _MARKUP.sub(lambda found: _ENTITIES[found[0]], fit(text))


def width(text: str, size: float) -> float:
    """Return about how wide a text is in a common font of a size, rather more than less; both in pixels."""
    return size * sum(map(_letter, text))


def wrapped(text: str, most: float, size: float, lines: int) -> tuple[str, ...]:
    """Return a text in at most so many lines of at most so many pixels; what does not fit ends in `…`.

    A bold text is asked about with a size times `BOLD`.
    """
    made: list[str] = []
    line = ""
    pieces = list(_split(fit(text), most, size))
    for place, piece in enumerate(pieces):
        if width((line + piece).rstrip(), size) <= most:
            line += piece
            continue
        if len(made) == lines - 1:
            rest = line + "".join(pieces[place:])
            return (*made, _cut(rest, most, size))
        made.append(line.strip())
        line = piece.lstrip()
    return (*made, line.strip()) if line.strip() or not made else tuple(made)


def _without_towers(text: str) -> Iterator[str]:
    """Yield letters, with few marks on each: hundreds of them would cover what is drawn above and below."""
    marks = 0
    for letter in text:
        marks = marks + 1 if unicodedata.category(letter) in _MARKS else 0
        if marks <= _MOST_MARKS:
            yield letter


def _letter(letter: str) -> float:
    if unicodedata.category(letter) in _NO_WIDTH:
        return 0.0
    if letter in _NARROW:
        return 0.36
    if letter in _WIDE:
        return 0.95
    if letter in _SLIM:
        return 0.58
    if letter < "\x7f":
        return 0.72
    return 1.05 if unicodedata.east_asian_width(letter) in "WF" or letter > "\uffff" else 0.75


def _split(text: str, most: float, size: float) -> Iterator[str]:
    """Yield the pieces between which a line may end; a piece wider than a line is broken anywhere."""
    for found in _PIECES.finditer(text):
        piece = found[0]
        while width(piece, size) > most and len(piece) > 1:
            head = _head(piece, most, size)
            yield head
            piece = piece[len(head) :]
        yield piece


def _head(text: str, most: float, size: float) -> str:
    """Return as much of a text as fits, at least a letter."""
    used, end = 0.0, 0
    while end < len(text) and (used := used + size * _letter(text[end])) <= most:
        end += 1
    return text[: max(end, 1)]


def _cut(text: str, most: float, size: float) -> str:
    if width(text, size) <= most:
        return text.strip()
    return _head(text.lstrip(), most - size, size).rstrip() + _ELLIPSIS
