"""The logs that are bundled with the sample tenant: what the generator makes, small, and the story that is told."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from remit.model.usage import ChangeKind, Normalised
from remit.usage.records import normalise
from remit.wire.logs.framing import Lines, Record, frame
from remit_sim.generate.usage.sample import SampleLogs, sample_logs, write_sample

SAMPLE = Path(str(files("remit").joinpath("sample")))
COLLECTED_AT = "2026-11-02T09:00:00Z"


@cache
def made() -> SampleLogs:
    return sample_logs(SAMPLE / "tenant")


@cache
def read() -> list[Normalised]:
    found = []
    for data in made().files.values():
        for block in frame([data]):
            assert isinstance(block, Lines | Record), block
            lines = block.lines if isinstance(block, Lines) else [block.data]
            found += [normalise(line) for line in lines if line.strip()]
    assert all(isinstance(one, Normalised) for one in found)
    return found  # type: ignore[return-value]


def test_the_bundled_files_are_what_the_generator_makes(tmp_path) -> None:
    write_sample(SAMPLE / "tenant", tmp_path)
    bundled = {path.name: path.read_bytes() for path in (SAMPLE / "logs").iterdir()}
    assert bundled == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_they_are_small_and_end_before_the_collection() -> None:
    assert len(read()) <= 200
    assert sum(map(len, made().files.values())) < 300_000
    assert max(label.time for label in made().labels) < COLLECTED_AT


def uses(name: str) -> list[tuple[str, str]]:
    """(action, scope) of what somebody did, hidden or not, refused aside."""
    return [
        (label.action, label.scope)
        for label in made().labels
        if label.principal_id == PEOPLE[name] and label.outcome != "refused" and label.plane in {"control", "data"}
    ]


PEOPLE = {
    "ci-release": "f6e0892a-331f-5d87-a3ed-89bbec0b3780",
    "lena": "757d9a1a-9e6e-5b0d-888a-0980e1e5f7b1",
    "alex.kim2": "479bdc35-569c-5903-85f5-a9933b582301",
    "cargo-assistant": "6bb98a1f-a174-58df-902b-63028d3ba6c2",
    "backup-runner": "8598751d-b54f-5d95-a6cd-ea1e24052a6e",
}


def test_ci_release_contributes_everywhere_and_deploys_to_two_groups() -> None:
    deployed = {scope.split("/")[4] for action, scope in uses("ci-release") if action.endswith("deployments/write")}
    assert deployed == {"rg-tracking-prod", "rg-tracking-dev"}


def test_lena_restarted_the_gateway_with_a_role_for_one_night() -> None:
    assert [action for action, _ in uses("lena") if "restart" in action] == [
        "Microsoft.Compute/virtualMachines/restart/action"
    ] * 2
    kinds = {change.kind for one in read() for change in one.changes if change.subject_id == PEOPLE["lena"]}
    assert kinds >= {ChangeKind.ACTIVATED, ChangeKind.ASSIGNMENT_WRITTEN, ChangeKind.ASSIGNMENT_DELETED}


def test_who_left_the_developers_was_refused_afterwards() -> None:
    outcomes = [
        label.outcome
        for label in made().labels
        if label.principal_id == PEOPLE["alex.kim2"] and label.plane == "control"
    ]
    assert outcomes == ["succeeded", "refused"]


def test_reads_are_hidden_and_the_backup_never_does_anything() -> None:
    hidden = {label.hidden for label in made().labels if label.principal_id == PEOPLE["cargo-assistant"]} - {""}
    assert hidden == {"managementRead", "noDiagnosticSetting"}
    assert not [label for label in made().labels if label.principal_id == PEOPLE["backup-runner"]]
