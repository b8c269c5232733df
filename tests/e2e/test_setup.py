"""`remit setup azure` makes an identity with which `remit collect` succeeds; without any one permission of it, exactly
what that permission is for is a gap that names it.
"""

from __future__ import annotations

import stat
from dataclasses import replace
from types import SimpleNamespace

import msgspec
import pytest
from tests.e2e.needed import actions_of, permissions_of
from tests.e2e.setup_world import Collected, World, managed, world
from tests.e2e.tiny_tenant import GROUP, SUBSCRIPTION_ID

from remit.adapters.azure.known_types import KNOWN_TYPES
from remit.app.setting_up.doing import Deed
from remit.app.setting_up.plan import ApplicationChoice, Credential, SetupPlan
from remit.model.errors import CredentialError, ForbiddenError, SetupError
from remit.model.snapshot import Gap

OTHER_TYPES = Gap("arm/resources", "/", f"types beside {len(KNOWN_TYPES)} known ones were not asked for: needs */read")
ISSUER, SUBJECT = "https://token.actions.example", "repo:halden/remit:ref:refs/heads/main"
CHOICES = {
    "all": (),
    "one list of Azure": ("arm/locks",),
    "one list of the directory": ("graph/devices",),
    "resources": ("arm/resources",),
    "what resources lead to": ("arm/federatedIdentityCredentials", "arm/deploymentStacks", "arm/diagnosticSettings"),
    "the tree": ("arm/managementGroups", "arm/subscriptions"),
    "the catalogue": ("arm/providerOperations",),
    "who holds what": ("arm/roleAssignments", "arm/roleDefinitions", "graph/groupMembers", "graph/users"),
    "PIM of Azure": ("arm/roleEligibilityScheduleInstances", "arm/roleManagementPolicyAssignments"),
    "windows of Entra roles": ("graph/directoryRoleAssignmentScheduleInstances",),
    "Entra roles with their windows": (
        "graph/directoryRoleAssignments",
        "graph/directoryRoleEligibilityScheduleInstances",
    ),
    "PIM of groups": ("graph/groupAssignmentScheduleInstances", "graph/groupEligibilityScheduleInstances"),
    "Lighthouse and denies": ("arm/registrationAssignments", "arm/denyAssignments"),
}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with world(tmp_path_factory.mktemp("setup")) as one:
        yield one


@pytest.fixture
def fresh(tmp_path):
    with world(tmp_path) as one:
        yield one


@pytest.fixture(scope="module")
def whole(here) -> SimpleNamespace:
    """The identity for all lists, and what it collects."""
    plan = here.plan()
    done = here.apply(plan)
    me = here.identity(done)
    return SimpleNamespace(plan=plan, done=done, me=me, before=here.collect(me, plan.lists))


def test_with_a_certificate_everything_is_read(here, whole) -> None:
    assert whole.before.gaps == {OTHER_TYPES}
    assert whole.before.rows == here.collect(here.operator, whole.plan.lists).rows
    assert stat.S_IMODE(here.pem.stat().st_mode) == 0o600
    assert stat.S_IMODE((here.folder / "setup-collector.json").stat().st_mode) == 0o600


def test_with_a_federated_credential_everything_is_read(fresh) -> None:
    plan = fresh.plan(identity=ApplicationChoice(Credential.FEDERATED, "", ISSUER, SUBJECT))
    done = fresh.apply(plan)
    token = fresh.folder / "token"
    token.write_text(fresh.sim.federated_token(ISSUER, SUBJECT))
    me = fresh.identity(done, auth="workload", certificate=None, token_file=token)
    assert fresh.collect(me, plan.lists).gaps == {OTHER_TYPES}
    token.write_text(fresh.sim.federated_token(ISSUER, "repo:somebody/else"))
    with pytest.raises(CredentialError):
        fresh.collect(replace(me, client_id=me.client_id.upper()), ("graph/users",))


def test_with_a_managed_identity_everything_is_read(fresh, monkeypatch) -> None:
    plan = fresh.plan(identity=managed("rg", SUBSCRIPTION_ID))
    done = fresh.apply(plan)
    fresh.sim.be_identity(done.client_id)
    for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER"):
        monkeypatch.setenv(name, fresh.sim.env()[f"REMIT_SIM_{name}"])
    me = fresh.identity(done, auth="managed", certificate=None)
    assert fresh.collect(me, plan.lists).gaps == {OTHER_TYPES}


def test_with_a_secret_everything_is_read_and_nobody_else_reads_it(fresh) -> None:
    file = fresh.folder / "secret.env"
    plan = fresh.plan(identity=ApplicationChoice(Credential.SECRET, str(file)))
    done = fresh.apply(plan)
    assert [deed for deed, _ in fresh.apply(plan).deeds] == [Deed.WAS_THERE] * len(done.deeds)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    variables = dict(line.removeprefix("export ").split("=", 1) for line in file.read_text().splitlines()[1:])
    assert variables["AZURE_CLIENT_ID"] == done.client_id
    environment = {**fresh.identity(done).environment, **variables}
    me = fresh.identity(done, auth="secret", certificate=None, environment=environment)
    assert fresh.collect(me, plan.lists).gaps == {OTHER_TYPES}
    for other in fresh.folder.iterdir():
        assert other == file or variables["AZURE_CLIENT_SECRET"].encode() not in other.read_bytes()


def test_with_all_types_of_resources_there_is_no_gap(fresh) -> None:
    plan = fresh.plan(every_type=True)
    assert plan.actions == ("*/read",)
    done = fresh.apply(plan)
    assert fresh.collect(fresh.identity(done), plan.lists).gaps == set()


def test_without_any_one_action_exactly_that_is_a_gap(here, whole) -> None:
    types = {f"{one}/read" for one in KNOWN_TYPES} - {"Microsoft.ManagedIdentity/userAssignedIdentities/read"}
    actions = [action for action in whole.plan.actions if action not in types]
    assert len(actions) >= len(whole.plan.actions) - len(KNOWN_TYPES) > 15
    assert missing_one_by_one(here, whole, actions, ()) == {}


def test_without_any_one_permission_of_graph_exactly_that_is_a_gap(here, whole) -> None:
    assert missing_one_by_one(here, whole, (), whole.plan.graph_permissions) == {}


@pytest.mark.parametrize("name", CHOICES)
def test_a_setup_needs_what_its_calls_need_and_no_more(fresh, name) -> None:
    """The role and the permissions are those of the requests that were really made."""
    plan = fresh.plan(*CHOICES[name])
    done = fresh.apply(plan)
    me = fresh.identity(done)
    before = fresh.collect(me, plan.lists)
    assert before.gaps <= {OTHER_TYPES}
    assert {action.lower() for action in plan.actions} == actions_of(before.requests, fresh.sim.arm_url)
    assert set(plan.graph_permissions) == permissions_of(before.requests, fresh.sim.graph_url)
    if name != "all":
        own = SimpleNamespace(plan=plan, done=done, me=me, before=before)
        assert missing_one_by_one(fresh, own, plan.actions, plan.graph_permissions) == {}


def missing_one_by_one(where: World, own: SimpleNamespace, actions, permissions) -> dict[str, str]:
    """Take away each permission, collect, give it back; return what was wrong, by permission."""
    wrong = {}
    for action in actions:
        with where.without_action(own.plan, action):
            wrong[action] = what_is_wrong(own, action, where.collect(own.me, own.plan.lists))
    for permission in permissions:
        with where.without_permission(own.done, permission):
            after = where.collect(own.me, own.plan.lists, sign_in_again=True)
        # The assignment that was taken away is a row itself.
        if "graph/appRoleAssignments" in after.rows:
            after.rows["graph/appRoleAssignments"] += 1
        wrong[permission] = what_is_wrong(own, permission, after)
    return {permission: why for permission, why in wrong.items() if why}


def what_is_wrong(own: SimpleNamespace, permission: str, after: Collected) -> str:
    """Say how a collection without one permission differs from what should, "" where it is right."""
    touched = {name for need in own.plan.needs if need.permission == permission for name in need.lists}
    new, gone = after.gaps - own.before.gaps, own.before.gaps - after.gaps
    if not new:
        return "no gap"
    if unnamed := [gap for gap in new if permission not in gap.reason]:
        return f"not named: {unnamed}"
    if beside := {gap.api for gap in new} - touched:
        return f"said to rest on other lists: {beside}"
    # A gap may give way to a wider one at its place, and to no other.
    if lost := {(gap.api, gap.scope) for gap in gone} - {(gap.api, gap.scope) for gap in new}:
        return f"gaps are gone: {lost}"
    changed = {name for name in own.before.rows | after.rows if own.before.rows.get(name) != after.rows.get(name)}
    if changed - touched:
        return f"other lists changed: {changed - touched}"
    return ""


def test_a_second_time_makes_nothing_new_and_a_removal_leaves_nothing(fresh) -> None:
    before = tables(fresh)
    plan = fresh.plan()
    first = fresh.apply(plan)
    made = tables(fresh)
    again = fresh.apply(plan)
    assert {deed for deed, _ in first.deeds} == {Deed.MADE}
    assert {deed for deed, _ in again.deeds} == {Deed.WAS_THERE}
    assert tables(fresh) == made
    with fresh.setup() as setup:
        setup.remove(plan.name)
    after = tables(fresh)
    # Microsoft Graph joins the directory once one of its permissions was granted.
    assert after - before == {key for key in after if key[0] == "graph/servicePrincipals" and key not in before}
    assert len(after - before) == 1
    assert not fresh.pem.exists()
    assert [path.name for path in fresh.folder.iterdir() if path.name.startswith("setup-")] == []


def test_other_choices_change_what_is_there(fresh) -> None:
    fresh.apply(fresh.plan("arm/locks", "graph/users", "graph/devices"))
    plan: SetupPlan = fresh.plan("arm/denyAssignments", "graph/users")
    done = fresh.apply(plan)
    assert fresh.collect(fresh.identity(done), plan.lists).gaps == set()
    fewer = fresh.collect(fresh.identity(done), ("arm/locks", "graph/devices"))
    assert {gap.api for gap in fewer.gaps} == {"arm/locks", "graph/devices"}


def test_somebody_elses_application_is_not_touched(fresh) -> None:
    with pytest.raises(SetupError, match="an application `app` exists that no setup of Remit made") as error:
        fresh.apply(fresh.plan(name="app"))
    assert error.value.hint() == "choose another --name"


def test_a_lock_in_the_way_is_named(fresh) -> None:
    lock = {
        "id": f"{GROUP}/providers/Microsoft.Authorization/locks/l",
        "name": "l",
        "properties": {"level": "ReadOnly"},
    }
    with fresh.sim.edit() as tenant:
        tenant.put("arm/locks", msgspec.json.encode(lock))
    with pytest.raises(SetupError, match="a lock forbids it"):
        fresh.apply(fresh.plan(identity=managed("rg", SUBSCRIPTION_ID)))


def test_a_resource_group_that_is_not_there_is_named(fresh) -> None:
    with pytest.raises(SetupError, match="the resource group does not exist"):
        fresh.apply(fresh.plan(identity=managed("none", SUBSCRIPTION_ID)))


@pytest.mark.parametrize(
    ("identity", "needs"),
    [
        (None, "Microsoft Graph Application.ReadWrite.OwnedBy, or the role Cloud Application Administrator"),
        (
            managed("rg", SUBSCRIPTION_ID),
            f"Microsoft.ManagedIdentity/userAssignedIdentities/write at {GROUP}",
        ),
    ],
    ids=["application", "managed identity"],
)
def test_an_operator_who_may_not_is_told_what_is_missing(here, whole, tmp_path, identity, needs) -> None:
    """The identity that only reads tries to set up another one."""
    plan = here.plan(name="another")
    other = World(here.sim, tmp_path, signed_in=whole.me)
    with pytest.raises(ForbiddenError) as error:
        other.apply(replace(plan, identity=identity) if identity else plan)
    assert error.value.hint() == f"needs {needs}"


def tables(where: World) -> set[tuple[str, str]]:
    with where.sim.edit() as tenant:
        return {(name, key) for name, table in tenant.tables.items() for key in table.keys()}  # noqa: SIM118 - a table is no mapping
