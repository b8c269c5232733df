"""The declared edges against Azure's operations and against the list of known edges."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

from remit.bootstrap.edges import edge_catalogue
from remit.model.question import Plane

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
OPERATIONS = DATA / "azure" / "provider-operations.json"
KNOWN = DATA.parent / "domain" / "escalation-edges.csv"

TOO_NEW = {
    "microsoft.app/agents/dataconnectors/listsecrets/action",
    "microsoft.app/agents/listsecrets/action",
    "microsoft.app/sandboxgroups/sandboxes/executeshellcommand/action",
    "microsoft.healthbot/healthbots/listsecrets/action",
}
"""Real, and not yet in the copy of the catalogue; none of them may be in it."""

EITHER_PLANE = {"microsoft.cognitiveservices/accounts/connections/listsecrets/action"}
"""Declared in both planes: the catalogue only infers which of them it is."""

CATALOGUE = edge_catalogue()
KINDS = {kind.id: kind for kind in CATALOGUE.kinds}
NOT_COVERED = {one.id: one for service in CATALOGUE.services for one in service.not_covered}


def needs_of(kind):
    return {need for way in kind.way for need in (*way.at_target, *way.elsewhere)}


@pytest.fixture(scope="module")
def operations():
    """Lower-case names by plane."""
    if not OPERATIONS.exists():
        pytest.skip("no test data")
    found = {Plane.CONTROL: set(), Plane.DATA: set()}
    for lists in json.loads(OPERATIONS.read_text("utf-8"))["providers"].values():
        for kept, names in lists.items():
            plane = Plane.DATA if kept.startswith("data") else Plane.CONTROL
            found[plane].update(name.lower() for name in names)
    return found


@pytest.fixture(scope="module")
def known():
    """Rows of the list of known edges of Azure resources, by id."""
    if not KNOWN.exists():
        pytest.skip("no test data")
    with KNOWN.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def test_every_action_is_one_that_azure_knows_in_that_plane(operations):
    wrong = [
        f"{kind.id}: {need.action} ({need.plane.name.lower()})"
        for kind in CATALOGUE.kinds
        for need in needs_of(kind)
        if need.action.lower() not in operations[need.plane] | TOO_NEW
        and not (need.action.lower() in EITHER_PLANE and need.plane is Plane.CONTROL)
    ]
    assert wrong == []


def test_a_plane_is_left_open_only_where_the_catalogue_infers_it():
    if not OPERATIONS.exists():
        pytest.skip("no test data")
    providers = json.loads(OPERATIONS.read_text("utf-8"))["providers"].values()
    inferred = {name.lower() for lists in providers for name in lists.get("dataActionsInferred", ())}
    assert inferred >= EITHER_PLANE


def test_an_excuse_ends_when_azure_lists_the_action(operations):
    assert TOO_NEW & (operations[Plane.CONTROL] | operations[Plane.DATA]) == set()


def test_every_excuse_is_needed():
    assert TOO_NEW - {need.action.lower() for kind in CATALOGUE.kinds for need in needs_of(kind)} == set()


@pytest.mark.parametrize("word", ["writ", "runComand/action", "runCommands"])
def test_a_misspelt_action_would_be_found(operations, word):
    assert f"microsoft.compute/virtualmachines/{word}".lower() not in operations[Plane.CONTROL]


def test_every_known_edge_is_declared_or_said_not_to_be_covered(known):
    assert set(known) - set(KINDS) - set(NOT_COVERED) == set()


def test_what_is_declared_is_not_said_to_be_missing():
    assert set(KINDS) & set(NOT_COVERED) == set()


OTHER_NAMES = {"AUT-21": "ManagedApplicationAccess"}
"""Where the known word does not say what the kind is."""


def test_names_are_those_by_which_the_edges_are_known(known):
    declared = {one.id: one.name for one in (*KINDS.values(), *NOT_COVERED.values())}
    other = {key: declared[key] for key, row in known.items() if declared[key] != row["edge"]}
    assert other == OTHER_NAMES


LEFT_OUT = {
    "ACR-03": {"microsoft.containerregistry/registries/listbuildsourceuploadurl/action"},  # an address, runs nothing
    "BAT-02": {"microsoft.batch/batchaccounts/jobs/read"},  # a reader starts no task
    "KV-03": {"microsoft.keyvault/vaults/secrets/readmetadata/action"},  # names, no values
    "KV-07": {"microsoft.keyvault/vaults/write"},  # deleted vaults stand in no list
}
"""Actions of the known edges that are not declared, each with its reason; strict."""


def test_every_action_of_a_known_edge_is_declared(known):
    missing = {}
    for key, row in known.items():
        if key in KINDS and not KINDS[key].draws:
            listed = {
                name.strip().removeprefix("D:").lower()
                for name in row["operations"].split(" ; ")
                if "/" in name and not name.startswith(("E:", "local-RBAC:"))
            }
            left = listed - {need.action.lower() for need in needs_of(KINDS[key])}
            if left:
                missing[key] = left
    assert missing == LEFT_OUT


def test_texts_are_our_own(known):
    """No sentence of the list is taken over."""
    theirs = {row["condition"].strip().lower() for row in known.values() if len(row["condition"]) > 25}
    ours = {text.strip().lower() for kind in CATALOGUE.kinds for text in (kind.says, kind.note)}
    ours |= {way.note.strip().lower() for kind in CATALOGUE.kinds for way in kind.way}
    assert theirs & ours == set()
