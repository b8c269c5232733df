"""The client: where tokens go, what is counted, what becomes of failures."""

import traceback

import httpx2
import pytest
from tests.fakes.azure import FakeCredential, a_client, answer, refuse, run

from remit.adapters.azure_client.answers import Asked
from remit.adapters.azure_client.clouds import cloud_of
from remit.adapters.azure_client.credentials import Tokens
from remit.adapters.azure_client.http import ARM, GRAPH, AzureClient, Call, same_host, trust
from remit.model.errors import (
    CredentialError,
    ForbiddenError,
    InterruptedAnswerError,
    InvariantError,
    SettingsError,
    ThrottledError,
    UnexpectedAnswerError,
)

USERS = Asked("graph/users", needs="User.Read.All")


def _get(route, place="/v1.0/users", *, api=GRAPH, asked=USERS, credential=None):
    return run(a_client(route, credential=credential).get(api, place, asked))


def test_a_call_goes_to_its_endpoint_with_its_token():
    seen = []

    def route(request):
        seen.append(request)
        return answer({"value": []}, x_ms_ratelimit_remaining_tenant_reads="11999")

    credential = FakeCredential()
    client = a_client(route, credential=credential)
    reply = run(client.get(ARM, "/subscriptions?api-version=2022-12-01", Asked("arm/subscriptions")))
    assert str(seen[0].url) == "https://management.azure.com/subscriptions?api-version=2022-12-01"
    assert credential.asked == ["https://management.azure.com/.default"]
    assert seen[0].headers["authorization"].startswith("Bearer e30.")
    assert (reply.status, reply.body) == (200, b'{"value": []}')
    assert client.calls() == {"arm/subscriptions": 1}
    assert client.limits() == {"x-ms-ratelimit-remaining-tenant-reads": "11999"}
    assert client.date().isoformat() == "2026-11-01T12:00:00+00:00"


def test_a_body_is_sent_as_json():
    seen = []

    def route(request):
        seen.append(request)
        return answer({}, 201)

    run(a_client(route).send(Call("PUT", GRAPH, "/v1.0/x", b"{}", {"X-One": "1"}), USERS))
    assert (seen[0].method, seen[0].content, seen[0].headers["content-type"]) == ("PUT", b"{}", "application/json")
    assert seen[0].headers["x-one"] == "1"


@pytest.mark.parametrize(
    "place",
    [
        "https://evil.example/v1.0/users?$skiptoken=1",
        "http://graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com:444/v1.0/users",
        "https://graph.microsoft.com.evil.example/v1.0/users",
        "https://graph.microsoft.com@evil.example/v1.0/users",
        "https://word@graph.microsoft.com/v1.0/users",
        "//evil.example/v1.0/users",
        "users",
        "",
    ],
)
def test_a_continuation_that_leaves_the_endpoint_gets_no_token(place):
    def route(request):
        pytest.fail(f"asked {request.url}")

    with pytest.raises(UnexpectedAnswerError, match="another host"):
        _get(route, place)


def test_a_continuation_at_the_endpoint_is_followed_as_it_stands():
    seen = []

    def route(request):
        seen.append(str(request.url))
        return answer({})

    _get(route, "https://graph.microsoft.com/v1.0/users?$skiptoken=a%2Bb")
    _get(route, "https://GRAPH.microsoft.com:443/v1.0/users?$skiptoken=a")
    assert seen[0] == "https://graph.microsoft.com/v1.0/users?$skiptoken=a%2Bb"


def test_a_redirect_is_not_followed():
    with pytest.raises(UnexpectedAnswerError, match="answered 302"):
        _get(lambda _: answer(b"", 302, location="https://evil.example/"))


def test_a_refused_token_is_renewed_once():
    credential = FakeCredential()
    tokens = []

    def route(request):
        tokens.append(request.headers["authorization"])
        return refuse(401, "InvalidAuthenticationToken") if len(tokens) == 1 else answer({})

    client = a_client(route, credential=credential)
    run(client.get(GRAPH, "/v1.0/users", USERS))
    assert len(set(tokens)) == 2
    assert credential.made == 2
    assert client.calls() == {"graph/users": 2}


def test_tokens_that_expire_while_others_are_taken_are_renewed_again():
    credential = FakeCredential()
    tokens = Tokens(credential.make, credential.clock)
    asked = []

    def route(request):
        asked.append(request.headers["authorization"])
        # Each time somebody else's call with a token of this scope is taken.
        tokens.note_taken(cloud_of().graph_scope)
        return answer({}) if len(asked) == 5 else refuse(401, "InvalidAuthenticationToken")

    client = AzureClient(cloud_of(), tokens, transport=httpx2.MockTransport(route))
    assert run(client.get(GRAPH, "/v1.0/users", USERS)).status == 200
    assert len(set(asked)) == 5


def test_two_fresh_tokens_that_are_refused_end_it_without_being_told():
    tokens = []

    def route(request):
        tokens.append(request.headers["authorization"].removeprefix("Bearer "))
        return refuse(401, "InvalidAuthenticationToken")

    with pytest.raises(CredentialError) as caught:
        _get(route)
    told = "".join(traceback.format_exception(caught.value))
    assert len(tokens) == 3
    assert not any(token in told for token in tokens)


def _raise(error):
    def route(_):
        raise error

    return route


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (httpx2.ConnectError("refused"), "it cannot be reached"),
        (httpx2.ConnectTimeout("late"), "no answer in time"),
        (httpx2.ReadTimeout("late"), "no answer in time"),
        (httpx2.ReadError("reset"), "the answer was cut off"),
        (httpx2.RemoteProtocolError("incomplete body"), "the answer was cut off"),
        (httpx2.DecodingError("gzip"), "the answer was cut off"),
    ],
)
def test_a_broken_connection_is_worth_another_try(error, says):
    with pytest.raises(InterruptedAnswerError) as caught:
        _get(_raise(error))
    assert caught.value.message == f"graph/users: {says}"


def test_a_certificate_that_is_not_trusted_is_a_setting():
    with pytest.raises(SettingsError, match="not trusted") as caught:
        _get(_raise(httpx2.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed")))
    assert "--ca-file" in caught.value.hint()


def test_refusals_come_out_as_they_are_read():
    with pytest.raises(ForbiddenError, match="403 Authorization_RequestDenied"):
        _get(lambda _: refuse(403, "Authorization_RequestDenied"))
    with pytest.raises(ThrottledError) as caught:
        _get(lambda _: refuse(429, "TooManyRequests", retry_after="3"))
    assert caught.value.retry_after_s == 3


def test_no_error_repeats_a_query():
    secret = str(0xCA9A51)
    with pytest.raises(UnexpectedAnswerError) as caught:
        _get(lambda _: answer(b"?", 418), f"/v1.0/users?$skiptoken={secret}")
    assert secret not in "".join(traceback.format_exception(caught.value))


def test_resource_manager_is_asked_without_a_token_where_the_rest_is():
    def route(request):
        assert request.url.path == "/metadata/endpoints"
        assert "authorization" not in request.headers
        return answer(
            {
                "authentication": {"loginEndpoint": "https://login.example", "audiences": []},
                "microsoftGraphResourceId": "https://graph.example",
            }
        )

    client = a_client(route, cloud=cloud_of(arm="https://arm.example"))
    assert run(client.learn()).graph == "https://graph.example"
    assert client.cloud.is_known
    assert run(a_client(lambda _: pytest.fail("asked")).learn()).is_known


def test_graph_is_not_asked_before_it_is_known():
    with pytest.raises(SettingsError, match="is not known"):
        run(a_client(lambda _: answer({}), cloud=cloud_of(arm="https://arm.example")).get(GRAPH, "/v1.0/users", USERS))


def test_only_a_file_of_certificates_is_trusted(tmp_path):
    bad = tmp_path / "ca.pem"
    bad.write_text("no certificate")
    for path in (bad, tmp_path / "none.pem"):
        with pytest.raises(SettingsError, match="no file of certificates"):
            trust(path)
    context = trust(None)
    assert context.verify_mode.name == "CERT_REQUIRED"
    assert context.check_hostname


def test_same_host_means_scheme_host_and_port():
    assert same_host("https://a.example", "https://A.example:443/x")
    assert not same_host("https://a.example", "https://a.example:444/x")
    assert not same_host("https://a.example", "https://[bad/x")


def test_a_client_closes_itself():
    async def whole():
        async with a_client(lambda _: answer({})) as client:
            await client.get(GRAPH, "/v1.0/users", USERS)
        with pytest.raises(InvariantError, match="closed"):
            await client.get(GRAPH, "/v1.0/users", USERS)

    run(whole())
