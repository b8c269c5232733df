"""Tokens: kept, renewed, never told."""

import asyncio
import logging
import traceback
from datetime import timedelta

import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ServiceRequestError
from azure.identity import ClientSecretCredential, CredentialUnavailableError
from tests.fakes.azure import TENANT, FakeClock, FakeCredential, a_token, run

from remit.adapters.azure_client.claims import claims_of
from remit.adapters.azure_client.clouds import cloud_of
from remit.adapters.azure_client.credentials import SignIn, Tokens, credential_of, explained
from remit.model.errors import CredentialError, InterruptedAnswerError, SettingsError, ThrottledError

CANARY = "canary-7f3a9e-secret"
SCOPE = "https://graph.microsoft.com/.default"


def test_a_token_is_asked_for_once_however_many_wait():
    credential = FakeCredential()
    tokens = Tokens(credential.make, credential.clock)

    async def many():
        return await asyncio.gather(*(tokens.token(SCOPE) for _ in range(20)))

    assert len(set(run(many()))) == 1
    assert credential.asked == [SCOPE]


def test_a_token_is_renewed_five_minutes_before_it_expires():
    credential = FakeCredential()
    tokens = Tokens(credential.make, credential.clock)
    first = run(tokens.token(SCOPE))
    credential.clock.present += timedelta(minutes=54, seconds=59)
    assert run(tokens.token(SCOPE)) == first
    credential.clock.present += timedelta(seconds=1)
    assert run(tokens.token(SCOPE)) != first
    assert credential.made == 1


def test_each_scope_has_a_token_of_its_own():
    credential = FakeCredential()
    tokens = Tokens(credential.make, credential.clock)
    assert run(tokens.token(SCOPE)) != run(tokens.token("other"))


def test_a_refused_token_is_replaced_by_a_new_credential_once():
    credential = FakeCredential()
    tokens = Tokens(credential.make, credential.clock)
    first = run(tokens.token(SCOPE))

    async def many():
        return await asyncio.gather(*(tokens.token(SCOPE, refused=first) for _ in range(5)))

    assert set(run(many())) == {run(tokens.token(SCOPE))} != {first}
    assert credential.made == 2
    assert len(credential.asked) == 2


def test_giving_up_one_credential_leaves_those_of_other_scopes_alone():
    closed = []

    class Closing(FakeCredential):
        def make(self):
            made = FakeCredential(clock=self.clock)
            made.asked = self.asked
            made.close = lambda: closed.append(made)
            return made

    credential = Closing()
    tokens = Tokens(credential.make, credential.clock)
    first, other = run(tokens.token(SCOPE)), run(tokens.token("other"))
    run(tokens.token(SCOPE, refused=first))
    assert len(closed) == 1
    assert run(tokens.token("other")) == other
    tokens.close()
    assert len(closed) == 3


def test_a_token_that_is_given_again_although_it_was_refused_is_no_token():
    credential = FakeCredential(repeats=True)
    tokens = Tokens(credential.make, credential.clock, kind="cli")
    first = run(tokens.token(SCOPE))
    with pytest.raises(CredentialError, match="refused") as caught:
        run(tokens.token(SCOPE, refused=first))
    assert caught.value.hint() == "run `az login`"


def test_a_fresh_token_is_asked_for_on_demand():
    credential = FakeCredential()
    tokens = Tokens(credential.make, credential.clock)
    assert run(tokens.token(SCOPE)) != run(tokens.token(SCOPE, fresh=True))


class _Response:
    """As much of an answer as azure-core's errors carry."""

    def __init__(self, status_code, headers=None):
        self.status_code = status_code
        self.headers = headers or {}
        self.reason = CANARY

    def body(self):
        return CANARY.encode()

    def text(self):
        return CANARY


def _http_error(status, headers=None):
    error = HttpResponseError(f"{CANARY}\n{CANARY}")
    error.response = _Response(status, headers)
    return error


@pytest.mark.parametrize(
    ("error", "kind", "leaf", "says"),
    [
        (
            ClientAuthenticationError(f"AADSTS7000215: {CANARY}"),
            "secret",
            CredentialError,
            "the client secret is wrong",
        ),
        (ClientAuthenticationError(f"AADSTS9999999: {CANARY}"), "secret", CredentialError, "AADSTS9999999"),
        (
            ClientAuthenticationError(f"tried\nManagedIdentityCredential: {CANARY}"),
            "default",
            CredentialError,
            "Managed",
        ),
        (
            CredentialUnavailableError(f"Please run\n{CANARY}"),
            "cli",
            CredentialError,
            "the cli credential gave no token",
        ),
        (ServiceRequestError(CANARY), "secret", InterruptedAnswerError, "cannot be reached"),
        (ServiceRequestError(f"CERTIFICATE_VERIFY_FAILED {CANARY}"), "secret", CredentialError, "is not trusted"),
        (_http_error(503), "secret", InterruptedAnswerError, "answered 503"),
        (_http_error(429, {"Retry-After": "4"}), "secret", ThrottledError, "throttled"),
        (ValueError(CANARY), "certificate", CredentialError, "not complete"),
        (OSError(CANARY), "workload", CredentialError, "the workload credential gave no token"),
        (TypeError(CANARY), "managed", CredentialError, "the managed credential gave no token"),
    ],
)
def test_whatever_fails_is_said_in_one_line_and_tells_no_secret(error, kind, leaf, says, caplog):
    credential = FakeCredential(fails=error)
    tokens = Tokens(credential.make, credential.clock, kind=kind)
    with caplog.at_level(logging.DEBUG), pytest.raises(leaf) as caught:
        run(tokens.token(SCOPE))
    told = "".join(traceback.format_exception(caught.value)) + str(caught.value.hint()) + caplog.text
    assert says in caught.value.message
    assert CANARY not in told
    assert "\n" not in caught.value.message


def test_a_throttled_sign_in_says_how_long_to_wait():
    assert explained(_http_error(429, {"Retry-After": "4"}), "secret").retry_after_s == 4


ENVIRONMENT = {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": CANARY}


@pytest.mark.parametrize(
    ("sign_in", "environment", "hint"),
    [
        (SignIn("secret"), {}, "set AZURE_TENANT_ID"),
        (SignIn("secret", tenant_id=TENANT), {}, "set AZURE_CLIENT_ID"),
        (SignIn("secret", tenant_id=TENANT, client_id="c"), {}, "set AZURE_CLIENT_SECRET"),
        (SignIn("certificate"), ENVIRONMENT, "set AZURE_CLIENT_CERTIFICATE_PATH"),
        (SignIn("workload"), ENVIRONMENT, "set AZURE_FEDERATED_TOKEN_FILE"),
        (SignIn("password"), ENVIRONMENT, "name one of default, secret, certificate, workload, managed, cli"),
    ],
)
def test_what_is_missing_is_named_with_where_it_is_looked_for(sign_in, environment, hint):
    with pytest.raises(SettingsError) as caught:
        credential_of(cloud_of(), sign_in, environment=environment)
    assert caught.value.hint() == hint
    assert CANARY not in caught.value.message


def test_a_certificate_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SettingsError, match="cannot be read"):
        credential_of(cloud_of(), SignIn("certificate", certificate=tmp_path / "none.pem"), environment=ENVIRONMENT)


@pytest.mark.parametrize("kind", ["default", "secret", "managed", "cli"])
def test_every_kind_makes_azure_identitys_credential(kind, monkeypatch):
    monkeypatch.delenv("AZURE_AUTHORITY_HOST", raising=False)
    make = credential_of(
        cloud_of(arm="https://127.0.0.1:1", authority="https://127.0.0.1:2"), SignIn(kind), environment=ENVIRONMENT
    )
    made = make()
    assert type(made).__module__.startswith("azure.identity")
    assert make() is not made


def test_a_token_says_whose_it_is():
    claims = claims_of(a_token(roles=["User.Read.All"], scp="", appid="AB", exp=1793534400).token)
    assert claims.tenant_id == TENANT
    assert claims.client_id == "ab"
    assert claims.is_application
    assert claims.permissions == {"User.Read.All"}
    assert claims.expires.isoformat() == "2026-11-01T12:00:00+00:00"
    assert not claims_of(a_token(scp="User.Read Group.Read.All", clock=FakeClock()).token).is_application


@pytest.mark.parametrize("text", ["", "opaque", "a.b.c", "a.!.c", "a.e30.c"])
def test_a_token_that_is_no_jwt_says_nothing(text):
    assert claims_of(text).tenant_id == ""


def test_an_authority_that_nobody_reaches_is_no_wrong_credential():
    """As azure-identity tells it: an error of authentication that came of one of the network."""
    nobody = ClientSecretCredential(
        "7e5c0000-0000-4000-8000-0000000000aa",
        "a99",
        CANARY,
        authority="https://127.0.0.1:9",
        disable_instance_discovery=True,
        retry_total=0,
    )
    tokens = Tokens(lambda: nobody, FakeCredential().clock, kind="secret")
    with pytest.raises(InterruptedAnswerError, match="the authority cannot be reached") as caught:
        run(tokens.token(SCOPE))
    assert CANARY not in caught.value.message
    tokens.close()
