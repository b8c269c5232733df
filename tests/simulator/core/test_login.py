from __future__ import annotations

import time
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

import jwt
import pytest
from azure.identity import (
    CertificateCredential,
    ClientAssertionCredential,
    ClientSecretCredential,
    ManagedIdentityCredential,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from tests.simulator.core.asking import (
    APP_ID,
    APP_OBJECT,
    APP_PRINCIPAL,
    ARM_SCOPE,
    GRAPH_PRINCIPAL,
    GRAPH_SCOPE,
    NOW,
    TENANT_ID,
    client_of,
    small_tenant,
)

from remit_sim.credentials import add_certificate, add_secret, is_over
from remit_sim.embedded import Simulator
from remit_sim.state import OPERATOR_OBJECT_ID

SECRET = "s3cret"  # noqa: S105 - of a simulated application
ISSUER, SUBJECT = "https://token.actions.example", "repo:acme/app:ref:refs/heads/main"
USER_READ_ALL = "df021288-bdef-4463-88db-98f22de89214"
USERS = "/users?$top=1&$select=id"


def claims(token: str) -> dict[str, object]:
    return jwt.decode(token, options={"verify_signature": False})


@pytest.fixture(scope="module")
def certificate():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "app")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    return key, made


def der(made: x509.Certificate) -> bytes:
    return made.public_bytes(serialization.Encoding.DER)


def assertion(sim, key, made, **changes: object) -> str:
    now = int(time.time())
    said = {"aud": f"{sim.authority}/{sim.tenant_id}/oauth2/v2.0/token", "iss": APP_ID, "sub": APP_ID, "exp": now + 300}
    thumbprint = urlsafe_b64encode(sha256(der(made)).digest()).decode().rstrip("=")
    return jwt.encode({**said, **changes}, key, algorithm="PS256", headers={"x5t#S256": thumbprint})


def ask_with_assertion(client, text: str):
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    return client.ask_token(ARM_SCOPE, client_id=APP_ID, client_assertion_type=kind, client_assertion=text)


def number(answer) -> int:
    return answer.json()["error_codes"][0]


def test_discovery_leads_to_the_token_endpoint_and_to_keys_that_fit(client, sim) -> None:
    for tenant in (TENANT_ID, "organizations"):
        found = client.http.get(f"{sim.authority}/{tenant}/v2.0/.well-known/openid-configuration").json()
        assert found["token_endpoint"] == f"{sim.authority}/{tenant}/oauth2/v2.0/token"
        (key,) = client.http.get(found["jwks_uri"]).json()["keys"]
        public = jwt.PyJWK(key).key
        jwt.decode(client.sign_in(), public, algorithms=["RS256"], options={"verify_aud": False, "verify_exp": False})
    stranger = client.http.get(f"{sim.authority}/{uuid4()}/v2.0/.well-known/openid-configuration")
    assert (stranger.status_code, number(stranger)) == (400, 90002)


def test_the_operator_signs_in_for_both_apis(client, sim) -> None:
    answer = client.ask_token(ARM_SCOPE, client_id=sim.client_id, client_secret=sim.client_secret).json()
    assert {name: answer[name] for name in ("token_type", "expires_in")} == {"token_type": "Bearer", "expires_in": 3599}
    said = claims(answer["access_token"])
    now = int(sim.tenant.clock.now().timestamp())
    assert (said["aud"], said["tid"], said["appid"]) == (
        "https://management.core.windows.net/",
        TENANT_ID,
        sim.client_id,
    )
    assert (said["oid"], said["iat"], said["exp"]) == (OPERATOR_OBJECT_ID, now, now + 3599)
    assert client.graph(USERS, client.sign_in(GRAPH_SCOPE)).status_code == 200
    assert client.graph(USERS, client.sign_in(f"{sim.graph_url}/.default")).status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "says"),
    [
        ({"client_id": "", "client_secret": "x"}, 400, 900144),
        ({"client_id": APP_ID, "client_secret": "wrong"}, 401, 7000215),
        ({"client_id": APP_ID}, 401, 7000218),
        ({"client_id": str(uuid4()), "client_secret": "x"}, 400, 700016),
        ({"client_id": APP_ID, "grant_type": "password"}, 400, 70003),
    ],
)
def test_who_cannot_prove_themselves_is_refused_in_entras_words(client, form, status, says) -> None:
    answer = client.ask_token(ARM_SCOPE, **form)
    assert (answer.status_code, number(answer)) == (status, says)
    assert answer.json()["error_description"].startswith(f"AADSTS{says}: ")


def test_a_resource_that_nobody_knows_is_refused(client, sim) -> None:
    answer = client.ask_token(
        "https://vault.example/.default", client_id=sim.client_id, client_secret=sim.client_secret
    )
    assert number(answer) == 500011


def test_a_secret_is_good_until_its_end(client, sim) -> None:
    with sim.edit() as tenant:
        add_secret(tenant, APP_ID.upper(), SECRET, key_id="1", end="2026-11-02T00:00:00Z")
    assert claims(client.sign_in(ARM_SCOPE, APP_ID, SECRET))["oid"] == APP_PRINCIPAL
    sim.advance(days=1)
    answer = client.ask_token(ARM_SCOPE, client_id=APP_ID, client_secret=SECRET)
    assert number(answer) == 7000222


@pytest.mark.parametrize(("end", "over"), [(0, True), (1, False), (-1, True)])
def test_a_credential_is_over_from_the_instant_of_its_end(end, over) -> None:
    assert is_over({"endDateTime": (NOW + timedelta(seconds=end)).isoformat()}, NOW) is over


def test_a_disabled_application_cannot_sign_in(client, sim) -> None:
    secret = sim.add_secret(APP_ID)
    with sim.edit() as tenant:
        tenant.put(
            "graph/servicePrincipals", f'{{"id":"{APP_PRINCIPAL}","appId":"{APP_ID}","accountEnabled":false}}'.encode()
        )
    assert number(client.ask_token(ARM_SCOPE, client_id=APP_ID, client_secret=secret)) == 7000112


def test_permissions_on_graph_stand_in_the_token_that_is_issued_after_they_were_given(client, sim) -> None:
    secret = sim.add_secret(APP_ID)
    assert "roles" not in claims(client.sign_in(GRAPH_SCOPE, APP_ID, secret))
    assert client.graph(USERS).status_code == 403
    row = f'{{"id":"x","principalId":"{APP_PRINCIPAL}","resourceId":"{GRAPH_PRINCIPAL}","appRoleId":"{USER_READ_ALL}"}}'
    with sim.edit() as tenant:
        tenant.put("graph/appRoleAssignments", row.encode())
    assert client.graph(USERS).status_code == 403
    assert claims(client.sign_in(GRAPH_SCOPE, APP_ID, secret))["roles"] == ["User.Read.All"]
    assert client.graph(USERS).status_code == 200
    assert "roles" not in claims(client.sign_in(ARM_SCOPE, APP_ID, secret))


def test_a_certificate_signs_in_and_another_one_does_not(client, sim, certificate) -> None:
    key, made = certificate
    assert number(ask_with_assertion(client, assertion(sim, key, made))) == 700027
    with sim.edit() as tenant:
        add_certificate(tenant, APP_ID, der(made), key_id="1")
    answer = ask_with_assertion(client, assertion(sim, key, made))
    assert claims(answer.json()["access_token"])["appid"] == APP_ID
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert number(ask_with_assertion(client, assertion(sim, other, made))) == 700027
    assert number(ask_with_assertion(client, assertion(sim, key, made, exp=int(time.time()) - 1000))) == 700024
    assert number(ask_with_assertion(client, "no.jwt.at-all")) == 50027
    sim.advance(days=100)
    assert number(ask_with_assertion(client, assertion(sim, key, made))) == 1000502


def test_azure_identity_signs_in_with_secret_certificate_and_federated_token(sim, certificate) -> None:
    key, made = certificate
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    pem += made.public_bytes(serialization.Encoding.PEM)
    secret = sim.add_secret(APP_ID)
    with sim.edit() as tenant:
        add_certificate(tenant, APP_ID, der(made), key_id="1")
        row = '{"parentId":"%s","id":"f","issuer":"%s","subject":"%s","audiences":["api://AzureADTokenExchange"]}'
        tenant.put("graph/applicationFederatedIdentityCredentials", (row % (APP_OBJECT, ISSUER, SUBJECT)).encode())
    options = {
        "authority": sim.authority,
        "disable_instance_discovery": True,
        "connection_verify": str(sim.ca_file),
    }
    with (
        ClientSecretCredential(TENANT_ID, APP_ID, secret, **options) as by_secret,
        CertificateCredential(TENANT_ID, APP_ID, certificate_data=pem, **options) as by_certificate,
        ClientAssertionCredential(
            TENANT_ID, APP_ID, lambda: sim.federated_token(ISSUER, SUBJECT), **options
        ) as by_federation,
    ):
        for credential in (by_secret, by_certificate, by_federation):
            assert claims(credential.get_token(ARM_SCOPE).token)["oid"] == APP_PRINCIPAL


def test_a_federated_token_needs_a_matching_credential_and_a_known_key(client, sim) -> None:
    token = sim.federated_token(ISSUER, SUBJECT)
    assert number(ask_with_assertion(client, token)) == 700213
    with sim.edit() as tenant:
        row = '{"parentId":"%s","id":"f","issuer":"%s","subject":"%s","audiences":["api://AzureADTokenExchange"]}'
        tenant.put("graph/applicationFederatedIdentityCredentials", (row % (APP_OBJECT, ISSUER, SUBJECT)).encode())
    assert ask_with_assertion(client, token).status_code == 200
    assert number(ask_with_assertion(client, sim.federated_token(ISSUER, SUBJECT + "x"))) == 700213
    assert number(ask_with_assertion(client, sim.federated_token(ISSUER, SUBJECT, "api://other"))) == 700213
    forged = jwt.encode(claims(token), "k" * 32, algorithm="HS256")
    assert number(ask_with_assertion(client, forged)) == 5000611


IDENTITY = "/subscriptions/s/resourcegroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/runner"


@pytest.fixture
def with_identity():
    tenant = small_tenant()
    principal = (
        '{"id":"e1","appId":"e2","servicePrincipalType":"ManagedIdentity","alternativeNames":["isExplicit=True","%s"]}'
    )
    tenant.load("graph/servicePrincipals", (principal % IDENTITY).encode())
    credential = (
        '{"id":"%s/federatedIdentityCredentials/aks","properties":{"issuer":"%s","subject":"%s","audiences":["a"]}}'
    )
    tenant.load("arm/federatedIdentityCredentials", (credential % (IDENTITY, ISSUER, SUBJECT)).encode())
    with Simulator(tenant) as sim, client_of(sim) as client:
        yield client


def test_a_user_assigned_identity_trusts_its_issuers_too(with_identity) -> None:
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    form = {"client_id": "e2", "client_assertion_type": kind}
    token = with_identity.sim.federated_token(ISSUER, SUBJECT, "a")
    answer = with_identity.ask_token(ARM_SCOPE, **form, client_assertion=token)
    assert claims(answer.json()["access_token"])["oid"] == "e1"


def test_managed_identities_get_tokens_at_both_endpoints(with_identity) -> None:
    sim, http = with_identity.sim, with_identity.http
    app_service, machine = f"{sim.identity_url}/msi/token", f"{sim.identity_url}/metadata/identity/oauth2/token"
    right, resource = {"X-IDENTITY-HEADER": sim.identity_header}, {"resource": "https://management.azure.com/"}

    def client_id(url: str, headers: dict[str, str], **named: str) -> object:
        answer = http.get(url, params={**resource, **named}, headers=headers).json()
        assert int(answer["expires_on"]) > time.time() + 3000
        return claims(answer["access_token"])["appid"]

    assert client_id(app_service, right) == sim.client_id
    assert client_id(machine, {"Metadata": "true"}) == sim.client_id
    for named in ({"client_id": "E2"}, {"object_id": "e1"}, {"mi_res_id": IDENTITY.upper()}):
        assert client_id(app_service, right, **named) == "e2"
    sim.be_identity("e2")
    assert client_id(machine, {"Metadata": "true"}) == "e2"
    assert http.get(app_service, params=resource).status_code == 401
    assert http.get(machine, params=resource).status_code == 400
    unknown = http.get(app_service, params={**resource, "client_id": "e9"}, headers=right)
    assert unknown.json()["error"]["message"] == "Identity not found"


def test_azure_identity_finds_both_endpoints_of_managed_identities(with_identity, monkeypatch) -> None:
    sim = with_identity.sim

    def object_id() -> object:
        with ManagedIdentityCredential(client_id="e2") as credential:
            return claims(credential.get_token("https://management.azure.com/.default").token)["oid"]

    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", sim.identity_url)
    assert object_id() == "e1"
    monkeypatch.setenv("IDENTITY_ENDPOINT", sim.env()["REMIT_SIM_IDENTITY_ENDPOINT"])
    monkeypatch.setenv("IDENTITY_HEADER", sim.identity_header)
    assert object_id() == "e1"


def test_a_token_must_be_there_whole_addressed_to_the_api_and_in_time(client, sim) -> None:
    arm, graph = client.sign_in(ARM_SCOPE), client.sign_in(GRAPH_SCOPE)

    def code(answer) -> str:
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith(f'Bearer authorization_uri="{sim.authority}/{TENANT_ID}"')
        return answer.json()["error"]["code"]

    path = "/subscriptions?api-version=2022-12-01"
    assert code(client.arm(path, "")) == "AuthenticationFailed"
    assert code(client.arm(path, arm[:-8] + "AAAAAAAA")) == "InvalidAuthenticationToken"
    assert code(client.arm(path, graph)) == "InvalidAuthenticationTokenAudience"
    assert code(client.graph(USERS, "")) == "InvalidAuthenticationToken"
    assert code(client.graph(USERS, arm)) == "InvalidAuthenticationToken"
    assert client.arm(path, arm).status_code == 200
    sim.advance(seconds=3599)
    assert code(client.arm(path, arm)) == "ExpiredAuthenticationToken"
    assert "expired" in client.graph(USERS, graph).json()["error"]["message"]
