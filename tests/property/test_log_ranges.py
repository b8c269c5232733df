"""A file cut into ranges, at whatever bytes, gives each of its lines once and in order."""

from __future__ import annotations

import gzip
from itertools import pairwise

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from remit.adapters.log_files import opening
from remit.adapters.log_files.finding import find_files
from remit.adapters.log_files.opening import FILE, FileOpener
from remit.adapters.log_files.unpacking import unpacked
from remit.model.errors import PayloadError
from remit.ports.log_source import LogUnit

LINES = st.lists(st.sampled_from([b"", b"{}", b'{"a":1}', b"x" * 40]), max_size=12)


FILES = st.builds(lambda lines, ended: b"\n".join(lines) + b"\n" * ended, LINES, st.booleans())


@given(data=FILES, cuts=st.lists(st.integers(1, 200), max_size=8), chunk=st.integers(1, 50))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_line_is_in_one_range(data, cuts, chunk, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(opening, "_CHUNK", chunk)
    path = tmp_path / "f"
    path.write_bytes(data)
    bounds = [0, *sorted({cut for cut in cuts if cut < len(data)}), None]
    read = [b"".join(FileOpener().chunks(LogUnit("f", FILE, str(path), start, end))) for start, end in pairwise(bounds)]
    assert b"".join(read) == data
    assert all(piece.endswith(b"\n") for piece in read[:-1] if piece and b"".join(read[read.index(piece) + 1 :]))


def test_large_plain_files_of_json_lines_are_cut_and_nothing_else(tmp_path) -> None:
    line = b'{"a": "' + b"x" * 90 + b'"}\n'
    (tmp_path / "a.jsonl").write_bytes(line * 100)
    (tmp_path / "b.csv").write_bytes(b"time,name\n" + b"1,2\n" * 3000)
    (tmp_path / "c.json").write_bytes(b"[\n" + b",\n".join([b"{}"] * 3000) + b"\n]")
    (tmp_path / "d.gz").write_bytes(gzip.compress(line * 100, 0))
    (tmp_path / "e.jsonl").write_bytes(line * 10)
    units = find_files(str(tmp_path), range_bytes=4000)
    ranges = [unit for unit in units if unit.name.endswith("a.jsonl")]
    assert [(unit.start, unit.end) for unit in ranges] == [(0, 4000), (4000, 8000), (8000, None)]
    assert sum(unit.size for unit in ranges) == 100 * len(line)
    assert b"".join(chunk for unit in ranges for chunk in FileOpener().chunks(unit)) == line * 100
    assert [unit.name.rpartition("/")[2] for unit in units if unit not in ranges] == [
        "b.csv",
        "c.json",
        "d.gz",
        "e.jsonl",
    ]


@given(data=st.binary(max_size=2000), cuts=st.lists(st.integers(0, 2000), max_size=5), packing=st.sampled_from("gz-"))
def test_a_stream_comes_out_as_it_went_in(data, cuts, packing) -> None:
    if packing == "-" and data[:4].startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd")):
        return
    pack = {"g": gzip.compress, "z": zstandard.compress, "-": bytes}[packing]
    stream = pack(data[:500]) + pack(data[500:]) if packing != "-" else data
    bounds = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    assert b"".join(unpacked((stream[low:high] for low, high in pairwise(bounds)), file="f")) == data


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_damaged_stream_gives_what_came_before_and_then_an_error(pack) -> None:
    packed = pack(bytes(range(256)) * 40_000)
    found = []
    with pytest.raises(PayloadError, match=r"f: the .* stream is (cut short|damaged)"):
        found.extend(unpacked([packed[: len(packed) // 2]], file="f"))
    with pytest.raises(PayloadError, match=r"f: the .* stream is damaged"):
        list(unpacked([packed[:20], b"\xff" * 200, packed[20:]], file="f"))


def test_a_few_bytes_that_grow_without_end_come_out_in_pieces() -> None:
    bomb = zstandard.compress(bytes(300_000_000), level=19)
    assert len(bomb) < 100_000
    most = total = 0
    for piece in unpacked([bomb], file="f"):
        most, total = max(most, len(piece)), total + len(piece)
    assert total == 300_000_000
    assert most <= 64 * 1024 * 1024
