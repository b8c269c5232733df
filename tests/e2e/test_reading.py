"""A whole tenant read over HTTPS from the simulator: what comes out is what the simulator was loaded with."""

import asyncio
import json
from collections import defaultdict

import pytest

from remit.adapters.azure.endpoints import TABLE, needed_permissions
from remit.adapters.azure.source import AzureSource
from remit.adapters.azure_client.clouds import cloud_of
from remit.adapters.azure_client.credentials import SignIn, Tokens, credential_of
from remit.adapters.azure_client.http import AzureClient
from remit.adapters.clock import SystemClock
from remit.model.errors import CollectionError, CredentialError, ForbiddenError, SettingsError
from remit.ports.pages import Page
from remit.wire.azure.lists import LISTS
from remit_sim.embedded import Simulator
from remit_sim.generate import generate

ALL = frozenset(LISTS)


class Reading:
    """What one reading gave."""

    def __init__(self, beginning):
        self.beginning = beginning
        self.rows = defaultdict(list)
        self.gaps = list(beginning.gaps)
        self.failures = []
        self.calls = {}

    def gap_lists(self):
        return {gap.api for gap in self.gaps}


async def _read(client, lists):
    source = AzureSource(client, lists, SystemClock())
    reading = Reading(await source.begin())
    waiting = list(reading.beginning.parts)
    seen = set(waiting)
    while waiting:
        first = waiting[0]
        lane, room = source.lane(first), source.together(first)
        some = [part for part in waiting if source.lane(part) == lane][:room]
        waiting = [part for part in waiting if part not in some]
        for part, page in zip(some, await source.read(some), strict=True):
            if not isinstance(page, Page):
                reading.failures.append((part, page))
                continue
            reading.rows[page.list_name].extend(page.rows)
            reading.gaps.extend(page.gaps)
            if page.cursor:
                waiting.append(type(part)(part.endpoint, part.target, page.cursor))
            waiting.extend(one for one in dict.fromkeys(page.opens) if one not in seen)
            seen.update(page.opens)
    reading.calls = dict(source.calls())
    return reading


def read(simulator, lists=ALL, *, kind="secret", environment=None, sign_in=None):
    """Sign in as azure-identity does and read everything, one call after the other."""

    async def whole():
        settings = environment or simulator.env()
        cloud = cloud_of(environment={**simulator.env(), **settings})
        make = credential_of(cloud, sign_in or SignIn(kind), ca_file=simulator.ca_file, environment=settings)
        tokens = Tokens(make, SystemClock(), kind=kind)
        async with AzureClient(cloud, tokens, ca_file=simulator.ca_file) as client:
            await client.learn()
            return await _read(client, lists)

    return asyncio.run(whole())


@pytest.fixture(scope="module")
def tenant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tenant") / "export"
    generate(400, 5, folder)
    return folder


@pytest.fixture(scope="module")
def simulator(tenant):
    with Simulator(tenant) as running:
        yield running


def test_every_row_comes_out_as_it_went_in(simulator):
    reading = read(simulator)
    assert reading.failures == []
    assert reading.gaps == []
    for name in LISTS:
        assert sorted(reading.rows[name]) == sorted(simulator.tenant.table(name).rows()), name
    assert sum(reading.calls.values()) < 800
    assert set(reading.calls) <= set(TABLE) | {"graph/$batch", "arm/metadata"}


def test_the_beginning_is_the_simulators_present(simulator):
    reading = read(simulator, {"graph/users"})
    assert reading.beginning.tenant_id == simulator.tenant_id
    assert reading.beginning.at == simulator.tenant.clock.now().replace(microsecond=0)
    assert {name for name in reading.rows if name} == {"graph/users"}


def test_graph_and_authority_are_learned_from_resource_manager(simulator):
    only_arm = {name: text for name, text in simulator.env().items() if name in _SIGNING_IN}

    async def whole():
        cloud = cloud_of(arm=simulator.arm_url)
        assert not cloud.is_known
        without = Tokens(lambda: pytest.fail("no token is needed"), SystemClock())
        async with AzureClient(cloud, without, ca_file=simulator.ca_file) as client:
            learned = await client.learn()
        make = credential_of(learned, SignIn("secret"), ca_file=simulator.ca_file, environment=only_arm)
        async with AzureClient(learned, Tokens(make, SystemClock()), ca_file=simulator.ca_file) as client:
            return learned, await _read(client, {"graph/devices", "arm/subscriptions"})

    learned, reading = asyncio.run(whole())
    assert (learned.graph, learned.authority) == (simulator.graph_url, simulator.authority)
    assert sorted(reading.rows["graph/devices"]) == sorted(simulator.tenant.table("graph/devices").rows())


_SIGNING_IN = ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET")


def test_a_certificate_authority_that_is_not_named_is_not_trusted(simulator):
    async def whole():
        cloud = cloud_of(environment=simulator.env())
        make = credential_of(cloud, SignIn("secret"), environment=simulator.env())
        async with AzureClient(cloud, Tokens(make, SystemClock())) as client:
            await _read(client, {"graph/users"})

    with pytest.raises((CredentialError, SettingsError), match="not trusted"):
        asyncio.run(whole())


def test_a_wrong_secret_is_named_and_not_told(simulator):
    environment = {**simulator.env(), "AZURE_CLIENT_SECRET": "canary-not-the-secret"}
    with pytest.raises(CredentialError) as caught:
        read(simulator, {"graph/users"}, environment=environment)
    assert "AADSTS7000215" in caught.value.message
    assert "canary" not in caught.value.message


def test_what_an_application_may_not_read_is_a_gap_or_a_403(simulator):
    """Somebody without any right reads nothing, and nothing looks empty."""
    app_id = _any_application(simulator)
    environment = {**simulator.env(), "AZURE_CLIENT_ID": app_id, "AZURE_CLIENT_SECRET": simulator.add_secret(app_id)}
    reading = read(simulator, environment=environment)
    missing = reading.gap_lists() | _lost(reading)
    empty = {name for name in LISTS if not reading.rows[name]}
    assert empty <= missing
    assert all(isinstance(failure, ForbiddenError) and failure.needs for _, failure in reading.failures)
    assert all(isinstance(failure, CollectionError) for _, failure in reading.failures)


def _lost(reading):
    source = AzureSource.__new__(AzureSource)
    source._lists = ALL
    return {gap.api for part, failure in reading.failures for gap in source.lost(part, failure.message)}


def _any_application(simulator):
    """Return an application without app roles and without role assignments."""
    holders = {json.loads(row)["principalId"] for row in simulator.tenant.table("graph/appRoleAssignments").rows()}
    holders |= {
        json.loads(row)["properties"]["principalId"] for row in simulator.tenant.table("arm/roleAssignments").rows()
    }
    members = {json.loads(row)["member"]["id"] for row in simulator.tenant.table("graph/groupMembers").rows()}
    own = {json.loads(row)["appId"] for row in simulator.tenant.table("graph/applications").rows()}
    for row in simulator.tenant.table("graph/servicePrincipals").rows():
        said = json.loads(row)
        if said["appId"] in own and said["id"] not in holders | members:
            return said["appId"]
    pytest.fail("the tenant has no idle application")


def test_the_calls_are_those_of_the_table(simulator):
    """Every endpoint of the chosen lists is called, and no other."""
    lists = {"arm/locks", "graph/administrativeUnitMembers"}
    reading = read(simulator, lists)
    assert set(reading.calls) <= {
        "arm/permissions",
        "arm/managementGroups",
        "arm/subscriptions",
        "arm/locks/subscription",
        "graph/administrativeUnits",
        "graph/administrativeUnits/delta",
        "graph/administrativeUnitMembers/administrativeUnit",
        "graph/$batch",
    }
    assert {name for name in reading.rows if name} <= lists
    actions, permissions = needed_permissions(lists)
    assert set(permissions) == {"AdministrativeUnit.Read.All", "Member.Read.Hidden"}
    assert "Microsoft.Authorization/locks/read" in actions


def test_tokens_are_renewed_when_the_simulators_clock_moves_on(tenant):
    with Simulator(tenant) as simulator:

        async def whole():
            cloud = cloud_of(environment=simulator.env())
            make = credential_of(cloud, SignIn("secret"), ca_file=simulator.ca_file, environment=simulator.env())
            async with AzureClient(cloud, Tokens(make, SystemClock()), ca_file=simulator.ca_file) as client:
                first = await _read(client, {"graph/devices"})
                simulator.advance(hours=2)
                return first, await _read(client, {"graph/devices"})

        first, second = asyncio.run(whole())
    assert second.failures == []
    assert sorted(first.rows["graph/devices"]) == sorted(second.rows["graph/devices"])


@pytest.fixture
def in_environment(simulator, monkeypatch):
    """Put what `--print-env` says into the environment of the process, where azure-identity looks."""
    for name, text in simulator.env().items():
        monkeypatch.setenv(name, text)
    return simulator


def test_the_usual_chain_of_credentials_signs_in(in_environment):
    assert read(in_environment, {"graph/devices"}, kind="default").failures == []


def test_a_chain_without_any_credential_says_what_was_tried(in_environment, monkeypatch):
    monkeypatch.delenv("AZURE_CLIENT_SECRET")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("IDENTITY_ENDPOINT", in_environment.arm_url)
    with pytest.raises(CredentialError) as caught:
        read(in_environment, {"graph/devices"}, kind="default")
    assert "EnvironmentCredential" in caught.value.message
    assert "\n" not in caught.value.message


def test_a_managed_identity_signs_in(in_environment, monkeypatch):
    identity = json.loads(next(_identities(in_environment)))
    in_environment.be_identity(identity["properties"]["clientId"])
    monkeypatch.setenv("IDENTITY_ENDPOINT", in_environment.env()["REMIT_SIM_IDENTITY_ENDPOINT"])
    monkeypatch.setenv("IDENTITY_HEADER", in_environment.identity_header)
    reading = read(in_environment, {"graph/devices"}, kind="managed")
    assert reading.beginning.tenant_id == in_environment.tenant_id


def _identities(simulator):
    kind = b'"microsoft.managedidentity/userassignedidentities"'
    return (row for row in simulator.tenant.table("arm/resources").rows() if kind in row)


def test_a_federated_token_signs_in(simulator, tmp_path):
    row = json.loads(next(simulator.tenant.table("graph/applicationFederatedIdentityCredentials").rows()))
    application = simulator.tenant.table("graph/applications").fields(row["parentId"].lower())
    token = tmp_path / "token"
    token.write_text(simulator.federated_token(row["issuer"], row["subject"]), encoding="utf-8")
    sign_in = SignIn("workload", client_id=application["appId"], token_file=token)
    reading = read(simulator, {"graph/devices"}, kind="workload", sign_in=sign_in)
    assert reading.beginning.tenant_id == simulator.tenant_id
