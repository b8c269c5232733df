"""Comparing values in conditions: operators, quantifiers, wildcards (C4, C6, C7, C8).

An operator turns values into its own comparable form once (`accept`) and then relates them pair by pair. A value of
a type that it cannot compare becomes None, and the comparison unknown (V13).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from operator import eq, ge, gt, le, lt
from types import MappingProxyType
from typing import Any

from remit.model.errors import InstantSyntaxError
from remit.model.interval import parse_instant, to_micros

_GUID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_FRACTION = re.compile(r"\.[0-9]{6}([0-9]{1,3})", re.ASCII)


class Family(Enum):
    """The type an operator compares."""

    STRING = "text"
    BOOL = "true or false"
    NUMERIC = "a whole number"
    DATE_TIME = "a time"
    GUID = "a GUID"


class Quantifier(Enum):
    """How a set on the left meets a set on the right (C6): (every left?, every right?)."""

    FOR_ANY_OF_ANY = (False, False)
    FOR_ALL_OF_ANY = (True, False)
    FOR_ANY_OF_ALL = (False, True)
    FOR_ALL_OF_ALL = (True, True)


@dataclass(frozen=True, slots=True)
class LikePattern:
    r"""A StringLike pattern: `*` any run, `?` one character, `\*`, `\?`, `\\`, `\'` themselves; anchored (C7).

    Attributes:
        pieces: what stands between the stars; each a tuple of characters, None for `?`. One piece: no star.
        chunks: for each piece its runs of plain characters, as (offset, text).
    """

    pieces: tuple[tuple[str | None, ...], ...]
    chunks: tuple[tuple[tuple[int, str], ...], ...]

    @classmethod
    def parse(cls, text: str, *, ignore_case: bool) -> LikePattern:
        """Read a pattern, escapes still in. Every text is one."""
        pieces: list[list[str | None]] = [[]]
        at = 0
        while at < len(text):
            sign = text[at]
            if sign == "\\" and text[at + 1 : at + 2] in ("*", "?", "\\", "'"):
                at += 1
                pieces[-1].append(text[at])
            elif sign == "*":
                pieces.append([])
            elif sign == "?":
                pieces[-1].append(None)
            else:
                pieces[-1].append(fold(sign) if ignore_case else sign)
            at += 1
        return cls(tuple(tuple(piece) for piece in pieces), tuple(_chunks(piece) for piece in pieces))

    def matches(self, text: str) -> bool:
        """Tell whether the whole text follows the pattern.

        The leftmost place for each piece is the best one, so nothing is taken back. Cost: text x `?`s of a piece.
        """
        pieces = self.pieces
        room = len(text) - len(pieces[-1])
        if len(pieces) == 1:
            return room == 0 and self._stands(0, text, 0)
        if room < len(pieces[0]) or not self._stands(0, text, 0) or not self._stands(len(pieces) - 1, text, room):
            return False
        at = len(pieces[0])
        for place in range(1, len(pieces) - 1):
            at = self._find(place, text, at, room)
            if at < 0:
                return False
            at += len(pieces[place])
        return True

    def _stands(self, place: int, text: str, at: int) -> bool:
        return all(text.startswith(chunk, at + offset) for offset, chunk in self.chunks[place])

    def _find(self, place: int, text: str, at: int, room: int) -> int:
        """Return the first place of a piece in `text[at:room]`, or -1."""
        last = room - len(self.pieces[place])
        chunks = self.chunks[place]
        if not chunks:
            return at if at <= last else -1
        offset, chunk = max(chunks, key=lambda one: len(one[1]))
        while at <= last:
            found = text.find(chunk, at + offset, room)
            at = found - offset
            if found < 0 or at > last:
                return -1
            if self._stands(place, text, at):
                return at
            at += 1
        return -1


def _chunks(piece: list[str | None]) -> tuple[tuple[int, str], ...]:
    found: list[tuple[int, str]] = []
    run = ""
    for at, sign in enumerate([*piece, None]):
        if sign is not None:
            run += sign
        elif run:
            found.append((at - len(run), run))
            run = ""
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Operator:
    """One comparison operator.

    Attributes:
        name: Azure's spelling.
        family: what it compares.
        relation: on accepted values, before negation.
        negated: its answer is turned round.
        ignore_case: letter case of strings does not matter.
        quantified: it may stand behind a quantifier.
    """

    name: str
    family: Family
    relation: Callable[[Any, Any], bool]
    negated: bool
    ignore_case: bool
    quantified: bool

    def accept(self, value: object) -> Any | None:  # noqa: ANN401 - whatever the relation compares
        """Return a value in comparable form, or None where this operator cannot compare it."""
        return _ACCEPT[self.family](value) if not self.ignore_case else _folded(value)

    def accept_right(self, value: object) -> Any | None:  # noqa: ANN401 - whatever the relation compares
        """Return a right-hand value in comparable form: a pattern for the Like operators."""
        if self.relation is not _like:
            return self.accept(value)
        return LikePattern.parse(value, ignore_case=self.ignore_case) if isinstance(value, str) else None

    @property
    def is_equality(self) -> bool:
        """Tell whether values are simply equal, so that sets of them may be intersected."""
        return self.relation is eq and not self.negated

    @property
    def takes_patterns(self) -> bool:
        """Tell whether the right side is a pattern, so that its escapes are its own."""
        return self.relation is _like

    @property
    def allowed_for_utc_now(self) -> bool:
        """C10: UtcNow may only be compared with GreaterThan and LessThan."""
        return self.family is Family.DATE_TIME and not self.negated and self.relation in (lt, gt)


def fold(text: str) -> str:
    """Return a text as the IgnoreCase operators see it: letter by letter, no letter becoming two or plain ASCII."""
    return text.lower() if text.isascii() else "".join(map(_fold_sign, text))


def _fold_sign(sign: str) -> str:
    if sign.isascii():
        return sign.lower()
    big = sign.upper()
    return big if len(big) == 1 and not big.isascii() else sign


def normal_guid(value: object) -> str | None:
    """Return 32 lower-case hexadecimal digits, or None for what is no GUID (C8: with or without dashes)."""
    if not isinstance(value, str):
        return None
    low = value.lower()
    return low.replace("-", "") if _GUID.fullmatch(low) else None


def _folded(value: object) -> str | None:
    return fold(value) if isinstance(value, str) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _bool(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _nanoseconds(value: object) -> int | None:
    """Return nanoseconds since 1970; Azure's version ids carry seven decimals, one more than `datetime` holds."""
    if not isinstance(value, str):
        return None
    try:
        micros = to_micros(parse_instant(value))
    except InstantSyntaxError:
        return None
    found = _FRACTION.search(value)
    return micros * 1000 + (int(found[1].ljust(3, "0")) if found else 0)


def _like(text: str, pattern: LikePattern) -> bool:
    return pattern.matches(text)


def _starts(text: str, start: str) -> bool:
    return text.startswith(start)


_ACCEPT: Mapping[Family, Callable[[object], object]] = MappingProxyType(
    {
        Family.STRING: _text,
        Family.BOOL: _bool,
        Family.NUMERIC: _whole,
        Family.DATE_TIME: _nanoseconds,
        Family.GUID: normal_guid,
    }
)
_ORDER: tuple[tuple[str, Callable[[Any, Any], bool]], ...] = (
    ("LessThan", lt),
    ("LessThanEquals", le),
    ("GreaterThan", gt),
    ("GreaterThanEquals", ge),
)


def _operators() -> Mapping[str, Operator]:
    made: list[Operator] = []
    for relation, word, quantified in ((eq, "Equals", True), (_starts, "StartsWith", False), (_like, "Like", True)):
        for negated in (False, True):
            for ignore in (False, True):
                name = f"String{'Not' if negated else ''}{word}{'IgnoreCase' if ignore else ''}"
                made.append(Operator(name, Family.STRING, relation, negated, ignore, quantified))
    for prefix, family, quantified in (
        ("Bool", Family.BOOL, False),
        ("Numeric", Family.NUMERIC, True),
        ("DateTime", Family.DATE_TIME, False),
        ("Guid", Family.GUID, True),
    ):
        made.append(Operator(f"{prefix}Equals", family, eq, False, False, quantified))
        made.append(Operator(f"{prefix}NotEquals", family, eq, True, False, quantified))
        if family in (Family.NUMERIC, Family.DATE_TIME):
            made.extend(
                Operator(prefix + word, family, relation, False, False, quantified) for word, relation in _ORDER
            )
    return MappingProxyType({one.name.lower(): one for one in made})


OPERATORS = _operators()
"""Every comparison operator by its lower-case name (C4: letter case does not matter)."""

QUANTIFIERS: Mapping[str, Quantifier] = MappingProxyType(
    {
        "foranyofanyvalues": Quantifier.FOR_ANY_OF_ANY,
        "forallofanyvalues": Quantifier.FOR_ALL_OF_ANY,
        "foranyofallvalues": Quantifier.FOR_ANY_OF_ALL,
        "forallofallvalues": Quantifier.FOR_ALL_OF_ALL,
    }
)
"""Every quantifier by its lower-case name."""
