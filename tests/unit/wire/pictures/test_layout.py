"""Places of nodes and lines: no two boxes on one spot, the same each time, and no input that ends the process."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.drawn_paths import MAYA, OPERATORS, hop, long_path, neighbourhood, short_path

from remit.graph.answers import NodeRef
from remit.wire.pictures.captions import captions
from remit.wire.pictures.layers import MOST_PASSED, laid_out, without_cycles
from remit.wire.pictures.layout import BOX_HEIGHT, BOX_WIDTH, Layout, arrange
from remit.wire.pictures.picture import picture_of_hops, picture_of_paths
from remit.wire.pictures.routes import Course, routes
from remit.wire.pictures.svg import to_svg

ROOT = Path(__file__).parents[4]
PAIRS = st.integers(1, 12).flatmap(
    lambda count: st.tuples(
        st.just(count), st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=30)
    )
)


def layout_of(pairs: list[tuple[int, int]]) -> Layout:
    refs = [NodeRef(str(place), "user", f"node {place}") for place in range(1 + max([0, *map(max, pairs)]))]
    return arrange(picture_of_hops([hop(refs[one], refs[other]) for one, other in pairs], centre=refs[0]))


def overlapping(layout: Layout) -> list[tuple[str, str]]:
    return [
        (one.node.label, other.node.label)
        for one, other in combinations(layout.boxes, 2)
        if abs(one.x - other.x) < BOX_WIDTH and abs(one.y - other.y) < BOX_HEIGHT
    ]


@settings(max_examples=60, deadline=None)
@given(PAIRS)
def test_boxes_never_overlap_and_every_line_has_its_ends(drawn):
    _, pairs = drawn
    layout = layout_of(pairs)
    assert overlapping(layout) == []
    assert {(strand.source, strand.target) for strand in layout.strands} == {
        (rows(layout)[str(one)], rows(layout)[str(other)]) for one, other in pairs
    }
    assert all(box.x + BOX_WIDTH <= layout.width and box.y + BOX_HEIGHT <= layout.height for box in layout.boxes)
    assert all(0 <= y <= layout.height for strand in layout.strands for _, y in strand.through)


def rows(layout: Layout) -> dict[str, int]:
    return {box.node.id: row for row, box in enumerate(layout.boxes)}


@given(PAIRS)
def test_what_is_laid_out_has_no_cycle_and_no_loop(drawn):
    count, pairs = drawn
    kept = without_cycles(count, pairs)
    assert {frozenset(pair) for pair in kept} == {frozenset(pair) for pair in pairs if pair[0] != pair[1]}
    left, rest = set(range(count)), kept
    while left:
        ends = left - {source for source, _ in rest}
        assert ends, "a cycle"
        left -= ends
        rest = [pair for pair in rest if pair[1] not in ends]


def test_a_graph_without_cycles_keeps_its_directions():
    pairs = [(0, 1), (0, 2), (1, 2), (2, 3)]
    assert without_cycles(4, pairs) == pairs


def test_a_dense_graph_is_laid_out_by_distance_alone():
    pairs = [(one, other) for one in range(60) for other in range(one + 1, 60)]
    part = laid_out(60, pairs)
    assert part == [(0, other) for other in range(1, 60)]
    assert sum(other - one - 1 for one, other in pairs) > MOST_PASSED


@pytest.mark.parametrize(("nodes", "edges"), [(300, 450), (300, 2500)])
def test_three_hundred_nodes_find_their_places(nodes, edges):
    centre, hops = neighbourhood(nodes, edges, 5)
    layout = arrange(picture_of_hops(hops, centre=centre))
    assert overlapping(layout) == []
    words = [caption for caption in captions(layout, routes(layout), details=False) if caption]
    assert len(words) > len(layout.strands) / 8


def test_words_stand_on_no_box_and_on_no_other_words():
    centre, hops = neighbourhood(40, 60, 9)
    layout = arrange(picture_of_hops(hops, centre=centre))
    areas = [
        (caption.x - 30, caption.y - 8, caption.x + 30, caption.y + 2)
        for caption in captions(layout, routes(layout), details=False)
        if caption
    ]
    boxes = [(box.x, box.y, box.x + BOX_WIDTH, box.y + BOX_HEIGHT) for box in layout.boxes]
    assert len(areas) > 30
    for area in areas:
        hit = [other for other in [*areas, *boxes] if other is not area and crosses(area, other)]
        assert hit == []


def crosses(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_layers_run_from_left_to_right():
    layout = arrange(picture_of_paths([long_path(), short_path()]))
    where = {box.node.label: box.x for box in layout.boxes}
    assert (
        where["Maya Okonkwo"] < where["sg-platform-operators"] < where["vm-build-01"] < where["control of the tenant"]
    )
    assert not layout.folded


def test_a_line_past_layers_goes_around_what_stands_there():
    layout = layout_of([(0, 1), (1, 2), (2, 3), (0, 3)])
    (far,) = (strand for strand in layout.strands if strand.through)
    assert (layout.boxes[far.source].node.id, layout.boxes[far.target].node.id) == ("0", "3")
    inside = [
        (x, y)
        for x, y in far.through
        for box in layout.boxes
        if box.x <= x <= box.x + BOX_WIDTH and box.y <= y <= box.y + BOX_HEIGHT
    ]
    assert inside == []


def test_a_long_single_path_is_folded_into_rows():
    layout = arrange(picture_of_paths([long_path()]))
    assert layout.folded
    assert [round(box.x / layout.boxes[1].x) for box in layout.boxes] == [0, 1, 2, 2, 1, 0]
    assert len({box.y for box in layout.boxes}) == 2
    assert [route.course for route in routes(layout)].count(Course.DOWN) == 1


def test_a_short_single_path_stays_in_a_row():
    layout = arrange(picture_of_paths([short_path()]))
    assert not layout.folded
    assert len({box.y for box in layout.boxes}) == 1


def test_a_node_that_leads_to_itself_gets_a_loop():
    layout = arrange(picture_of_hops([hop(MAYA, MAYA)], centre=MAYA))
    assert [route.course for route in routes(layout)] == [Course.LOOP]


def test_lines_to_and_fro_do_not_lie_on_each_other():
    layout = arrange(picture_of_hops([hop(MAYA, OPERATORS), hop(OPERATORS, MAYA)], centre=MAYA))
    there, back = routes(layout)
    assert there.points[0] != back.points[-1]
    assert there.line != back.line


def test_a_label_that_shows_nothing_gives_way_to_the_id():
    layout = arrange(picture_of_hops([], centre=NodeRef("0f3c", "user", "\u200b \u200b")))
    assert layout.boxes[0].lines == ("0f3c",)


SCRIPT = """
import hashlib
from tests.fakes.drawn_paths import neighbourhood
from remit.wire.pictures.picture import picture_of_hops
from remit.wire.pictures.svg import to_svg
centre, hops = neighbourhood(60, 110, 3)
print(hashlib.sha256(to_svg(picture_of_hops(hops, centre=centre)).encode()).hexdigest())
"""


def test_the_same_picture_is_the_same_file_in_every_process():
    centre, hops = neighbourhood(60, 110, 3)
    here = hashlib.sha256(to_svg(picture_of_hops(hops, centre=centre)).encode()).hexdigest()
    for _ in range(2):
        ran = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, cwd=ROOT
        )
        assert ran.stdout.strip() == here
