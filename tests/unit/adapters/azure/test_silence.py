"""What is not said: gaps for what Resource Graph leaves out in silence."""

import json

import pytest
from tests.fakes.azure import a_source, answer, refuse, run
from tests.fakes.azure_tree import GROUPS, ONE, ROOT, TREE, TWO, a_group, a_subscription

from remit.adapters.azure.endpoints import TABLE
from remit.adapters.azure.known_types import KNOWN_TYPES, RESOURCE_GROUPS
from remit.adapters.azure.rights import Rights
from remit.model.errors import CredentialError, InterruptedAnswerError
from remit.ports.pages import Part
from remit.wire.azure.shapes import Permission

READS = ["*/read"]
SILENT = {"arm/resources", "arm/roleAssignments", "arm/roleDefinitions"}


class World:
    """Answers the calls of the beginning: places, and what the caller may do at a scope."""

    def __init__(self, rights, tree=TREE, page_size=1000):
        self.rights = rights
        self.tree = tree
        self.page_size = page_size
        self.asked = []
        self.fails = {}

    def __call__(self, request):
        path = request.url.path
        if path == "/providers/Microsoft.ResourceGraph/resources":
            start = int(json.loads(request.content)["options"].get("$skipToken", "0"))
            end = start + self.page_size
            more = {"$skipToken": str(end)} if end < len(self.tree) else {}
            return answer({"data": self.tree[start:end], **more})
        if path == "/metadata/endpoints":
            return answer({})
        scope = path.removesuffix("/providers/Microsoft.Authorization/permissions")
        self.asked.append(scope)
        if scope in self.fails:
            return self.fails.pop(scope)
        actions = self.rights.get(scope)
        if actions is None:
            return refuse(403, "AuthorizationFailed")
        return answer({"value": [{"actions": actions, "notActions": []}]})


def gaps_of(world, lists):
    beginning = run(a_source(world, lists).begin())
    return {(gap.api, gap.scope, gap.reason) for gap in beginning.gaps}


def test_who_may_read_all_has_no_gap_and_is_asked_once():
    world = World({ROOT: READS})
    beginning = run(a_source(world, SILENT).begin())
    assert beginning.gaps == ()
    assert world.asked == [ROOT]
    assert Part("arm/resources/all") in beginning.parts
    assert Part("arm/managementGroups", ROOT) in beginning.parts
    assert Part("arm/roleAssignments", ROOT) in beginning.parts
    assert Part("arm/resources/known") not in beginning.parts


def test_a_right_that_is_nowhere_is_one_gap_that_names_it():
    world = World({ROOT: ["Microsoft.Resources/subscriptions/read"], ONE: [], TWO: []})
    needs = "needs Microsoft.Authorization/roleAssignments/read"
    assert gaps_of(world, {"arm/roleAssignments"}) == {("arm/roleAssignments", "/", needs)}


def test_a_right_that_is_missing_in_one_subscription_is_a_gap_there_and_above():
    needs = "needs Microsoft.Authorization/roleAssignments/read"
    world = World({ROOT: ["Microsoft.Resources/subscriptions/read"], ONE: READS, TWO: []})
    assert gaps_of(world, {"arm/roleAssignments"}) == {
        ("arm/roleAssignments", ROOT, needs),
        ("arm/roleAssignments", TWO, needs),
    }


def test_a_right_given_only_by_subscriptions_leaves_no_gap_in_lists_that_are_only_there():
    world = World({ROOT: ["Microsoft.Resources/subscriptions/read"], ONE: READS, TWO: READS})
    assert gaps_of(world, {"arm/resources"}) == set()


OWN_ROLE = [
    "Microsoft.Authorization/permissions/read",
    "Microsoft.Management/managementGroups/read",
    "Microsoft.Resources/subscriptions/read",
    f"{RESOURCE_GROUPS}/read",
    *(f"{one}/read" for one in KNOWN_TYPES),
]
OTHERS = ("arm/resources", "/", f"types beside {len(KNOWN_TYPES)} known ones were not asked for: needs */read")


def test_without_all_reads_the_known_types_are_asked_for_and_the_others_are_a_gap():
    world = World({ROOT: OWN_ROLE})
    beginning = run(a_source(world, {"arm/resources"}).begin())
    assert {(gap.api, gap.scope, gap.reason) for gap in beginning.gaps} == {OTHERS}
    assert world.asked == [ROOT]
    assert Part("arm/resources/known") in beginning.parts
    assert Part("arm/resources/all") not in beginning.parts


def test_a_known_type_that_may_not_be_read_is_named():
    missing = "Microsoft.KeyVault/vaults/read"
    rights = [action for action in OWN_ROLE if action != missing]
    world = World({ROOT: rights, ONE: rights, TWO: rights})
    assert gaps_of(world, {"arm/resources"}) == {OTHERS, ("arm/resources", "/", f"needs {missing}")}


def test_who_may_read_no_resource_has_one_gap_for_all_types():
    rights = ["Microsoft.Resources/subscriptions/read", f"{RESOURCE_GROUPS}/read"]
    world = World(dict.fromkeys((ROOT, ONE, TWO), rights))
    assert ("arm/resources", "/", "needs */read") in gaps_of(world, {"arm/resources"})


def test_without_the_permissions_api_nobody_knows_what_is_left_out():
    why = "Resource Graph does not say what it leaves out: needs Microsoft.Authorization/permissions/read"
    world = World({})
    found = gaps_of(world, SILENT)
    assert {(name, "/", why) for name in SILENT} <= found
    assert world.asked == [ROOT]


def test_without_subscriptions_every_list_over_them_is_a_gap():
    world = World({ROOT: ["Microsoft.Management/managementGroups/read"]}, tree=TREE[:1])
    why = "no subscription is visible: needs Microsoft.Resources/subscriptions/read"
    lists = {"arm/subscriptions", "arm/locks", "arm/denyAssignments"}
    assert gaps_of(world, lists) == {(name, "/", why) for name in lists}


def test_a_tenant_without_subscriptions_is_no_gap():
    assert gaps_of(World({ROOT: READS}, tree=TREE[:1]), {"arm/subscriptions", "arm/locks"}) == set()


def test_subscriptions_that_are_visible_by_themselves_may_not_be_all():
    world = World({ROOT: ["Microsoft.Management/managementGroups/read"], ONE: READS, TWO: READS})
    why = "there may be more subscriptions than are visible: needs Microsoft.Resources/subscriptions/read"
    assert gaps_of(world, {"arm/subscriptions", "arm/locks"}) == {("arm/subscriptions", ROOT, why)}


def test_where_the_tree_is_not_read_every_list_tells_that_there_may_be_more_subscriptions():
    world = World({ROOT: ["Microsoft.Management/managementGroups/read"], ONE: READS, TWO: READS})
    why = "there may be more subscriptions than are visible: needs Microsoft.Resources/subscriptions/read"
    lists = {"arm/denyAssignments", "arm/locks", "arm/providerOperations"}
    assert gaps_of(world, lists) == {(name, ROOT, why) for name in lists - {"arm/providerOperations"}}


def test_the_catalogue_of_operations_rests_on_nothing_else():
    world = World({})
    assert gaps_of(world, {"arm/providerOperations"}) == set()
    assert world.asked == []


def test_without_the_tenant_root_group_what_is_above_is_not_known():
    tree = [a_group("app", ["root"], "root"), a_subscription(ONE, ["app", "root"])]
    world = World({f"{GROUPS}/app": READS}, tree=tree)
    found = gaps_of(world, {"arm/managementGroups", "arm/locks"})
    assert ("arm/managementGroups", "/") in {(api, scope) for api, scope, _ in found}
    assert not [one for one in found if one[0] == "arm/locks"]


def test_without_any_management_group_their_lists_are_gaps():
    world = World({ONE: READS}, tree=[a_subscription(ONE, ["root"])])
    why = "no management group is visible: needs Microsoft.Management/managementGroups/read"
    found = gaps_of(world, {"arm/denyAssignments", "arm/locks", "arm/roleAssignments"})
    assert {(api, scope) for api, scope, reason in found if reason == why} == {
        ("arm/denyAssignments", "/"),
        ("arm/roleAssignments", "/"),
    }
    assert Part("arm/roleAssignments", "") in run(a_source(world, {"arm/roleAssignments"}).begin()).parts


def test_two_topmost_groups_are_both_asked():
    tree = [
        a_group("a", ["root"], "root"),
        a_group("b", ["root"], "root"),
        a_subscription(ONE, ["a", "root"]),
        a_subscription(TWO, ["b", "root"]),
    ]
    world = World({f"{GROUPS}/a": READS, f"{GROUPS}/b": ["Microsoft.Resources/subscriptions/read"], TWO: []}, tree=tree)
    found = {(api, scope) for api, scope, _ in gaps_of(world, {"arm/roleDefinitions"})}
    # Above and beside both groups may be more.
    assert found == {("arm/roleDefinitions", where) for where in ("/", f"{GROUPS}/b", TWO)}
    assert ONE not in world.asked


def inherited_gaps(tree, lists):
    world = World({one["id"]: READS for one in tree}, tree=tree)
    said = "management groups above are not visible: needs Microsoft.Management/managementGroups/read there"
    return {(api, scope) for api, scope, reason in gaps_of(world, lists) if reason == said}


DENIES, POLICIES = "arm/denyAssignments", "arm/policyAssignments"


def test_what_groups_out_of_sight_hand_down_is_a_gap_where_nobody_tells_it():
    tree = [
        a_group("a", ["root"], "root"),
        a_subscription(ONE, ["a", "root"]),
        a_subscription(TWO, ["unseen", "root"]),
    ]
    # What `a` inherits is told at `a`, but for policies, which are asked for group by group.
    assert inherited_gaps(tree, {DENIES, POLICIES, "arm/locks", "arm/roleAssignments"}) == {
        (POLICIES, f"{GROUPS}/a"),
        (DENIES, TWO),
        (POLICIES, TWO),
    }


def test_a_subscription_beside_the_first_group_inherits_what_that_group_tells():
    tree = [a_group("a", ["root"], "root"), a_subscription(ONE, ["a", "root"]), a_subscription(TWO, ["root"])]
    assert inherited_gaps(tree, {DENIES}) == set()


def test_a_second_topmost_group_below_groups_out_of_sight_is_a_gap():
    tree = [a_group("a", ["root"], "root"), a_group("b", ["unseen", "root"], "unseen")]
    assert inherited_gaps(tree, {DENIES}) == {(DENIES, f"{GROUPS}/b")}


def test_a_subscription_of_which_nobody_says_where_it_hangs_is_a_gap():
    nowhere = a_subscription(TWO, [])
    nowhere["properties"] = {}
    assert inherited_gaps([*TREE[:2], nowhere], {DENIES}) == {(DENIES, TWO)}
    assert inherited_gaps(TREE, {DENIES, POLICIES}) == set()


def test_the_beginning_goes_on_where_it_stopped():
    world = World({ROOT: [], ONE: READS, TWO: READS}, page_size=1)
    world.fails[TWO] = refuse(503, "ServerTimeout")
    source = a_source(world, {"arm/roleDefinitions"})
    with pytest.raises(InterruptedAnswerError):
        run(source.begin())
    run(source.begin())
    assert world.asked == [ROOT, ONE, TWO, TWO]
    assert dict(source.calls())["arm/managementGroups"] == len(TREE)


def test_a_subscription_that_is_gone_meanwhile_is_no_gap():
    world = World({ROOT: ["Microsoft.Resources/subscriptions/read"], ONE: READS})
    world.fails[TWO] = refuse(404, "SubscriptionNotFound")
    assert gaps_of(world, {"arm/resources"}) == set()


def test_the_beginning_says_whose_tenant_when_and_what():
    beginning = run(a_source(World({ROOT: READS}), {"arm/locks"}).begin())
    assert beginning.tenant_id == "7e5c0000-0000-4000-8000-0000000000aa"
    assert beginning.cloud == "AzureCloud"
    assert beginning.at.isoformat() == "2026-11-01T12:00:00+00:00"
    assert set(beginning.collected) == {"arm/locks"}
    assert all(TABLE[part.endpoint].over.value == "tenant" for part in beginning.parts if part.endpoint in TABLE)


def test_only_graph_is_asked_where_only_graph_is_wanted():
    asked = []

    def route(request):
        asked.append(request.url.path)
        return answer({})

    beginning = run(a_source(route, {"graph/users"}).begin())
    assert asked == ["/metadata/endpoints", "/v1.0/users/delta"]
    assert beginning.parts[0] == Part("graph/users")


def test_a_token_without_a_tenant_is_no_token():
    from tests.fakes.azure import FakeCredential  # noqa: PLC0415 - only here

    with pytest.raises(CredentialError, match="which tenant"):
        run(a_source(World({}), {"graph/users"}, credential=FakeCredential(claims={"tid": ""})).begin())


@pytest.mark.parametrize(
    ("actions", "taken", "action", "granted"),
    [
        (["*"], [], "*/read", True),
        (["*/read"], [], "*/read", True),
        (["*"], ["Microsoft.Authorization/*/Delete"], "*/read", True),
        (["*"], ["Microsoft.KeyVault/*"], "*/read", False),
        (["*"], ["Microsoft.KeyVault/vaults/read"], "*/read", False),
        (["Microsoft.KeyVault/*"], [], "*/read", False),
        (["microsoft.keyvault/*/read"], [], "Microsoft.KeyVault/vaults/read", True),
        (["*/read"], ["Microsoft.KeyVault/vaults/read"], "Microsoft.KeyVault/vaults/read", False),
        (None, None, "Microsoft.KeyVault/vaults/read", False),
    ],
)
def test_rights_are_read_block_by_block(actions, taken, action, granted):
    assert Rights((Permission(actions=actions, not_actions=taken),)).grants(action) is granted


def test_what_one_block_takes_another_may_give():
    blocks = (Permission(actions=["*"], not_actions=["*"]), Permission(actions=["Microsoft.KeyVault/vaults/read"]))
    assert Rights(blocks).grants("Microsoft.KeyVault/vaults/read")
