"""No operation is called unused that was used: random use in the sample tenant, of which logs tell only a part.

Whoever may do something does it now and then. What becomes of it is told here by other rules than those of Remit: a
call is in the log of the place where it was made, if that log holds such calls, if it is switched on for them, and if
what it wrote that day was ingested. Everything else stays hidden, and Remit must not call it unused.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.usage_reading import LAST_DAY, FakeReading, covered, used
from tests.fakes.usage_world import PLACES, VAULTS, store, world

from remit.app.using.of_principal import usage_of
from remit.app.using.tenant_usage import TenantUsage
from remit.engine.facts import PrincipalKind
from remit.model.decision import GrantKind
from remit.model.effective import Standing
from remit.model.usage import LogKind, ObservedPlane
from remit.ports.usage_store import Coverage, UsedRow
from remit.usage.observability import Setting

FIRST_DAY = LAST_DAY - 89
BLOBS = (
    f"{PLACES[0]}/resourceGroups/rg-data-prod/providers/Microsoft.Storage/storageAccounts/sthaldenprod"
    "/blobServices/default"
).lower()
LOGS = (
    *((LogKind.ACTIVITY, place) for place in PLACES),
    *((LogKind.KEY_VAULT, vault) for vault in VAULTS),
    (LogKind.STORAGE, BLOBS),
)
NEVER = (
    *("join", "/assign/action", "deploy/action", "begingetaccess", "publish/action"),
    *("push/", "pull/", "generateuser"),
)


@dataclass(frozen=True)
class Ingested:
    """The days of each log that came in, and whether reads of blobs are switched on."""

    days: dict[tuple[LogKind, str], frozenset[int]]
    blob_reads: bool


@st.composite
def ingested(draw: st.DrawFn) -> Ingested:
    days: dict[tuple[LogKind, str], frozenset[int]] = {}
    for log in LOGS:
        how = draw(st.sampled_from(["all", "all", "none", "late", "hole", "early end"]))
        cut = draw(st.integers(FIRST_DAY + 10, LAST_DAY - 20))
        every = frozenset(range(FIRST_DAY, LAST_DAY + 1))
        lost = {
            "all": range(0),
            "none": range(FIRST_DAY, LAST_DAY + 1),
            "late": range(FIRST_DAY, cut),
            "early end": range(cut, LAST_DAY + 1),
            "hole": range(cut, cut + 5),
        }
        days[log] = every.difference(lost[how])
    return Ingested(days, draw(st.booleans()))


def log_of(action: str, *, data: bool, scope: str, seen: Ingested) -> tuple[LogKind, str] | None:
    """The log that a call of an operation at a place is written to, by the rules of this test."""
    low, where = action.lower(), scope.lower()
    if data:
        if low.startswith("microsoft.keyvault/"):
            vault = next((one for one in VAULTS if where.startswith(one)), None)
            return None if vault is None else (LogKind.KEY_VAULT, vault)
        blob = low.startswith("microsoft.storage/") and where.startswith(BLOBS)
        if blob and low.rpartition("/")[2] in ("read", "write", "delete"):
            return None if low.endswith("read") and not seen.blob_reads else (LogKind.STORAGE, BLOBS)
        return None
    if low.endswith("/read") or any(word in low for word in NEVER) or not where.startswith("/subscriptions/"):
        return None
    if "services/" in low and low.startswith("microsoft.storage/"):
        return None
    return LogKind.ACTIVITY, "/".join(scope.split("/")[:3])


def places_below(scope: int) -> list[str]:
    """Texts of the scopes at and below one, with a container below a storage account."""
    index = world().index
    rows = [row for row in range(len(index.facts.scopes.key)) if index.tree.below(scope)[row]]
    texts = [index.facts.scopes.text[row] for row in rows]
    stored = [text for text in texts if text.lower() == BLOBS.partition("/blobservices")[0]]
    return [*texts, *(f"{text}/blobServices/default/containers/c" for text in stored)]


ABOVE = ("authorization", "resources", "management", "insights", "policyinsights", "managedservices")
HELD_IN = {"microsoft.keyvault/": "/providers/microsoft.keyvault/vaults/", "microsoft.storage/": "/blobservices/"}


def can_be_used(action: str, *, data: bool, scope: str) -> bool:
    """Whether there is such a thing at a place: no disk hangs under a management group, no secret in a database."""
    low, where = action.lower(), scope.lower()
    if data:
        return all(part in where for start, part in HELD_IN.items() if low.startswith(start))
    return where.startswith("/subscriptions/") or low.partition("/")[0].removeprefix("microsoft.") in ABOVE


def truth(chance: random.Random, seen: Ingested) -> list[tuple[UsedRow, bool, str]]:
    """Uses with whether a log tells, and the GUID of the assignment that allowed it."""
    one = TenantUsage(world(), FakeReading())
    index, table = one.index, one.index.facts.assignments
    operations = one.operations
    found = []
    for row in chance.sample(range(len(table.scope)), k=min(14, len(table.scope))):
        mask = operations.granted_by(int(table.role[row])).nonzero()[0].tolist()
        holder = int(table.principal[row])
        kinds = index.facts.principals.kind
        people = [holder, *index.directory.members(holder).tolist()]
        members = [one for one in people if kinds[one] != PrincipalKind.GROUP]
        if not mask or table.kind[row] or not members:
            continue
        for number in chance.sample(mask, k=min(6, len(mask))):
            who = index.facts.principals.key[chance.choice(members)]
            day = chance.randint(FIRST_DAY, LAST_DAY)
            data = number >= operations.first_data
            name, action = table.name[row], operations.spelt(number)
            below = places_below(int(table.scope[row]))
            there = [scope for scope in below if can_be_used(action, data=data, scope=scope)]
            if not there:
                continue
            scope = chance.choice(there)
            log = log_of(action, data=data, scope=scope, seen=seen)
            told = log is not None and day in seen.days[log]
            plane = ObservedPlane.DATA if data else ObservedPlane.CONTROL
            kept = chance.choice([name, ""])
            line = used(who, action, scope, day=day, plane=plane, assignment=kept)
            found.append((line, told, name))
    return found


def coverage(seen: Ingested) -> list[Coverage]:
    return [covered(log, place, days) for (log, place), days in seen.days.items() if days]


class Known(TenantUsage):
    """With the diagnostic setting of the storage account told."""

    categories: frozenset[str] = frozenset()

    def _settings(self) -> list[Setting]:
        return [Setting(BLOBS, self.categories)]


@settings(max_examples=40, deadline=None)
@given(ingested(), st.randoms(use_true_random=False))
def test_what_was_used_is_never_called_unused(seen: Ingested, chance: random.Random) -> None:
    uses = truth(chance, seen)
    rows = [row for row, told, _ in uses if told]
    usage = Known(world(), FakeReading(rows=rows, covers=coverage(seen)), store=store())
    usage.categories = frozenset({"StorageWrite", "StorageDelete", *(["StorageRead"] if seen.blob_reads else [])})
    false = []
    for principal in {row.principal_id for row, _, _ in uses}:
        answer = usage_of(usage, principal)
        for each in answer.assignments:
            if each.standing is Standing.NOTHING or each.facts.kind is not GrantKind.ACTIVE:
                continue
            name = each.facts.assignment_id.rpartition("/")[2]
            mine = [row for row, _, through in uses if row.principal_id == principal and through == name]
            for group in each.unused:
                assert group.window is not None
                for row in mine:
                    day = row.last_seen // (86_400 * 1_000_000)
                    claimed = group.plane == row.plane.word and row.action in group.operations
                    if claimed and group.window.first <= day <= group.window.last:
                        false.append((principal, name, row.action, row.scope, day, group.window))
    assert false == []


def test_something_is_called_unused_where_everything_was_logged() -> None:
    seen = Ingested({log: frozenset(range(FIRST_DAY, LAST_DAY + 1)) for log in LOGS}, blob_reads=True)
    usage = TenantUsage(world(), FakeReading(covers=coverage(seen)), store=store())
    unused = [
        name
        for each in usage_of(usage, world().principals.find("ci-release")).assignments
        for group in each.unused
        for name in group.operations
    ]
    assert "Microsoft.Authorization/roleAssignments/write" in unused
    assert "Microsoft.KeyVault/vaults/secrets/getSecret/action" in unused
