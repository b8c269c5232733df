"""What the labels say is so, and each check notices where it is not."""

from __future__ import annotations

import json
import shutil

import pytest
from tests.simulator.planted import CHECKS, Generated, check

from remit_sim.generate import generate, read_labels

READER, OWNER = "acdd72a7-3385-48ef-bd42-f606fba81ae7", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
FIELDS = (
    "over_privileged", "escalation_paths", "credentials", "dormant_grants", "dev_reaches_prod", "guarded_targets",
    "eligible_only", "orphaned_assignments",
)  # fmt: skip
KINDS = {
    "machineContributor", "automationContributor", "identityToAttach", "outsideSubject", "applicationOwner",
    "groupOwner", "graphPermission",
}  # fmt: skip


@pytest.mark.parametrize(("size", "seed"), [(100, 7), (100, 1), (137, 2), (1_000, 7), (1_000, 3), (6_000, 5)])
def test_all_that_was_planted_holds_and_nothing_else_does(tmp_path, size, seed) -> None:
    labels = generate(size, seed, tmp_path / "tenant")
    assert check(tmp_path / "tenant", labels, tmp_path / "store") == []


@pytest.mark.parametrize(("size", "each"), [(100, 1), (1_000, 3), (5_000, 11)])
def test_there_is_at_least_one_of_each_and_more_in_larger_tenants(tmp_path, size, each) -> None:
    labels = generate(size, 7, tmp_path / "tenant")
    assert all(len(getattr(labels, field)) >= each for field in FIELDS)
    assert {path.kind for path in labels.escalation_paths} == KINDS
    assert {one.state for one in labels.credentials} == {"expired", "expiring"}
    assert {one.kind for one in labels.guarded_targets} == {"deny", "lock"}


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sound")
    generate(1_000, 7, folder / "tenant")
    return folder / "tenant"


def taken(grant_of):
    """Take away the lines that hold what a function finds in the labels."""
    return lambda lines, labels: [line for line in lines if grant_of(labels) not in line]


def emptied(lines, labels):
    del lines, labels
    return []


def promoted(lines, labels):
    """Readers become Owners."""
    del labels
    return [line.replace(READER, OWNER) for line in lines]


def adopted(lines, labels):
    """Somebody else owns an application that is privileged."""
    pair = {
        "parentId": labels.escalation_paths[4].principals[-1],
        "member": {"id": labels.dormant_grants[0].principal_id},
    }
    return [*lines, json.dumps(pair)]


ASSIGNMENTS = "arm/roleAssignments"
SPOILED = [
    ("over_privileged", ASSIGNMENTS, taken(lambda labels: labels.over_privileged[0].grants[0])),
    ("escalation_paths", "graph/groupOwners", emptied),
    ("escalation_paths", ASSIGNMENTS, taken(lambda labels: labels.escalation_paths[0].steps[0].evidence[0])),
    ("credentials", "graph/applications", taken(lambda labels: labels.credentials[0].key_id)),
    ("dormant_grants", ASSIGNMENTS, taken(lambda labels: labels.dormant_grants[0].assignment_id)),
    ("dev_reaches_prod", ASSIGNMENTS, taken(lambda labels: labels.dev_reaches_prod[0].grants[0])),
    ("guarded_targets", "arm/locks", emptied),
    ("guarded_targets", "arm/denyAssignments", emptied),
    ("eligible_only", "arm/roleEligibilityScheduleInstances", emptied),
    ("orphaned", ASSIGNMENTS, taken(lambda labels: labels.orphaned_assignments[0].assignment_id)),
    ("nobody_else_is_privileged", ASSIGNMENTS, promoted),
    ("no_other_path", "graph/applicationOwners", adopted),
]


@pytest.mark.parametrize(("name", "list_name", "spoil"), SPOILED, ids=[f"{name}-{where}" for name, where, _ in SPOILED])
def test_a_check_notices_what_is_missing_or_too_much(sound, tmp_path, name, list_name, spoil) -> None:
    folder = shutil.copytree(sound, tmp_path / "tenant")
    file = folder / f"{list_name}.jsonl"
    lines = spoil(file.read_text("utf-8").splitlines(), read_labels(folder))
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    found = next(one for one in CHECKS if one.__name__ == name)(
        Generated(folder, read_labels(folder), tmp_path / "store")
    )
    assert list(found) != []
