"""Every identity in one line: granted, used, gap score, last use, dormant."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property

from remit.app.using.answers import Identity
from remit.app.using.dormancy import Silence
from remit.app.using.measuring import is_use
from remit.app.using.rows import last_sign_in, last_use
from remit.app.using.tenant_usage import TenantUsage, names_of
from remit.engine.facts import PrincipalKind
from remit.model.principal import PrincipalName
from remit.ports.usage_store import UsedRow


class Sort(StrEnum):
    """What comes first."""

    UNUSED = "unused"
    SCORE = "score"


_KINDS = (PrincipalKind.USER, PrincipalKind.SERVICE_PRINCIPAL, PrincipalKind.UNKNOWN)


def usage_of_everybody(usage: TenantUsage, sort: Sort = Sort.SCORE) -> list[Identity]:
    """Return every user and service principal that holds a role assignment or did anything, the largest gap first.

    Groups are left out: what they hold counts for their members.

    Cost: one pass over everybody's rows, of which one identity's are held at a time; for an identity some
    microseconds per assignment and per operation it used.
    """
    return sorted(_Everybody(usage).identities(), key=_ORDER[sort])


class _Everybody:
    """One pass."""

    def __init__(self, usage: TenantUsage) -> None:
        self._usage = usage
        self._silence = Silence(usage.seeing)
        self._table = usage.index.facts.principals

    def identities(self) -> Iterator[Identity]:
        """Yield them, in no order."""
        found: dict[int, Identity] = {}
        aliased: set[int] = set()
        for principal_id, rows in self._usage.reading.used_by_all(self._usage.since):
            row = self._usage.index.principal_row(principal_id)
            if row >= 0:
                found[row] = self._identity(row, rows)
            elif principal_id in self._names:
                aliased.add(self._names[principal_id])
            elif principal_id:
                yield self._stranger(principal_id, rows)
        for row in aliased:
            # Some logs name no object id: what they tell belongs to the rest of what the same principal did.
            found[row] = self._identity(row, self._usage.used_by([self._table.key[row]]))
        kinds = self._table.kind.tolist()
        for row, kind in enumerate(kinds):
            if row in found:
                yield found[row]
            elif kind in _KINDS:
                one = self._identity(row, [])
                if one.granted:
                    yield one

    @cached_property
    def _names(self) -> dict[str, int]:
        """Return rows by user principal name and by application id, lower case."""
        names = {text.lower(): row for row, text in enumerate(self._table.app_id) if text}
        for row, text in enumerate(self._table.user_principal_name):
            names |= dict.fromkeys(names_of(text), row)
        return names

    def _ids(self, row: int) -> list[str]:
        return self._usage.ids_of(self._table.key[row]) if self._usage.delegations_by_id else []

    def _identity(self, row: int, rows: list[UsedRow]) -> Identity:
        usage = self._usage
        measurer = usage.measurer
        caller, uses = usage.caller(row), [one for one in rows if is_use(one)]
        used = measurer.touched(uses, usage.tied(caller, uses))
        delegations = [one for name in self._ids(row) for one in usage.delegations_by_id.get(name, ())]
        measure = measurer.measure(usage.pairs(caller), used, measurer.delegated([*rows, *delegations]))
        principal = usage.tenant.principals.at(row)
        dormancy, days = self._silence.of(principal.kind, rows)
        return Identity(
            principal,
            measure.granted,
            measure.used,
            measure.unused,
            measure.not_observable,
            measure.score,
            last_use(rows),
            last_sign_in(rows),
            dormancy,
            days,
        )

    def _stranger(self, name: str, rows: list[UsedRow]) -> Identity:
        """Return somebody whom the logs name and the snapshot does not know."""
        dormancy, days = self._silence.of("unknown", rows)
        principal = PrincipalName(name)
        return Identity(principal, 0, 0, 0, 0, 0.0, last_use(rows), last_sign_in(rows), dormancy, days)


def _by_unused(one: Identity) -> tuple[float, float, str]:
    return -one.unused, -one.score, one.principal.principal_id


def _by_score(one: Identity) -> tuple[float, float, str]:
    return -one.score, -one.unused, one.principal.principal_id


_ORDER = {Sort.UNUSED: _by_unused, Sort.SCORE: _by_score}
