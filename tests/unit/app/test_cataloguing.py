"""What `remit catalog import`, `show` and `role` rest on."""

import json

import pytest

from remit.adapters.azcli import AzCliReader
from remit.adapters.catalogue import FolderCatalogue, starter_roles
from remit.app.cataloguing import CatalogueOrigin, find_roles, import_catalogue, summarise
from remit.model.errors import PayloadError, UnknownRoleError
from remit.ports.catalogue import STARTER

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
CUSTOM = "00000000-0000-0000-0000-00000000c001"
PROVIDER = {
    "id": "/providers/Microsoft.Authorization/providerOperations/Microsoft.Example",
    "name": "Microsoft.Example",
    "operations": [{"name": "Microsoft.Example/register/action", "isDataAction": False}],
    "resourceTypes": [
        {
            "name": "things",
            "operations": [
                {"name": "Microsoft.Example/things/read"},
                {"name": "Microsoft.Example/things/open/action", "isDataAction": True},
            ],
        }
    ],
}


def definition(key=CUSTOM, subscription="s1", **changes):
    return {
        "assignableScopes": ["/subscriptions/s1"],
        "id": f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{key}",
        "permissions": [{"actions": ["*/read"], "condition": None}],
        "roleName": "Looker",
        "roleType": "CustomRole",
    } | changes


@pytest.fixture
def catalogue(tmp_path):
    return FolderCatalogue(tmp_path / "store" / "catalogue")


@pytest.fixture
def bring(tmp_path, catalogue):
    def bring(*elements, name="f.json", **options):
        path = tmp_path / name
        path.write_text(json.dumps(list(elements)))
        return import_catalogue(AzCliReader(path, **options), catalogue, file=name)

    return bring


def test_roles_come_in_and_are_found_by_name_guid_or_id(bring, catalogue):
    result = bring(definition(), definition(READER, roleName="Reader", roleType="BuiltInRole"))
    assert (result.roles, result.new_roles, result.providers) == (2, 1, 0)
    for text in ("looker", CUSTOM.upper(), definition()["id"]):
        [found] = find_roles(catalogue, text)
        assert (found.role.key, found.origin, found.role.is_custom) == (CUSTOM, "f.json", True)
    [owner] = find_roles(catalogue, "owner")
    assert owner.origin == STARTER


def test_several_roles_of_one_name_are_all_shown(bring, catalogue):
    bring(definition(roleName="Owner"))
    assert [found.role.name for found in find_roles(catalogue, "Owner")] == ["Owner", "Owner"]


def test_a_role_that_no_one_knows_is_an_input_error(catalogue):
    with pytest.raises(UnknownRoleError, match="no role `Nobody` in the catalogue"):
        find_roles(catalogue, "Nobody")


def test_an_invalid_custom_role_says_why(bring, catalogue):
    bring(definition(assignableScopes=["/"]))
    assert find_roles(catalogue, CUSTOM)[0].role.invalid


def test_operations_come_in_and_are_counted_by_plane(bring, catalogue):
    result = bring(PROVIDER, name="ops.json")
    assert (result.roles, result.providers, result.operations) == (0, 1, 3)
    summary = summarise(catalogue)
    assert (summary.providers, summary.control_operations, summary.data_operations) == (1, 2, 1)
    assert summary.roles == len(starter_roles())
    assert summary.origins == (
        CatalogueOrigin(STARTER, len(starter_roles()), 0, 0),
        CatalogueOrigin("ops.json", 0, 1, 3),
    )


def test_one_role_under_two_subscriptions_is_one(bring):
    assert bring(definition(), definition(subscription="s2")).roles == 1


def test_one_role_told_in_two_ways_is_refused_and_nothing_is_kept(bring, catalogue):
    with pytest.raises(PayloadError) as caught:
        bring(definition(), definition(subscription="s2", roleName="Other"))
    assert caught.value.message == f"f.json:2: id: role `{CUSTOM}` stands with other content in f.json:1"
    assert catalogue.roles() == starter_roles()


@pytest.mark.parametrize(
    ("element", "message"),
    [
        (definition(permissions="x"), "f.json:1: properties.permissions: must be a list, is text"),
        (definition(id="/"), "f.json:1: id: ends without the role's name"),
        (PROVIDER | {"operations": [{"name": ""}]}, "f.json:1: operations[0].name: is empty"),
        (
            {"id": "/x", "principalId": "p", "roleDefinitionId": "r", "scope": "/"},
            "f.json: holds neither role definitions nor operations",
        ),
    ],
)
def test_a_bad_file_is_refused_and_nothing_is_kept(bring, catalogue, element, message):
    with pytest.raises(PayloadError) as caught:
        bring(element)
    assert caught.value.message == message
    assert catalogue.roles() == starter_roles()


def test_what_is_neither_role_nor_operation_is_counted(bring):
    other = {"id": "/x", "principalId": "p", "roleDefinitionId": "r", "scope": "/"}
    result = bring(definition(), other, {"vmId": "1"}, 5, lenient=True)
    assert (result.roles, result.ignored, len(result.skipped)) == (1, 2, 1)
