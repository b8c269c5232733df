"""One subject that satisfies several credentials: which, and a subject that shows it.

Credentials of one identity may overlap as they like. Two of different identities mean that whoever is the one can be
the other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from msgspec import Struct

from remit.graph.federation.expressions import Demands
from remit.graph.federation.trusts import Trust
from remit.graph.federation.wildcards import common, literal_start

_AFTER_ALL = "\U0010ffff"


class Overlap(Struct, frozen=True, gc=False):
    """A subject that satisfies several credentials.

    Attributes:
        issuer: URL. subject: one that satisfies them; there may be others.
        rows: of `FederatedCredentials`, ascending.
        certain: False where one of them could not be read in full.
    """

    issuer: str
    subject: str
    rows: tuple[int, ...]
    certain: bool = True


def overlaps(trusts: Iterable[Trust], principals: Sequence[int]) -> tuple[Overlap, ...]:
    """Return the overlaps between credentials of different identities, ordered by issuer, subject and rows.

    A subject that stands somewhere word for word is listed with everything that it satisfies. Expressions that meet
    each other are listed in pairs, with a subject that satisfies both.

    Args:
        trusts: the credentials.
        principals: by row, who is signed in; different negative numbers for different ones that are not known.

    Cost: a search for each expression among the subjects of its issuer, and a comparison for each pair of expressions
    of one issuer whose beginnings agree.
    """
    issuers: dict[str, list[Trust]] = {}
    for trust in trusts:
        if trust.demands.clauses:
            issuers.setdefault(trust.issuer_url, []).append(trust)
    found = {
        _overlap(url, subject, met)
        for url, listed in issuers.items()
        for subject, met in (*_word_for_word(listed), *_wide_pairs(listed))
        if _differ(met, principals)
    }
    return tuple(sorted(found, key=lambda one: (one.issuer, one.subject, one.rows)))


def _word_for_word(listed: Sequence[Trust]) -> Iterator[tuple[str, Sequence[Trust]]]:
    """Yield subjects that stand somewhere word for word, with what they satisfy at once."""
    exact: dict[str, list[Trust]] = {}
    for trust in listed:
        if trust.demands.subject:
            exact.setdefault(trust.demands.subject, []).append(trust)
    subjects = sorted(exact)
    for trust in listed:
        for subject in [] if trust.demands.subject else _subjects_met(trust.demands, subjects):
            exact[subject].append(trust)
    for subject, met in exact.items():
        yield from ((subject, group) for group in _together(met))


def _wide_pairs(listed: Sequence[Trust]) -> Iterator[tuple[str, Sequence[Trust]]]:
    """Yield pairs of expressions that one token can satisfy, with its subject."""
    wide = [trust for trust in listed if not trust.demands.subject]
    starts = sorted((literal_start(trust.demands.subject_pattern), place) for place, trust in enumerate(wide))
    for number, (start, place) in enumerate(starts):
        # Where neither beginning begins with the other nothing can satisfy both; those that do follow at once.
        for other_start, other_place in starts[number + 1 :]:
            if not other_start.startswith(start):
                break
            one, other = wide[min(place, other_place)], wide[max(place, other_place)]
            witness = _meeting(one.demands, other.demands) if _share(one, other) else None
            if witness is not None:
                yield witness, (one, other)


def _overlap(url: str, subject: str, met: Sequence[Trust]) -> Overlap:
    rows = tuple(sorted(one.row for one in met))
    return Overlap(url, subject, rows, not any(one.doubt for one in met))


def _differ(met: Sequence[Trust], principals: Sequence[int]) -> bool:
    return len({principals[one.row] for one in met}) > 1


def _together(met: Sequence[Trust]) -> Iterator[Sequence[Trust]]:
    """Yield the credentials that one token can satisfy at once: audiences and other claims agree, too."""
    if all(_meeting(one.demands, other.demands) is not None and _share(one, other) for one, other in _pairs(met)):
        yield met
        return
    for one, other in _pairs(met):
        if _share(one, other) and _meeting(one.demands, other.demands) is not None:
            yield (one, other)


def _pairs(met: Sequence[Trust]) -> Iterator[tuple[Trust, Trust]]:
    # Those that name nothing but this subject, for the same audience, are many and all alike: one stands for them.
    plain: dict[tuple[str, ...], Trust] = {}
    others = []
    for trust in met:
        if len(trust.demands.clauses) == 1 and trust.demands.subject:
            plain.setdefault(trust.audiences, trust)
        else:
            others.append(trust)
    yield from combinations([*plain.values(), *others], 2)


def _share(one: Trust, other: Trust) -> bool:
    return not one.audiences or not other.audiences or not set(one.audiences).isdisjoint(other.audiences)


def _subjects_met(demands: Demands, subjects: Sequence[str]) -> Iterator[str]:
    start = literal_start(demands.subject_pattern)
    first, last = bisect_left(subjects, start), bisect_left(subjects, start + _AFTER_ALL)
    for subject in subjects[first:last]:
        if demands.met_by({"sub": subject}) is not False:
            yield subject


def _meeting(one: Demands, other: Demands) -> str | None:
    """Return a subject of a token that satisfies both, None where no token does."""
    subject: str | None = "*"
    for claim in sorted({clause.claim for clause in (*one.clauses, *other.clauses)}):
        clauses = [clause for clause in (*one.clauses, *other.clauses) if clause.claim == claim]
        words = {clause.pattern for clause in clauses if not clause.wild}
        if len(words) > 1:
            return None
        if words:
            text = next(iter(words))
            met = text if all(clause.meets(text) for clause in clauses) else None
        else:
            met = common([clause.pattern for clause in clauses])
        if met is None:
            return None
        subject = met if claim == "sub" else subject
    return subject
