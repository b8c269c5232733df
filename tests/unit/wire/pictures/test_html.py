"""The page of a picture: its own script and rules, nothing from elsewhere, and no name that gets out of its place."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.drawn_paths import HARM, harmful, long_path, neighbourhood, short_path

from remit.wire.pictures.html import embedded_json, to_html
from remit.wire.pictures.page_script import SCRIPT
from remit.wire.pictures.palette import STYLES
from remit.wire.pictures.picture import Picture, picture_of_hops, picture_of_paths

PATHS = picture_of_paths([long_path(), short_path()])
HARMFUL = picture_of_hops(harmful(), centre=harmful()[0].source)
LARGE = picture_of_hops(neighbourhood(300, 500, 4)[1], centre=neighbourhood(300, 500, 4)[0])
PICTURES = pytest.mark.parametrize("picture", [PATHS, HARMFUL, LARGE], ids=["paths", "harmful", "large"])


class Page(HTMLParser):
    """What a browser finds in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": []}
        self._in = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._in = tag if tag in self.inside else ""
        if self._in:
            self.inside[tag].append("")

    def handle_endtag(self, tag):
        self._in = "" if tag == self._in else self._in

    def handle_data(self, data):
        if self._in:
            self.inside[self._in][-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def data_of(picture: Picture) -> dict[str, list[dict[str, object]]]:
    return json.loads(Page(to_html(picture)).inside["script"][0])


@PICTURES
def test_a_page_runs_its_own_script_and_no_other(picture):
    page = Page(to_html(picture))
    data, script = page.inside["script"]
    assert script == SCRIPT
    assert json.loads(data)["nodes"]
    (policy,) = [one["content"] for one in page.all("meta") if one.get("http-equiv") == "Content-Security-Policy"]
    digests = [
        "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
        for text in (script, *page.inside["style"])
    ]
    assert policy == (
        f"default-src 'none'; script-src {digests[0]}; style-src {digests[1]}; base-uri 'none'; form-action 'none'"
    )


@PICTURES
def test_a_page_loads_nothing_and_has_no_handler_or_style_in_its_markup(picture):
    text = to_html(picture)
    page = Page(text)
    names = {name for _, attributes in page.tags for name in attributes}
    assert not names & {"src", "href", "srcset", "action", "style", "xlink:href", "data", "formaction"}
    assert not [name for name in names if name.startswith("on")]
    assert {tag for tag, _ in page.tags} <= {
        "html", "head", "meta", "title", "style", "body", "header", "div", "h1", "h3", "p", "form", "input", "span",
        "nav", "button", "main", "svg", "g", "path", "text", "aside", "fieldset", "legend", "label", "kbd", "details",
        "summary", "ol", "ul", "li", "script",
    }  # fmt: skip
    assert set(re.findall(r"https?://[^\s\"'<]*", text)) <= {"http://www.w3.org/2000/svg"}


@PICTURES
def test_the_data_of_a_page_is_the_picture(picture):
    data = data_of(picture)
    assert len(data["nodes"]) == len(picture.nodes)
    assert sum(len(strand["edges"]) for strand in data["strands"]) == len(picture.edges)
    identifiers = {attributes.get("id") for attributes in Page(to_html(picture)).all("g")}
    assert {f"n{place}" for place in range(len(data["nodes"]))} <= identifiers
    assert {f"e{place}" for place in range(len(data["strands"]))} <= identifiers


def test_each_edge_brings_its_reasons_its_permission_and_its_logs():
    (edge,) = [edge for strand in data_of(PATHS)["strands"] for edge in strand["edges"] if edge["name"] == "RunCommand"]
    assert edge == {
        "edge": "VM-01",
        "name": "RunCommand",
        "permission": "Microsoft.Compute/virtualMachines/runCommand/action",
        "certain": True,
        "eligible": False,
        "facet": "",
        "because": ["sg-platform-operators is a member of vm-build-01.", "a second reason"],
        "log": ["activity"],
    }


def test_every_line_stands_in_words_for_those_without_a_script():
    text = to_html(PATHS)
    assert text.count('<li><button type="button"') == 7
    assert "RunCommand (VM-01), Microsoft.Compute/virtualMachines/runCommand/action" in text
    assert "<li>a second reason</li>" in text


def test_kinds_and_states_can_be_hidden():
    values = {one["value"] for one in Page(to_html(PATHS)).all("input") if one["type"] == "checkbox"}
    assert {"kind:user", "kind:tenant", "state:certain", "state:possible", "state:eligible"} <= values
    assert "kind:subject" not in values
    unknown = {one.get("value") for one in Page(to_html(HARMFUL)).all("input")} - {f"kind:{kind}" for kind in STYLES}
    kinds = {f"kind:{node['kind']}" for node in data_of(HARMFUL)["nodes"]}
    assert "kind:</script><script>alert(1)</script>" in unknown & kinds


def test_every_control_has_a_name():
    page = Page(to_html(PATHS))
    assert [one.get("aria-label") for one in page.all("input") if one["type"] == "search"] == ["Search nodes"]
    assert {one.get("aria-label") for one in page.all("button") if one.get("id")} == {"Closer", "Farther", None}
    assert page.all("html") == [{"lang": "en"}]


def test_what_was_left_out_is_told():
    centre, hops = neighbourhood(400, 700, 1)
    assert re.search(r"\d+ nodes farther away left out\.</p>", to_html(picture_of_hops(hops, centre=centre)))


@given(st.recursive(st.text() | st.sampled_from(HARM[:3]), lambda inner: st.lists(inner, max_size=3)))
def test_embedded_json_is_json_without_markup(value):
    try:
        text = embedded_json(value)
    except UnicodeEncodeError:
        return
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text) == value


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js to read the script with")
def test_the_script_of_a_page_is_javascript(tmp_path):
    (tmp_path / "page.js").write_text(SCRIPT, encoding="utf-8")
    ran = subprocess.run(  # noqa: S603 - the checker of the machine, on our own file
        [str(shutil.which("node")), "--check", str(tmp_path / "page.js")], capture_output=True, text=True, check=False
    )
    assert ran.stderr == ""


def test_the_script_puts_in_no_markup_and_reaches_nothing():
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|fetch\(|XMLHttp|\.style\b", SCRIPT)
