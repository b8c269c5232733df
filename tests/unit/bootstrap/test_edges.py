"""What the declared edges promise together, file by file."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import urlsplit

import pytest

from remit.bootstrap.edges import edge_catalogue
from remit.graph.kinds import GUARDS_FILE
from remit.graph.nodes import Facet

CATALOGUE = edge_catalogue()
KINDS = CATALOGUE.kinds
ARM_KINDS = [kind for kind in KINDS if any("/" in target or target == "scope" for target in kind.targets)]
WAYS = [(kind, way) for kind in ARM_KINDS for way in kind.way]
GUARDS = {guard.name: guard for guard in CATALOGUE.guards}
IDENTITIES = "microsoft.managedidentity/userassignedidentities"

by_id = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)


def test_every_file_of_the_folder_is_a_service():
    files = [service.file for service in CATALOGUE.services]
    assert files == sorted(files)
    assert GUARDS_FILE not in files
    assert {"compute", "keyvault", "kubernetes", "web", "automation", "arc", "containers", "logic"} <= set(files)


def test_the_declarations_are_read_once():
    assert edge_catalogue() is edge_catalogue()


def test_no_kind_stands_twice_among_covered_and_not_covered():
    ids = [kind.id for kind in KINDS] + [one.id for service in CATALOGUE.services for one in service.not_covered]
    assert [key for key, times in Counter(ids).items() if times > 1] == []


@by_id
def test_sources_are_public_pages(kind):
    for source in kind.sources:
        parts = urlsplit(source)
        assert parts.scheme == "https"
        assert "." in parts.netloc
        assert parts.query == ""


@by_id
def test_texts_are_sentences(kind):
    for text in (kind.says, kind.note, *(way.note for way in kind.way)):
        assert text == text.strip()
        assert text == "" or text[-1] in ".)"
        assert text[:1] == text[:1].upper()


@pytest.mark.parametrize("kind", ARM_KINDS, ids=lambda kind: kind.id)
def test_a_kind_has_ways_or_somebody_who_draws_it(kind):
    assert kind.way or kind.draws


def test_a_way_asks_for_something_at_its_target():
    assert [kind.id for kind, way in WAYS if not (way.needs or way.vault_rights or kind.draws)] == []


def test_every_guard_is_used():
    used = {guard for _, way in WAYS for guard in way.guards}
    assert set(GUARDS) - used == set()


def test_a_guard_says_something_about_every_target_of_the_ways_it_stops():
    silent = [
        f"{kind.id}: {name} says nothing about {target}"
        for kind, way in WAYS
        for name in way.guards
        for target in kind.targets_of(way)
        if target.lower() not in {one.lower() for rule in GUARDS[name].rule for one in rule.types}
    ]
    assert silent == []


def test_a_rule_is_about_types_that_a_guarded_way_targets():
    guarded = {(name, target.lower()) for kind, way in WAYS for name in way.guards for target in kind.targets_of(way)}
    idle = [
        f"{guard.name}: {one}"
        for guard in CATALOGUE.guards
        for rule in guard.rule
        for one in rule.types
        if (guard.name, one.lower()) not in guarded
    ]
    assert idle == []


@pytest.mark.parametrize("kind", [kind for kind in ARM_KINDS if kind.gain == "attach"], ids=lambda kind: kind.id)
def test_attaching_takes_the_right_to_assign_and_something_to_attach_to(kind):
    """A way onto what has an identity already, which needs none of this, names its own targets."""
    assert kind.side is Facet.CODE
    attaching = [way for way in kind.way if [one.lower() for one in kind.targets_of(way)] == [IDENTITIES]]
    assert attaching
    for way in kind.way:
        assert (way in attaching) == any(need.action.lower() == f"{IDENTITIES}/assign/action" for need in way.at_target)
        assert way.anywhere or way not in attaching
        assert IDENTITIES not in map(str.lower, kind.targets_of(way)) or way in attaching


@pytest.mark.parametrize("kind", ARM_KINDS, ids=lambda kind: kind.id)
def test_gains_and_sides_go_together(kind):
    """What hands out a credential or takes a guard away does not by that run code for certain."""
    sides = {
        "gate": {Facet.GATE, Facet.SECRET, Facet.CONTROL},
        "attach": {Facet.CODE},
        "data": {Facet.DATA, Facet.SECRET, Facet.CONTROL},
    }
    assert kind.side in sides.get(kind.gain, set(Facet))


def test_actions_are_exact():
    """A need is one action: a wildcard in it would match nothing that a role takes away."""
    exact = re.compile(r"[A-Za-z]+(\.[A-Za-z]+)+(/[A-Za-z0-9._]+)+/(read|write|delete|action)", re.IGNORECASE)
    needs = {(kind.id, need.action) for kind, way in WAYS for need in (*way.at_target, *way.elsewhere)}
    assert [one for one in sorted(needs) if not exact.fullmatch(one[1])] == []
