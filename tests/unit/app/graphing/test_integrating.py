"""Connection points: each sort, what its identity holds, how far it gets, and what is not one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.fakes.reviewed_tenant import (
    AUTOMATION,
    CONTRIBUTOR,
    DEV_IDENTITY,
    EXCHANGE,
    HUB,
    HUB_GROUP,
    PARTNER,
    PROD,
    PROD_MACHINE,
    READER,
    TENANT,
    VENDOR,
    Drafted,
    guid,
    places,
    resource,
    reviewed_tenant,
)
from tests.fakes.reviews import review_of

from remit.app.graphing.integrating import Integration, IntegrationsAnswer, list_integrations
from remit.app.graphing.reviewing import Sure
from remit.graph.federation.openness import Repositories
from remit.model.usage import ObservedOutcome, ObservedPlane
from remit.ports.usage_store import UsedRow

MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
KEY = {"keyId": guid("key"), "startDateTime": "2026-01-01T00:00:00Z"}


@pytest.fixture
def draft() -> Drafted:
    drafted = Drafted()
    places(drafted)
    return drafted


@pytest.fixture(scope="module")
def answer() -> IntegrationsAnswer:
    return list_integrations(review_of(reviewed_tenant()))


def of(draft: Drafted, **chosen: Any) -> list[Integration]:
    return list(list_integrations(review_of(draft, **chosen)).integrations)


def one(answer: IntegrationsAnswer, kind: str, source: str, identity: str) -> Integration:
    (found,) = [
        point
        for point in answer.integrations
        if (point.kind.value, point.source, point.identity.label) == (kind, source, identity)
    ]
    return found


def test_every_sort_is_listed_once_for_each_identity_and_source(answer) -> None:
    assert [(point.kind.value, point.source, point.identity.label) for point in answer.integrations] == [
        ("pipeline", "GitHub shop", "ci-prod"),
        ("pipeline", "GitHub shop/site", "ci-dev"),
        ("pipeline", "GitHub shop/site", "ci-prod"),
        ("pipeline", "GitHub shop/site", "id-dev"),
        ("workload", "Kubernetes aks-1 shop", "id-pods"),
        ("identity", "managed identity id-dev", "ci-prod"),
        ("lighthouse", "tenant Partner", "Operators"),
        ("saas", f"tenant {VENDOR}", "Vendor Mail"),
        ("keptSecret", "whoever keeps it", "ci-prod"),
        ("automation", "Automation account aa-hub", "aa-hub"),
        ("automation", "logic app la-orders", "la-orders"),
    ]


def test_a_pipeline_is_told_with_credential_weakness_role_and_reach(answer) -> None:
    found = one(answer, "pipeline", "GitHub shop/site", "ci-dev")
    (credential,) = found.credentials
    assert (credential.kind, credential.sort, credential.subject) == (
        "federated",
        "GitHub",
        "repo:shop/site:pull_request",
    )
    assert credential.audiences == (EXCHANGE,)
    assert [weak.kind for weak in credential.weaknesses] == ["pullRequest", "repositoryNotSeen"]
    assert [(role.role, role.scope.label, role.through) for role in found.roles] == [("Owner", "Shop Dev", None)]
    assert found.environment == "development"
    # It gives itself what it wants on the machine of its subscription, whose identity works in production too.
    assert (found.reach.tier_zero, found.reach.production) == (Sure.NO, Sure.CERTAIN)
    counts = dict(found.reach.counts)
    assert counts["identities"] == 4
    assert counts["code"] >= 3


def test_owners_and_other_tenants_have_their_names(answer) -> None:
    assert [ref.label for ref in one(answer, "pipeline", "GitHub shop/site", "ci-prod").owners] == ["Maya"]
    lighthouse = one(answer, "lighthouse", "tenant Partner", "Operators")
    assert [(role.role, role.scope.label) for role in lighthouse.roles] == [("Contributor", "Hub")]
    assert lighthouse.credentials[0].kind == "delegation"


def test_an_application_of_another_tenant_shows_permissions_and_consents(answer) -> None:
    found = one(answer, "saas", f"tenant {VENDOR}", "Vendor Mail")
    assert found.tenant == VENDOR
    assert [(said.names, said.delegated, said.api and said.api.label) for said in found.permissions] == [
        (("Mail.Read",), False, "Microsoft Graph"),
        (("Calendars.Read", "User.Read"), True, "Microsoft Graph"),
    ]


def test_a_kept_secret_has_its_end(answer) -> None:
    (credential,) = one(answer, "keptSecret", "whoever keeps it", "ci-prod").credentials
    assert (credential.kind, credential.expires, credential.expired) == (
        "secret",
        datetime(2027, 1, 1, tzinfo=UTC),
        False,
    )


def test_what_belongs_to_production_reaches_it_only_if_it_gets_anywhere(answer) -> None:
    found = one(answer, "automation", "logic app la-orders", "la-orders")
    assert (found.environment, found.reach.production) == ("production", Sure.NO)


def test_an_expired_certificate_is_listed_as_expired(draft) -> None:
    key = {**KEY, "endDateTime": "2026-10-31T23:59:59Z"}
    draft.application("old", keyCredentials=[key])
    (found,) = of(draft)
    assert [(said.kind, said.expired) for said in found.credentials] == [("certificate", True)]


def test_an_application_that_holds_something_and_has_no_credential_is_listed(draft) -> None:
    draft.application("holds")
    draft.application("idle")
    draft.assign(guid("holds"), READER, HUB)
    assert [(point.source, point.identity.label) for point in of(draft)] == [("no credential seen", "holds")]


@pytest.mark.parametrize(
    "fields",
    [{"appOwnerOrganizationId": MICROSOFT}, {"appOwnerOrganizationId": VENDOR}, {"accountEnabled": False}],
    ids=["of Microsoft", "foreign without anything given", "disabled"],
)
def test_what_is_no_connection_point(draft, fields) -> None:
    draft.service_principal("quiet", **fields)
    if "accountEnabled" in fields or fields.get("appOwnerOrganizationId") == MICROSOFT:
        draft.assign(guid("quiet"), READER, HUB)
    assert of(draft) == []


def test_roles_through_groups_and_of_the_directory_are_held_too(draft) -> None:
    draft.application("ci", passwordCredentials=[{**KEY, "endDateTime": "2027-01-01T00:00:00Z"}])
    draft.add("graph/groups", id=guid("team"), displayName="Team", securityEnabled=True)
    member = {"@odata.type": "#microsoft.graph.servicePrincipal", "id": guid("ci")}
    draft.add("graph/groupMembers", parentId=guid("team"), member=member)
    draft.assign(guid("team"), CONTRIBUTOR, HUB, "Group")
    draft.add("graph/directoryRoleDefinitions", id=guid("role"), displayName="Readers", templateId=guid("role"))
    draft.add(
        "graph/directoryRoleAssignments",
        id="a",
        principalId=guid("ci"),
        roleDefinitionId=guid("role"),
        directoryScopeId="/",
    )
    (found,) = of(draft)
    assert [(role.role, role.through and role.through.label) for role in found.roles] == [("Contributor", "Team")]
    assert found.directory_roles == ("Readers",)


def test_an_identity_of_another_tenant_that_is_trusted_names_the_tenant(draft) -> None:
    draft.application("bridge")
    draft.trust("bridge", "theirs", guid("x"), url=f"https://login.microsoftonline.com/{PARTNER}/v2.0")
    (found,) = of(draft)
    assert (found.kind.value, found.source, found.tenant) == ("otherTenant", f"tenant {PARTNER}", PARTNER)


def test_an_owner_by_tag_is_told_where_nobody_owns_the_identity(draft) -> None:
    draft.service_principal("aa", servicePrincipalType="ManagedIdentity")
    identity = {"type": "SystemAssigned", "principalId": guid("aa"), "tenantId": TENANT}
    draft.resource(AUTOMATION, tags={"owner": "ops"}, identity=identity)
    (found,) = of(draft)
    assert (found.owners, found.owner_tag) == ((), "ops")


def test_a_service_without_identity_is_no_point(draft) -> None:
    draft.resource(AUTOMATION)
    assert of(draft) == []


def test_a_list_of_repositories_settles_whether_they_exist(draft) -> None:
    draft.application("ci")
    draft.trust("ci", "gone", "repo:shop/gone:environment:prod")
    draft.trust("ci", "there", "repo:shop/site:environment:prod")
    found = of(draft, repositories=Repositories.of(["shop/site"]))
    assert [[weak.kind for said in point.credentials for weak in said.weaknesses] for point in found] == [
        ["removedRepository"],
        [],
    ]


def test_subjects_that_sign_in_as_several_are_told(draft) -> None:
    draft.application("one")
    draft.application("two")
    draft.trust("one", "a", "repo:shop/site:environment:dev")
    draft.trust("two", "a", None, expression="claims['sub'] matches 'repo:shop/*:environment:dev'")
    (shared,) = list_integrations(review_of(draft)).shared
    assert shared.subject == "repo:shop/site:environment:dev"
    assert sorted(ref.label for ref in shared.identities) == ["one", "two"]


def test_a_gap_in_a_list_that_points_stand_in_is_told(draft) -> None:
    del draft.lists["graph/applicationFederatedIdentityCredentials"]
    answer = list_integrations(review_of(draft))
    assert [gap.api for gap in answer.unread] == ["graph/applicationFederatedIdentityCredentials"]


class Reading:
    """Use as it was observed, in memory."""

    def __init__(self, *rows: UsedRow, covered: bool = True) -> None:
        self._rows, self._covered = rows, covered

    def coverage(self) -> tuple[object, ...]:
        return ("a log",) if self._covered else ()

    def used_by(self, principal_ids: list[str], since: int | None = None) -> list[UsedRow]:
        del since
        return [row for row in self._rows if row.principal_id in principal_ids or row.app_id in principal_ids]


def used(principal_id: str, last: datetime, outcome: ObservedOutcome = ObservedOutcome.SUCCEEDED) -> UsedRow:
    micros = int(last.timestamp()) * 1_000_000
    return UsedRow(principal_id, "", ObservedPlane.CONTROL, "a", "/", "", "", False, "", outcome, 1, micros, micros)


def test_the_last_use_is_that_of_the_logs_and_unknown_without_any(draft) -> None:
    draft.application("ci", passwordCredentials=[{**KEY, "endDateTime": "2027-01-01T00:00:00Z"}])
    day = datetime(2026, 10, 20, tzinfo=UTC)
    refused = used(guid("ci"), datetime(2026, 10, 30, tzinfo=UTC), ObservedOutcome.REFUSED)
    seen = Reading(used(guid("ci"), datetime(2026, 10, 1, tzinfo=UTC)), used(guid("ci-client"), day), refused)
    assert of(draft, usage=seen)[0].last_use == day
    never = list_integrations(review_of(draft, usage=Reading()))
    assert (never.integrations[0].last_use, never.observed) == (None, True)
    unknown = list_integrations(review_of(draft, usage=Reading(covered=False)))
    assert (unknown.integrations[0].last_use, unknown.observed) == (None, False)


def test_an_attached_identity_of_a_service_that_runs_by_itself_is_a_point(draft) -> None:
    draft.managed_identity(DEV_IDENTITY)
    attached = {"type": "UserAssigned", "userAssignedIdentities": {DEV_IDENTITY: {"principalId": guid("id-dev")}}}
    draft.resource(resource(HUB_GROUP, "Microsoft.DataFactory/factories", "df"), identity=attached)
    draft.resource(PROD_MACHINE, identity=attached)
    assert [(point.source, point.identity.label) for point in of(draft)] == [("data factory df", "id-dev")]


def test_a_foreign_principal_with_a_role_is_of_another_tenant(draft) -> None:
    draft.assign(guid("stranger"), READER, PROD, "ForeignGroup")
    (found,) = of(draft)
    assert (found.kind.value, found.source) == ("otherTenant", "another tenant")


def test_a_trust_in_a_disabled_application_connects_nothing(draft) -> None:
    draft.application("ci")
    draft.lists["graph/servicePrincipals"][-1]["accountEnabled"] = False
    draft.trust("ci", "main", "repo:shop/site:environment:prod")
    assert of(draft) == []


def test_an_application_without_service_principal_is_told_by_itself(draft) -> None:
    draft.add("graph/applications", id=guid("lone-app"), appId=guid("lone-client"), displayName="lone")
    draft.trust("lone", "main", "repo:shop/site:environment:prod")
    (found,) = of(draft)
    assert (found.identity.kind, found.identity.label, found.roles) == ("application", "lone", ())
    assert found.reach.tier_zero is Sure.NO


def test_a_secret_of_a_service_principal_alone_is_kept_by_somebody_too(draft) -> None:
    key = {**KEY, "endDateTime": "2027-01-01T00:00:00Z"}
    draft.service_principal("sp", appOwnerOrganizationId=TENANT, passwordCredentials=[key])
    draft.service_principal("theirs", appOwnerOrganizationId=VENDOR, passwordCredentials=[key])
    assert [(point.kind.value, point.identity.label) for point in of(draft)] == [("keptSecret", "sp")]


def test_roles_of_the_directory_that_are_over_or_eligible_are_not_held(draft) -> None:
    draft.application("ci", passwordCredentials=[{**KEY, "endDateTime": "2027-01-01T00:00:00Z"}])
    draft.add("graph/directoryRoleDefinitions", id=guid("role"), displayName="Readers", templateId=guid("role"))
    said = {"principalId": guid("ci"), "roleDefinitionId": guid("role"), "directoryScopeId": "/"}
    ended = {"startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2026-02-01T00:00:00Z"}
    draft.add("graph/directoryRoleAssignmentScheduleInstances", id="a", assignmentType="Assigned", **said, **ended)
    draft.add("graph/directoryRoleEligibilityScheduleInstances", id="b", **said)
    assert of(draft)[0].directory_roles == ()


def test_an_owner_of_an_application_without_service_principal_is_nobodys(draft) -> None:
    draft.add("graph/applications", id=guid("lone-app"), appId=guid("lone-client"), displayName="lone")
    draft.trust("lone", "main", "repo:shop/site:environment:prod")
    member = {"@odata.type": "#microsoft.graph.user", "id": guid("mia")}
    draft.add("graph/applicationOwners", parentId=guid("lone-app"), member=member)
    assert of(draft)[0].owners == ()
