"""SVG of a picture: well formed whatever things are called, complete by itself, told to those who see less."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.drawn_paths import HARM, KINDS, MAYA, OPERATORS, harmful, hop, long_path, neighbourhood, short_path

from remit.engine.facts import PrincipalKind
from remit.graph.answers import NodeRef
from remit.wire.pictures.palette import DARK, LIGHT, OTHER, STYLES, icon_of, word_of
from remit.wire.pictures.picture import Picture, picture_of_hops, picture_of_paths
from remit.wire.pictures.svg import to_svg

SVG = "{http://www.w3.org/2000/svg}"


def drawn(picture: Picture) -> ET.Element:
    return ET.fromstring(to_svg(picture))  # noqa: S314 - made here


def texts(root: ET.Element, css: str) -> list[str]:
    return ["".join(one.itertext()) for one in root.iter(f"{SVG}text") if one.get("class") == css]


def groups(root: ET.Element, word: str) -> list[ET.Element]:
    return [one for one in root.iter(f"{SVG}g") if word in (one.get("class") or "").split() and one.get("id")]


def test_a_picture_has_a_title_and_a_description():
    root = drawn(picture_of_paths([long_path()]))
    assert root.get("role") == "img"
    named = {one.get("id"): one.text for one in root if one.get("id")}
    assert root.get("aria-labelledby") == "title description"
    assert named["title"] == "From Maya Okonkwo to control of the tenant"
    assert named["description"].startswith("A possible path of 5 steps: 1. Maya Okonkwo to")


def test_every_node_and_step_is_drawn_with_its_words():
    root = drawn(picture_of_paths([long_path(), short_path()]))
    assert len(groups(root, "node")) == 7
    assert len(groups(root, "edge")) == 7
    assert {"MemberOf", "RunCommand", "HasIdentity", "HasRole", "AssignRole"} <= set(texts(root, "name"))
    assert "Microsoft.Compute/virtualMachines/runCommand/action" in "".join(texts(root, "detail"))
    assert "vm-build-01" in texts(root, "label")
    assert "user · from here" in texts(root, "small")
    assert "virtualMachines" in texts(root, "small")


def test_what_is_only_possible_or_asks_for_activation_looks_so():
    root = drawn(picture_of_paths([long_path()]))
    states = [one.get("class") for one in groups(root, "edge")]
    assert states == ["edge certain", "edge certain", "edge possible", "edge certain eligible", "edge certain"]
    style = root.find(f"{SVG}style").text
    assert re.search(r"\.possible \.line\{stroke-dasharray", style)
    assert re.search(r"\.eligible \.line\{stroke-dasharray", style)
    assert {"certain", "possible: something is not known", "after activation"} <= set(texts(root, "told"))


def test_the_legend_names_the_kinds_that_occur_and_no_other():
    told = set(texts(drawn(picture_of_paths([short_path()])), "told"))
    assert {"user", "group", "scope", "tier zero"} <= told
    assert not told & {"resource", "application", "not read", "possible: something is not known", "after activation"}


def test_what_found_no_room_is_told():
    centre, hops = neighbourhood(400, 2500, 2)
    told = " ".join(texts(drawn(picture_of_hops(hops, centre=centre)), "told"))
    assert re.search(r"[\d,]+ lines without words for lack of room; point at one to read it\.", told)
    assert re.search(r"\d+ nodes farther away left out\.", told)


def test_several_edges_between_two_nodes_are_one_line_that_says_how_many():
    hops = [hop(MAYA, OPERATORS), hop(MAYA, OPERATORS, "VM-02", "Other", certain=False)]
    root = drawn(picture_of_hops(hops, centre=MAYA))
    (edge,) = groups(root, "edge")
    assert edge.get("class") == "edge certain"
    assert texts(root, "name") == ["RunCommand +1"]
    assert (
        "Other (VM-02), Microsoft.Compute/virtualMachines/runCommand/action, possible" in edge.find(f"{SVG}title").text
    )


def test_a_file_refers_to_nothing_outside_itself_and_runs_nothing():
    for picture in (picture_of_paths([long_path()]), picture_of_hops(harmful(), centre=harmful()[0].source)):
        text = to_svg(picture)
        root = ET.fromstring(text)  # noqa: S314 - made here
        assert {one.tag for one in root.iter()} <= {
            f"{SVG}{name}" for name in ("svg", "g", "title", "desc", "style", "rect", "path", "text")
        }
        assert {name for one in root.iter() for name in one.attrib} <= {
            "viewBox",
            "width",
            "height",
            "role",
            "aria-labelledby",
            "id",
            "class",
            "d",
            "x",
            "y",
            "transform",
        }
        assert text.count("http") == 1
        assert "url(" not in text
        assert "@import" not in text


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.text() | st.sampled_from(HARM), st.sampled_from([*KINDS, "phone", ""])), min_size=2, max_size=6
    )
)
def test_any_names_make_a_well_formed_file(named):
    refs = [NodeRef(f"{place}", kind, label, label) for place, (label, kind) in enumerate(named)]
    hops = [hop(refs[0], ref, ref.label, ref.label, permission=ref.label) for ref in refs]
    assert len(groups(drawn(picture_of_hops(hops, centre=refs[0])), "node")) == len(refs)


def test_a_deceiving_name_is_not_drawn_as_it_would_be_read():
    root = drawn(picture_of_hops([hop(MAYA, NodeRef("1", "group", "\u202egnp.exe\u202c"))], centre=MAYA))
    assert "\ufffdgnp.exe\ufffd" in texts(root, "label")


def test_an_empty_picture_is_a_file_too():
    assert texts(drawn(picture_of_paths([])), "title") == ["No path"]


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("kind", [*STYLES, "other"])
def test_every_kind_can_be_read_in_light_and_in_dark(kind):
    style = STYLES.get(kind, OTHER)
    for colours, (line, fill) in ((LIGHT, style.light), (DARK, style.dark)):
        assert contrast(colours.ink, fill) >= 7
        assert contrast(colours.faint, fill) >= 4.5
        assert contrast(line, fill) >= 3
        assert contrast(line, colours.paper) >= 3


def test_lines_and_words_can_be_read_on_paper():
    for colours in (LIGHT, DARK):
        assert contrast(colours.ink, colours.paper) >= 7
        assert min(contrast(one, colours.paper) for one in (colours.faint, colours.certain, colours.possible)) >= 4.5


def test_every_kind_has_an_outline_or_an_icon_of_its_own():
    looks = [(style.outline, style.icon) for style in STYLES.values()]
    assert len(set(looks)) == len(looks)
    assert len({style.icon for style in STYLES.values()}) == len(looks)


def test_a_resource_is_shown_by_its_type():
    assert icon_of("resource", "Microsoft.KeyVault/vaults") != icon_of("resource", "Microsoft.Other/things")
    assert icon_of("user", "Microsoft.KeyVault/vaults") == STYLES["user"].icon
    assert word_of("resource", "Microsoft.Sql/servers/databases") == "servers/databases"
    assert (word_of("resource", ""), word_of("phone", "")) == ("resource", "phone")


def test_every_kind_of_principal_has_a_look():
    assert set(PrincipalKind.WORDS) <= STYLES.keys()
