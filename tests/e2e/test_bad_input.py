"""Every kind of bad input: one line that names file, line and field, and a store that stays as it was."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fakes.rows import (
    GROUP,
    SUB,
    TENANT,
    RowsReader,
    TickingClock,
    assignment,
    deny,
    entity,
    pair,
    role,
    small_tenant,
    window,
    write_export,
)

from remit.adapters.export.reader import ExportReader
from remit.adapters.store.duckdb import DuckStore
from remit.app.importing import import_tenant
from remit.model.errors import PayloadError

Harm = Callable[[Path], object]
ROLES = "arm/roleAssignments"


def lines(name: str, *rows: object) -> Harm:
    """Replace a list; text and bytes stand as they are, everything else as JSON."""

    def write(export: Path) -> None:
        parts = [
            row if isinstance(row, bytes) else row.encode() if isinstance(row, str) else json.dumps(row).encode()
            for row in rows
        ]
        (export / f"{name}.jsonl").write_bytes(b"\n".join(parts))

    return write


def document(name: str, text: str) -> Harm:
    def write(export: Path) -> None:
        (export / f"{name}.jsonl").unlink(missing_ok=True)
        (export / f"{name}.json").write_text(text)

    return write


def packed(name: str, content: bytes) -> Harm:
    def write(export: Path) -> None:
        (export / f"{name}.jsonl").unlink(missing_ok=True)
        (export / f"{name}.jsonl.gz").write_bytes(content)

    return write


def manifest(**said: object) -> Harm:
    return lambda export: (export / "manifest.json").write_text(json.dumps(said))


def folder_instead(name: str) -> Harm:
    def write(export: Path) -> None:
        (export / name).unlink(missing_ok=True)
        (export / name).mkdir()

    return write


def without(row: dict, *path: str) -> dict:
    copy = json.loads(json.dumps(row))
    inner = copy
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return copy


def broken_link(export: Path) -> None:
    (export / "arm/locks.jsonl").unlink()
    (export / "arm/locks.jsonl").symlink_to(export / "nowhere")


def endless_line(export: Path) -> None:
    """Two gigabytes without a line end, as a file that takes no room on the disk."""
    with (export / f"{ROLES}.jsonl").open("wb") as stream:
        stream.write(b'{"id": "')
        stream.truncate(2 * 1024**3)


DEEP = b'{"id": "/a", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
LOCK = {"id": f"{GROUP}/providers/Microsoft.Authorization/locks/l", "properties": {"level": "CanNotDelete"}}
SHORT = gzip.compress((json.dumps(LOCK) + "\n").encode() * 5_000)
GROUP_WINDOW = {"id": "w", "groupId": "g", "principalId": "p", "accessId": "member"}
HELD = {"id": "h", "principalId": "p", "roleDefinitionId": "r", "directoryScopeId": "/"}
VAULT = {"id": f"{GROUP}/providers/Microsoft.KeyVault/vaults/v", "type": "Microsoft.KeyVault/vaults"}
DELEGATION = {"id": f"{SUB}/providers/Microsoft.ManagedServices/registrationAssignments/r", "properties": {}}
AUTHORIZED = {"registrationDefinition": {"properties": {"authorizations": [{"principalId": "p"}]}}}

MG = "/providers/Microsoft.Management/managementGroups/"
CYCLE = "properties.parent.id: management groups form a cycle"

CASES: dict[str, tuple[Harm, str]] = {
    # the folder and its files
    "a folder where a list is expected": (
        folder_instead("arm/locks.jsonl"),
        "arm/locks.jsonl: is a folder, not a file",
    ),
    "a folder where the manifest is expected": (
        folder_instead("manifest.json"),
        "manifest.json: is a folder, not a file",
    ),
    "a file that cannot be read": (broken_link, "arm/locks.jsonl: cannot be read: No such file or directory"),
    "gzip cut short": (packed("arm/locks", SHORT[:-20]), "arm/locks.jsonl.gz: the gzip stream is cut short"),
    "gzip without anything": (packed("arm/locks", b""), "arm/locks.jsonl.gz: the gzip stream is cut short"),
    "gzip damaged inside": (
        packed("arm/locks", SHORT[:12] + b"\xff" * 9 + SHORT[21:]),
        "arm/locks.jsonl.gz: the gzip stream is damaged",
    ),
    "a line of two gigabytes": (endless_line, "arm/roleAssignments.jsonl:1: line longer than 64 MiB"),
    "UTF-16": (
        lines(ROLES, "{}".encode("utf-16")),
        "arm/roleAssignments.jsonl:1: is UTF-16, not UTF-8",
    ),
    # JSON
    "no JSON": (
        lines(ROLES, assignment(), "hello"),
        "arm/roleAssignments.jsonl:2: is not JSON: invalid character (byte 0)",
    ),
    "JSON cut short": (
        lines(ROLES, '{"id": "/a", "properties": {'),
        "arm/roleAssignments.jsonl:1: is not JSON: input data was truncated",
    ),
    "two objects on a line": (
        lines("graph/users", '{"id": "a"} {"id": "b"}'),
        "graph/users.jsonl:1: is not JSON: trailing characters (byte 13)",
    ),
    "NaN": (
        lines("graph/users", '{"id": "a", "x": NaN}'),
        "graph/users.jsonl:1: is not JSON: NaN and Infinity are no numbers (byte 17)",
    ),
    "minus Infinity": (
        lines("graph/users", '{"id": "a", "x": -Infinity}'),
        "graph/users.jsonl:1: is not JSON: NaN and Infinity are no numbers (byte 18)",
    ),
    "invalid UTF-8 in a field nobody reads": (
        lines("graph/users", {"id": "a"}, b'{"id": "b", "x": "\xff"}'),
        "graph/users.jsonl:2: is not UTF-8",
    ),
    "a lone surrogate": (lines("graph/users", '{"id": "\\ud800"}'), "graph/users.jsonl:1: holds a lone surrogate"),
    "NUL written out": (
        lines("graph/users", '{"id": "a", "x": "\\u0000"}'),
        "graph/users.jsonl:1: holds a NUL character",
    ),
    "a NUL byte": (
        lines("graph/users", b'{"id": "a\x00"}'),
        "graph/users.jsonl:1: is not JSON: invalid character (byte 9)",
    ),
    "nesting without end": (lines("graph/users", DEEP), "graph/users.jsonl:1: is nested too deeply"),
    "a list instead of an object": (lines(ROLES, "[1]"), "arm/roleAssignments.jsonl:1: must be an object, is a list"),
    "a document that is no list": (
        document("arm/locks", '{"data": []}'),
        "arm/locks.json:1: the document has no list `value`",
    ),
    "a document cut short": (
        document("arm/locks", json.dumps({"value": [LOCK]})[:-2]),
        "arm/locks.json:1: the file ends in the middle of the document",
    ),
    "a bad element of a document": (
        document("graph/users", '{"value": [{"id": "a"}, {"id": 7}]}'),
        "graph/users.json:2: id: must be text, is a number",
    ),
    # fields
    "an id that is missing": (lines("graph/users", '{"displayName": "x"}'), "graph/users.jsonl:1: id: is missing"),
    "an id that is empty": (lines("graph/users", '{"id": ""}'), "graph/users.jsonl:1: id: is empty"),
    "an id that is null": (
        lines("arm/deploymentStacks", '{"id": null}'),
        "arm/deploymentStacks.jsonl:1: id: must be text, is null",
    ),
    "an id of a list that is only kept": (
        lines("graph/oauth2PermissionGrants", "{}"),
        "graph/oauth2PermissionGrants.jsonl:1: id: is missing",
    ),
    "properties that are missing": (
        lines(ROLES, without(assignment(), "properties")),
        "arm/roleAssignments.jsonl:1: properties: is missing",
    ),
    "no principal": (
        lines(ROLES, assignment(), without(assignment("b"), "properties", "principalId")),
        "arm/roleAssignments.jsonl:2: properties.principalId: is missing",
    ),
    "a principal that is empty": (
        lines(ROLES, assignment(principalId="")),
        "arm/roleAssignments.jsonl:1: properties.principalId: is empty",
    ),
    "a role that is none": (
        lines(ROLES, assignment(roleDefinitionId="///")),
        "arm/roleAssignments.jsonl:1: properties.roleDefinitionId: names no role",
    ),
    "a condition that is no text": (
        lines(ROLES, assignment(condition={"a": 1})),
        "arm/roleAssignments.jsonl:1: properties.condition: must be text or null, is an object",
    ),
    "an assignment whose id is none": (
        lines(ROLES, assignment() | {"id": "a1"}),
        "arm/roleAssignments.jsonl:1: id: is no resource id: it does not start with /",
    ),
    "a scope that parses to nothing": (
        lines(ROLES, assignment(scope="/subscriptions")),
        f"{ROLES}.jsonl:1: properties.scope: `/subscriptions` is not a scope: the subscription id is missing",
    ),
    "a scope that is empty": (
        lines(ROLES, assignment() | {"properties": assignment()["properties"] | {"scope": ""}}),
        "arm/roleAssignments.jsonl:1: properties.scope: `` is not a scope: it does not start with /",
    ),
    "no scope at all": (
        lines(ROLES, without(assignment(), "properties", "scope") | {"id": "/elsewhere"}),
        (
            "arm/roleAssignments.jsonl:1: properties.scope: is missing, and the id is none of a "
            "microsoft.authorization/roleassignments"
        ),
    ),
    "a resource that is none": (
        lines("arm/resources", {"id": "/subscriptions/s/resourceGroups//providers/a/b/c"}),
        (
            "arm/resources.jsonl:1: id: `/subscriptions/s/resourceGroups//providers/a/b/c` is not a scope: "
            "it has an empty segment"
        ),
    ),
    "a subscription that is none": (
        lines("arm/subscriptions", {"id": GROUP}),
        f"arm/subscriptions.jsonl:1: id: `{GROUP}` is no subscription",
    ),
    "a setting of the wrong kind": (
        lines("arm/resources", VAULT | {"properties": {"enableRbacAuthorization": "yes"}}),
        "arm/resources.jsonl:1: properties.enableRbacAuthorization: must be true or false or null, is text",
    ),
    "a lock level that nobody knows": (
        lines("arm/locks", LOCK | {"properties": {"level": "Sometimes"}}),
        "arm/locks.jsonl:1: properties.level: `Sometimes` is no lock level",
    ),
    "permissions flattened": (
        lines("arm/roleDefinitions", without(role(), "properties", "permissions")),
        "arm/roleDefinitions.jsonl:1: properties.permissions: is missing",
    ),
    "actions that are no list": (
        lines("arm/roleDefinitions", role(permissions=[{"actions": "*"}])),
        "arm/roleDefinitions.jsonl:1: properties.permissions[0].actions: must be a list or null, is text",
    ),
    "a deny without principals": (
        lines("arm/denyAssignments", without(deny(), "properties", "principals")),
        "arm/denyAssignments.jsonl:1: properties.principals: is missing",
    ),
    "a start that is no time": (
        lines("arm/roleAssignmentScheduleInstances", window("w", startDateTime="yesterday")),
        "arm/roleAssignmentScheduleInstances.jsonl:1: properties.startDateTime: `yesterday` is not a time",
    ),
    "an end that is no time": (
        lines("graph/groupAssignmentScheduleInstances", GROUP_WINDOW | {"endDateTime": "2026-02-30T00:00:00Z"}),
        "graph/groupAssignmentScheduleInstances.jsonl:1: endDateTime: `2026-02-30T00:00:00Z` is not a time",
    ),
    "a directory role without its holder": (
        lines("graph/directoryRoleAssignments", HELD, without(HELD | {"id": "2"}, "principalId")),
        "graph/directoryRoleAssignments.jsonl:2: principalId: is missing",
    ),
    "a directory role held that is none": (
        lines("graph/directoryRoleEligibilityScheduleInstances", HELD | {"roleDefinitionId": ""}),
        "graph/directoryRoleEligibilityScheduleInstances.jsonl:1: roleDefinitionId: is empty",
    ),
    "a holder that is no text": (
        lines("graph/directoryRoleAssignmentScheduleInstances", HELD | {"principalId": 7}),
        "graph/directoryRoleAssignmentScheduleInstances.jsonl:1: principalId: must be text, is a number",
    ),
    "a permission without its holder": (
        lines("graph/appRoleAssignments", {"id": "1", "principalId": None, "resourceId": "api"}),
        "graph/appRoleAssignments.jsonl:1: principalId: must be text, is null",
    ),
    "a pair without its member": (
        lines("graph/groupMembers", without(pair("g", "m"), "member", "id")),
        "graph/groupMembers.jsonl:1: member.id: is missing",
    ),
    "an authorization without its role": (
        lines("arm/registrationAssignments", DELEGATION | {"properties": AUTHORIZED}),
        (
            "arm/registrationAssignments.jsonl:1: "
            "properties.registrationDefinition.properties.authorizations[0].roleDefinitionId: is missing"
        ),
    ),
    # rows against each other
    "one id with different content": (
        lines("graph/users", {"id": "A", "displayName": "x"}, {"id": "b"}, {"id": "a", "displayName": "y"}),
        "graph/users.jsonl:3: id: `a` stands with other content in graph/users.jsonl:1",
    ),
    "one role with different content": (
        lines("arm/roleDefinitions", role(), role(roleName="Other") | {"id": f"{SUB}{role()['id']}"}),
        (
            "arm/roleDefinitions.jsonl:2: id: role `acdd72a7-3385-48ef-bd42-f606fba81ae7` stands with other content in "
            "arm/roleDefinitions.jsonl:1"
        ),
    ),
    "management groups in a cycle": (
        lines("arm/managementGroups", entity(TENANT, None), entity("b", "a"), entity("a", "c"), entity("c", "b")),
        f"arm/managementGroups.jsonl:3: {CYCLE}: `{MG}a` under `{MG}c` under `{MG}b` under `{MG}a`",
    ),
    "a management group under itself": (
        lines("arm/managementGroups", entity("a", "A")),
        f"arm/managementGroups.jsonl:1: {CYCLE}: `{MG}A` under `{MG}A`",
    ),
    "a parent that is no management group": (
        lines("arm/managementGroups", entity("a", None) | {"properties": {"parent": {"id": SUB}}}),
        f"arm/managementGroups.jsonl:1: properties.parent.id: `{SUB}` is no management group",
    ),
    # the manifest
    "another format": (
        manifest(format="azure-tenant-export/2"),
        "manifest.json: format: `azure-tenant-export/2` is not `azure-tenant-export/1`",
    ),
    "a manifest that is no JSON": (
        lambda export: (export / "manifest.json").write_text("{"),
        "manifest.json: is not JSON: input data was truncated",
    ),
    "a time of collection that is none": (
        manifest(collectedAt="soon"),
        "manifest.json: collectedAt: `soon` is not a time",
    ),
    "a cloud that nobody knows": (
        manifest(cloud="MyCloud"),
        "manifest.json: cloud: `MyCloud` is none of AzureCloud, AzureUSGovernment, AzureChinaCloud",
    ),
    "a gap of no list": (
        manifest(gaps=[{"api": "arm/locks"}, {"api": "arm/lock", "scope": "/", "reason": "403"}]),
        "manifest.json: gaps[1].api: `arm/lock` is no list of a tenant export",
    ),
    "a gap at no place": (
        manifest(gaps=[{"api": "arm/locks", "scope": "subscriptions/s", "reason": "403"}]),
        "manifest.json: gaps[0].scope: `subscriptions/s` is not a scope: it does not start with /",
    ),
}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def store_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    import_tenant(RowsReader(small_tenant()), DuckStore(folder, TickingClock()), {})
    return folder


def test_there_are_thirty_kinds_of_bad_input_at_least():
    assert len(CASES) >= 30
    assert len({message for _, message in CASES.values()}) >= 30


@pytest.mark.parametrize("kind", CASES)
def test_bad_input_is_one_line_and_leaves_the_store_alone(kind, tmp_path, store_folder):
    harm, expected = CASES[kind]
    export = write_export(tmp_path / "export", small_tenant())
    harm(export)
    before = contents(store_folder)
    with pytest.raises(PayloadError) as caught:
        import_tenant(ExportReader(export), DuckStore(store_folder, TickingClock()), {})
    assert str(caught.value) == expected
    assert caught.value.exit_code == 65
    assert "\n" not in str(caught.value)
    assert contents(store_folder) == before
    assert list((store_folder / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nowhere", "does not exist"),
        ("a file", "is a file, not the folder of a tenant export"),
        ("empty", "holds no list of a tenant export"),
    ],
)
def test_a_path_that_is_no_export_is_named(name, expected, tmp_path, store_folder):
    (tmp_path / "a file").write_text("")
    (tmp_path / "empty").mkdir()
    with pytest.raises(PayloadError) as caught:
        import_tenant(ExportReader(tmp_path / name), DuckStore(store_folder, TickingClock()), {})
    assert str(caught.value) == f"{tmp_path / name}: {expected}"


LENIENT = [
    kind
    for kind, (_, message) in CASES.items()
    if not message.startswith("manifest.json") and "is a folder" not in message
]


@pytest.mark.parametrize("kind", LENIENT)
def test_a_lenient_import_lists_what_it_left_out_and_notes_a_gap(kind, tmp_path):
    harm, expected = CASES[kind]
    export = write_export(tmp_path / "export", small_tenant())
    harm(export)
    store = DuckStore(tmp_path / "store", TickingClock())
    report = import_tenant(ExportReader(export, lenient=True), store, {}, lenient=True)
    assert report.skipped
    if "stands with other content" not in expected or "role `" in expected:
        assert expected in {skipped.reason for skipped in report.skipped}
    touched = expected.partition(".json")[0]
    assert any(gap.api == touched and gap.scope == "/" for gap in report.gaps)
    assert store.facts(report.summary.snapshot_id).meta.gaps == report.gaps


def test_a_lenient_import_still_refuses_a_bad_manifest(tmp_path):
    export = write_export(tmp_path / "export", small_tenant())
    manifest(gaps=[{"api": "arm/lock"}])(export)
    with pytest.raises(PayloadError):
        import_tenant(
            ExportReader(export, lenient=True), DuckStore(tmp_path / "store", TickingClock()), {}, lenient=True
        )


def test_a_lenient_import_leaves_out_all_rows_that_contradict_each_other(tmp_path):
    export = write_export(tmp_path / "export", small_tenant())
    other = assignment(condition="@Resource[a:b] StringEquals 'c'")
    lines(ROLES, assignment(), assignment("a2"), other)(export)
    store = DuckStore(tmp_path / "store", TickingClock())
    report = import_tenant(ExportReader(export, lenient=True), store, {}, lenient=True)
    key = assignment()["id"].lower()
    why = f"id: `{key}` stands several times with different content"
    assert [skipped.reason for skipped in report.skipped] == [
        f"arm/roleAssignments.jsonl:1: {why}",
        f"arm/roleAssignments.jsonl:3: {why}",
    ]
    assert list(store.facts(report.summary.snapshot_id).assignments.name) == ["a2"]
    assert report.rows[ROLES] == 1
