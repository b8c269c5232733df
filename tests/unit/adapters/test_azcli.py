"""The output of three az commands, read as Azure's own payloads."""

import gzip
import json

import pytest

from remit.adapters.azcli import AzCliReader, recognises
from remit.adapters.azcli.shapes import CONDITION_NOT_LISTED
from remit.model.errors import PayloadError
from remit.model.snapshot import Gap

SUBSCRIPTION = "00000000-0000-0000-0000-0000000000a1"
OTHER = "00000000-0000-0000-0000-0000000000a2"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
ALICE = "00000000-0000-0000-0000-000000000001"


def assignment(subscription=SUBSCRIPTION, scope=None, **changes):
    scope = f"/subscriptions/{subscription}" if scope is None else scope
    return {
        "condition": None,
        "conditionVersion": None,
        "createdOn": "2026-01-02T03:04:05.678901+00:00",
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-0000-0000-0000000000ff",
        "name": "00000000-0000-0000-0000-0000000000ff",
        "principalId": ALICE,
        "principalName": "alice@example.org",
        "principalType": "User",
        "roleDefinitionId": f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{READER}",
        "roleDefinitionName": "Reader",
        "scope": scope,
        "type": "Microsoft.Authorization/roleAssignments",
    } | changes


def definition(**changes):
    return {
        "assignableScopes": ["/"],
        "id": f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{READER}",
        "name": READER,
        "permissions": [
            {
                "actions": ["*/read"],
                "condition": None,
                "conditionVersion": None,
                "dataActions": [],
                "notActions": [],
                "notDataActions": [],
            }
        ],
        "roleName": "Reader",
        "roleType": "BuiltInRole",
        "type": "Microsoft.Authorization/roleDefinitions",
    } | changes


PROVIDER = {
    "displayName": "Microsoft Example",
    "id": "/providers/Microsoft.Authorization/providerOperations/Microsoft.Example",
    "name": "Microsoft.Example",
    "operations": [{"name": "Microsoft.Example/register/action", "isDataAction": False}],
    "resourceTypes": [{"name": "things", "operations": [{"name": "Microsoft.Example/things/read"}]}],
    "type": "Microsoft.Authorization/providerOperations",
}


def read(path, **options):
    reader = AzCliReader(path, **options)
    rows = {}
    for batch in reader.batches():
        for line, payload in zip(batch.lines, batch.payloads, strict=True):
            rows.setdefault(batch.list_name, []).append((batch.file, line, json.loads(payload)))
    return reader, rows


def written(path, *documents):
    path.write_text("\n".join(json.dumps(document, indent=2) for document in documents))
    return path


def test_a_flattened_assignment_gets_its_properties_back(tmp_path):
    _, rows = read(written(tmp_path / "ra.json", [assignment(condition="@x", somethingNew=[1])]))
    [(file, line, payload)] = rows["arm/roleAssignments"]
    assert (file, line) == ("ra.json", 1)
    assert set(payload) == {"id", "name", "type", "properties"}
    flat = assignment(condition="@x", somethingNew=[1])
    assert payload["properties"] == {key: flat[key] for key in flat if key not in {"id", "name", "type"}}


def test_a_flattened_role_names_its_type_as_azure_does(tmp_path):
    _, rows = read(written(tmp_path / "rd.json", [definition()]))
    [(_, _, payload)] = rows["arm/roleDefinitions"]
    assert payload["properties"]["type"] == "BuiltInRole"
    assert payload["properties"]["roleName"] == "Reader"
    assert payload["properties"]["permissions"] == definition()["permissions"]
    assert payload["type"] == "Microsoft.Authorization/roleDefinitions"


def test_a_built_in_block_without_the_field_condition_has_an_unknown_condition(tmp_path):
    old = [{"actions": ["*"], "notActions": [], "dataActions": [], "notDataActions": []}]
    _, rows = read(
        written(tmp_path / "rd.json", [definition(permissions=old), definition(permissions=old, roleType="CustomRole")])
    )
    built_in, custom = (payload["properties"]["permissions"][0] for _, _, payload in rows["arm/roleDefinitions"])
    assert built_in["condition"] == CONDITION_NOT_LISTED
    assert "condition" not in custom


def test_providers_pass_as_they_are(tmp_path):
    _, rows = read(written(tmp_path / "ops.json", [PROVIDER]))
    assert rows == {"arm/providerOperations": [("ops.json", 1, PROVIDER)]}


def test_payloads_of_the_rest_api_pass_as_they_are(tmp_path):
    payload = {"id": "/x", "type": "t", "properties": {"principalId": ALICE, "roleDefinitionId": "r", "scope": "/"}}
    _, rows = read(written(tmp_path / "rest.json", {"value": [payload]}))
    assert rows["arm/roleAssignments"] == [("rest.json", 1, payload)]


def test_classic_administrators_are_told_from_assignments(tmp_path):
    classic = assignment(
        id="NA(classic admins)",
        name="NA(classic admins)",
        principalId=None,
        roleDefinitionId="NA(classic admin role)",
        roleDefinitionName="CoAdministrator",
    )
    _, rows = read(written(tmp_path / "ra.json", [classic]))
    [(_, _, payload)] = rows["arm/classicAdministrators"]
    assert payload["properties"]["emailAddress"] == "alice@example.org"
    assert payload["properties"]["role"] == "CoAdministrator"
    assert payload["id"].startswith(f"/subscriptions/{SUBSCRIPTION}/providers/")


def test_a_folder_is_the_union_of_its_files_whatever_they_are_called(tmp_path):
    written(tmp_path / "one.json", [assignment()], [definition()])
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "two.json.gz").write_bytes(gzip.compress(json.dumps([assignment(OTHER)]).encode()))
    written(tmp_path / "vms.json", [{"id": "/x", "vmId": "1"}])
    written(tmp_path / "empty.json", [])
    reader, rows = read(tmp_path)
    assert [row[:2] for row in rows["arm/roleAssignments"]] == [("deeper/two.json.gz", 1), ("one.json", 1)]
    assert [row[:2] for row in rows["arm/roleDefinitions"]] == [("one.json", 2)]
    assert reader.accounting() == (
        ("arm/roleAssignments", "used", 2),
        ("arm/roleDefinitions", "used", 1),
        ("object of another command", "ignored", 1),
    )
    assert reader.size_hint() == sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file())


def test_an_inherited_assignment_listed_in_two_subscriptions_is_one(tmp_path):
    group = "/providers/Microsoft.Management/managementGroups/top"
    written(tmp_path / "a.json", [assignment(SUBSCRIPTION, scope=group)])
    written(tmp_path / "b.json", [assignment(OTHER, scope=group, principalName="")])
    reader, rows = read(tmp_path)
    assert len(rows["arm/roleAssignments"]) == 1
    assert ("role assignment listed again", "ignored", 1) in reader.accounting()


def test_one_id_with_different_content_is_passed_on_for_the_store_to_refuse(tmp_path):
    written(tmp_path / "a.json", [assignment(), assignment(principalId="00000000-0000-0000-0000-000000000002")])
    _, rows = read(tmp_path / "a.json")
    assert len(rows["arm/roleAssignments"]) == 2


def test_what_az_does_not_hold_is_a_gap_with_its_reason(tmp_path):
    reader, _ = read(written(tmp_path / "ra.json", [assignment()]))
    meta = reader.meta()
    assert (meta.source, meta.tenant_id, meta.collected_at) == ("azCli", "", None)
    assert meta.collected == {"arm/roleAssignments"}
    assert Gap("arm/denyAssignments", "/", "the three az commands do not hold it") in meta.gaps
    assert Gap("arm/roleDefinitions", "/", "no output of az role definition list") in meta.gaps
    covered = f"az role assignment list covers subscription {SUBSCRIPTION} alone"
    assert Gap("arm/roleAssignments", "/", covered) in meta.gaps
    assert len(meta.gaps) == len({gap.api for gap in meta.gaps})


def test_the_covered_subscriptions_are_named_up_to_five(tmp_path):
    rows = [assignment(f"00000000-0000-0000-0000-0000000000b{digit}") for digit in range(7)]
    reader, _ = read(written(tmp_path / "ra.json", rows))
    [gap] = [gap for gap in reader.meta().gaps if gap.api == "arm/roleAssignments"]
    assert gap.reason.endswith("0000000000b4 and 2 more alone")
    group_only = [assignment(scope="/providers/Microsoft.Management/managementGroups/top")]
    reader, _ = read(written(tmp_path / "ra.json", group_only))
    [gap] = [gap for gap in reader.meta().gaps if gap.api == "arm/roleAssignments"]
    assert gap.reason == "az role assignment list covers the subscription it was run in alone"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "x.json: holds nothing that az role assignment list"),
        (b"[1]", "x.json:1: is not an object"),
        (b'[{"principalId": "p", "roleDefinitionId": "r"}]', "x.json:1: id: is missing or no text"),
        (b'[{"id": NaN}]', "x.json:1: is not JSON: NaN and Infinity are no numbers"),
        (b'[{"id": "\xff"}]', "x.json:1: is not UTF-8"),
        (b"[{}", "x.json:1: the file ends in the middle of the document"),
        (b'{"a": 1}', "x.json:1: the document has no list `value`"),
        (b"ERROR: Please run az login", "x.json: expected a list"),
        ('[{"a": 1}]'.encode("utf-16"), "x.json: it is UTF-16, not UTF-8"),
        (b'[{"vmId": 1}]', "x.json: holds nothing that az role assignment list"),
    ],
)
def test_a_bad_file_is_one_clear_error(tmp_path, content, message):
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(PayloadError) as caught:
        read(path)
    assert message in caught.value.message
    assert "\n" not in caught.value.message


def test_a_missing_file_and_an_empty_folder_are_errors(tmp_path):
    with pytest.raises(PayloadError, match=r"gone\.json: cannot be read: No such file"):
        read(tmp_path / "gone.json")
    with pytest.raises(PayloadError, match=r"no \.json file is here"):
        read(tmp_path)
    assert AzCliReader(tmp_path / "gone.json").size_hint() is None


def test_lenient_leaves_bad_objects_out_and_counts_them(tmp_path):
    path = tmp_path / "x.json"
    path.write_bytes(b'[1, {"id": NaN}, ' + json.dumps([assignment(), definition()]).encode()[1:])
    reader, rows = read(path, lenient=True)
    assert len(rows["arm/roleAssignments"]) == 1
    assert [(skip.file, skip.line) for skip in reader.skipped()] == [("x.json", 1), ("x.json", 2)]
    assert reader.skipped()[0].reason == "is not an object"
    assert Gap("arm/roleDefinitions", "/", "2 bad objects left out") in reader.meta().gaps
    again = reader.again()
    assert len(list(again.batches())) == len(rows)
    assert again.skipped() == reader.skipped()


def test_more_objects_than_a_batch_holds_come_in_several_batches(tmp_path):
    path = written(tmp_path / "ra.json", [assignment(id=f"/a/{number}") for number in range(2_001)])
    assert [len(batch.lines) for batch in AzCliReader(path).batches()] == [2_000, 1]


def test_the_output_of_az_is_recognised_by_its_first_object(tmp_path):
    assert recognises(written(tmp_path / "a.json", [assignment()]))
    assert recognises(tmp_path)
    assert not recognises(written(tmp_path / "b.json", {"data": [], "meta": {}}))
    assert not recognises(written(tmp_path / "c.json", []))
    assert not recognises(tmp_path / "gone.json")
    (tmp_path / "arm").mkdir()
    assert not recognises(tmp_path)
