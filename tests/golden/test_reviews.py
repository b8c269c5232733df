"""What `remit integrations` and `remit isolation` show of a small tenant, word for word."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from tests.fakes.progress import without_progress
from tests.fakes.reviewed_tenant import (
    CONTRIBUTOR,
    DEV,
    DEV_GROUP,
    DEV_IDENTITY,
    HUB,
    HUB_GROUP,
    MACHINE_TYPE,
    PROD,
    PROD_GROUP,
    READER,
    Drafted,
    guid,
    places,
    resource,
    reviewed_tenant,
)

from remit.cli.running import run

CASES = {
    "integrations": (("integrations",), 0),
    "integrations-full": (("integrations",), 0),
    "isolation-full": (("isolation",), 1),
    "isolation-nothing": (("isolation",), 0),
    "isolation": (("isolation",), 1),
    "isolation-explain": (("isolation", "--explain"), 1),
    "help-integrations": (("integrations", "--help"), 0),
    "help-isolation": (("isolation", "--help"), 0),
}


def full_tenant() -> Drafted:
    """The tenant with more of everything: several roles and places, what is expired, possible, shared or not read."""
    draft = reviewed_tenant()
    ended = {"keyId": guid("old"), "startDateTime": "2025-01-01T00:00:00Z", "endDateTime": "2026-01-01T00:00:00Z"}
    endless = {"keyId": guid("endless"), "startDateTime": "2025-01-01T00:00:00Z"}
    many = draft.application("many-dev", keyCredentials=[ended, endless])
    for scope in (PROD, PROD_GROUP, DEV, DEV_GROUP, HUB):
        draft.assign(many, READER, scope)
    draft.assign(many, CONTRIBUTOR, PROD_GROUP)
    for name in ("ci-dev", "ci-prod", "many-dev"):
        draft.trust(name, "branch", "repo:shop/site:ref:refs/heads/main")
    draft.trust("many-dev", "odd", None, expression="claims['sub'] like 'repo:*'")
    for number in range(3, 7):
        attached = {"type": "UserAssigned", "userAssignedIdentities": {DEV_IDENTITY: {"principalId": guid("id-dev")}}}
        draft.resource(resource(HUB_GROUP, MACHINE_TYPE, f"vm-{number}"), tags={"env": "qa"}, identity=attached)
    draft.add(
        "graph/oauth2PermissionGrants",
        id="g",
        clientId=guid("Vendor Mail"),
        resourceId=guid("Microsoft Graph"),
        consentType="Principal",
        principalId=guid("maya"),
        scope="a b c d e f g",
    )
    draft.add(
        "graph/directoryRoleDefinitions",
        id=guid("role"),
        displayName="Directory Readers",
        templateId=guid("role"),
        rolePermissions=[],
    )
    draft.add(
        "graph/directoryRoleAssignments", id="a", principalId=many, roleDefinitionId=guid("role"), directoryScopeId="/"
    )
    draft.manifest["gaps"] = [{"api": "arm/federatedIdentityCredentials", "scope": HUB, "reason": "403"}]
    return draft


def bare_tenant() -> Drafted:
    """A tenant in which nothing is."""
    draft = Drafted()
    places(draft)
    return draft


TENANTS = {"integrations-full": full_tenant, "isolation-full": full_tenant, "isolation-nothing": bare_tenant}


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> Callable[[str], list[str]]:
    folder = tmp_path_factory.mktemp("golden-reviews")

    def of(name: str) -> list[str]:
        make = TENANTS.get(name, reviewed_tenant)
        export = folder / make.__name__
        if not export.exists():
            make().export(export)
        return ["--tenant", str(export), "--store", str(folder / "store")]

    return of


@pytest.mark.parametrize("name", CASES)
def test_the_reviews_show_what_they_showed(golden, capfd, monkeypatch, asked, name) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    arguments, code = CASES[name]
    assert run([*arguments, *([] if "--help" in arguments else asked(name))]) == code
    out, err = capfd.readouterr()
    # The snapshot's id is a digest of its bytes, and tells nothing here.
    out = re.sub(r"snapshot [0-9a-f]{12}", "snapshot 0123456789ab", out)
    golden(f"reviews/{name}.txt", re.sub(r" +$", "", out, flags=re.MULTILINE))
    assert without_progress(err) == ""
    assert [line for line in out.splitlines() if len(line) > 80 and max(map(len, line.split())) <= 40] == []
