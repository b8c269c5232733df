"""When two rows with one id say the same."""

from __future__ import annotations

import json

import pytest

from remit.adapters.store.duplicates import same_content

GUID = "0b5fe924-9A61-425c-96af-cfe6e287ca2d"
ROW = {"id": "/subscriptions/s/x", "properties": {"principalId": GUID, "condition": "@R[a] StringEquals 'x'"}}


def text(row: object) -> bytes:
    return json.dumps(row).encode()


def changed(**said: object) -> dict[str, object]:
    return {**ROW, "properties": {**ROW["properties"], **said}}


@pytest.mark.parametrize(
    "other",
    [
        dict(reversed(ROW.items())),
        {**ROW, "id": "/Subscriptions/S/X"},
        changed(principalId=GUID.upper()),
    ],
)
def test_letter_case_of_ids_and_order_of_members_do_not_matter(other) -> None:
    """S2."""
    assert same_content("arm/roleAssignments", text(ROW), text(other))


@pytest.mark.parametrize(
    "other",
    [
        {**ROW, "etag": "1"},
        changed(condition="@R[a] StringEquals 'X'"),
        changed(condition='@R[a] StringEquals "/X"'),
        changed(principalId="0b5fe924-9a61-425c-96af-cfe6e287ca2e"),
        changed(memberType="Inherited"),
    ],
)
def test_anything_else_does(other) -> None:
    assert not same_content("arm/roleAssignments", text(ROW), text(other))


def test_letter_case_counts_in_texts_that_only_hold_an_id() -> None:
    one, other = (changed(condition=f'a "/{name}" b') for name in ("x", "X"))
    assert not same_content("arm/roleAssignments", text(one), text(other))


@pytest.mark.parametrize("kind", ["Assignment", "Eligibility"])
def test_an_instance_listed_again_below_its_scope_is_the_same(kind) -> None:
    """P2."""
    one, other = (text(changed(memberType=how)) for how in ("Direct", "Inherited"))
    assert same_content(f"arm/role{kind}ScheduleInstances", one, other)
