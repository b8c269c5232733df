"""What a delegation of Lighthouse says of the other side; what is malformed is not said."""

from __future__ import annotations

import json

import pytest

from remit.wire.azure.delegations import Delegation, read_delegation


def row(**definition: object) -> bytes:
    return json.dumps({"properties": {"registrationDefinition": {"properties": definition}}}).encode()


def test_people_of_both_sorts_are_told_by_lower_case_id() -> None:
    said = row(
        registrationDefinitionName="Run",
        managedByTenantId="ABC",
        managedByTenantName="Partner",
        authorizations=[{"principalId": "P1", "principalIdDisplayName": "Operators", "roleDefinitionId": "x"}],
        eligibleAuthorizations=[{"principalId": "P2"}, {"principalIdDisplayName": "nobody"}],
    )
    assert read_delegation(said) == Delegation("Run", "abc", "Partner", {"p1": "Operators", "p2": ""})


@pytest.mark.parametrize(
    "payload",
    [b"{}", b"[]", b"nothing", b'{"properties": {}}', b'{"properties": {"registrationDefinition": {}}}'],
)
def test_what_says_nothing_of_the_other_side_is_none(payload) -> None:
    assert read_delegation(payload) is None


def test_fields_that_are_missing_are_empty() -> None:
    assert read_delegation(row(managedByTenantId=None)) == Delegation("", "", "", {})
