"""Paths as JSON: every kind of reason in a hop, and every field on the page."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path as File

import msgspec
import pytest

from remit.graph.answers import Hop, HopReason, NodeRef, Path
from remit.model.decision import AssignmentFacts, Granted, GrantKind, NotSeen
from remit.model.snapshot import Gap
from remit.wire.v1 import cuts, exposure, paths, radius, reach
from remit.wire.v1.answers import encode

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
ADA, VM = NodeRef("a", "user", "Ada"), NodeRef("/vm", "resource", "vm", "Microsoft.Compute/virtualMachines")
GRANT = Granted(AssignmentFacts("/ra/1", GrantKind.ACTIVE, "a", ("a",), "r", "Reader", "/"), 0)
HOP = Hop(
    ADA,
    VM,
    "VM-01",
    "RunCommand",
    "Microsoft.Compute/virtualMachines/runCommand/action",
    True,
    True,
    (
        GRANT,
        NotSeen("arm/locks", "/", "no", "V3"),
        HopReason("gap", "not read", "x"),
        HopReason("note", "so", "", "VM-01"),
    ),
    ("activity",),
    "code",
    ("VM-02",),
)
PAGE = File(__file__).parents[3] / "docs" / "json.md"


def document(*found: Path) -> paths.PathsDocument:
    return paths.paths_document(
        paths.end_document(ADA),
        paths.end_document(VM, ("odd",)),
        found,
        at=AT,
        snapshot_id="s",
        certain=True,
        possible=True,
        unread=paths.unread_document([Gap("arm/locks", "/", "no")]),
    )


def test_paths_are_written_as_the_page_says() -> None:
    shown = json.loads(encode(document(Path(4, True, True, (HOP,)))))
    (path,) = shown.pop("paths")
    (hop,) = path.pop("hops")
    reasons = hop.pop("because")
    assert path == {"cost": 4, "certain": True, "eligible": True}
    assert hop == {
        "from": "a",
        "to": "/vm",
        "edge": "VM-01",
        "name": "RunCommand",
        "permission": "Microsoft.Compute/virtualMachines/runCommand/action",
        "certain": True,
        "eligible": True,
        "facet": "code",
        "log": ["activity"],
        "also": ["VM-02"],
    }
    assert [one["kind"] for one in reasons] == ["grant", "gap", "notRead", "note"]
    assert reasons[0]["assignmentId"] == "/ra/1"
    assert reasons[2:] == [
        {"kind": "notRead", "detail": "not read", "subject": "x"},
        {"kind": "note", "detail": "so", "clause": "VM-01"},
    ]
    assert shown == {
        "from": {"id": "a", "kind": "user", "label": "Ada"},
        "to": {"id": "/vm", "kind": "resource", "label": "vm", "type": VM.type, "remarks": ["odd"]},
        "at": "2026-11-02T09:00:00Z",
        "snapshotId": "s",
        "certain": True,
        "possible": True,
        "nodes": {"/vm": {"kind": "resource", "label": "vm", "type": VM.type}, "a": {"kind": "user", "label": "Ada"}},
        "unread": [{"api": "arm/locks", "scope": "/", "reason": "no"}],
    }


def test_no_path_is_an_empty_list() -> None:
    shown = json.loads(encode(document()))
    assert (shown["paths"], shown["nodes"]) == ([], {})


def test_a_streamed_document_is_one_object_on_one_line() -> None:
    head = exposure.ExposureDocument(
        paths.end_document(VM), "t", "s", exposure.ExposureCounts(2, 1, {"user": 2}), (), ()
    )
    entries = [exposure.ExposedDocument("a", "user", "Ada", 1, 2, certain=True, through=0)]
    written = b"".join(reach.stream(head, {"principals": entries, "none": []}))
    shown = json.loads(written)
    assert written.endswith(b"}\n")
    assert written.count(b"\n") == 1
    assert shown["principals"] == [
        {"id": "a", "kind": "user", "label": "Ada", "hops": 1, "cost": 2, "certain": True, "through": 0}
    ]
    assert shown["none"] == []
    assert shown["target"]["id"] == "/vm"


DOCUMENTS = [
    (module.__name__.rpartition(".")[2], one)
    for module in (paths, reach, exposure, cuts, radius)
    for one in vars(module).values()
    if isinstance(one, type) and issubclass(one, msgspec.Struct) and one.__module__ == module.__name__
]


@pytest.mark.parametrize(("section", "shape"), DOCUMENTS, ids=lambda one: getattr(one, "__name__", one))
def test_the_page_names_every_field(section, shape) -> None:
    page = PAGE.read_text(encoding="utf-8")
    told = page.partition(f"## `remit {section} --json`")[2].partition("\n## ")[0]
    shared = page.partition("## `remit paths --json`")[2].partition("\n## ")[0]
    coded = set(re.findall(r'[`"]([A-Za-z]+)[`"]', told + shared))
    assert {name for name in shape.__struct_encode_fields__ if name not in coded} == set()
