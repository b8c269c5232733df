"""A snapshot and what is kept of observed operations, together, ready to be asked what was used.

    usage = TenantUsage(tenant, reading, days=90)
    usage.measurer.observable(scope_row, Need.KEY_VAULT)

Windows end on the day of the newest record of any log, not today: an archive answers as it would have then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np

from remit.app.answering import Tenant
from remit.app.using.known import Known, settings_of, verbs_of
from remit.app.using.measuring import Measurer, Pairs
from remit.app.using.operations import Operations
from remit.app.using.places import Places
from remit.engine.facts import AssignmentFlag, AssignmentKind, PrincipalFlag
from remit.engine.granting import worthless
from remit.engine.membership import Caller
from remit.model.interval import to_micros
from remit.model.usage import LogKind, ObservedOutcome, ObservedPlane
from remit.ports.store import SnapshotStore
from remit.ports.usage_store import OperationsReading, UsageReading, UsedRow
from remit.usage.observability import LogDays, Seeing, SeenVerb, Setting
from remit.usage.observable_days import DAY
from remit.usage.observable_operations import DELEGATES

DEFAULT_DAYS = 90
_KEY_DAYS = 7
"""For so long a user delegation key of a storage account is good at most."""
SETTINGS_LIST = "arm/diagnosticSettings"


class TenantUsage:
    """What was used in one tenant. What costs time is made when first asked for, and kept.

    Args:
        tenant: the snapshot.
        reading: what was ingested.
        days: how many days back from the newest record; None for all.
        since: first day asked about, number from 1970; overrules `days`.
        store: where the snapshot's own list of diagnostic settings is read, None for nowhere.

    Attributes:
        last_day, since_day: the window asked about; None where nothing was ingested.
        since: its beginning in microseconds, None for all.
    """

    def __init__(
        self,
        tenant: Tenant,
        reading: UsageReading,
        *,
        days: int | None = DEFAULT_DAYS,
        since: int | None = None,
        store: SnapshotStore | None = None,
    ) -> None:
        self.tenant = tenant
        self.index = tenant.index
        self.reading = reading
        self._store = store
        self.coverage = reading.coverage()
        self.last_day = max((one.last for one in self.coverage), default=-1) // DAY if self.coverage else None
        first = None if self.last_day is None or days is None else max(self.last_day - days + 1, 0)
        self.since_day = since if since is not None else first
        self.since = None if self.since_day is None else self.since_day * DAY
        self._at = to_micros(tenant.at)

    @cached_property
    def known(self) -> Known:
        """Return what changes in the logs say."""
        return Known.of(self.reading.changes())

    @cached_property
    def seeing(self) -> Seeing:
        """Return what the ingested logs show."""
        logs = [LogDays(one.log, one.place.lower().rstrip("/"), one.days) for one in self.coverage]
        return Seeing(logs, since=self.since_day, until=self.last_day, settings=self._settings(), verbs=self._verbs())

    @cached_property
    def operations(self) -> Operations:
        """Return the operations of the snapshot."""
        return Operations(self.index)

    @cached_property
    def places(self) -> Places:
        """Return what is below its scopes."""
        return Places(self.index, self.index.facts.meta.collected_at)

    @cached_property
    def measurer(self) -> Measurer:
        """Return the sums over it."""
        return Measurer(self.operations, self.places, self.seeing, self.reading.used_by([""], self.since))

    @cached_property
    def role_rows(self) -> dict[str, int]:
        """Return the rows of roles by key."""
        return {role.key: row for row, role in enumerate(self.index.facts.roles)}

    def settings_told(self) -> bool:
        """Tell whether the snapshot says which diagnostic settings there are."""
        return self._store is not None and SETTINGS_LIST in self.index.facts.meta.collected

    def _settings(self) -> list[Setting]:
        found = [*self.known.settings.values()]
        if self._store is not None:
            found += settings_of(self._store.payloads(self.tenant.snapshot_id, SETTINGS_LIST))
        return found

    def _verbs(self) -> list[SeenVerb]:
        if not isinstance(self.reading, OperationsReading) or not self._has(LogKind.STORAGE):
            return []
        return verbs_of(self.reading.operations(ObservedPlane.DATA, self.since))

    def _has(self, log: LogKind) -> bool:
        return any(one.log is log for one in self.coverage)

    # Who holds what ---------------------------------------------------------------------------------------------

    def caller(self, row: int) -> Caller:
        """Return a principal with its groups, when the snapshot was taken."""
        return self.index.directory.caller(row, self._at)

    def pairs(self, caller: Caller) -> Pairs:
        """Return what a principal holds in standing: active role assignments that grant something.

        Eligible access, and access through Lighthouse, is left out. Cost: about half a microsecond an assignment.
        """
        found: dict[int, set[int]] = {}
        for row in self.held(caller):
            found.setdefault(self.index.v_scope[row], set()).add(self.index.v_role[row])
        return {scope: frozenset(roles) for scope, roles in found.items()}

    def held(self, caller: Caller) -> Iterator[int]:
        """Yield the rows of those assignments."""
        index = self.index
        listed = caller.row >= 0 and bool(index.v_principal_flags[caller.row] & PrincipalFlag.LISTED)
        gone = index.directory_complete and not listed
        for one in caller.identities:
            for row in index.held[index.v_by_principal[one] : index.v_by_principal[one + 1]].tolist():
                if not index.v_plain[row]:
                    if index.v_kind[row] != AssignmentKind.ACTIVE or worthless(index, row, self._at):
                        continue
                    foreign = index.v_flags[row] & AssignmentFlag.FOREIGN_PRINCIPAL
                else:
                    foreign = 0
                if not (gone and one == caller.row and not foreign):
                    yield row

    def tied(self, caller: Caller, rows: Iterable[UsedRow]) -> dict[str, int]:
        """Return the scopes of those assignments of a principal, by GUID, to which logs tie some of its rows."""
        told = {row.assignment_id for row in rows if row.assignment_id and not row.computed}
        if not told:
            return {}
        index, names = self.index, self.index.facts.assignments.name
        found: dict[str, int] = {}
        for one in caller.identities:
            for row in index.held[index.v_by_principal[one] : index.v_by_principal[one + 1]].tolist():
                name = names[row].rpartition("/")[2].lower()
                if name in told:
                    found[name] = index.v_scope[row]
        return found

    def starts(self, caller: Caller) -> dict[str, int]:
        """Return since when active assignments of a principal stand that have a beginning, by GUID; microseconds."""
        index, table = self.index, self.index.facts.assignments
        found: dict[str, int] = {}
        for one in caller.identities:
            for row in index.held[index.v_by_principal[one] : index.v_by_principal[one + 1]].tolist():
                start = int(table.start[row])
                if 0 < start <= self._at and index.v_kind[row] == AssignmentKind.ACTIVE:
                    name = table.name[row].rpartition("/")[2].lower()
                    found[name] = max(start, found.get(name, 0))
        return found

    def ever_in(self, group: int) -> set[int]:
        """Return who is in a group, or may be for some of the time: time-bound and eligible members among them."""
        facts, directory = self.index.facts, self.index.directory
        found = set(directory.members(group).tolist())
        tables = (directory.timed, facts.eligible_memberships)
        waiting = {group, *found}
        while waiting:
            fresh: set[int] = set()
            for table in tables:
                fresh.update(table.member[np.isin(table.parent, sorted(waiting))].tolist())
            for one in tuple(fresh):
                fresh.update(directory.members(one).tolist())
            waiting = fresh - found
            found |= waiting
        return found

    def ids_of(self, principal_id: str) -> list[str]:
        """Return under which ids logs may name a principal: some name no object id."""
        named = self.tenant.principals.named(principal_id)
        told = (named.principal_id, *names_of(named.user_principal_name), named.app_id.lower())
        return [one for one in dict.fromkeys(told) if one]

    def used_by(self, principal_ids: list[str], since: int | None = None) -> list[UsedRow]:
        """Return what some principals did in the window, or since an earlier instant, under any of their ids."""
        ids = [one for principal_id in principal_ids for one in self.ids_of(principal_id)]
        return self.reading.used_by(ids, self.since if since is None else since)

    @cached_property
    def delegating_since(self) -> int | None:
        """Return from when on a key that was delegated may open storage in the window; None for all."""
        return None if self.since is None else max(self.since - _KEY_DAYS * DAY, 0)

    def delegations_of(self, principal_ids: list[str]) -> list[UsedRow]:
        """Return the calls of some principals that made a key which may be used in nobody's name in the window."""
        if not self._has(LogKind.STORAGE):
            return []
        return [row for row in self.used_by(principal_ids, self.delegating_since) if is_delegation(row)]

    @cached_property
    def delegations_by_id(self) -> dict[str, list[UsedRow]]:
        """Return the same for everybody, by the ids that logs give. Cost: a pass over all rows where there are any."""
        if not self._delegations:
            return {}
        every = self.reading.used_by_all(self.delegating_since)
        found = ((name, [row for row in rows if is_delegation(row)]) for name, rows in every)
        return {name: rows for name, rows in found if rows}

    @cached_property
    def _delegations(self) -> bool:
        """Tell whether anybody made such a key. Cost: a pass over all that was done on the control plane."""
        if not isinstance(self.reading, OperationsReading) or not self._has(LogKind.STORAGE):
            return False
        every = self.reading.operations(ObservedPlane.CONTROL, self.delegating_since)
        return any(row.action.lower().endswith(DELEGATES) for row in every)


def names_of(user_principal_name: str) -> tuple[str, ...]:
    """Return the names by which logs without object ids call a user, lower case; for a guest those of its home.

    >>> names_of("Mia_fabrikam.example#EXT#@contoso.example")
    ('mia_fabrikam.example#ext#@contoso.example', 'mia@fabrikam.example', 'live.com#mia@fabrikam.example')
    """
    name = user_principal_name.lower()
    if not name:
        return ()
    home, mark, _ = name.partition("#ext#@")
    before, at, domain = home.rpartition("_")
    mail = f"{before}@{domain}" if mark and at else name
    return tuple(dict.fromkeys((name, mail, f"live.com#{mail}")))


def is_delegation(row: UsedRow) -> bool:
    """Tell whether a row is of a call that made a key with which others call in nobody's name."""
    return row.action.lower().endswith(DELEGATES) and row.outcome is not ObservedOutcome.REFUSED
