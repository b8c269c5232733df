"""From answers to rows: pages are cut, rows are shaped, kept and left out."""

import json

import msgspec
import pytest

from remit.adapters.azure.endpoint import Keep
from remit.adapters.azure.endpoints import TABLE
from remit.adapters.azure.leads import opened
from remit.adapters.azure.pages import cut, whole
from remit.adapters.azure.shaping import kept, scope_of, shaped, without_secrets
from remit.adapters.azure_client.answers import Asked
from remit.model.errors import InterruptedAnswerError, UnexpectedAnswerError
from remit.ports.pages import Part
from remit.wire.azure.lists import LISTS

ASKED = Asked("arm/locks")
SUB = "/subscriptions/5ab00000-0000-4000-8000-000000000001"
ROOT = "/providers/Microsoft.Management/managementGroups/root"


def _row(value):
    return json.dumps(value, separators=(",", ":")).encode()


def test_rows_are_the_bytes_of_the_answer():
    page = cut(b'{"value": [ {"a": 1.50, "b":"\\u00e9"} ,{"c":{"d": []}} ], "nextLink":"https://x/2"}', ASKED)
    assert page.rows == [b'{"a": 1.50, "b":"\\u00e9"}', b'{"c":{"d": []}}']
    assert page.cursor == "https://x/2"


def test_a_row_over_several_lines_becomes_one_line_and_stays_the_same():
    page = cut(b'{"value":[{\r\n  "a": 1.50,\n "b": "x\\ny z"\n}]}', ASKED)
    assert page.rows == [b'{"a":1.50,"b":"x\\ny z"}']


@pytest.mark.parametrize(
    ("beside", "cursor", "cut_short"),
    [
        ('"nextLink":null', "", False),
        ('"@odata.nextLink":"https://g/2"', "https://g/2", False),
        ('"$skipToken":"abc","resultTruncated":"true"', "abc", False),
        ('"resultTruncated":"true"', "", True),
        ('"resultTruncated":"false"', "", False),
    ],
)
def test_a_page_says_where_it_goes_on(beside, cursor, cut_short):
    page = cut(f'{{"data":[],{beside}}}'.encode(), ASKED)
    assert (page.cursor, page.is_cut_short) == (cursor, cut_short)


def test_an_answer_that_ends_too_early_was_cut_off():
    for end in range(1, len(b'{"value":[{"a":1}]}') - 1):
        with pytest.raises(InterruptedAnswerError):
            cut(b'{"value":[{"a":1}]}'[:end], ASKED)


@pytest.mark.parametrize("body", [b"<html>", b'{"value":{}}', b'{"items":[]}', b"[]", b'{"value":"\xff"}', b"null"])
def test_an_answer_without_a_list_is_not_read(body):
    with pytest.raises(UnexpectedAnswerError):
        cut(body, ASKED)


def test_an_answer_can_be_one_row():
    assert whole(b' {"id": 1}\n', ASKED) == b'{"id": 1}'
    with pytest.raises(UnexpectedAnswerError):
        whole(b"[1]", ASKED)


def test_columns_that_are_null_are_left_out_at_the_top_only():
    row = b'{"id":"/x","kind":null,"properties":{"a": null},"tags":null}'
    assert shaped(TABLE["arm/roleDefinitions"], "", [row]) == [b'{"id":"/x","properties":{"a": null}}']
    same = b'{"id": "/x", "properties": {"a": null}}'
    assert shaped(TABLE["arm/roleDefinitions"], "", [same]) == [same]


def test_a_resource_group_gets_the_type_that_resource_manager_says():
    row = b'{"id":"/x","type":"microsoft.resources/subscriptions/resourcegroups","tags":null,"properties":{}}'
    assert shaped(TABLE["arm/resources/resourceGroups"], "", [row]) == [
        b'{"id":"/x","type":"Microsoft.Resources/resourceGroups","properties":{}}'
    ]


GROUP = {
    "id": f"{ROOT[:-4]}app",
    "name": "app",
    "type": "microsoft.management/managementgroups",
    "properties": {
        "displayName": "Apps",
        "details": {
            "parent": {"id": ROOT, "name": "root"},
            "managementGroupAncestorsChain": [{"name": "root", "displayName": "Root"}],
        },
    },
}
TOP = {
    "id": ROOT,
    "name": "root",
    "type": "microsoft.management/managementgroups",
    "properties": {"displayName": "Root", "details": {"managementGroupAncestorsChain": []}},
}
SUBSCRIPTION = {
    "id": SUB,
    "name": "shop",
    "type": "microsoft.resources/subscriptions",
    "properties": {"state": "Enabled", "managementGroupAncestorsChain": [{"name": "app"}, {"name": "root"}]},
}


@pytest.mark.parametrize(
    ("row", "entity"),
    [
        (
            GROUP,
            {
                "id": GROUP["id"],
                "name": "app",
                "type": "Microsoft.Management/managementGroups",
                "properties": {"displayName": "Apps", "parent": {"id": ROOT}},
            },
        ),
        (
            TOP,
            {
                "id": ROOT,
                "name": "root",
                "type": "Microsoft.Management/managementGroups",
                "properties": {"displayName": "Root", "parent": {"id": None}},
            },
        ),
        (
            SUBSCRIPTION,
            {
                "id": SUB,
                "name": SUB.rsplit("/", 1)[-1],
                "type": "/subscriptions",
                "properties": {
                    "displayName": "shop",
                    "parent": {"id": "/providers/Microsoft.Management/managementGroups/app"},
                },
            },
        ),
        (
            {**SUBSCRIPTION, "properties": {}},
            {
                "id": SUB,
                "name": SUB.rsplit("/", 1)[-1],
                "type": "/subscriptions",
                "properties": {"displayName": "shop"},
            },
        ),
        (
            {**TOP, "properties": {"displayName": "Root"}},
            {
                "id": ROOT,
                "name": "root",
                "type": "Microsoft.Management/managementGroups",
                "properties": {"displayName": "Root"},
            },
        ),
    ],
)
def test_places_are_written_as_the_list_of_entities_does(row, entity):
    """A parent that nobody told is absent, which is not the top (null)."""
    assert shaped(TABLE["arm/managementGroups"], "", [_row(row)]) == [_row(entity)]


def test_a_pair_is_written_for_each_member():
    row = _row({"id": "g", "members": [{"@odata.type": "#microsoft.graph.user", "id": "u", "x": 1}, {"id": "d"}]})
    assert shaped(TABLE["graph/groupMembers"], "", [row]) == [
        b'{"parentId":"g","member":{"@odata.type":"#microsoft.graph.user","id":"u"}}',
        b'{"parentId":"g","member":{"id":"d"}}',
    ]


def test_a_relation_that_may_be_cut_is_read_by_itself():
    endpoint = TABLE["graph/groupMembers"]
    rows = [
        _row({"id": "big", "members": [{"id": str(number)} for number in range(20)]}),
        _row({"id": "small", "members": [{"id": str(number)} for number in range(19)]}),
        _row({"id": "none", "members": []}),
        _row({"id": "unsaid"}),
    ]
    assert len(shaped(endpoint, "", rows)) == 19
    assert opened(endpoint, Part(endpoint.key), rows, set(TABLE)) == [
        Part("graph/groupMembers/group", "big"),
        Part("graph/groupMembers/servicePrincipals", "big"),
        Part("graph/groupMembers/group", "unsaid"),
        Part("graph/groupMembers/servicePrincipals", "unsaid"),
    ]


def test_service_principals_among_members_come_from_their_own_call_only():
    rows = [
        _row({"@odata.type": "#microsoft.graph.servicePrincipal", "id": "s"}),
        _row({"@odata.type": "#microsoft.graph.user", "id": "u"}),
    ]
    for key in ("graph/groupMembers/group", "graph/groupOwners/group"):
        assert [json.loads(row)["member"]["id"] for row in shaped(TABLE[key], "g", rows)] == ["u"]
    cast = shaped(TABLE["graph/groupMembers/servicePrincipals"], "g", [b'{"id":"s"}'])
    assert cast == [b'{"parentId":"g","member":{"@odata.type":"#microsoft.graph.servicePrincipal","id":"s"}}']


def test_what_is_expanded_stays_as_it_is():
    row = b'{"id":"s","appRoleAssignedTo":[{"id": "a",  "principalId":"p"}]}'
    assert shaped(TABLE["graph/appRoleAssignments"], "", [row]) == [b'{"id": "a",  "principalId":"p"}']


def test_a_child_carries_its_parent_before_its_own_fields():
    endpoint = TABLE["graph/applicationFederatedIdentityCredentials/application"]
    row = shaped(endpoint, "app", [b'{ "id":"f","issuer": "https://x"}'])[0]
    assert row == b'{"parentId":"app","id":"f","issuer": "https://x"}'
    assert LISTS[endpoint.list_name].key(LISTS[endpoint.list_name].decoder.decode(row)) == "app/f"


CREDENTIALS = {
    "id": "a",
    "keyCredentials": [{"keyId": "k", "key": "TUlJ", "customKeyIdentifier": "x"}],
    "passwordCredentials": [
        {"keyId": "p", "secretText": "canary", "hint": "can", "endDateTime": "2027-01-01T00:00:00Z"}
    ],
}


@pytest.mark.parametrize("name", ["graph/applications", "graph/servicePrincipals"])
def test_nothing_to_sign_in_with_gets_through(name):
    row = shaped(TABLE[name], "", [_row(CREDENTIALS)])[0]
    assert b"can" not in row
    assert b"TUlJ" not in row
    said = json.loads(row)
    assert said["passwordCredentials"][0]["endDateTime"] == "2027-01-01T00:00:00Z"
    assert said["keyCredentials"][0]["customKeyIdentifier"] == "x"


def test_credentials_without_secrets_keep_their_bytes():
    row = b'{"id": "a", "passwordCredentials":[{"hint":null, "secretText": null}], "keyCredentials":[{"key":null}]}'
    assert without_secrets(row) is row


def _assignment(scope, where="/subscriptions/x/providers/Microsoft.Authorization/locks/1"):
    properties = {} if scope is None else {"scope": scope}
    return _row({"id": where, "properties": properties})


def test_a_row_says_its_scope_or_its_id_does():
    assert scope_of(_assignment(SUB.upper())) == SUB
    assert scope_of(_assignment(None)) == "/subscriptions/x"
    assert scope_of(_assignment(None, "/providers/Microsoft.Authorization/denyAssignments/1")) == "/"
    assert scope_of(_assignment("/")) == "/"


@pytest.mark.parametrize(
    ("keep", "target", "left"),
    [
        (Keep.ALL, SUB, [0, 1, 2, 3, 4]),
        (Keep.AT, SUB.upper(), [2]),
        (Keep.WITHIN, SUB, [2, 3]),
        (Keep.ROOT, ROOT, [0]),
        (Keep.BELOW_ROOT, ROOT, [1, 2, 3, 4]),
    ],
)
def test_only_rows_of_the_scope_that_was_asked_are_kept(keep, target, left):
    rows = [_assignment(one) for one in ("/", ROOT, SUB, f"{SUB}/resourceGroups/a", f"{SUB}0")]
    assert kept(keep, target, rows) == [rows[number] for number in left]


def _opens(key, rows, target=""):
    return [
        (one.endpoint, one.target)
        for one in opened(TABLE[key], Part(key, target), [_row(row) for row in rows], set(TABLE))
    ]


def test_the_topmost_group_is_asked_once_for_what_is_above_and_at_it():
    parts = _opens("arm/managementGroups", [TOP, GROUP, SUBSCRIPTION], target=ROOT)
    assert ("arm/denyAssignments/topManagementGroup", ROOT) in parts
    assert ("arm/denyAssignments/managementGroup", ROOT) not in parts
    assert ("arm/denyAssignments/managementGroup", GROUP["id"]) in parts
    assert ("arm/policyAssignments/managementGroup", ROOT) in parts
    assert ("arm/roleAssignments/root", ROOT) in parts
    assert ("arm/roleAssignments/root", GROUP["id"]) not in parts
    assert not [part for part in parts if part[1] == SUB]


def test_policies_are_asked_for_at_each_scope_below_a_subscription_once():
    rows = [
        {"id": "/1", "properties": {"scope": scope}}
        for scope in (SUB, f"{SUB}/resourceGroups/A", f"{SUB}/resourcegroups/a", ROOT, "/")
    ]
    assert _opens("arm/roleEligibilityScheduleInstances/subscription", rows, SUB) == [
        ("arm/roleManagementPolicyAssignments/scope", f"{SUB}/resourcegroups/a")
    ]


@pytest.mark.parametrize(
    "endpoint", [one for one in TABLE.values() if one.opens and not one.later], ids=lambda one: one.key
)
def test_every_endpoint_that_leads_on_says_where_to(endpoint):
    row = {"id": f"{SUB}/resourceGroups/a", "name": "a", "type": "microsoft.management/managementgroups"}
    types = (
        ("microsoft.managedidentity/userassignedidentities", "microsoft.keyvault/vaults")
        if endpoint.key.startswith(("arm/resources/", "arm/federated", "arm/diagnostic"))
        else (row["type"],)
    )
    opens = _opens(endpoint.key, [row | {"type": one} for one in types], row["id"])
    # At the topmost group one call stands for the two of a list that has both.
    twice = {key.replace("/topManagementGroup", "/managementGroup") for key in endpoint.opens if "/top" in key}
    wanted = set(endpoint.opens) - twice
    assert {key for key, _ in opens} == wanted


def test_groups_that_pim_cannot_hold_are_not_asked_about():
    groups = [
        {"id": "a", "groupTypes": [], "onPremisesSyncEnabled": None},
        {"id": "b", "groupTypes": ["DynamicMembership"]},
        {"id": "c", "groupTypes": None, "onPremisesSyncEnabled": True},
    ]
    assert {target for _, target in _opens("graph/groups", groups)} == {"a"}


def test_only_identities_and_what_logs_its_data_plane_lead_on():
    identity = f"{SUB}/resourceGroups/a/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"
    vault, account = f"{SUB}/vaults/v", f"{SUB}/storageAccounts/s"
    rows = [
        {"id": identity, "type": "Microsoft.ManagedIdentity/userAssignedIdentities"},
        {"id": "/x", "type": "a/b"},
        {"id": vault, "type": "microsoft.keyvault/Vaults"},
        {"id": account, "type": "Microsoft.Storage/storageAccounts"},
    ]
    assert _opens("arm/resources/all", rows) == [
        ("arm/federatedIdentityCredentials/identity", identity),
        ("arm/diagnosticSettings/resource", vault),
        ("arm/diagnosticSettings/resource", f"{account}/blobServices/default"),
        ("arm/diagnosticSettings/resource", f"{account}/fileServices/default"),
        ("arm/diagnosticSettings/resource", f"{account}/queueServices/default"),
        ("arm/diagnosticSettings/resource", f"{account}/tableServices/default"),
    ]


def test_a_row_without_an_id_is_told():
    with pytest.raises(msgspec.ValidationError):
        _opens("graph/applications", [{"appId": "x"}])


def test_a_target_is_written_so_that_it_stays_in_its_place():
    address = TABLE["arm/locks/subscription"].address("/subscriptions/a b?c#d%e")
    assert address == "/subscriptions/a%20b%3Fc%23d%25e/providers/Microsoft.Authorization/locks?api-version=2020-05-01"
