"""B1 to B7, N9, E5, G4, V19, V21: what is shown beside an answer, over tiny facts."""

from __future__ import annotations

import pytest
from tests.fakes.facts import DIRECTORY, NOW, tiny_facts

from remit.engine.decide import decide
from remit.engine.facts import DenyFlag, LockLevel, PolicyEffect, PrincipalFlag
from remit.engine.guards import principal_guards
from remit.engine.holdings import what_can
from remit.engine.index import TenantIndex
from remit.model.decision import Outcome
from remit.model.question import Plane, Question
from remit.model.role import PermissionBlock
from remit.model.scope import Scope
from remit.model.snapshot import Gap

ALICE = "aaaaaaaa-0000-4000-8000-000000000001"
BOB = "bbbbbbbb-0000-4000-8000-000000000002"
SUB = "/subscriptions/s1"
GROUP = f"{SUB}/resourceGroups/app"
VM = f"{GROUP}/providers/Microsoft.Compute/virtualMachines/web"
VM_DELETE, VM_WRITE = "Microsoft.Compute/virtualMachines/delete", "Microsoft.Compute/virtualMachines/write"
GROUP_DELETE = "Microsoft.Resources/subscriptions/resourceGroups/delete"
DELETE, READ = LockLevel.CAN_NOT_DELETE, LockLevel.READ_ONLY


def _index(**given):
    given.setdefault("scopes", {SUB: "/"})
    given.setdefault("principals", {ALICE: {}})
    return TenantIndex.build(tiny_facts(**given))


def _guards(index, action, scope, *, data=False, who=ALICE):
    plane = Plane.DATA if data else Plane.CONTROL
    decision = decide(index, Question(who, action, plane, Scope.parse(scope)), at=NOW)
    return [(guard.kind, guard.effect, guard.clause) for guard in decision.guards]


def _details(index, action, scope, *, data=False):
    plane = Plane.DATA if data else Plane.CONTROL
    return [one.detail for one in decide(index, Question(ALICE, action, plane, Scope.parse(scope)), at=NOW).guards]


# Locks --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "action", "clause"),
    [
        (DELETE, VM_DELETE, "B1"),
        (DELETE, VM_DELETE.upper(), "B1"),
        (DELETE, VM_WRITE, None),
        (DELETE, "Microsoft.Compute/virtualMachines/start/action", None),
        (DELETE, "Microsoft.Compute/virtualMachines/read", None),
        (READ, VM_DELETE, "B1"),
        (READ, VM_WRITE, "B1"),
        (READ, "Microsoft.Compute/virtualMachines/start/action", "B1"),
        (READ, "Microsoft.Compute/virtualMachines/read", None),
        (READ, "Microsoft.Compute/virtualMachines/somethingNew", "B1"),
        (READ, "Microsoft.Storage/storageAccounts/listKeys/action", "B2"),
        (READ, "Microsoft.Authorization/roleAssignments/write", "B2"),
        (DELETE, "Microsoft.Authorization/roleAssignments/delete", "B2"),
        (DELETE, "Microsoft.Authorization/roleAssignments/write", None),
        (READ, "Microsoft.Authorization/locks/delete", None),
        (READ, "Microsoft.Authorization/locks/write", None),
    ],
)
@pytest.mark.parametrize("place", [VM, GROUP, SUB])
def test_a_lock_at_or_above_stops_what_its_level_stops(place, level, action, clause):
    found = [one for one in _guards(_index(locks=[(place, level)]), action, VM) if one[0] == "lock"]
    assert found == ([] if clause is None else [("lock", "blocks", clause)])


def test_a_lock_says_nothing_about_data():
    index = _index(locks=[(GROUP, READ)])
    action = "Microsoft.Compute/virtualMachines/login/action"
    assert "lock" not in {kind for kind, _, _ in _guards(index, action, VM, data=True)}


@pytest.mark.parametrize("place", [f"{GROUP}2", f"{SUB}1", f"{VM}/extensions/x", f"{GROUP}/providers/a/b/other"])
def test_a_lock_elsewhere_or_below_does_not_stop_a_resource(place):
    index = _index(scopes={SUB: "/", f"{SUB}1": "/"}, locks=[(place, READ)])
    assert _guards(index, VM_DELETE, VM) == []


def test_a_lock_below_stops_the_deletion_of_a_group():
    locks = [
        (VM, DELETE),
        (f"{GROUP}-2/providers/a/b/c", DELETE),
        (f"{GROUP}2", DELETE),
        (f"{SUB}/resourceGroups/ap", READ),
    ]
    index = _index(locks=locks)
    assert _guards(index, GROUP_DELETE, GROUP) == [("lock", "blocks", "B3")]
    assert _guards(index, GROUP_DELETE, f"{SUB}/resourceGroups/none") == []


def test_every_lock_of_a_chain_is_named_and_of_many_below_the_first_ones():
    below = [(f"{GROUP}/providers/a/b/{number:02}", DELETE) for number in range(25)]
    index = _index(locks=[(SUB, READ), (GROUP, DELETE), *below])
    found = _guards(index, GROUP_DELETE, GROUP)
    assert found[:2] == [("lock", "blocks", "B1")] * 2
    assert len(found) == 2 + 10 + 1
    assert _details(index, GROUP_DELETE, GROUP)[-1].startswith("15 more locks below")


def test_locks_do_not_bind_callers_of_a_managing_tenant():
    index = _index(principals={ALICE: {}, BOB: {"flags": 0}}, lighthouse=[(BOB, SUB)], locks=[(GROUP, READ)])
    assert ("lock", "note", "B7") in _guards(index, VM_WRITE, VM, who=BOB)
    assert ("lock", "blocks", "B1") in _guards(index, VM_WRITE, VM, who=ALICE)
    assert ("lock", "blocks", "B1") in _guards(index, VM_WRITE, VM, who="cccccccc-0000-4000-8000-000000000003")


def test_locks_that_were_not_read_are_said_so_where_they_could_act():
    index = _index(gaps=[Gap("arm/locks", SUB, "403"), Gap("arm/locks", "/subscriptions/s2", "403")])
    assert _guards(index, VM_WRITE, VM) == [("lock", "note", "B1")]
    assert _guards(index, "Microsoft.Compute/virtualMachines/read", VM) == []
    assert _details(index, VM_WRITE, VM) == ["locks were not read: 403"]


# Policies -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("effect", "action", "expected"),
    [
        (PolicyEffect.DENY_ACTION, VM_DELETE, [("denyActionPolicy", "blocks", "B5")]),
        (PolicyEffect.DENY_ACTION, VM_WRITE, []),
        (PolicyEffect.DENY_ACTION, "Microsoft.Authorization/locks/delete", []),
        (PolicyEffect.DENY_ACTION, "Microsoft.Authorization/policyAssignments/delete", []),
        (PolicyEffect.DENY_ACTION, "Microsoft.Authorization/denyAssignments/delete", []),
        (PolicyEffect.DENY_ACTION, "Microsoft.Blueprint/blueprintAssignments/delete", []),
        (PolicyEffect.DENY_ACTION, "Microsoft.Resources/deploymentStacks/delete", []),
        (PolicyEffect.DENY_ACTION, "Microsoft.Resources/subscriptions/delete", []),
        (PolicyEffect.UNKNOWN, VM_DELETE, [("policyNotEvaluated", "note", "B5")]),
        (PolicyEffect.UNKNOWN, VM_WRITE, []),
        (PolicyEffect.UNKNOWN, "Microsoft.Authorization/roleAssignments/write", [("policyNotEvaluated", "note", "B6")]),
        (PolicyEffect.OTHER, "Microsoft.Authorization/roleAssignments/write", [("policyNotEvaluated", "note", "B6")]),
        (PolicyEffect.OTHER, VM_DELETE, []),
    ],
)
def test_policies_by_effect_and_action(effect, action, expected):
    assert _guards(_index(policies=[(SUB, effect)]), action, VM) == expected
    assert _guards(_index(scopes={SUB: "/", f"{SUB}1": "/"}, policies=[(f"{SUB}1", effect)]), action, VM) == []


def test_policies_that_were_not_evaluated_are_counted_once():
    index = _index(policies=[(SUB, PolicyEffect.UNKNOWN), (GROUP, PolicyEffect.UNKNOWN), ("/", PolicyEffect.OTHER)])
    assert _details(index, VM_DELETE, VM) == [
        "2 policy assignments act here whose effect on this call was not evaluated"
    ]
    assert _details(index, VM_DELETE, SUB) == [
        "1 policy assignment acts here whose effect on this call was not evaluated"
    ]


def test_a_policy_of_a_group_that_may_be_above_may_act():
    group = "/providers/Microsoft.Management/managementGroups/mg"
    index = _index(
        scopes={SUB: None, group: "/", f"{group}2": group}, policies=[(f"{group}2", PolicyEffect.DENY_ACTION)]
    )
    assert _guards(index, VM_DELETE, VM) == [("denyActionPolicy", "note", "B5")]


def test_policies_that_were_not_read_are_said_so():
    index = _index(gaps=[Gap("arm/policyAssignments", "/", "not collected")])
    assert _guards(index, VM_DELETE, VM) == [("policyNotEvaluated", "note", "B5")]
    assert _guards(index, VM_WRITE, VM) == []


# Deny assignments that only audit, principals, scopes -----------------------------------------------------------------


def test_a_deny_that_audits_is_shown_where_it_would_apply():
    audit = {"at": GROUP, "blocks": PermissionBlock(actions=("*/delete",)), "flags": DenyFlag.AUDIT | DenyFlag.EVERYONE}
    index = _index(denies=[{**audit, "name": "watch"}])
    assert _guards(index, VM_DELETE, VM) == [("auditDeny", "note", "N9")]
    assert _details(index, VM_DELETE, VM) == ["the deny assignment `watch` covers this action, but its effect is audit"]
    assert _guards(index, VM_WRITE, VM) == []
    assert _guards(index, VM_DELETE, SUB) == []


@pytest.mark.parametrize(
    ("change", "scope", "shown"),
    [
        ({}, VM, True),
        ({"but": [ALICE]}, VM, False),
        ({"flags": DenyFlag.AUDIT, "to": [ALICE]}, VM, True),
        ({"flags": DenyFlag.AUDIT, "to": [BOB]}, VM, False),
        ({"flags": DenyFlag.AUDIT | DenyFlag.EVERYONE | DenyFlag.THIS_SCOPE_ONLY}, VM, False),
        ({"flags": DenyFlag.AUDIT | DenyFlag.EVERYONE | DenyFlag.THIS_SCOPE_ONLY}, GROUP, True),
        ({"flags": DenyFlag.EVERYONE}, VM, False),
    ],
)
def test_a_deny_that_audits_follows_the_rules_of_denies(change, scope, shown):
    deny = {
        "at": GROUP,
        "blocks": PermissionBlock(actions=("*",)),
        "flags": DenyFlag.AUDIT | DenyFlag.EVERYONE,
    } | change
    index = _index(principals={ALICE: {}, BOB: {}}, denies=[deny])
    kinds = [kind for kind, _, _ in _guards(index, "Microsoft.Compute/virtualMachines/read", scope)]
    assert kinds == (["auditDeny"] if shown else [])


def test_disabled_and_missing_principals_are_noted():
    index = _index(principals={ALICE: {"flags": PrincipalFlag.LISTED | PrincipalFlag.DISABLED}, BOB: {"flags": 0}})
    read = "Microsoft.Compute/virtualMachines/read"
    assert _guards(index, read, VM) == [("accountDisabled", "note", "V19")]
    assert _guards(index, read, VM, who=ALICE.upper()) == [("accountDisabled", "note", "V19")]
    assert _guards(index, read, VM, who=BOB) == [("principalNotFound", "note", "G4")]
    assert _guards(index, read, VM, who="cccccccc-0000-4000-8000-000000000003") == [("principalNotFound", "note", "G4")]


def test_a_principal_is_gone_only_when_the_directory_was_read_in_full():
    nobody = "cccccccc-0000-4000-8000-000000000003"
    part, whole = _index(), _index(collected=DIRECTORY)
    assert (
        principal_guards(part, -1, nobody)[0].detail
        == "this principal is in none of the directory lists that were read"
    )
    assert "grant nothing" in principal_guards(whole, -1, nobody)[0].detail


def test_classic_administrators_are_flagged_within_their_subscription():
    index = _index(
        scopes={SUB: "/", f"{SUB}1": "/"},
        principals={ALICE: {"upn": "Alice@contoso.example"}, BOB: {}},
        classic=[("alice@CONTOSO.example", SUB), ("", SUB), ("carol@contoso.example", SUB)],
    )
    read = "Microsoft.Compute/virtualMachines/read"
    assert _guards(index, read, VM) == [("classicAdministrator", "note", "E5")]
    assert _guards(index, read, f"{SUB}1") == []
    assert _guards(index, read, VM, who=BOB) == []
    row = index.principal_row(ALICE)
    assert [guard.kind for guard in principal_guards(index, row, ALICE)] == ["classicAdministrator"]


@pytest.mark.parametrize(
    ("scope", "shown"),
    [
        (VM, False),
        ("/subscriptions/s9/resourceGroups/app", True),
        ("/subscriptions/s8", True),
        ("/providers/Microsoft.Management/managementGroups/mg", False),
        ("/providers/Microsoft.Management/managementGroups/none", True),
        ("/", False),
        ("/providers/Microsoft.Billing/billingAccounts/b", False),
    ],
)
def test_a_scope_that_a_full_list_does_not_name_is_noted(scope, shown):
    lists = ("arm/subscriptions", "arm/managementGroups")
    group = "/providers/Microsoft.Management/managementGroups/mg"
    given = {"scopes": {group: "/", SUB: group, "/subscriptions/s8": group}, "unlisted": ["/subscriptions/s8"]}
    note = [("scopeNotListed", "note", "V21")]
    read = "Microsoft.Resources/tags/read"
    assert _guards(_index(**given, collected=lists), read, scope) == (note if shown else [])
    assert _guards(_index(**given), read, scope) == []
    gap = [Gap(name, SUB, "403") for name in lists]
    assert "scopeNotListed" not in {
        kind for kind, _, _ in _guards(_index(**given, collected=lists, gaps=gap), read, scope)
    }


def test_guards_never_touch_the_outcome():
    everything = _index(
        locks=[("/", READ)],
        policies=[("/", PolicyEffect.DENY_ACTION)],
        denies=[{"at": "/", "blocks": PermissionBlock(actions=("*",)), "flags": DenyFlag.AUDIT | DenyFlag.EVERYONE}],
        principals={ALICE: {"flags": PrincipalFlag.DISABLED}},
        lighthouse=[(ALICE, SUB)],
    )
    plain = _index(principals={ALICE: {}}, lighthouse=[(ALICE, SUB)])
    for index in (everything, plain):
        read = decide(index, Question(ALICE, "Microsoft.Compute/disks/read", Plane.CONTROL, Scope.parse(VM)), at=NOW)
        assert read.outcome is Outcome.ALLOWED
    assert len(_guards(everything, VM_DELETE, VM)) == 5


def test_a_gap_whose_scope_is_not_understood_concerns_everything():
    index = _index(gaps=[Gap("arm/locks", "somewhere", "403")])
    assert _guards(index, VM_WRITE, VM) == [("lock", "note", "B1")]


def test_what_actions_mean_is_forgotten_before_it_fills_the_memory():
    guards = _index().guards
    for number in range(5000):
        guards.profile(f"a/b{number}/delete", Plane.CONTROL)
    assert guards.profile("A/B1/DELETE", Plane.CONTROL).verb == "delete"
    assert len(guards._profiles) < 5000


def test_what_a_principal_holds_shows_what_is_known_about_it():
    index = _index(principals={ALICE: {"flags": PrincipalFlag.LISTED | PrincipalFlag.DISABLED}})
    assert [guard.kind for guard in what_can(index, ALICE, None, at=NOW).guards] == ["accountDisabled"]
