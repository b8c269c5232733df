"""What to switch on, or to ingest, so that more use could be seen: ordered by how much would become observable.

How much: (holder, operation, scope) triples of standing role assignments whose use cannot be seen because a log is
missing. Where several logs are missing for one of them, each counts for its share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import msgspec
import numpy as np
from msgspec import Struct

from remit.app.using.gap_commands import DIRECTORY, arm_resource, az_command, directory_command
from remit.app.using.tenant_usage import TenantUsage
from remit.engine.facts import AssignmentKind, PrincipalKind
from remit.engine.granting import worthless
from remit.model.interval import to_micros
from remit.model.usage import LogKind
from remit.ports.store import SnapshotStore
from remit.usage.observability import Observable, Why
from remit.usage.observable_operations import SERVICE_NEEDS, Need
from remit.usage.observable_services import SERVICES

_HELPED = frozenset({Why.NO_SETTING, Why.NOT_INGESTED, Why.CATEGORY})
_ACTIVITY_CATEGORIES = ("Administrative",)
_SIGN_IN_CATEGORIES = {
    LogKind.USER_SIGN_IN: "SignInLogs",
    LogKind.NON_INTERACTIVE_SIGN_IN: "NonInteractiveUserSignInLogs",
    LogKind.SERVICE_PRINCIPAL_SIGN_IN: "ServicePrincipalSignInLogs",
    LogKind.MANAGED_IDENTITY_SIGN_IN: "ManagedIdentitySignInLogs",
}
WORKSPACE = "<workspace resource id>"


class Remedy(StrEnum):
    """What helps."""

    SWITCH_ON = "switchOn"
    """No diagnostic setting is known of: make one, and ingest what it writes."""
    INGEST = "ingest"
    """A setting is there: ingest what it writes."""


@dataclass(frozen=True, slots=True)
class LoggingGap:
    """One log that is missing.

    Attributes:
        resource_id: what the diagnostic setting is of: a subscription, a resource, a service of a storage account, or
            the directory.
        categories: what to switch on.
        remedy: whether there is a setting already.
        operations: how many triples would become observable, shares added up.
        principals: how many hold some of them.
        az, arm: a command, and an ARM resource as one line of JSON, that make the setting.
    """

    resource_id: str
    log: LogKind
    categories: tuple[str, ...]
    remedy: Remedy
    operations: int
    principals: int
    az: str
    arm: str


class _Listed(Struct):
    id: str = ""
    type: str = ""


_LISTED = msgspec.json.Decoder(_Listed)


def logging_gaps(
    usage: TenantUsage, store: SnapshotStore | None = None, workspace: str = WORKSPACE
) -> list[LoggingGap]:
    """Return what to switch on, what helps most first.

    Args:
        usage: the tenant.
        store: where ids of resources are read that the index does not have, None to go without these.
        workspace: resource id of the Log Analytics workspace that the commands name.

    Cost: some ten microseconds for each scope at which roles are assigned and each kind of need.
    """
    return sorted(_Gaps(usage, store, workspace).found(), key=lambda one: (-one.operations, one.resource_id, one.log))


class _Gaps:
    """Adds up what is missing."""

    def __init__(self, usage: TenantUsage, store: SnapshotStore | None, workspace: str) -> None:
        self._usage = usage
        self._store = store
        self._workspace = workspace
        self._gain: dict[tuple[str, LogKind], float] = {}
        self._categories: dict[tuple[str, LogKind], set[str]] = {}
        self._holders: dict[tuple[str, LogKind], set[int]] = {}
        self._spelt: dict[str, str] = {}
        self._unnamed: dict[str, tuple[str, ...]] | None = None

    def found(self) -> Iterator[LoggingGap]:
        """Yield every gap."""
        for (scope, role), holders in self._assigned().items():
            held = self._usage.operations.granted(frozenset((role,)))
            for need in np.flatnonzero(held.by_need).tolist():
                seen = self._usage.measurer.observable(scope, Need(need))
                if seen.why in _HELPED:
                    self._add(scope, Need(need), int(held.by_need[need]), holders, seen)
        for (place, log), gain in self._gain.items():
            yield self._gap(place, log, gain)
        yield from self._sign_ins()

    def _assigned(self) -> dict[tuple[int, int], list[int]]:
        """Return whom assignments that grant something name, by (scope, role)."""
        index = self._usage.index
        at = to_micros(self._usage.tenant.at)
        found: dict[tuple[int, int], list[int]] = {}
        for row, kind in enumerate(index.facts.assignments.kind.tolist()):
            if kind == AssignmentKind.ACTIVE and not worthless(index, row, at):
                found.setdefault((index.v_scope[row], index.v_role[row]), []).append(index.v_principal[row])
        return found

    def _add(self, scope: int, need: Need, operations: int, holders: list[int], seen: Observable) -> None:
        """Spread what would become observable over the logs that are missing for it."""
        log, category = _log_of(need)
        members = self._usage.index.directory.members
        people = sum(max(len(members(holder)), 1) for holder in holders)
        if not all(place.startswith("/subscriptions/") for place in seen.missing):
            # What happens above subscriptions would not become observable by anything that is switched on.
            return
        places = [*seen.missing, *(self._ids(scope, need) if seen.unnamed else ())]
        # What was not ingested and has no name is a share that nobody can switch on here.
        share = operations * people / max(len(seen.missing) + seen.unnamed, 1)
        for place in dict.fromkeys(places):
            key = (place, log)
            self._gain[key] = self._gain.get(key, 0.0) + share
            self._categories.setdefault(key, set()).add(category)
            self._holders.setdefault(key, set()).update(holders)

    def _ids(self, scope: int, need: Need) -> list[str]:
        """Return the places of resources below a scope whose ids only the payloads hold."""
        if self._unnamed is None:
            self._unnamed = self._read_ids()
        row = SERVICES[SERVICE_NEEDS[need][0]]
        above = self._usage.index.facts.scopes.key[scope]
        known = set(self._usage.places.below(scope).resources.get(row.resource_type, ()))
        inside = [one for one in self._unnamed.get(row.resource_type, ()) if self._is_below(one, above, scope)]
        return [row.place(one) for one in inside if one not in known]

    def _is_below(self, one: str, above: str, scope: int) -> bool:
        return one.startswith(f"{above}/") or scope in self._usage.places.chain(one)

    def _read_ids(self) -> dict[str, tuple[str, ...]]:
        wanted = {row.resource_type for row in SERVICES.values()}
        found: dict[str, list[str]] = {}
        payloads: Iterable[bytes] = ()
        if self._store is not None:
            payloads = self._store.payloads(self._usage.tenant.snapshot_id, "arm/resources")
        for payload in payloads:
            row = _LISTED.decode(payload)
            if row.type.lower() in wanted:
                self._spelt[row.id.lower()] = row.id
                found.setdefault(row.type.lower(), []).append(row.id.lower())
        return {kind: tuple(ids) for kind, ids in found.items()}

    def _gap(self, place: str, log: LogKind, gain: float) -> LoggingGap:
        key = (place, log)
        categories = tuple(sorted(self._categories[key]))
        spelt = self._spelling(place)
        there = self._usage.seeing.has_setting(place, frozenset(categories))
        return LoggingGap(
            spelt,
            log,
            categories,
            Remedy.INGEST if there else Remedy.SWITCH_ON,
            round(gain),
            self._people(self._holders[key]),
            az_command(spelt, categories, self._workspace),
            arm_resource(spelt, categories, self._workspace),
        )

    def _people(self, holders: set[int]) -> int:
        members = self._usage.index.directory.members
        found: set[int] = set()
        for holder in holders:
            inside = members(holder).tolist()
            found.update(inside or (holder,))
        return len(found)

    def _spelling(self, place: str) -> str:
        """Return a place as Azure spells it, as far as the snapshot tells."""
        scopes, tree = self._usage.index.facts.scopes, self._usage.index.tree
        text = place
        while text:
            row = tree.row(text)
            spelt = self._spelt.get(text) or (scopes.text[row] if row >= 0 else "")
            if spelt:
                return spelt + _SERVICE_NAMES.get(place[len(text) :], place[len(text) :])
            text = text.rpartition("/")[0]
        return place

    def _sign_ins(self) -> Iterator[LoggingGap]:
        """Yield the sign-in logs without which nobody can be called dormant."""
        missing = [log for log in _SIGN_IN_CATEGORIES if not self._usage.seeing.ingested(log)]
        if not missing:
            return
        kinds = Counter(self._usage.index.facts.principals.kind.tolist())
        for log in missing:
            user = log in (LogKind.USER_SIGN_IN, LogKind.NON_INTERACTIVE_SIGN_IN)
            categories = (_SIGN_IN_CATEGORIES[log],)
            yield LoggingGap(
                DIRECTORY,
                log,
                categories,
                Remedy.SWITCH_ON,
                0,
                kinds[PrincipalKind.USER if user else PrincipalKind.SERVICE_PRINCIPAL],
                directory_command(categories, self._workspace),
                arm_resource(DIRECTORY, categories, self._workspace),
            )


_SERVICE_NAMES = {row.below: row.below.replace("services/", "Services/") for row in SERVICES.values() if row.below}


def _log_of(need: Need) -> tuple[LogKind, str]:
    if need in SERVICE_NEEDS:
        service, verb = SERVICE_NEEDS[need]
        return SERVICES[service].log, SERVICES[service].categories[verb]
    return LogKind.ACTIVITY, _ACTIVITY_CATEGORIES[0]
