"""What was used of the sample tenant: attribution, windows, groups, refusals, the score and what to switch on."""

from __future__ import annotations

import json

import pytest
from tests.fakes.usage_reading import LAST_DAY, FakeReading, covered, used, without
from tests.fakes.usage_world import DATABASE, DEV_VAULT, PLACES, PROD, VAULT, VAULTS, store, world

from remit.app.using.answers import AssignmentUsage, Dormancy, PrincipalUsage
from remit.app.using.gaps import logging_gaps
from remit.app.using.of_assignment import usage_of_assignment
from remit.app.using.of_everybody import Sort, usage_of_everybody
from remit.app.using.of_principal import usage_of
from remit.app.using.tenant_usage import TenantUsage, names_of
from remit.model.errors import InputError
from remit.model.usage import ChangeKind, LogKind, ObservedChange, ObservedOutcome, ObservedPlane
from remit.usage.observability import Why
from remit.usage.observable_days import DAY
from remit.usage.score import gap_score

SIGN_INS = (
    LogKind.USER_SIGN_IN,
    LogKind.NON_INTERACTIVE_SIGN_IN,
    LogKind.SERVICE_PRINCIPAL_SIGN_IN,
    LogKind.MANAGED_IDENTITY_SIGN_IN,
)
LOGS = [
    *(covered(LogKind.ACTIVITY, place) for place in PLACES),
    *(covered(LogKind.KEY_VAULT, vault) for vault in VAULTS),
    *(covered(log, "/tenants/t") for log in SIGN_INS),
]
GET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
WRITE_VM = "Microsoft.Compute/virtualMachines/write"
WRITE_DATABASE = "Microsoft.Sql/servers/databases/write"
ASSIGN = "Microsoft.Authorization/roleAssignments/write"
CONTRIBUTOR, ADMINISTRATOR = "6bce723d-639d-5aa8-99a6-a423b71cad24", "094fa254-7cc4-5766-af91-f80d080a8c35"
OFFICER, SECRETS = "d8e6f9b6-eedc-5d57-bf35-d27b43c84e1b", "a82ba3e9-5a92-530e-8193-77edddda37c3"
CI = world().principals.find("ci-release")


def asked(*rows, covers=LOGS, changed=(), who: str = CI, **more) -> PrincipalUsage:
    return usage_of(TenantUsage(world(), FakeReading(rows, covers, changed), store=store(), **more), who)


def of(answer: PrincipalUsage, guid: str) -> AssignmentUsage:
    return next(one for one in answer.assignments if one.facts.assignment_id.endswith(guid))


def unused(one: AssignmentUsage) -> set[str]:
    return {name for group in one.unused for name in group.operations}


def why(one: AssignmentUsage, name: str) -> Why:
    return next(group.why for group in one.not_observable if name in group.operations)


def secret(**more) -> object:
    return used(CI, GET, f"{VAULT}/secrets/db", plane=ObservedPlane.DATA, **more)


def test_what_nobody_did_is_unused_where_it_would_have_been_seen() -> None:
    one = of(asked(), ADMINISTRATOR)
    assert ASSIGN in unused(one)
    window = one.unused[0].window
    assert window is not None
    assert (window.days, window.last, window.once_in) == (90, LAST_DAY, 30)


def test_a_management_read_is_never_unused() -> None:
    for one in asked().assignments:
        assert not [group for group in one.unused if group.plane == "control" and group.verb == "read"]


def test_counts_of_an_assignment_add_up() -> None:
    for one in asked(secret(), used(CI, WRITE_DATABASE, DATABASE)).assignments:
        assert one.granted == one.used_operations + one.unused_count + one.not_observable_count


def test_use_that_the_log_ties_to_one_assignment_is_no_use_of_another() -> None:
    answer = asked(secret(assignment=OFFICER))
    assert GET not in unused(of(answer, OFFICER))
    assert GET in unused(of(answer, SECRETS))


def test_use_that_nobody_ties_to_an_assignment_is_use_of_all_that_could_have_granted_it() -> None:
    for row in (secret(), secret(assignment=OFFICER, computed=True), secret(assignment="gone-since")):
        answer = asked(row)
        assert GET not in unused(of(answer, OFFICER)) | unused(of(answer, SECRETS))


DEPLOY = "Microsoft.Resources/deployments/write"
"""In no catalogue of the sample tenant."""


def test_an_action_that_no_catalogue_has_is_use_where_a_role_grants_it_and_nowhere_else() -> None:
    row = used(
        CI, DEPLOY, f"{VAULT}/providers/Microsoft.Resources/deployments/d", assignment=CONTRIBUTOR, computed=True
    )
    answer = asked(row)
    assert DEPLOY.lower() not in answer_names(answer)
    assert [one.facts.role_name for one in answer.assignments if one.used] == [
        "Contributor",
        "Key Vault Secrets Officer",  # lists Microsoft.Resources/deployments/*
    ]
    assert of(answer, CONTRIBUTOR).not_in_catalogue == 1
    assert answer.elsewhere == ()


def answer_names(answer: PrincipalUsage) -> set[str]:
    return {name.lower() for one in answer.assignments for name in unused(one)}


def test_an_action_that_no_role_of_the_principal_grants_is_told_apart() -> None:
    answer = asked(used(CI, "Microsoft.Authorization/somethingNew/delete", DEV_VAULT))
    assert [one.action for one in answer.elsewhere] == ["Microsoft.Authorization/somethingNew/delete"]
    assert not any(one.used for one in answer.assignments)


def test_a_data_action_of_no_catalogue_is_no_use_of_a_role_without_data_actions() -> None:
    answer = asked(used(CI, "Microsoft.Web/new/thing/action", VAULT, plane=ObservedPlane.DATA))
    assert not of(answer, CONTRIBUTOR).used


def test_what_is_checked_along_with_a_call_may_have_been_used_through_another_grant() -> None:
    listed = "Microsoft.Storage/storageAccounts/listkeys/action"
    row = used(CI, "Microsoft.Insights/diagnosticSettings/write", VAULT, assignment=OFFICER)
    one = of(asked(row), CONTRIBUTOR)
    assert one.along == (listed,)
    assert one.used_operations == 1
    assert of(asked(), CONTRIBUTOR).along == ()


def test_the_sums_of_an_identity_take_use_that_a_log_ties_to_one_assignment_as_that_ones() -> None:
    answer = asked(secret(assignment=OFFICER))
    standing = [one for one in answer.assignments if one.activations is None]
    assert answer.identity.used == sum(one.used_operations for one in standing) == 1
    assert answer.identity.unused == sum(one.unused_count for one in standing)
    assert asked(secret(assignment=OFFICER, computed=True)).identity.used == 2


def test_use_at_a_place_that_nobody_understands_is_at_the_assignment_that_the_log_names() -> None:
    row = used(CI, GET, "", plane=ObservedPlane.DATA, assignment=OFFICER)
    answer = asked(row)
    assert answer.identity.used == of(answer, OFFICER).used_operations == 1
    assert GET in unused(of(answer, SECRETS))


def test_use_elsewhere_is_no_use_here() -> None:
    row = used(CI, GET, f"{DEV_VAULT}/secrets/db", plane=ObservedPlane.DATA)
    assert GET in unused(of(asked(row), OFFICER))


def test_use_at_a_place_that_nobody_understands_may_have_been_anywhere() -> None:
    assert ASSIGN not in unused(of(asked(used(CI, ASSIGN, "")), ADMINISTRATOR))


def test_a_secret_read_is_not_observable_where_one_vault_below_has_no_log() -> None:
    halden = world().principals.find("Lena Fischer")
    covers = without(FakeReading(covers=LOGS), LogKind.KEY_VAULT, VAULTS[0]).covers
    one = next(each for each in asked(covers=covers, who=halden).assignments if "Secrets User" in each.facts.role_name)
    # The snapshot has a diagnostic setting of this vault: it is switched on, and what it writes was not ingested.
    assert why(one, GET) is Why.NOT_INGESTED
    assert one.not_observable[0].missing == (VAULTS[0],)


def test_a_write_is_not_observable_where_one_subscription_below_has_no_log() -> None:
    covers = without(FakeReading(covers=LOGS), LogKind.ACTIVITY, PLACES[1]).covers
    answer = asked(covers=covers)
    assert why(of(answer, CONTRIBUTOR), WRITE_VM) is Why.NOT_INGESTED
    assert ASSIGN in unused(of(answer, ADMINISTRATOR))


def test_without_any_log_nothing_is_unused() -> None:
    answer = asked(covers=())
    assert (answer.identity.unused, answer.identity.score, answer.last_day) == (0, 0.0, None)
    assert not any(one.unused for one in answer.assignments)


def test_a_refused_call_is_need_and_no_use() -> None:
    answer = asked(used(CI, ASSIGN, PROD, outcome=ObservedOutcome.REFUSED))
    assert ASSIGN in unused(of(answer, ADMINISTRATOR))
    assert [one.action for one in answer.refused] == [ASSIGN]
    assert answer.identity.last_use is None


def test_a_call_that_names_no_caller_may_have_been_anybodys() -> None:
    assert why(of(asked(used("", ASSIGN, PROD)), ADMINISTRATOR), ASSIGN) is Why.NAMELESS


def test_a_call_under_the_name_of_the_application_is_the_service_principals() -> None:
    app = world().principals.named(CI).app_id
    assert ASSIGN not in unused(of(asked(used(app, ASSIGN, PROD)), ADMINISTRATOR))


def test_what_was_assigned_five_days_ago_is_unused_for_five_days() -> None:
    made = ObservedChange(
        ChangeKind.ASSIGNMENT_WRITTEN, (LAST_DAY - 4) * DAY, LogKind.ACTIVITY, object_id=ADMINISTRATOR
    )
    window = of(asked(changed=[made]), ADMINISTRATOR).unused[0].window
    assert window is not None
    assert window.days == 5


def test_what_a_role_lists_since_five_days_is_unused_for_five_days() -> None:
    role = of(asked(), ADMINISTRATOR).facts.role_guid
    made = ObservedChange(ChangeKind.DEFINITION_WRITTEN, (LAST_DAY - 4) * DAY, LogKind.ACTIVITY, object_id=role)
    one = of(asked(changed=[made]), ADMINISTRATOR)
    assert one.unused[0].window is not None
    assert one.unused[0].window.days == 5
    assert one.since is None


def test_a_key_delegated_shortly_before_the_window_may_open_storage_in_it() -> None:
    account = f"{PROD}/resourceGroups/rg-data-prod/providers/Microsoft.Storage/storageAccounts/sthaldenprod"
    scope = f"{account}/blobServices/default"
    write = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write"
    holder = next(
        one for one in world().index.facts.principals.key if write in granted_at(one) and not one.startswith("79665c95")
    )
    covers = [*LOGS, covered(LogKind.STORAGE, scope.lower())]
    seen = [used("other", write.replace("write", "read"), scope, day=LAST_DAY - 20 + day) for day in range(21)]
    seen += [used("other", write, scope, day=LAST_DAY - 20 + day, plane=ObservedPlane.DATA) for day in (0, 20)]
    action = "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action"
    for day, doubted in ((LAST_DAY - 6, True), (LAST_DAY - 12, False)):
        rows = [*seen, used(holder, action, scope, day=day)]
        usage = TenantUsage(world(), FakeReading(rows, covers), store=store(), days=2)
        answer = usage_of(usage, holder)
        reasons = {group.why for one in answer.assignments for group in one.not_observable if write in group.operations}
        assert (Why.NAMELESS in reasons) is doubted
        assert answer.identity in usage_of_everybody(usage)


def granted_at(principal_id: str) -> set[str]:
    return {
        name for one in asked(who=principal_id).assignments for group in one.not_observable for name in group.operations
    }


def test_what_is_used_through_an_activated_role_is_use_of_the_eligible_one() -> None:
    priya = world().principals.find("Priya Raman")

    def eligible(*rows) -> AssignmentUsage:
        return next(one for one in asked(*rows, who=priya).assignments if one.activations is not None)

    role = eligible().facts.role_guid
    active = next(
        one for one in asked(who=priya).assignments if one.activations is None and one.facts.role_guid == role
    )
    name = active.facts.assignment_id.rpartition("/")[2].lower()
    change = next(iter(unused(eligible())))
    assert change not in unused(eligible(used(priya, change, active.facts.scope, assignment=name)))


@pytest.mark.parametrize("name", ["{upn}", "{mail}", "live.com#{mail}"])
def test_a_guest_is_known_by_the_name_of_its_home(name) -> None:
    upn = "mia_fabrikam.example#ext#@contoso.example"
    assert name.format(upn=upn, mail="mia@fabrikam.example") in names_of(upn.upper())


def test_a_shorter_window_makes_a_weaker_claim() -> None:
    window = of(asked(days=30), ADMINISTRATOR).unused[0].window
    assert window is not None
    assert (window.days, window.once_in) == (30, 10)


def test_using_something_lowers_the_score_by_what_it_weighs() -> None:
    before, after = asked().identity, asked(used(CI, ASSIGN, PROD)).identity
    assert after.score < before.score
    assert (after.used, after.unused) == (before.used + 1, before.unused - 1)


@pytest.mark.parametrize(("value", "score"), [(0.0, 0.0), (25.0, 20.0), (100.0, 50.0), (300.0, 75.0), (900.0, 90.0)])
def test_the_score_is_half_at_a_hundred(value, score) -> None:
    assert gap_score(value) == score


def test_a_group_used_what_a_member_used() -> None:
    group = world().principals.find("Key Vault Operators")
    member = world().principals.find("Lena Fischer")
    row = used(member, GET, f"{VAULT}/secrets/db", plane=ObservedPlane.DATA)
    assert GET in unused(of(asked(who=group), SECRETS))
    assert GET not in unused(of(asked(row, who=group), SECRETS))


def test_everybody_has_the_sums_of_the_single_answers() -> None:
    reading = FakeReading([secret(), used(CI, WRITE_DATABASE, DATABASE)], LOGS)
    usage = TenantUsage(world(), reading, store=store())
    for one in usage_of_everybody(usage):
        assert usage_of(usage, one.principal.principal_id).identity == one


def test_everybody_comes_in_the_order_that_was_asked_for() -> None:
    usage = TenantUsage(world(), FakeReading(covers=LOGS), store=store())
    by_score = [one.score for one in usage_of_everybody(usage, Sort.SCORE)]
    by_unused = [one.unused for one in usage_of_everybody(usage, Sort.UNUSED)]
    assert by_score == sorted(by_score, reverse=True)
    assert by_unused == sorted(by_unused, reverse=True)


def test_who_did_nothing_is_dormant_only_where_signing_in_would_have_been_seen() -> None:
    assert asked().identity.dormancy is Dormancy.DORMANT
    assert asked(secret()).identity.dormancy is Dormancy.ACTIVE
    covers = without(FakeReading(covers=LOGS), LogKind.MANAGED_IDENTITY_SIGN_IN).covers
    assert asked(covers=covers).identity.dormancy is Dormancy.UNKNOWN


def test_an_assignment_tells_who_used_it_or_since_when_nobody_did() -> None:
    usage = TenantUsage(world(), FakeReading([secret(assignment=OFFICER)], LOGS), store=store())
    officer, administrator = usage_of_assignment(usage, OFFICER), usage_of_assignment(usage, ADMINISTRATOR)
    assert [one.principal_id for one in officer.through] == [CI]
    assert officer.never_since is None
    assert administrator.never_since == LAST_DAY - 89


@pytest.mark.parametrize("text", [OFFICER[:8], OFFICER[:8] + "…", OFFICER.upper(), f"/any/where/{OFFICER}/"])
def test_an_assignment_is_found_by_its_guid_its_first_digits_or_its_id(text) -> None:
    found = usage_of_assignment(TenantUsage(world(), FakeReading(covers=LOGS)), text)
    assert found.usage.facts.assignment_id.endswith(OFFICER)


def test_every_assignment_that_is_shown_can_be_asked_about() -> None:
    usage = TenantUsage(world(), FakeReading(covers=LOGS), store=store())
    for name in ("ci-release", "Lena Fischer"):
        for one in usage_of(usage, world().principals.find(name)).assignments:
            guid = one.facts.assignment_id.rpartition("/")[2]
            for text in (guid, guid[:8]):
                assert usage_of_assignment(usage, text).usage.facts.assignment_id == one.facts.assignment_id


def test_an_assignment_that_is_not_there_is_said_to_be_none() -> None:
    with pytest.raises(InputError, match="no role assignment `nobody`"):
        usage_of_assignment(TenantUsage(world(), FakeReading()), "nobody")


def test_gaps_name_the_very_setting_and_put_first_what_helps_most() -> None:
    usage = TenantUsage(world(), FakeReading(covers=[LOGS[0]]), store=store())
    found = logging_gaps(usage, store(), "WORKSPACE")
    vault = next(one for one in found if one.resource_id == VAULT)
    assert vault.categories == ("AuditEvent",)
    assert f"--resource '{VAULT}'" in vault.az
    assert json.loads(vault.arm)["scope"] == VAULT
    assert [one.operations for one in found] == sorted((one.operations for one in found), reverse=True)


def test_what_is_ingested_is_no_gap() -> None:
    usage = TenantUsage(world(), FakeReading(covers=LOGS), store=store())
    assert {one.log for one in logging_gaps(usage, store())} <= {LogKind.STORAGE}
