"""What people write names the nodes they mean, or an error says why not."""

from __future__ import annotations

import pytest
from tests.fakes.cutting import lists_of, opened
from tests.fakes.escalations import (
    APP,
    APP_OBJECT,
    GLOBAL_ADMIN,
    GROUP,
    IDENTITY,
    SUBSCRIPTION,
    UAMI,
    VAULT,
    VM,
    guid,
    hand_drawn,
)
from tests.fakes.reviewed_tenant import reviewed_tenant

from remit.app.graphing.naming import SIDES, Naming
from remit.model.errors import InputError, ScopeSyntaxError

SIDE_WORDS = (
    "running code as it",
    "reading its secrets",
    "its data",
    "changing its settings",
    "giving roles on it",
    "taking a guard of it away",
)


@pytest.fixture(scope="module")
def world():
    return hand_drawn()


@pytest.fixture(scope="module")
def naming(world):
    return Naming(world.escalation)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("tier0", "tier zero"),
        ("Tier-Zero", "tier zero"),
        ("role:global administrator", "admin"),
        (f"ROLE:{GLOBAL_ADMIN.upper()}", "admin"),
        (f"entraRole:{GLOBAL_ADMIN}", "admin"),
        ("ada", "ada"),
        ("ADA@tiny.example", "ada"),
        ("Team", "team"),
        (UAMI.upper(), "uami"),
        (guid(22), "app"),
        (APP_OBJECT, "app"),
        (VM, "vm code"),
        (VM.upper(), "vm code"),
        (f"{VM}/", "vm code"),
        (f"{VAULT}#secret", "vault secret"),
        ("kv", "vault secret"),
        ("KV#Secret", "vault secret"),
        (f"{SUBSCRIPTION}#grant", "sub grant"),
        (SUBSCRIPTION, "sub grant"),
        (GROUP, "group grant"),
        ("only", "sub grant"),
        (IDENTITY, "uami"),
    ],
)
def test_a_text_names_its_node(world, naming, text, node) -> None:
    assert naming.find(text).nodes.tolist() == [world.number(node)]


@pytest.mark.parametrize("text", [f"{VAULT}#code", "kv#data", "lone app", "Directory Readers", guid(99)])
def test_what_no_edge_touches_has_no_node(naming, text) -> None:
    name = f"role:{text}" if text == "Directory Readers" else text
    assert naming.find(name).nodes.tolist() == []


def test_one_side_of_a_resource_is_told_as_that_alone(naming) -> None:
    for text in (f"{VAULT}#secret", "KV#Secret"):
        assert naming.find(text).remarks == ("only about reading its secrets",)
    assert {naming.find(f"kv#{side}").remarks for side in SIDES} == {(f"only about {one}",) for one in SIDE_WORDS}
    assert naming.find(VAULT).remarks == naming.find("kv").remarks == ()


def test_a_principal_without_edges_is_still_known_by_name(naming) -> None:
    found = naming.find("app")
    assert (found.ref.id, found.ref.kind, found.ref.label, found.remarks) == (APP, "servicePrincipal", "app", ())


def test_an_application_is_asked_about_as_its_service_principal_and_that_is_told(naming) -> None:
    assert naming.find(APP_OBJECT).remarks == ("app is an application; asked about its service principal",)


def test_an_unknown_object_id_is_told_not_refused(naming) -> None:
    found = naming.find(guid(99))
    assert (found.ref.kind, found.principal, found.remarks) == (
        "unknown",
        -1,
        ("the snapshot does not know this object id",),
    )


def test_a_resource_that_no_edge_kind_is_about_is_asked_about_where_it_stands(naming) -> None:
    found = naming.find(f"{GROUP}/providers/Microsoft.Foo/bars/x")
    assert (found.ref.label, found.ref.type) == ("x", "microsoft.foo/bars")
    assert "no edge kind" in found.remarks[0]


def test_a_resource_that_the_snapshot_lacks_is_told_from_one_that_no_edge_kind_is_about(naming) -> None:
    found = naming.find(f"{GROUP}/providers/Microsoft.KeyVault/vaults/gone")
    assert found.remarks == ("the snapshot knows no such resource; asked who could give any role where it stands",)


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("nobody", InputError, "nothing goes by `nobody`"),
        ("role:Global Admin", InputError, "no directory role"),
        ("role:", InputError, "no directory role"),
        (f"{VAULT}#soul", InputError, "no side"),
        ("kv#soul", InputError, "no side"),
        ("nobody#secret", InputError, "nothing goes by `nobody#secret`"),
        (f"{SUBSCRIPTION}#secret", InputError, "a scope has no side `secret`"),
        ("/subscriptions", ScopeSyntaxError, "not a scope"),
        (f"/subscriptions/{guid(1)}", InputError, "no scope"),
        (f"/subscriptions/{guid(1)}/resourceGroups/a/providers/b/c/d", InputError, "no resource"),
        ("subject:https://x#y", InputError, "no federated credential"),
        (f"role:{GLOBAL_ADMIN}@/administrativeUnits/x", InputError, "cannot be asked about"),
    ],
)
def test_what_names_nothing_is_an_error_that_says_so(naming, text, error, said) -> None:
    with pytest.raises(error, match=said):
        naming.find(text)


def test_a_role_that_is_nearly_right_gets_a_hint(naming) -> None:
    with pytest.raises(InputError) as caught:
        naming.find("role:Global Admin")
    assert caught.value.hint() == "did you mean role:Global Administrator"


def test_outside_subjects_are_named_by_issuer_and_subject(tmp_path) -> None:
    escalation = opened(*lists_of(reviewed_tenant().export(tmp_path)))
    naming = Naming(escalation)
    issuer = "https://token.actions.githubusercontent.com"
    every = naming.find(f"subject:{issuer.upper()}/").nodes.tolist()
    (one,) = naming.find(f"subject:{issuer}#repo:shop/site:pull_request").nodes.tolist()
    assert one in every
    assert len(every) > 1
    assert escalation.node_ref(one).id == f"subject:{issuer}#repo:shop/site:pull_request"


def test_an_outside_subject_goes_by_what_is_shown_of_it(tmp_path) -> None:
    draft = reviewed_tenant()
    draft.trust("ci-dev", "elsewhere", "repo:two/issuers:pull_request", url="https://one.invalid")
    draft.trust("ci-dev", "there", "repo:two/issuers:pull_request", url="https://two.invalid")
    naming = Naming(opened(*lists_of(draft.export(tmp_path))))
    issuer, subject = "https://token.actions.githubusercontent.com", "repo:shop/site:pull_request"
    found = naming.find(subject)
    assert found.ref.id == f"subject:{issuer}#{subject}"
    assert found.nodes.tolist() == naming.find(f"subject:{issuer}#{subject}").nodes.tolist() != []
    with pytest.raises(InputError, match="is a subject of 2 issuers") as caught:
        naming.find("repo:two/issuers:pull_request")
    assert caught.value.hint() == "give one, such as subject:https://one.invalid#repo:two/issuers:pull_request"


def test_of_a_disabled_account_its_name_says_that_it_is(tmp_path) -> None:
    draft = reviewed_tenant()
    draft.service_principal("retired", accountEnabled=False)
    found = Naming(opened(*lists_of(draft.export(tmp_path)))).find("retired")
    assert found.remarks == ("the account is disabled: it cannot sign in, and what it holds stays",)
