"""What AzureHound writes, read as a stream into the lists of a tenant export."""

import gzip
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.adapters.azurehound import AzureHoundReader, recognises
from remit.adapters.azurehound.kinds import KINDS, Form, Treatment, kind_of
from remit.adapters.azurehound.rows import CONDITION_NOT_READ
from remit.model.errors import PayloadError
from remit.model.snapshot import Gap
from remit.wire.azure.lists import LISTS

TENANT = "00000000-0000-0000-0000-0000000000aa"
SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-0000000000a1"
GROUP = "00000000-0000-0000-0000-0000000000B1"
ALICE = "00000000-0000-0000-0000-000000000001"
OWNER = "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
VAULT = f"{SUBSCRIPTION}/resourceGroups/App/providers/Microsoft.KeyVault/vaults/kv"


def record(kind, **data):
    return {"kind": kind, "data": data}


def assignment(scope=SUBSCRIPTION, name="f1", **properties):
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
        "name": name,
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {"principalId": ALICE.upper(), "roleDefinitionId": OWNER, "scope": scope.upper()} | properties,
    }


def document(*records, kind="azure"):
    return {"data": list(records), "meta": {"type": kind, "version": 5, "count": len(records)}}


def written(path, *records):
    path.write_text(json.dumps(document(*records)))
    return path


def read(path, **options):
    reader = AzureHoundReader(path, **options)
    rows = {}
    for batch in reader.batches():
        assert len(batch.lines) == len(batch.payloads)
        rows.setdefault(batch.list_name, []).extend(json.loads(payload) for payload in batch.payloads)
    return reader, rows


def test_directory_objects_pass_with_all_their_fields(tmp_path):
    user = {"id": ALICE, "displayName": "Alice", "tenantId": TENANT.upper(), "somethingNew": {"a": [1]}}
    path = written(tmp_path / "a.json", record("AZUser", **user), record("AZDevice", id="d", deviceId="x"))
    _, rows = read(path)
    assert rows == {"graph/users": [user], "graph/devices": [{"id": "d", "deviceId": "x"}]}


def test_members_and_owners_become_pairs(tmp_path):
    member = {"@odata.type": "#microsoft.graph.user", "id": ALICE.upper()}
    path = written(
        tmp_path / "a.json",
        record("AZGroupMember", groupId=GROUP, members=[{"groupId": GROUP, "member": member}]),
        record("AZGroupMember", groupId="empty", members=None),
        record("AZGroupOwner", groupId=GROUP, owners=[{"groupId": GROUP, "owner": member}]),
        record(
            "AZServicePrincipalOwner", servicePrincipalId="s", owners=[{"servicePrincipalId": "s", "owner": member}]
        ),
        record("AZAppOwner", appId="app id", owners=[{"appId": "object id", "owner": member}]),
    )
    _, rows = read(path)
    assert rows["graph/groupMembers"] == [{"parentId": GROUP, "member": member}]
    assert rows["graph/groupOwners"] == [{"parentId": GROUP, "member": member}]
    assert rows["graph/servicePrincipalOwners"] == [{"parentId": "s", "member": member}]
    assert rows["graph/applicationOwners"] == [{"parentId": "object id", "member": member}]


ASSIGNMENT_FORMS = [
    ("AZSubscriptionOwner", {"subscriptionId": "s", "owners": [{"subscriptionId": "s", "owner": assignment()}]}),
    ("AZVMUserAccessAdmin", {"userAccessAdmins": [{"userAccessAdmin": assignment(), "virtualMachineId": "v"}]}),
    ("AZKeyVaultKVContributor", {"kvContributors": [{"kvContributor": assignment(), "keyVaultId": "k"}]}),
    ("AZSubscriptionRoleAssignment", {"roleAssignments": [{"roleAssignment": assignment()}]}),
    (
        "AZContainerRegistryRoleAssignment",
        {"objectId": "o", "assignees": [{"assignee": assignment(), "objectId": "o", "roleDefinitionId": "8e3af657"}]},
    ),
    ("AZBrandNewRoleAssignment", {"assignees": [assignment()]}),
]


@pytest.mark.parametrize(("kind", "data"), ASSIGNMENT_FORMS)
def test_role_assignments_are_found_in_every_form(tmp_path, kind, data):
    _, rows = read(written(tmp_path / "a.json", record(kind, **data)))
    [row] = rows["arm/roleAssignments"]
    assert row["id"] == assignment()["id"]
    assert row["properties"] == {
        "principalId": ALICE,
        "roleDefinitionId": OWNER,
        "scope": SUBSCRIPTION,
        "condition": CONDITION_NOT_READ,
        "conditionVersion": "2.0",
    }


def test_a_condition_that_is_there_stays(tmp_path):
    found = assignment(condition="@Resource[a:b] StringEquals 'c'", conditionVersion="2.0")
    _, rows = read(written(tmp_path / "a.json", record("AZVMOwner", owners=[{"owner": found}])))
    assert rows["arm/roleAssignments"][0]["properties"]["condition"] == "@Resource[a:b] StringEquals 'c'"


def test_an_assignment_listed_under_many_resources_is_one(tmp_path):
    path = written(
        tmp_path / "a.json",
        record("AZSubscriptionOwner", owners=[{"owner": assignment()}]),
        record("AZKeyVaultOwner", owners=[{"owner": assignment()}, {"owner": assignment(VAULT, "f2")}]),
    )
    reader, rows = read(path)
    assert [row["name"] for row in rows["arm/roleAssignments"]] == ["f1", "f2"]
    assert ("AZKeyVaultOwner (listed again)", "ignored", 1) in reader.accounting()
    assert ("AZKeyVaultOwner", "used", 1) in reader.accounting()


def test_a_scope_that_the_id_does_not_name_stays_as_it_is(tmp_path):
    odd = assignment() | {"id": "an id of another kind"}
    _, rows = read(written(tmp_path / "a.json", record("AZVMOwner", owners=[{"owner": odd}])))
    assert rows["arm/roleAssignments"][0]["properties"]["scope"] == SUBSCRIPTION.upper()


def test_a_federated_credential_record_may_be_empty(tmp_path):
    reader, rows = read(written(tmp_path / "a.json", record("AZFederatedIdentityCredential", appId="a", fics=None)))
    assert rows == {}
    assert reader.meta().collected == {"graph/applicationFederatedIdentityCredentials"}


def test_members_of_a_large_group_come_in_batches_and_are_read_again_alike(tmp_path):
    members = [{"groupId": GROUP, "member": {"id": str(number)}} for number in range(4_001)]
    path = written(tmp_path / "a.json", record("AZGroupMember", groupId=GROUP, members=members))
    reader = AzureHoundReader(path)
    assert [len(batch.lines) for batch in reader.batches()] == [2_000, 2_000, 1]
    assert [len(batch.lines) for batch in reader.again().batches()] == [2_000, 2_000, 1]


def test_an_assignment_at_the_root_has_the_scope_slash(tmp_path):
    root = assignment("") | {"properties": {"principalId": ALICE, "roleDefinitionId": OWNER, "scope": "/"}}
    _, rows = read(written(tmp_path / "a.json", record("AZSubscriptionOwner", owners=[{"owner": root}])))
    assert rows["arm/roleAssignments"][0]["properties"]["scope"] == "/"


def test_management_groups_get_their_parents_from_their_descendants(tmp_path):
    def group(name):
        return f"/providers/Microsoft.Management/managementGroups/{name}"

    child = {
        "id": group("child").upper(),
        "name": "child",
        "type": "Microsoft.Management/managementGroups",
        "properties": {"display_name": "Child", "parent": {"id": group(TENANT).upper()}},
    }
    placed = {"id": SUBSCRIPTION.upper(), "type": "/subscriptions", "properties": {"parent": {"id": group("child")}}}
    path = written(
        tmp_path / "a.json",
        record("AZManagementGroupDescendant", **child),
        record("AZManagementGroupDescendant", **child),
        record("AZManagementGroupDescendant", **placed),
        record("AZManagementGroup", id=group(TENANT), name=TENANT, properties={"displayName": "Root"}),
        record("AZManagementGroup", id=group("child"), name="child", properties={"tenantId": TENANT}),
        record("AZManagementGroup", id=group("lost"), name="lost", properties={"parent": {"id": ""}}),
        record("AZTenant", tenantId=TENANT.upper(), collected=True),
    )
    reader, rows = read(path)
    found = {row["id"].lower(): row["properties"] for row in rows["arm/managementGroups"]}
    assert found[group("child").lower()] == {
        "displayName": "Child",
        "parent": {"id": group(TENANT).upper()},
        "tenantId": TENANT,
    }
    assert found[group(TENANT).lower()]["parent"] == {"id": None}
    assert found[SUBSCRIPTION] == {"parent": {"id": group("child")}}
    assert reader.meta().tenant_id == TENANT
    assert ("AZManagementGroupDescendant (listed again)", "ignored", 1) in reader.accounting()


def test_resources_carry_their_type(tmp_path):
    path = written(tmp_path / "a.json", record("AZKeyVault", id=VAULT), record("AZWebApp", id="/x", type="Web/Sites"))
    _, rows = read(path)
    assert [row["type"] for row in rows["arm/resources"]] == ["Microsoft.KeyVault/vaults", "Web/Sites"]


def test_what_no_answer_reads_today_is_kept(tmp_path):
    path = written(
        tmp_path / "a.json",
        record("AZAppRoleAssignment", principalId="p", resourceId="r", appRoleId="a"),
        record("AZRoleAssignment", roleDefinitionId="d", roleAssignments=[{"id": "x", "principalId": "p"}]),
        record(
            "AZRoleAssignment", roleDefinitionId="d", roleAssignments=[{"principalId": "p", "directoryScopeId": "/"}]
        ),
        record("AZFederatedIdentityCredential", appId="a", fics=[{"appId": "a", "fic": {"id": "f", "issuer": "i"}}]),
    )
    reader, rows = read(path)
    assert rows["graph/appRoleAssignments"][0]["id"] == "p/r/a"
    assert [row["id"] for row in rows["graph/directoryRoleAssignments"]] == ["x", "p/None//"]
    assert rows["graph/applicationFederatedIdentityCredentials"] == [
        {"id": "f", "issuer": "i", "parentId": "a", "parentAppId": "a"}
    ]
    assert {treatment for _, treatment, _ in reader.accounting()} == {"kept"}


def test_every_kind_is_accounted_for(tmp_path):
    path = written(
        tmp_path / "a.json",
        record("AZUser", id=ALICE),
        record("AZUser", id="2"),
        record("AZApp", id="3"),
        record("AZKeyVaultAccessPolicy", objectId="4"),
        record("AZNeverHeardOf", id="5"),
        record("AZTenant", tenantId=TENANT, collected=False),
    )
    reader, _ = read(path)
    assert reader.accounting() == (
        ("AZApp", "kept", 1),
        ("AZKeyVaultAccessPolicy", "ignored", 1),
        ("AZNeverHeardOf", "ignored", 1),
        ("AZTenant", "used", 1),
        ("AZUser", "used", 2),
    )
    assert reader.meta().tenant_id == ""


def test_a_group_of_both_kinds_is_listed_once_with_its_members(tmp_path):
    pair = [{"groupId": GROUP, "member": {"id": ALICE}}]
    path = written(
        tmp_path / "a.json",
        record("AZGroup", id=GROUP),
        record("AZGroup365", id=GROUP.lower()),
        record("AZGroupMember", groupId=GROUP, members=pair),
        record("AZGroup365Member", groupId=GROUP.lower(), members=pair),
    )
    reader, rows = read(path)
    assert (len(rows["graph/groups"]), len(rows["graph/groupMembers"])) == (1, 1)
    assert ("AZGroup365Member (listed again)", "ignored", 1) in reader.accounting()


def test_what_azurehound_cannot_hold_is_a_gap(tmp_path):
    path = written(
        tmp_path / "a.json",
        record("AZUser", id=ALICE, tenantId=TENANT.upper()),
        record("AZVMOwner", owners=None),
        record("AZVM", id="/x"),
    )
    reader, _ = read(path)
    meta = reader.meta()
    assert (meta.source, meta.tenant_id, meta.collected_at) == ("azureHound", TENANT, None)
    assert meta.collected == {"graph/users", "arm/roleAssignments", "arm/resources"}
    gaps = {(gap.api, gap.scope): gap.reason for gap in meta.gaps}
    assert set(LISTS) - {"graph/users"} == {api for api, _ in gaps}
    assert gaps["arm/denyAssignments", "/"] == "AzureHound does not collect it"
    assert gaps["graph/groupMembers", "/"] == "no record of kind AZGroup365Member"
    assert gaps["arm/roleAssignments", "/"].startswith("AzureHound reads assignments of some resource types only")
    assert gaps["arm/resources", "/"].startswith("AzureHound reads some resource types only")


def test_groups_without_a_record_of_members_are_gaps(tmp_path):
    groups = [record("AZGroup", id=f"g{number}") for number in range(3)]
    listed = record("AZGroupMember", groupId="G1", members=None)
    reader, _ = read(written(tmp_path / "a.json", *groups, listed))
    found = [gap for gap in reader.meta().gaps if gap.api == "graph/groupMembers"]
    assert found == [Gap("graph/groupMembers", f"/groups/g{number}", "no record of its members") for number in (0, 2)]
    many = [record("AZGroup", id=f"g{number}") for number in range(1_003)]
    reader, _ = read(written(tmp_path / "a.json", *many, listed))
    [gap] = [gap for gap in reader.meta().gaps if gap.api == "graph/groupMembers"]
    assert (gap.scope, gap.reason) == ("/", "1002 groups without a record of their members")


def test_one_record_a_line_as_printed_to_the_console_reads_the_same(tmp_path):
    records = [record("AZUser", id=ALICE), record("AZDevice", id="d")]
    path = tmp_path / "a.json"
    path.write_text("\n".join(json.dumps(one) for one in records))
    assert read(path)[1] == read(written(tmp_path / "b.json", *records))[1]


def test_a_folder_and_gzip_read_the_same(tmp_path):
    written(tmp_path / "ad.json", record("AZUser", id=ALICE))
    packed = gzip.compress(json.dumps(document(record("AZVM", id="/x"))).encode())
    (tmp_path / "rm.json.gz").write_bytes(packed)
    reader, rows = read(tmp_path)
    assert set(rows) == {"graph/users", "arm/resources"}
    assert reader.size_hint() == len(packed) + (tmp_path / "ad.json").stat().st_size
    assert recognises(tmp_path)


BAD = [
    (b"", "a.json: the file is empty"),
    (b'{"data": [{"kind": "AZUser"}]}', "a.json:1: data: is missing"),
    (b'{"data": [{"data": {}}]}', "a.json:1: kind: is missing"),
    (b'{"data": [{"kind": "AZUser", "data": {}}]}', "a.json:1: data.id: is missing or no text"),
    (b'{"data": [{"kind": "AZUser", "data": []}]}', "a.json:1: must be an object, is a list"),
    (b'{"data": [{"kind": "AZUser", "data": {"id": NaN}}]}', "NaN and Infinity are no numbers"),
    (b'{"data": [{"kind": "AZUser", "data": {"id": "\xff"}}]}', "a.json:1: is not UTF-8"),
    (b'{"data": [{"kind": "AZUser", "data": {"id": "1"}}', "the file ends in the middle of the document"),
    (b'{"data": [], "meta": {"type": "users"}}', "a.json: meta.type: is `users`, not `azure`"),
    (b'{"value": []}', "a.json:1: the document has no list `data`"),
    (json.dumps(document(record("AZVMOwner", owners=[1]))).encode(), "data.owners: holds something that is no object"),
    (
        json.dumps(document(record("AZVMOwner", owners=[{"owner": {}}]))).encode(),
        "data.owners: holds something that is no role assignment",
    ),
    (
        json.dumps(document(record("AZGroupMember", groupId="g", members=[{"groupId": "g"}]))).encode(),
        "a.json:1: data.members.member: is missing or no object",
    ),
    (
        json.dumps(document(record("AZGroupMember", groupId="g", members=[{"member": {"id": "m"}}]))).encode(),
        "a.json:1: data.members.groupId: is missing or no text",
    ),
    (
        json.dumps(document(record("AZRoleAssignment", roleAssignments={}))).encode(),
        "a.json:1: data.roleAssignments: is not a list",
    ),
    (
        json.dumps(document(record("AZFederatedIdentityCredential", fics=[{"appId": "a"}]))).encode(),
        "a.json:1: data.fics.fic: is missing or no object",
    ),
    (
        json.dumps(document(record("AZFederatedIdentityCredential", fics=[1]))).encode(),
        "a.json:1: data.fics: holds something that is no object",
    ),
    (
        json.dumps(document(record("AZGroupMember", groupId=1, members=[]))).encode(),
        "a.json:1: groupId: must be text, is a number",
    ),
    (
        json.dumps(document(record("AZGroupMember", groupId="g", members=[1]))).encode(),
        "a.json:1: must be an object, is a number",
    ),
    (gzip.compress(b'{"data": []}', mtime=0)[:-3], "a.json: the gzip stream is cut short"),
]


@pytest.mark.parametrize(("content", "message"), BAD)
def test_a_bad_file_is_one_clear_error(tmp_path, content, message):
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(PayloadError) as caught:
        read(path)
    assert message in caught.value.message
    assert "\n" not in caught.value.message


def test_lenient_leaves_bad_records_out_and_leaves_a_gap(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(
        '{"data": [{"kind": "AZUser", "data": {}}, {"kind": 1}, {"kind": "AZUser", "data": {"id": "1"}}], "meta": {}}'
    )
    reader, rows = read(path, lenient=True)
    assert rows == {"graph/users": [{"id": "1"}]}
    assert [(skip.line, skip.reason) for skip in reader.skipped()] == [
        (1, "is missing or no text"),
        (2, "must be text, is a number"),
    ]
    gaps = {(gap.api, gap.reason) for gap in reader.meta().gaps}
    assert {("graph/users", "1 bad record left out"), ("graph/groupMembers", "1 bad record left out")} <= gaps


def test_a_missing_file_and_an_empty_folder_are_errors(tmp_path):
    with pytest.raises(PayloadError, match=r"gone\.json: cannot be read: No such file"):
        read(tmp_path / "gone.json")
    with pytest.raises(PayloadError, match=r"no \.json file is here"):
        read(tmp_path)
    assert AzureHoundReader(tmp_path / "gone.json").size_hint() is None


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"data":[{"kind":"AZUser","data":{}}]}', True),
        (b'\xef\xbb\xbf{ "data" : [\n {"kind": "AZTenant"', True),
        (b'{"kind":"AZUser","data":{}}\n', True),
        (b'{"data":[{"ObjectIdentifier":"S-1-5"}],"meta":{"type":"users"}}', False),
        (b"[]", False),
        (b"", False),
    ],
)
def test_azurehound_is_recognised_by_how_the_file_starts(tmp_path, content, expected):
    path = tmp_path / "a.json"
    path.write_bytes(content)
    assert recognises(path) is expected
    assert not recognises(tmp_path / "gone.json")


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_says_where_its_rows_go_or_why_not(name):
    kind = kind_of(name)
    if kind.treatment is Treatment.IGNORED:
        assert kind.detail
        assert not kind.list_name
    elif kind.form is not Form.TENANT:
        assert kind.list_name in LISTS


FIELDS = ["id", "properties", "members", "member", "owners", "owner", "groupId", "appId", "fics", "fic", "principalId"]
FIELDS += [
    "roleDefinitionId",
    "scope",
    "parent",
    "roleAssignments",
    "tenantId",
    "collected",
    "condition",
    "display_name",
]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=10,
)


@given(st.lists(st.tuples(st.sampled_from(sorted(KINDS)), json_values), max_size=4), st.booleans())
def test_any_json_is_read_or_refused_as_a_payload_error(tmp_path_factory, pairs, lenient):
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(document(*({"kind": kind, "data": data} for kind, data in pairs))))
    reader = AzureHoundReader(path, lenient=lenient)
    try:
        for batch in reader.batches():
            for payload in batch.payloads:
                assert isinstance(json.loads(payload), dict)
    except PayloadError:
        assert not lenient
    reader.meta()
    reader.accounting()


def test_the_page_about_sources_names_every_kind_with_what_becomes_of_it():
    page = (Path(__file__).parents[3] / "docs" / "sources.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `AZ")]
    told = {}
    for row in rows:
        kinds, treatment, where = (cell.strip() for cell in row.strip("|").split("|"))
        told.update((kind, (treatment, where.strip("`"))) for kind in re.findall(r"`(AZ\w+)`", kinds))
    assert told == {
        name: (str(kind.treatment), kind.list_name or kind.detail or "names the tenant") for name, kind in KINDS.items()
    }
