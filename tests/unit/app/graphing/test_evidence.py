"""Below a deny assignment holders are listed without their assignments; a cut finds these, and is enough."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from tests.fakes.cutting import opened, without
from tests.fakes.path_tenant import ADA, BOB, CONTRIBUTOR, EVE, GROUP, LISTS, TENANT, VM, VM_CONTRIBUTOR, guid

from remit.app.graphing import cutting, evidence
from remit.app.graphing.cutting import Wanted, find_cuts
from remit.app.graphing.naming import Naming
from remit.app.graphing.opening import Escalation

MANIFEST = {"tenantId": TENANT, "collectedAt": "2026-11-02T09:00:00Z", "cloud": "AzureCloud", "gaps": []}
DENY = {
    "id": f"{GROUP}/providers/Microsoft.Authorization/denyAssignments/{guid(900)}",
    "name": guid(900),
    "type": "Microsoft.Authorization/denyAssignments",
    "properties": {
        "denyAssignmentName": "no run commands for Eve",
        "permissions": [{"actions": ["Microsoft.Compute/virtualMachines/runCommand/action"], "notActions": []}],
        "scope": GROUP,
        "principals": [{"id": EVE, "type": "User"}],
        "excludePrincipals": [],
    },
}


def lists(**more: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found = {**deepcopy(LISTS), "graph/groupOwners": [], "arm/denyAssignments": [DENY]}
    for name, rows in more.items():
        found[f"arm/{name}"] = [*found[f"arm/{name}"], *rows]
    return found


def assignment(number: int, role: str, principal: str, scope: str) -> dict[str, Any]:
    name = guid(number)
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
        "name": name,
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {
            "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{role}",
            "principalId": principal,
            "principalType": "User",
            "scope": scope,
        },
    }


def who(escalation: Escalation) -> set[str]:
    naming = Naming(escalation)
    mask = escalation.search.certain.reaching(naming.find(VM).nodes)
    people = [naming.find(name) for name in ("Ada", "Bob", "Cleo", "Dan", "Eve", "shop")]
    return {one.ref.label for one in people if mask[one.nodes].any()}


def cut_of(escalation: Escalation):
    return find_cuts(escalation, Naming(escalation).find(VM), Wanted())


@pytest.mark.parametrize(
    "extra",
    [
        [],
        [assignment(901, VM_CONTRIBUTOR, ADA, VM)],
        [assignment(901, VM_CONTRIBUTOR, ADA, VM), assignment(902, CONTRIBUTOR, ADA, VM)],
        [assignment(903, CONTRIBUTOR, EVE, VM), assignment(904, VM_CONTRIBUTOR, BOB, GROUP)],
    ],
    ids=["alone", "another way", "two roles at one place", "somebody who is denied"],
)
def test_all_that_leads_there_is_found_and_taken_away(extra) -> None:
    rows = lists(roleAssignments=extra)
    before = opened(rows, MANIFEST)
    found = cut_of(before)
    assert who(before)
    assert (len(found.stuck), found.gap) == (0, 0)
    assert who(opened(without(rows, [one.unit for one in found.removals]), MANIFEST)) == set()


def test_what_is_listed_below_a_deny_rests_on_its_assignment() -> None:
    rows = lists(roleAssignments=[assignment(901, VM_CONTRIBUTOR, ADA, VM)])
    found = find_cuts(opened(rows, MANIFEST), *_asked(rows))
    kinds = {one.unit.kind for one in found.removals}
    assert kinds <= {"roleAssignment", "membership"}
    assert any(one.unit.id.endswith(guid(901)) for one in found.removals)


def _asked(rows):
    naming = Naming(opened(rows, MANIFEST))
    return naming.find(VM), Wanted(only=(naming.find("Ada"),))


class Clock:
    """Seconds that pass with each look."""

    def __init__(self, step: float) -> None:
        self.step, self.at = step, 0.0

    def __call__(self) -> float:
        self.at += self.step
        return self.at


def test_steps_that_there_was_no_time_to_ask_about_are_counted_and_nothing_is_proven() -> None:
    escalation = opened(lists(), MANIFEST)
    target = Naming(escalation).find(VM)
    hasty = find_cuts(escalation, target, Wanted(seconds=1.0), now=Clock(1.0))
    whole = find_cuts(escalation, target, Wanted(seconds=1.0), now=Clock(0.0))
    assert (whole.unasked, whole.gap, len(whole.stuck)) == (0, 0, 0)
    assert hasty.unasked > 0
    assert (hasty.bound, len(hasty.stuck) > 0) == (0, True)
    assert hasty.gap == (1 if hasty.value else 0)


def test_steps_that_are_too_many_to_ask_about_are_counted(monkeypatch) -> None:
    escalation = opened(lists(), MANIFEST)
    target = Naming(escalation).find(VM)
    monkeypatch.setattr(evidence, "MOST_ASKED", 1)
    answer = find_cuts(escalation, target, Wanted())
    assert answer.unasked > 0 < answer.value
    assert (answer.bound, answer.gap) == (0, 1)


def test_the_time_for_a_cut_is_what_asking_has_left_of_it(monkeypatch) -> None:
    escalation = opened(lists(), MANIFEST)
    seen = []
    real = cutting.cut
    monkeypatch.setattr(cutting, "cut", lambda *a, left, **k: seen.append(left()) or real(*a, left=left, **k))
    find_cuts(escalation, Naming(escalation).find(VM), Wanted(seconds=1000.0), now=Clock(1.0))
    assert 900 < seen[0] < 1000
