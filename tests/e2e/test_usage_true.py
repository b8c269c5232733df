"""Generated pasts, imported, ingested and asked: what is said of use is held against all that happened, seen or not.

`make test-usage` takes 200 of them; `make test` fewer.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict

import pytest
from tests.simulator.usage_world import make_past

from remit.app.using.of_principal import usage_of
from remit.bootstrap.logs import ingest_paths, read_usage
from remit.bootstrap.reader import import_path
from remit.bootstrap.usage import open_tenant_usage

PASTS = int(os.environ.get("REMIT_TEST_PASTS", "12"))
RBAC = ("control", "data")


@pytest.fixture(scope="module", params=range(1, PASTS + 1), ids=lambda seed: f"past-{seed}")
def told(request, tmp_path_factory):
    """A past, what its logs gave, and the store that holds it."""
    folder = tmp_path_factory.mktemp("past")
    past = make_past(folder / "export", request.param)
    store = folder / "store"
    import_path(store, past.folder)
    ingested = ingest_paths(store, [str(past.folder / "logs")], processes=1)
    return past, ingested, read_usage(store), store


def key_of(label):
    return label.principal_id.lower(), label.action.lower(), label.scope.lower(), label.outcome


def test_no_record_is_lost_or_counted_twice(told) -> None:
    past, _, reading, _ = told
    totals = reading.totals()
    assert totals.read == past.totals.records
    assert totals.read == totals.normalised + totals.set_aside + totals.duplicates
    # A record that nobody understood is known again by its bytes, and forwarders may write it in others.
    assert totals.set_aside >= past.totals.set_aside
    assert totals.duplicates + totals.set_aside == past.totals.duplicates + past.totals.set_aside


def test_every_operation_is_counted_once_and_tied_to_what_granted_it(told) -> None:
    past, _, reading, _ = told
    labelled = defaultdict(list)
    for label in past.logged:
        if label.plane in RBAC:
            labelled[key_of(label)].append(label)
    seen: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for principal_id, rows in reading.used_by_all():
        for row in rows:
            if row.plane.word in RBAC:
                key = (principal_id, row.action.lower(), row.scope.lower(), row.outcome.word or "")
                seen[key][row.assignment_id] += row.operations
    assert {key: len(labels) for key, labels in labelled.items()} == {
        key: sum(found.values()) for key, found in seen.items()
    }
    wrong = [
        (key, labels, seen[key])
        for key, labels in labelled.items()
        if key[-1] != "refused" and not fits(labels, seen[key])
    ]
    assert wrong == []
    assert sum(label.told or label.known for labels in labelled.values() for label in labels) > 200
    # A log may name a grant whose making no log tells of: that is what a disagreement is there for.
    untold = {key[:3] for key, labels in labelled.items() if not all(label.known for label in labels)}
    found = {(one.principal_id, one.action.lower(), one.scope.lower()) for one in reading.disagreements()}
    assert found <= untold


def fits(labels, found: Counter[str]) -> bool:
    """Each operation has its own assignment; one of whose grant neither export nor logs tell may have none."""
    left = Counter(found)
    for label in labels:
        if label.told or label.known:
            left[label.assignment_id.lower()] -= 1
    doubtful = [label for label in labels if not (label.told or label.known)]
    allowed = {"", *(one.lower() for label in doubtful for one in (label.assignment_id, *label.granting))}
    rest = +left
    return min(left.values(), default=0) >= 0 and rest.total() == len(doubtful) and set(rest) <= allowed


def test_nothing_that_was_used_is_called_unused(told) -> None:
    past, _, _, store = told
    usage = open_tenant_usage(store)
    used = defaultdict(list)
    for label in past.labels:
        if label.plane in RBAC and label.outcome != "refused":
            used[label.principal_id.lower()].append(label)
    claims = 0
    for principal_id, labels in used.items():
        for each in usage_of(usage, principal_id).assignments:
            guid = each.facts.assignment_id.rpartition("/")[2].lower()
            through = {(one.plane, one.action.lower()): one for one in labels if one.assignment_id.lower() == guid}
            for group in each.unused:
                assert group.window is not None
                claims += len(group.operations)
                false = [through.get((group.plane, name.lower())) for name in group.operations]
                assert [label for label in false if label] == []
    assert claims > 10, "a store that claims nothing is never wrong"


def test_reading_the_same_logs_again_changes_nothing(told) -> None:
    past, ingested, reading, store = told
    before = list(reading.used_by_all()), reading.coverage(), reading.totals()
    again = ingest_paths(store, [str(past.folder / "logs")], processes=1)
    assert again.totals.duplicates == again.totals.read == ingested.totals.read
    after = read_usage(store)
    assert (list(after.used_by_all()), after.coverage()) == before[:2]
    assert after.totals().normalised == before[2].normalised
