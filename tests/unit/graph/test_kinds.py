"""Declarations of edges: what is refused, and by which words."""

from __future__ import annotations

import pytest

from remit.graph.kinds import EdgeCatalogue, EdgeKind, Need, Way, read_catalogue
from remit.graph.nodes import Facet
from remit.model.errors import InvariantError
from remit.model.question import Plane

KIND = """
service = "Machines"

[[edge]]
id = "VM-01"
name = "Run"
says = "Runs a script."
targets = ["Microsoft.Compute/virtualMachines"]
facet = "code"
gain = "run-as"
log = ["activity"]
sources = ["https://example.org/"]
basis = "documented"

[[edge.way]]
needs = ["Microsoft.Compute/virtualMachines/runCommand/action"]
guards = ["agent"]
"""
GUARDS = """
[[guard]]
name = "agent"
says = "There is no agent."

[[guard.rule]]
types = ["Microsoft.Compute/virtualMachines"]
property = "agent"
closed = false
"""


def read(kind: str = KIND, guards: str = GUARDS) -> EdgeCatalogue:
    return read_catalogue({"machines": kind, "guards": guards})


def test_a_file_reads_as_it_says():
    catalogue = read()
    (kind,) = catalogue.kinds
    assert kind == catalogue.kind("VM-01")
    assert (kind.side, kind.cost, kind.draws) == (Facet.CODE, 2, "")
    assert [need.action for way in kind.way for need in way.at_target] == [
        "Microsoft.Compute/virtualMachines/runCommand/action"
    ]
    assert [guard.name for guard in catalogue.guards] == ["agent"]
    assert (catalogue.services[0].file, catalogue.services[0].title) == ("machines", "Machines")


def test_services_stand_in_the_order_of_their_files():
    other = KIND.replace("VM-01", "AA-01").replace("Machines", "Accounts")
    catalogue = read_catalogue({"machines": KIND, "accounts": other, "guards": GUARDS})
    assert [kind.id for kind in catalogue.kinds] == ["AA-01", "VM-01"]


def test_data_actions_are_marked():
    assert Need.parse("data:Microsoft.X/y/action") == Need("Microsoft.X/y/action", Plane.DATA)
    assert Need.parse("Microsoft.X/y/action") == Need("Microsoft.X/y/action", Plane.CONTROL)


def test_needs_elsewhere_are_parsed_alike():
    way = Way(needs=("A/b/read",), anywhere=("data:C/d/write",))
    assert way.elsewhere == (Need("C/d/write", Plane.DATA),)


def test_a_way_is_about_all_targets_unless_it_names_some():
    kind = EdgeKind("VM-01", "A", "b", ("X/y", "X/z"), "code", "run-as", (), ("https://x",), "memory")
    assert kind.targets_of(Way(needs=("X/y/write",))) == ("X/y", "X/z")
    assert kind.targets_of(Way(needs=("X/y/write",), targets=("X/z",))) == ("X/z",)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('facet = "code"', 'facet = "shell"', "edge kind VM-01: shell is not known"),
        ('gain = "run-as"', 'gain = "own"', "edge kind VM-01: own is not known"),
        ('basis = "documented"', 'basis = "rumour"', "edge kind VM-01: rumour is not known"),
        ('log = ["activity"]', 'log = ["activity", "siem"]', "edge kind VM-01: siem is not known"),
        ('guards = ["agent"]', 'guards = ["agnet"]', "edge kind VM-01: agnet is not known"),
        ("[[edge.way]]", '[[edge.way]]\ntargets = ["X/y"]', "edge kind VM-01: X/y is not known"),
        ("[[edge.way]]", '[[edge.way]]\nvault_rights = ["get"]', "edge kind VM-01: get is not known"),
        ('id = "VM-01"', 'id = "run"', r"edges/machines.toml: .*regex.*\$.edge\[0\].id"),
        ('name = "Run"', 'nmae = "Run"', r"edges/machines.toml: .*nmae"),
        ('says = "Runs a script."', "", r"edges/machines.toml: .*says"),
        ("needs = [", "need = [", r"edges/machines.toml: .*need"),
        ('sources = ["https://example.org/"]', "sources = []", r"edges/machines.toml: .*\$.edge\[0\].sources"),
        ('targets = ["Microsoft.Compute/virtualMachines"]', "targets = []", r"edges/machines.toml: .*targets"),
        ('gain = "run-as"', 'gain = "run-as"\ncost = 21', r"edges/machines.toml: .*20.*cost"),
        ('service = "Machines"', "service", r"edges/machines.toml: "),
    ],
)
def test_a_kind_that_is_none_is_refused_by_name(old, new, told):
    assert old in KIND
    with pytest.raises(InvariantError, match=told):
        read(kind=KIND.replace(old, new, 1))


def test_an_id_stands_once_in_all_files():
    with pytest.raises(InvariantError, match="VM-01 stands twice"):
        read_catalogue({"machines": KIND, "more": KIND, "guards": GUARDS})


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("closed = false", "", "guard agent: the rule of agent is none"),
        ("closed = false", "closed = false\nopen = true", "guard agent: the rule of agent is none"),
        ("closed = false", 'closed = false\nabsent = "shut"', "guard agent: the rule of agent is none"),
        ("closed = false", 'present = "shut"', "guard agent: the rule of agent is none"),
        ('property = "agent"', "", "guard agent: the rule of nothing is none"),
        ('property = "agent"', 'property = "agent"\ntop = "kind"', "guard agent: the rule of agent is none"),
        ('property = "agent"', 'top = "agent"\nchild = "below/it"', "guard agent: the rule of agent is none"),
        ("[[guard.rule]]", "[[guard.rules]]", r"edges/guards.toml: .*rule"),
        ('types = ["Microsoft.Compute/virtualMachines"]', "types = []", r"edges/guards.toml: .*types"),
    ],
)
def test_a_guard_that_says_nothing_or_two_things_is_refused(old, new, told):
    assert old in GUARDS
    with pytest.raises(InvariantError, match=told):
        read(guards=GUARDS.replace(old, new, 1))


def test_a_guard_stands_once():
    with pytest.raises(InvariantError, match="guard agent stands twice"):
        read(guards=GUARDS + GUARDS)


def test_a_guard_judges_a_type_in_one_place():
    beside = GUARDS + GUARDS[GUARDS.index("[[guard.rule]]") :].replace(
        'property = "agent"', 'property = "p"\nchild = "c/d"'
    )
    with pytest.raises(InvariantError, match="guard agent: a type is judged by itself and by what is below it"):
        read(guards=beside)
