"""Generated tenants: the same bytes again, complete, of the size asked for, skewed, and accepted as they are."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.simulator.planted import Generated

from remit.bootstrap.reader import import_path
from remit.model.errors import InputError, PayloadError
from remit.wire.azure.lists import LISTS
from remit_sim.export_files import load_tenant
from remit_sim.generate import generate, read_labels

SIZES = [(100, 7), (137, 1), (1_000, 7), (1_000, 8)]


def digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*.*")):
        whole.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    kept: dict[tuple, Generated] = {}

    def of(size: int, seed: int = 7, resources: int | None = None) -> Generated:
        if (size, seed, resources) not in kept:
            folder = tmp_path_factory.mktemp("made")
            labels = generate(size, seed, folder / "tenant", resources)
            kept[size, seed, resources] = Generated(folder / "tenant", labels, folder / "store")
        return kept[size, seed, resources]

    return of


def test_the_same_size_and_seed_give_the_same_bytes(made, tmp_path) -> None:
    generate(137, 1, tmp_path / "again")
    assert digest(tmp_path / "again") == digest(made(137, 1).folder)


def test_the_bytes_are_those_of_every_other_machine_and_python(made) -> None:
    """It changes with the generator and with the roles that Remit ships; the changelog tells of it."""
    assert digest(made(137, 1).folder) == "895f3fe275192d9d27737a7eb8343e5c04c0cb051c7abab6e892e18e2af18da3"


def test_the_bytes_do_not_hang_on_the_order_of_hashes(made, tmp_path) -> None:
    code = f"import pathlib, remit_sim.generate as g; g.generate(137, 1, pathlib.Path({str(tmp_path / 'other')!r}))"
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONHASHSEED": "4711"})  # noqa: S603 - our own interpreter
    assert digest(tmp_path / "other") == digest(made(137, 1).folder)


def test_another_seed_gives_another_tenant(made) -> None:
    one, other = made(1_000, 7), made(1_000, 8)
    assert one.labels.tenant_id != other.labels.tenant_id
    assert digest(one.folder) != digest(other.folder)


@pytest.mark.parametrize(("size", "seed"), SIZES)
def test_every_list_is_there_and_only_what_is_retired_is_empty(made, size, seed) -> None:
    it = made(size, seed)
    assert {name for name in LISTS if not it.rows(name)} == {"arm/classicAdministrators"}
    assert json.loads((it.folder / "manifest.json").read_bytes()) == {
        "format": "azure-tenant-export/1",
        "tenantId": it.labels.tenant_id,
        "collectedAt": "2026-11-01T00:00:00Z",
        "cloud": "AzureCloud",
        "gaps": [],
    }


@pytest.mark.parametrize(("size", "seed"), SIZES)
def test_it_has_as_many_principals_and_resources_as_asked_for(made, size, seed) -> None:
    it = made(size, seed)
    kinds = ("graph/users", "graph/groups", "graph/servicePrincipals", "graph/devices")
    counts = {name: len(it.rows(name)) for name in kinds}
    assert sum(counts.values()) == size
    assert 0.60 <= counts["graph/users"] / size <= 0.70
    assert 0.13 <= counts["graph/groups"] / size <= 0.16
    assert 0.15 <= counts["graph/servicePrincipals"] / size <= 0.20
    types = Counter(row["type"] for row in it.rows("arm/resources"))
    assert sum(types.values()) - types["Microsoft.Resources/resourceGroups"] == size


@pytest.mark.parametrize(("size", "resources"), [(100, 2_000), (3_000, 100)])
def test_resources_can_be_few_or_many(made, size, resources) -> None:
    it = made(size, 3, resources)
    types = Counter(row["type"] for row in it.rows("arm/resources"))
    assert sum(types.values()) - types["Microsoft.Resources/resourceGroups"] == resources
    report = import_path(it.folder.parent / "store", it.folder)
    assert report.skipped == ()


@pytest.mark.parametrize(("size", "seed"), SIZES)
def test_it_is_imported_strictly_and_nothing_is_odd_but_the_orphans(made, size, seed) -> None:
    it = made(size, seed)
    report = import_path(it.folder.parent / "store", it.folder)
    assert report.skipped == ()
    assert report.gaps == ()
    assert [(flag.kind, flag.count) for flag in report.flags] == [
        ("assignmentOfUnknownPrincipal", len(it.labels.orphaned_assignments))
    ]
    assert ("labels.json", "ignored", 1) in report.accounting


def test_no_id_stands_twice_and_no_assignment_is_made_twice(made) -> None:
    it = made(1_000)
    for name, shape in LISTS.items():
        keys = [
            shape.key(shape.decoder.decode(line)) for line in (it.folder / f"{name}.jsonl").read_bytes().splitlines()
        ]
        assert [key for key, count in Counter(keys).items() if count > 1] == [], name
    held = Counter((one["scope"], one["principalId"], one["roleDefinitionId"]) for one in it.assignments.values())
    assert [key for key, count in held.items() if count > 1] == []


def test_names_of_users_are_theirs_alone(made) -> None:
    names = Counter(row["userPrincipalName"].lower() for row in made(10_000).rows("graph/users"))
    assert names.most_common(1)[0][1] == 1


def test_members_gather_in_few_groups_and_most_principals_hold_nothing_themselves(made) -> None:
    it = made(10_000)
    members = Counter(row["parentId"] for row in it.rows("graph/groupMembers"))
    top = sum(count for _, count in members.most_common(len(it.rows("graph/groups")) // 100))
    assert 0.2 < top / sum(members.values()) < 0.5
    held = Counter(one["principalId"] for one in it.assignments.values())
    assert len(held) < 0.5 * 10_000
    assert held.most_common(1)[0][1] > 20
    assert any(len(groups) > 8 for groups in it.groups_of.values())


def test_groups_stand_in_groups_several_deep_and_never_in_themselves(made) -> None:
    it = made(10_000)
    groups = {row["id"] for row in it.rows("graph/groups")}
    nested = {one: above for one, above in it.groups_of.items() if one in groups}
    assert len(nested) > 100
    assert max(len(above) for above in nested.values()) >= 3
    assert [one for one, above in nested.items() if one in above] == []


def test_no_scope_holds_more_assignments_than_azure_allows(made) -> None:
    held = Counter(one["scope"].split("/")[2] for one in made(10_000).assignments.values() if one["scope"] != "/")
    assert held.most_common(1)[0][1] <= 4_000


def test_time_is_counted_from_the_collection(tmp_path) -> None:
    labels = generate(100, 7, tmp_path / "t", collected_at=datetime(2024, 2, 29, 12, tzinfo=UTC))
    it = Generated(tmp_path / "t", labels, tmp_path / "store")
    assert max(row["createdDateTime"] for row in it.rows("graph/users")) < "2024-02-29"
    assert {one.state: one.end_date_time < "2024-02-29T12" for one in labels.credentials} == {
        "expired": True,
        "expiring": False,
    }
    assert it.tenant.at == datetime(2024, 2, 29, 12, tzinfo=UTC)


def test_labels_read_back(made) -> None:
    it = made(137, 1)
    assert read_labels(it.folder) == it.labels


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"size": 99}, "99 principals cannot be generated"),
        ({"size": 1_000_001}, "1,000,001 principals cannot be generated"),
        ({"resources": 99}, "99 resources cannot be generated"),
        ({"seed": -1}, "`-1` is no seed"),
        ({"collected_at": datetime(1, 1, 1, tzinfo=UTC)}, "no tenant was collected in the year 1"),
    ],
)
def test_an_unknown_size_is_refused_in_one_line(tmp_path, arguments, said) -> None:
    with pytest.raises(InputError) as caught:
        generate(**{"size": 100, "seed": 7, "out": tmp_path / "no", **arguments})
    assert caught.value.message == said
    assert not (tmp_path / "no").exists()


def test_a_folder_that_holds_something_is_left_alone(tmp_path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(InputError, match="is not an empty folder"):
        generate(100, 7, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_what_is_interrupted_leaves_nothing_that_looks_like_a_tenant(tmp_path) -> None:
    def stop(list_name: str, _rows: int) -> None:
        if list_name == "graph/groups":
            raise KeyboardInterrupt

    empty, new = tmp_path / "empty", tmp_path / "new" / "er"
    empty.mkdir()
    for folder in (empty, new):
        with pytest.raises(KeyboardInterrupt):
            generate(100, 7, folder, progress=stop)
    assert list(empty.iterdir()) == []
    assert not new.exists()


def test_what_a_killed_run_left_aside_is_taken_away(tmp_path, made) -> None:
    out = tmp_path / "t"
    called = [sys.executable, "-m", "remit_sim", "generate", "--size", "60000", str(out)]
    process = subprocess.Popen(called)  # noqa: S603 - our own interpreter
    while not (out / ".unfinished" / "arm").exists():
        assert process.poll() is None
    process.kill()
    process.wait()
    assert [path.name for path in out.iterdir()] == [".unfinished"]
    with pytest.raises(PayloadError, match="holds no list"):
        load_tenant(out)
    generate(137, 1, out)
    assert digest(out) == digest(made(137, 1).folder)


def test_the_command_writes_what_the_function_writes(made, tmp_path) -> None:
    called = [sys.executable, "-m", "remit_sim", "generate", "--size", "137", "--seed", "1", str(tmp_path / "t")]
    done = subprocess.run(called, capture_output=True, check=True, text=True)  # noqa: S603 - our own interpreter
    assert "of 137 principals and 137 resources" in done.stdout
    assert digest(tmp_path / "t") == digest(made(137, 1).folder)
    again = subprocess.run(called, capture_output=True, check=False, text=True)  # noqa: S603 - our own interpreter
    assert (again.returncode, len(again.stderr.splitlines())) == (64, 2)
    assert again.stderr.startswith("remit-sim: `")
