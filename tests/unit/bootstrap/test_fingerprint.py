"""Knowing a source again: what changes the fingerprint, and what does not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from remit.bootstrap import fingerprint as module
from remit.bootstrap.fingerprint import fingerprint
from remit.model.errors import CollectionError


@pytest.fixture
def source(tmp_path) -> Path:
    folder = tmp_path / "export"
    (folder / "arm").mkdir(parents=True)
    (folder / "arm" / "locks.jsonl").write_text("one")
    (folder / "manifest.json").write_text("{}")
    return folder


def test_the_same_files_have_the_same_fingerprint(source) -> None:
    assert fingerprint(source, b"") == fingerprint(source, b"")
    assert len(fingerprint(source, b"")) == 64


def rewrite_keeping_times(path: Path, text: str) -> None:
    kept = path.stat()
    path.write_text(text)
    os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))


@pytest.mark.parametrize(
    "change",
    [
        lambda source: (source / "arm" / "locks.jsonl").write_text("two"),
        lambda source: rewrite_keeping_times(source / "arm" / "locks.jsonl", "two"),
        lambda source: (source / "arm" / "locks.jsonl").rename(source / "arm" / "resources.jsonl"),
        lambda source: (source / "arm" / "locks.jsonl").unlink(),
        lambda source: (source / "arm" / "resources.jsonl").write_text(""),
    ],
    ids=["content", "content under the same times", "name", "gone", "added"],
)
def test_every_change_of_a_small_file_counts(source, change) -> None:
    before = fingerprint(source, b"")
    change(source)
    assert fingerprint(source, b"") != before


def test_the_catalogue_and_the_version_count(source, monkeypatch) -> None:
    before = fingerprint(source, b"")
    assert fingerprint(source, b"more roles") != before
    monkeypatch.setattr(module, "__version__", "999")
    assert fingerprint(source, b"") != before


def test_of_a_large_file_size_and_times_count(source, monkeypatch) -> None:
    monkeypatch.setattr(module, "SMALL", 2)
    before = fingerprint(source, b"")
    (source / "arm" / "locks.jsonl").write_text("three")
    assert fingerprint(source, b"") != before


def test_one_file_is_a_source_too(source) -> None:
    assert fingerprint(source / "manifest.json", b"") != fingerprint(source, b"")


def test_what_cannot_be_read_is_told(tmp_path) -> None:
    with pytest.raises(CollectionError, match="cannot be read"):
        fingerprint(tmp_path / "gone", b"")
