"""The past as the logs tell it, held against the labels: the engine finds what granted every operation, then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from tests.simulator.usage_world import Past, make_past

from remit.adapters.clock import SystemClock
from remit.app.history.tenant_history import Granting, TenantHistory
from remit.bootstrap.reader import import_path, open_store
from remit.model.question import Plane, Question, TimedQuestion
from remit.model.scope import Scope
from remit.model.usage import Normalised, ObservedChange
from remit_sim.generate.usage import UsageLabel

PLANES = {"control": Plane.CONTROL, "data": Plane.DATA}


@dataclass
class Told:
    """The changes of some records, as a store of usage gives them; nothing else is asked of it."""

    found: list[ObservedChange]

    def changes(self, since: int | None = None, until: int | None = None) -> Iterator[ObservedChange]:
        assert since is until is None
        return iter(sorted(self.found, key=lambda one: one.time))

    def coverage(self) -> tuple[()]:
        return ()


def attributed(past: Past, folder) -> list[tuple[UsageLabel, Granting]]:
    import_path(folder, past.folder)
    told = Told([change for _, read in past.read if isinstance(read, Normalised) for change in read.changes])
    history = TenantHistory.open(open_store(folder), told, SystemClock())  # type: ignore[arg-type]
    labels = [label for label in past.logged if label.plane in PLANES and label.known and label.log != "cosmosDb"]
    questions = [
        TimedQuestion(
            "",
            Question(label.principal_id, label.action, PLANES[label.plane], Scope.parse(label.scope)),
            datetime.fromisoformat(label.time),
        )
        for label in labels
    ]
    return list(zip(labels, history.granting(questions), strict=True))


@pytest.fixture(scope="module", params=[3, 7])
def past(request, tmp_path_factory) -> Past:
    return make_past(tmp_path_factory.mktemp("attributed") / "tenant", request.param)


def test_the_engine_grants_what_the_label_says_at_every_instant(past, tmp_path) -> None:
    found = attributed(past, tmp_path / "store")
    assert len(found) > 300
    assert any(label.granting for label, _ in found)
    for label, granting in found:
        assert list(granting.assignment_ids) == label.granting, label
        if label.granting:
            assert granting.known


def test_the_state_at_the_end_alone_would_not_do(past, tmp_path) -> None:
    """Without the changes some operations have no grant, or one that came later: the test above can fail."""
    blind = Past(past.folder, past.totals)
    blind.__dict__["read"] = [
        (path, read) for path, read in past.read if not (isinstance(read, Normalised) and read.changes)
    ]
    found = attributed(blind, tmp_path / "store")
    assert [label for label, granting in found if list(granting.assignment_ids) != label.granting]
