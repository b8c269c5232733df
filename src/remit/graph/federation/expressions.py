"""What a credential demands of a token's claims: a subject word for word, or an expression of the flexible language.

    claims['sub'] matches 'repo:contoso/*:ref:refs/heads/main' and claims['job_workflow_ref'] eq '...'

Three operators: `eq`, `matches` (`*` and `?`) and `and`. An expression that cannot be read, or that names a claim which
Entra does not compare for this issuer, is not refused here: `Demands.unread` says why, and what follows is possible.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from remit.graph.federation.wildcards import is_literal, matches

SUBJECT = "sub"
_CLAUSE = re.compile(
    r"\s*claims\[\s*'(?P<claim>[A-Za-z0-9_.:/-]{1,120})'\s*\]\s+(?P<operator>[A-Za-z]+)\s+'(?P<text>(?:[^']|'')*)'\s*",
    re.ASCII,
)
_AND = re.compile(r"and(?=\s)", re.ASCII)
_WILD_SIGNS = ("*", "?")


class Clause(Struct, frozen=True, gc=False):
    """One comparison. `pattern` may hold wildcards only where `wild` is True; else it is taken word for word."""

    claim: str
    pattern: str
    wild: bool = False

    def meets(self, text: str) -> bool:
        """Tell whether a claim's text satisfies it."""
        return matches(self.pattern, text) if self.wild else text == self.pattern

    @property
    def is_exact(self) -> bool:
        """Tell whether one text alone satisfies it."""
        return not self.wild or is_literal(self.pattern)


class Demands(Struct, frozen=True, gc=False):
    """All that a token must say besides issuer and audience.

    Attributes:
        clauses: every one has to be met; () where that is not known.
        unread: why it is not known what is demanded, "" where it is.
    """

    clauses: tuple[Clause, ...]
    unread: str = ""

    def of(self, claim: str) -> tuple[Clause, ...]:
        """Return the clauses about one claim."""
        return tuple(one for one in self.clauses if one.claim == claim)

    @property
    def subject(self) -> str:
        """The one subject that satisfies it; "" where there may be several."""
        return next((one.pattern for one in self.of(SUBJECT) if one.is_exact), "")

    @property
    def subject_pattern(self) -> str:
        """The narrowest pattern of the subject: the one with most characters that are no wildcards; `*` for none."""
        found = [one.pattern for one in self.of(SUBJECT)]
        return self.subject or max(found, key=lambda one: sum(sign not in _WILD_SIGNS for sign in one), default="*")

    def met_by(self, claims: Mapping[str, str]) -> bool | None:
        """Tell whether a token with these claims satisfies it; None where that is not known."""
        if any(one.claim in claims and not one.meets(claims[one.claim]) for one in self.clauses):
            return False
        if self.unread or any(one.claim not in claims for one in self.clauses):
            return None
        return True


def read_demands(subject: str, expression: str) -> Demands:
    """Read what a credential demands.

    Args:
        subject: word for word, or "".
        expression: `claimsMatchingExpression`, or "".
    """
    if expression:
        read = _read(expression)
        return read if not subject else Demands((), "both a subject and an expression are given")
    if subject:
        return Demands((Clause(SUBJECT, subject),))
    return Demands((), "neither a subject nor an expression was read")


def _read(text: str) -> Demands:
    clauses: list[Clause] = []
    place = 0
    while True:
        found = _CLAUSE.match(text, place)
        if found is None:
            return _unread(place)
        operator = found["operator"].lower()
        if operator not in ("eq", "matches"):
            return Demands((), f"the operator `{found['operator']}` is not known")
        clauses.append(Clause(found["claim"], found["text"].replace("''", "'"), operator == "matches"))
        place = found.end()
        if place == len(text):
            return Demands(tuple(clauses))
        joined = _AND.match(text, place)
        if joined is None:
            return _unread(place)
        place = joined.end()


def _unread(place: int) -> Demands:
    # A clause read before may be one side of an "or": nothing of it is sure.
    return Demands((), f"the expression cannot be read from character {place + 1} on")
