"""What the review of AI workloads finds, each finding by itself, and what it leaves alone."""

from __future__ import annotations

from typing import Any

import pytest
from tests.fakes.ai_tenant import (
    CHAT,
    ENDPOINT,
    FOUNDRY,
    INDEX_READER,
    INDEX_WRITER,
    MONITORING,
    OPENAI_CONTRIBUTOR,
    OPENAI_USER,
    PROJECT,
    SEARCH,
    SHARED,
    SPACE,
    ai_places,
    ai_tenant,
    role,
    workload,
)
from tests.fakes.reviewed_tenant import CONTRIBUTOR, HUB_GROUP, OWNER, PROD, PROD_GROUP, Drafted, guid, resource
from tests.fakes.reviews import review_of

from remit.app.graphing.ai import AiAnswer, review_ai
from remit.app.graphing.intake.resources import REVIEWED
from remit.bootstrap.ai import ai_rules


@pytest.fixture
def draft() -> Drafted:
    return ai_places()


def found(draft: Drafted, **chosen: Any) -> AiAnswer:
    return review_ai(review_of(draft, **chosen), ai_rules())


def counts(answer: AiAnswer, duty: str, place: int = 0) -> tuple[int, int, int, int]:
    one = next(one for one in answer.workloads[place].duties if one.duty == duty)
    return one.people, one.software, one.eligible, one.possible


@pytest.fixture(scope="module")
def whole() -> AiAnswer:
    return found(ai_tenant())


def test_every_type_of_the_rules_is_kept_by_the_intake() -> None:
    assert ai_rules().types == REVIEWED


def test_every_resource_has_its_sort_its_parent_and_what_its_keys_do(whole) -> None:
    told = {one.node.label: (one.sort, one.parent.label if one.parent else "", one.keys) for one in whole.workloads}
    assert told == {
        "oai-chat": ("azureOpenAI", "", "open"),
        "vision": ("cognitiveServices", "", "closed"),
        "foundry": ("foundry", "", "open"),
        "helpdesk": ("foundryProject", "foundry", "none"),
        "srch-docs": ("search", "", "closed"),
        "ml-risk": ("machineLearning", "", "open"),
        "score": ("onlineEndpoint", "ml-risk", "closed"),
        "gpu": ("machineLearningCompute", "ml-risk", "none"),
        "bot-help": ("bot", "", "closed"),
    }


def test_software_is_told_with_what_carries_it_and_whom_it_trusts(whole) -> None:
    told = {one.identity.label: one for one in whole.identities}
    assert set(told) == {"aa-train", "chat-app", "helpdesk-agent", "id-shared", "index-loader"}
    assert [ref.label for ref in told["aa-train"].carriers] == ["aa-train"]
    assert told["index-loader"].trusts == ("GitHub shop/docs: repo:shop/docs:ref:refs/heads/main",)
    assert [ref.label for ref in told["id-shared"].attached] == ["foundry", "ml-risk"]
    assert told["chat-app"].duties == ("inference",)


def test_who_does_everything_is_told_and_groups_stand_for_members(whole) -> None:
    told = {one.identity.label: (one.members, sorted(ref.label for ref in one.workloads)) for one in whole.whole}
    # Maya has no more than the team; Olu has more, and is told as well.
    assert told == {
        "ML team": (2, ["ml-risk", "oai-chat", "score"]),
        "Olu": (0, ["bot-help", "foundry", "ml-risk", "oai-chat", "score"]),
    }


def test_agents_are_told_with_what_they_hold(whole) -> None:
    (one,) = whole.agents
    assert (one.identity.label, one.kind, [role.role for role in one.roles]) == (
        "helpdesk-agent",
        "agentIdentity",
        ["Reader"],
    )


def test_who_asks_and_nothing_else_is_no_finding(draft) -> None:
    workload(draft, CHAT, "OpenAI", disableLocalAuth=True)
    draft.assign(draft.application("app"), OPENAI_USER, CHAT)
    answer = found(draft)
    assert (counts(answer, "inference"), counts(answer, "deployment")) == ((0, 1, 0, 0), (0, 0, 0, 0))
    assert not answer.found


def test_software_that_reads_and_writes_is_found_and_people_are_not(draft) -> None:
    workload(draft, SEARCH, disableLocalAuth=True)
    draft.add("graph/users", id=guid("maya"), displayName="Maya")
    draft.assign(guid("maya"), INDEX_WRITER, SEARCH, "User")
    assert not found(draft).found
    draft.assign(draft.application("loader"), INDEX_WRITER, PROD_GROUP)
    (one,) = found(draft).mixed
    assert (one.identity.label, one.duties) == ("loader", ("inference", "training"))


def test_two_identities_that_each_do_one_thing_are_well_separated(draft) -> None:
    workload(draft, SEARCH, disableLocalAuth=True)
    write_only = guid("write-only")
    role(draft, write_only, "Loader", [], ["Microsoft.Search/searchServices/indexes/documents/write"])
    draft.assign(draft.application("loader"), write_only, SEARCH)
    draft.assign(draft.application("asker"), INDEX_READER, SEARCH)
    assert not found(draft).found


@pytest.mark.parametrize(
    ("closed", "state", "doing"),
    [(True, None, 0), (False, "open", 1), (None, "open", 1)],
    ids=["refused", "on", "unsaid"],
)
def test_open_keys_give_what_roles_do_not(draft, closed, state, doing) -> None:
    properties = {} if closed is None else {"disableLocalAuth": closed}
    workload(draft, CHAT, "OpenAI", **properties)
    draft.add("graph/users", id=guid("maya"), displayName="Maya")
    draft.assign(guid("maya"), CONTRIBUTOR, PROD_GROUP, "User")
    answer = found(draft)
    # Contributor has no data action: without a key it neither asks nor trains.
    assert counts(answer, "inference") == (0, 0, 0, 0)
    assert [one.state for one in answer.keys] == ([state] if state else [])
    assert len(answer.whole) == doing
    if state:
        assert [ref.label for ref in answer.keys[0].around] == ["Maya"]


def test_not_actions_and_denies_take_duties_away(draft) -> None:
    workload(draft, CHAT, "OpenAI", disableLocalAuth=True)
    block = {"notDataActions": ["Microsoft.CognitiveServices/accounts/OpenAI/fine-tunes/*"]}
    narrow = guid("narrow")
    role(draft, narrow, "Narrow", [], ["Microsoft.CognitiveServices/accounts/OpenAI/fine-tunes/write"], **block)
    app = draft.application("app")
    draft.assign(app, narrow, CHAT)
    assert counts(found(draft), "training") == (0, 0, 0, 0)
    draft.assign(app, OPENAI_USER, CHAT)
    assert counts(found(draft), "inference") == (0, 1, 0, 0)
    blocks = [{"actions": [], "notActions": [], "dataActions": ["*"], "notDataActions": []}]
    everyone = [{"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}]
    said = {"denyAssignmentName": "d", "permissions": blocks, "scope": PROD_GROUP, "principals": everyone}
    draft.add(
        "arm/denyAssignments",
        id=f"{PROD_GROUP}/providers/Microsoft.Authorization/denyAssignments/{guid('d')}",
        name=guid("d"),
        properties={**said, "excludePrincipals": [], "doNotApplyToChildScopes": False, "isSystemProtected": False},
    )
    assert counts(found(draft), "inference") == (0, 0, 0, 0)


def test_an_unread_list_makes_it_possible_for_anybody_and_names_nobody(draft) -> None:
    workload(draft, CHAT, "OpenAI", disableLocalAuth=True)
    draft.add("graph/users", id=guid("maya"), displayName="Maya")
    draft.manifest["gaps"] = [{"api": "arm/roleAssignments", "scope": PROD, "reason": "403"}]
    answer = found(draft)
    one = next(one for one in answer.workloads[0].duties if one.duty == "inference")
    assert (one.people, one.possible, one.unread) == (0, 0, True)
    assert [gap.api for gap in answer.unread] == ["arm/roleAssignments"]
    assert answer.whole == ()


def test_an_eligible_role_counts_after_activation(draft) -> None:
    workload(draft, CHAT, "OpenAI", disableLocalAuth=False)
    draft.add("graph/users", id=guid("maya"), displayName="Maya")
    kind = "Microsoft.Authorization/roleEligibilityScheduleInstances"
    said = {
        "principalId": guid("maya"),
        "principalType": "User",
        "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{OWNER}",
        "scope": PROD,
        "startDateTime": "2026-01-01T00:00:00Z",
        "endDateTime": None,
    }
    draft.add(
        "arm/roleEligibilityScheduleInstances",
        id=f"{PROD}/providers/{kind}/{guid('e')}",
        name=guid("e"),
        type=kind,
        properties=said,
    )
    answer = found(draft)
    assert counts(answer, "administration") == (0, 0, 1, 0)
    assert [(one.identity.label, one.sureness) for one in answer.whole] == [("Maya", "afterActivation")]


def test_an_identity_of_one_workload_is_not_of_several_projects(draft) -> None:
    draft.managed_identity(SHARED)
    workload(draft, SPACE, "Default", SHARED)
    workload(draft, ENDPOINT, "", SHARED)
    app = draft.application("app")
    workload(draft, CHAT, "OpenAI", disableLocalAuth=True)
    workload(draft, SEARCH, disableLocalAuth=True)
    draft.assign(app, OPENAI_USER, CHAT)
    draft.assign(app, INDEX_READER, SEARCH)
    assert found(draft).shared == ()


def test_an_identity_that_works_in_two_projects_is_told(draft) -> None:
    other = resource(HUB_GROUP, "Microsoft.CognitiveServices/accounts", "other")
    for scope in (CHAT, other):
        workload(draft, scope, "OpenAI", disableLocalAuth=True)
        draft.assign(guid("app"), OPENAI_USER, scope)
    draft.application("app")
    (one,) = found(draft).shared
    assert (one.identity.label, {ref.label for ref in one.works_in}) == ("app", {"other", "oai-chat"})


def test_two_foundry_projects_of_one_account_are_two(draft) -> None:
    draft.managed_identity(SHARED)
    workload(draft, FOUNDRY, "AIServices", disableLocalAuth=True)
    workload(draft, PROJECT, "", SHARED)
    assert found(draft).shared == ()
    workload(draft, f"{FOUNDRY}/projects/second", "", SHARED)
    (one,) = found(draft).shared
    assert [ref.label for ref in one.attached] == ["helpdesk", "second"]


def test_the_least_role_of_a_duty_is_proposed_and_a_list_of_actions_where_none_fits(whole) -> None:
    told = {(one.sort, one.duty): one for one in whole.split}
    assert told["azureOpenAI", "inference"].role == "Cognitive Services OpenAI User"
    assert told["azureOpenAI", "observation"].role == "Monitoring Reader"
    assert told["search", "inference"].role == "Search Index Data Reader"
    deploying = told["azureOpenAI", "deployment"]
    assert (deploying.role, deploying.too_much) == ("", "Owner")
    assert deploying.actions == (
        "Microsoft.CognitiveServices/accounts/read",
        "Microsoft.CognitiveServices/accounts/deployments/write",
    )


def test_a_custom_role_that_fits_is_proposed_before_anything_larger(draft) -> None:
    workload(draft, CHAT, "OpenAI", disableLocalAuth=True)
    deployer = guid("deployer")
    role(draft, deployer, "Model deployer", ["Microsoft.CognitiveServices/accounts/deployments/*"], [])
    draft.assign(guid("aa-train"), OPENAI_CONTRIBUTOR, CHAT)
    draft.service_principal("aa-train", servicePrincipalType="ManagedIdentity")
    (one,) = found(draft).mixed
    parts = {part.proposal.duty: (part.itself, part.proposal.role) for part in one.split}
    assert parts["inference"] == (True, "Cognitive Services OpenAI User")
    assert parts["deployment"] == (False, "Model deployer")


def test_workloads_that_stand_alike_and_those_that_do_not(draft) -> None:
    many = [resource(PROD_GROUP, "Microsoft.CognitiveServices/accounts", f"oai-{n}") for n in range(4)]
    for scope in many:
        workload(draft, scope, "OpenAI", disableLocalAuth=True)
    draft.add("graph/users", id=guid("maya"), displayName="Maya")
    draft.assign(guid("maya"), MONITORING, PROD_GROUP, "User")
    draft.assign(draft.application("app"), OPENAI_USER, many[2])
    answer = found(draft)
    assert [counts(answer, "inference", place) for place in range(4)] == [
        (0, 0, 0, 0),
        (0, 0, 0, 0),
        (0, 1, 0, 0),
        (0, 0, 0, 0),
    ]
    assert {counts(answer, "observation", place) for place in range(4)} == {(1, 0, 0, 0)}


def test_a_tenant_without_workloads_has_nothing_to_tell(draft) -> None:
    answer = found(draft)
    assert (answer.workloads, answer.identities, answer.found) == ((), (), False)
