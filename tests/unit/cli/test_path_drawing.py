"""Paths drawn with letters: every box whole, every arrow with its id, whatever names a tenant holds."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from remit.cli.path_drawing import draw_path
from remit.graph.answers import Hop, NodeRef, Path

SITE = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.Web/sites/shop"
ANNA, DEVS = NodeRef("a", "user", "Anna"), NodeRef("g", "group", "Developers")
SHOP = NodeRef(SITE, "resource", "shop", "Microsoft.Web/sites")
TENANT = NodeRef("tier0", "tenant", "control of the tenant")


def hop(source: NodeRef, target: NodeRef, edge: str, facet: str = "", *, certain=True, eligible=False) -> Hop:
    return Hop(source, target, edge, edge, "", certain, eligible, (), (), facet)


def path(*hops: Hop) -> Path:
    return Path(1, all(one.certain for one in hops), any(one.eligible for one in hops), hops)


def drawn(found: Path, width: int = 80, encoding: str = "utf-8") -> list[str]:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding=encoding, newline="\n")
    draw_path(Console(file=stream, width=width, highlight=False, markup=False, emoji=False), found)
    stream.flush()
    return written.getvalue().decode(encoding).splitlines()


def test_a_short_path_is_one_row() -> None:
    found = path(hop(ANNA, DEVS, "MEMBER-OF"), hop(DEVS, SHOP, "WEB-01", "code"))
    assert drawn(found) == [
        "┏━━━━━━━━━━━━━━━━━━┓         ╭──────────────────╮         ┏━━━━━━━━━━━━━━━━━━┓",
        "┃ Anna             ┃MEMBER-OF│ Developers       │ WEB-01  ┃ shop             ┃",
        "┃ user             ┃────────▶│ group            │────────▶┃ site: code       ┃",
        "┗━━━━━━━━━━━━━━━━━━┛         ╰──────────────────╯         ┗━━━━━━━━━━━━━━━━━━┛",
    ]


def test_a_longer_path_turns_back_under_itself_and_says_what_its_lines_mean() -> None:
    found = path(
        hop(ANNA, DEVS, "EN-17", eligible=True),
        hop(DEVS, SHOP, "WEB-01", "code"),
        hop(SHOP, DEVS, "MI-03", certain=False),
        hop(DEVS, TENANT, "TIER-ZERO"),
    )
    assert drawn(found) == [
        "┏━━━━━━━━━━━━━━━━━━┓         ╭──────────────────╮         ╭──────────────────╮",
        "┃ Anna             ┃  EN-17  │ Developers       │ WEB-01  │ shop             │",
        "┃ user             ┃─·─·─·─·▶│ group            │────────▶│ site: code       │",
        "┗━━━━━━━━━━━━━━━━━━┛         ╰──────────────────╯         ╰──────────────────╯",
        "                                                              MI-03 ┆",
        "                                                                    ▼",
        "                             ┏━━━━━━━━━━━━━━━━━━┓         ╭──────────────────╮",
        "                             ┃ control of the   ┃TIER-ZERO│ Developers       │",
        "                             ┃ tenant           ┃◀────────│ group            │",
        "                             ┗━━━━━━━━━━━━━━━━━━┛         ╰──────────────────╯",
        "╌╌╌╌ possible, ─·─· after activation",
    ]


def test_without_unicode_it_is_drawn_with_plain_letters() -> None:
    long = NodeRef("x", "user", "Anna with a name that is far too long for a box")
    lines = drawn(path(hop(long, SHOP, "WEB-01", "code", certain=False)), encoding="ascii")
    assert lines[1].startswith("| Anna") or lines[1].startswith("# Anna")
    assert any("~" in line for line in lines)
    assert lines[-1] == ".... possible"


def test_a_narrow_terminal_gets_one_box_a_row() -> None:
    lines = drawn(path(hop(ANNA, DEVS, "MEMBER-OF"), hop(DEVS, SHOP, "WEB-01")), width=30)
    assert [line.strip(" ┃│") for line in lines if "Anna" in line or "shop" in line] == ["Anna", "shop"]
    assert lines[4] == "    MEMBER-OF │"


def test_nothing_is_drawn_of_a_path_without_steps() -> None:
    assert drawn(path()) == []


@pytest.mark.parametrize(
    "name",
    [
        "x" * 500,
        "a-very-long-name-of-a-machine-in-production",
        "\u202egnp.exe",
        "line\nbreak\ttab\x1b[2J",
        "[bold]markup[/]",
        "Zażółć 漢字漢字漢字漢字漢字 e\u0301",
        "👩\u200d👩\u200d👧 family of ❤\ufe0f",
        "",
    ],
)
def test_a_hostile_name_stays_in_its_box(name) -> None:
    lines = drawn(path(hop(NodeRef("n", "user", name), SHOP, "WEB-01"), hop(SHOP, TENANT, "TIER-ZERO")))
    assert "\x1b" not in "".join(lines)
    sides = {line[:1] + line[-1:] for line in lines}
    assert sides == {"┏┓", "┃┃", "┗┛"}
    assert {cell_len(line) for line in lines} == {78}


@given(st.lists(st.text(max_size=40), min_size=2, max_size=9), st.integers(20, 200))
def test_no_line_is_wider_than_the_terminal(names, width) -> None:
    refs = [NodeRef(str(place), "group", name) for place, name in enumerate(names)]
    lines = drawn(path(*(hop(one, other, "EN-05") for one, other in pairwise(refs))), width)
    assert max(cell_len(line) for line in lines) <= max(width, 20)
