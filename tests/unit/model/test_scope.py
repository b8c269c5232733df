"""S1, S2, S4: places are parsed once, compared without case, and cut at segment boundaries."""

from __future__ import annotations

import pytest

from remit.model.errors import ScopeSyntaxError
from remit.model.scope import Scope, ScopeKind, assignment_scope_text

VM = "/subscriptions/S1/resourceGroups/App/providers/Microsoft.Compute/virtualMachines/Web"


@pytest.mark.parametrize(
    ("text", "kind", "parents"),
    [
        ("/", ScopeKind.ROOT, ()),
        ("/subscriptions/S1", ScopeKind.SUBSCRIPTION, ()),
        ("/subscriptions/S1/resourceGroups/App", ScopeKind.RESOURCE_GROUP, ("/subscriptions/s1",)),
        (VM, ScopeKind.RESOURCE, ("/subscriptions/s1/resourcegroups/app", "/subscriptions/s1")),
        (
            f"{VM}/extensions/e/providers/Microsoft.Insights/x/y",
            ScopeKind.RESOURCE,
            (
                f"{VM}/extensions/e".lower(),
                VM.lower(),
                "/subscriptions/s1/resourcegroups/app",
                "/subscriptions/s1",
            ),
        ),
        ("/subscriptions/S1/providers/A/b/c", ScopeKind.RESOURCE, ("/subscriptions/s1",)),
        ("/providers/Microsoft.Management/managementGroups/Top", ScopeKind.MANAGEMENT_GROUP, ()),
        (
            "/providers/Microsoft.Management/managementGroups/Top/providers/A/b/c",
            ScopeKind.RESOURCE,
            ("/providers/microsoft.management/managementgroups/top",),
        ),
        ("/providers/Microsoft.Capacity/reservationOrders/r", ScopeKind.RESOURCE, ()),
    ],
)
def test_a_scope_knows_its_level_and_its_ancestors(text, kind, parents):
    scope = Scope.parse(text)
    assert (scope.kind, scope.parents_in_text()) == (kind, parents)
    assert scope.text == text


def test_case_and_a_final_slash_do_not_matter():
    assert Scope.parse("/SUBSCRIPTIONS/S1/resourcegroups/APP/") == Scope.parse("/subscriptions/s1/resourceGroups/app")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "subscriptions/s1",
        "//",
        "/subscriptions",
        "/subscriptions/",
        "/subscriptions//resourceGroups/a",
        "/subscriptions/s1/resourceGroups",
        "/subscriptions/s1/virtualMachines/v",
        "/subscriptions/s1/providers/A",
        "/subscriptions/s1/providers/A/b",
        "/subscriptions/s1/resourceGroups/a/providers/A/b/c/d",
        "/subscriptions/s1/resourceGroups/a/*",
        "/subscriptions/s1\n",
        "/subscriptions/s\u0130",
        "/subscriptions/s1 ",
        "/subscriptions/s1 /",
        "/subscriptions/ s1/resourceGroups/a",
        "/subscriptions/s1/resourceGroups/a /providers/A/b/c",
        "/subscriptions/s1/resourceGroups/a/ ",
        "/ ",
        "/tenants/t",
    ],
)
def test_what_is_no_place_is_refused(text):
    with pytest.raises(ScopeSyntaxError):
        Scope.parse(text)


def test_a_name_may_hold_a_blank_inside():
    scope = Scope.parse("/subscriptions/s1/resourceGroups/a b/providers/A/b/My c")
    assert (scope.key, scope.name) == ("/subscriptions/s1/resourcegroups/a b/providers/a/b/my c", "My c")


def test_names_come_from_the_last_provider_part_in_azures_spelling():
    queue = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/A1/queueServices/Default"
    assert Scope.parse(queue).resource_names() == (
        ("microsoft.storage/storageaccounts", "A1"),
        ("microsoft.storage/storageaccounts/queueservices", "Default"),
    )


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        (f"{VM}/providers/Microsoft.Authorization/roleAssignments/1", VM),
        ("/providers/Microsoft.Authorization/roleAssignments/1", "/"),
        (f"{VM}/providers/Microsoft.Authorization/locks/1", None),
    ],
)
def test_the_scope_of_an_assignment_is_what_stands_before_its_last_provider_part(identity, expected):
    assert assignment_scope_text(identity, "microsoft.authorization/roleassignments") == expected
