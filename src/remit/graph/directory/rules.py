"""Rules of dynamic groups: who may write attributes so that a rule is met.

    (user.department -eq "IT") -and (user.accountEnabled -eq true)

A rule is read as far as it is built of `-and`, `-or`, `-not`, brackets and comparisons of one attribute; any other text
leaves it not known. A comparison is open to somebody who may write its attribute, closed where nobody can (the object
id), and else not known: it may already be true of who acts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from remit.graph.directory.classes import CLOSED, OPEN, POSSIBLE

_JOB = {"jobtitle", "companyname", "department", "employeeid", "employeetype", "employeehiredate"}
_CONTACT = {
    "city",
    "country",
    "facsimiletelephonenumber",
    "mobile",
    "physicaldeliveryofficename",
    "postalcode",
    "state",
    "streetaddress",
    "telephonenumber",
}
_NAMES = {"displayname", "givenname", "surname", "mailnickname"}
_EXTENSIONS = {f"extensionattribute{number}" for number in range(1, 16)}
_SIGN_IN = {"userprincipalname"}
_MORE = {"usertype", "usagelocation", "preferredlanguage", "mail", "othermails", "sipproxyaddress"}
_FIXED = {"objectid", "onpremisessecurityidentifier"}

WRITERS: dict[str, frozenset[str]] = {
    "basic": frozenset(
        {*_NAMES, "department", "jobtitle", "companyname", "employeeid", "employeetype", "usagelocation"}
    ),
    "contact": frozenset(_CONTACT),
    "job": frozenset(_JOB),
    "extension": frozenset(_EXTENSIONS),
    "signIn": frozenset(_SIGN_IN),
    "all": frozenset({*_JOB, *_CONTACT, *_NAMES, *_EXTENSIONS, *_SIGN_IN, *_MORE}),
}
"""By a name: which attributes of a user are written by who holds what the name stands for in `entra.toml`."""

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<open>\() | (?P<close>\)) |
        (?P<text>"(?:[^"\\`]|[\\`].)*"|'(?:[^'\\`]|[\\`].)*') |
        (?P<list>\[[^\[\]]*\]) |
        (?P<operator>-?\b(?:and|or|not|eq|ne|startswith|notstartswith|endswith|notendswith|contains|notcontains|
            match|notmatch|in|notin|ge|gt|le|lt)\b) |
        (?P<attribute>(?:user|device)\.[A-Za-z0-9_.]+) |
        (?P<word>[A-Za-z0-9_.:-]+)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_JOINS = {"and", "or", "not"}
_MOST_TOKENS = 2000
_MOST_DEPTH = 50


@dataclass(frozen=True, slots=True)
class _Found:
    """What part of a rule comes to; `settled` are the attributes that have to be written for it."""

    state: int
    settled: frozenset[str] = frozenset()


class _NotReadError(Exception):
    """The rule is built of something else."""


def rule_states(rule: str) -> dict[str, int]:
    """Return for every writer of attributes whether it can make a rule hold: CLOSED, OPEN or POSSIBLE."""
    try:
        tokens = _tokens(rule)
        return {name: _whole(tokens, may) for name, may in WRITERS.items()}
    except _NotReadError:
        return dict.fromkeys(WRITERS, POSSIBLE)


def _tokens(rule: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    place = 0
    text = rule.strip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or len(found) >= _MOST_TOKENS:
            raise _NotReadError
        kind = match.lastgroup or ""
        found.append((kind, match.group(kind).lower().removeprefix("-") if kind == "operator" else match.group(kind)))
        place = match.end()
    return found


def _whole(tokens: list[tuple[str, str]], may: frozenset[str]) -> int:
    reader = _Reader(tokens, may)
    found = reader.any_of(0)
    if reader.place != len(tokens):
        raise _NotReadError
    return found.state


class _Reader:
    """Reads one rule for one writer; `-and` binds tighter than `-or`."""

    def __init__(self, tokens: list[tuple[str, str]], may: frozenset[str]) -> None:
        self.tokens, self.may, self.place = tokens, may, 0

    def next(self) -> tuple[str, str]:
        return self.tokens[self.place] if self.place < len(self.tokens) else ("", "")

    def take(self, kind: str) -> str:
        found, text = self.next()
        if found != kind:
            raise _NotReadError
        self.place += 1
        return text

    def joined(self, word: str) -> bool:
        if self.next() != ("operator", word):
            return False
        self.place += 1
        return True

    def any_of(self, depth: int) -> _Found:
        if depth > _MOST_DEPTH:
            raise _NotReadError
        found = self.all_of(depth)
        while self.joined("or"):
            other = self.all_of(depth)
            best = {OPEN: 2, POSSIBLE: 1, CLOSED: 0}
            found = max(found, other, key=lambda one: best[one.state])
        return found

    def all_of(self, depth: int) -> _Found:
        found = self.one(depth)
        while self.joined("and"):
            other = self.one(depth)
            if CLOSED in (found.state, other.state):
                found = _Found(CLOSED)
            elif POSSIBLE in (found.state, other.state) or found.settled & other.settled:
                # One attribute tested twice: both tests may not be met by one value.
                found = _Found(POSSIBLE)
            else:
                found = _Found(OPEN, found.settled | other.settled)
        return found

    def one(self, depth: int) -> _Found:
        if self.joined("not"):
            inner = self.one(depth + 1)
            # The opposite of a comparison is one; that of several, or of what cannot be written, is not worked out.
            return inner if inner.state == OPEN and len(inner.settled) == 1 else _Found(POSSIBLE)
        if self.next()[0] == "open":
            self.place += 1
            found = self.any_of(depth + 1)
            self.take("close")
            return found
        return self.comparison()

    def comparison(self) -> _Found:
        attribute = self.take("attribute").lower()
        operator = self.take("operator")
        kind, value = self.next()
        if operator in _JOINS or kind not in ("text", "word", "list"):
            raise _NotReadError
        self.place += 1
        return self.judge(attribute, operator, value.lower())

    def judge(self, attribute: str, operator: str, value: str) -> _Found:
        owner, _, name = attribute.partition(".")
        if owner != "user":
            # Devices do not act; what they may do is not asked.
            return _Found(CLOSED)
        if name in self.may:
            return _Found(OPEN, frozenset({name}))
        if name == "accountenabled" and (operator, value) == ("eq", "true"):
            # Who acts is enabled.
            return _Found(OPEN)
        return _Found(CLOSED if name in _FIXED else POSSIBLE)
