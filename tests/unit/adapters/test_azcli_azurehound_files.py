"""Both sources that are files find, name and know them again alike."""

import os
from pathlib import Path

import pytest

from remit.adapters import azcli, azurehound
from remit.adapters.azcli import AzCliReader
from remit.adapters.azurehound import AzureHoundReader
from remit.model.errors import PayloadError

BOTH = pytest.mark.parametrize("source", [azcli, azurehound], ids=["azcli", "azurehound"])


@BOTH
def test_a_source_is_known_again_until_a_file_changes(tmp_path, source):
    file = tmp_path / "a.json"
    file.write_text("[]")
    before = source.fingerprint(tmp_path)
    assert source.fingerprint(tmp_path) == before
    os.utime(file, ns=(1, 1))
    touched = source.fingerprint(tmp_path)
    (tmp_path / "b.json").write_text("[]")
    assert len({before, touched, source.fingerprint(tmp_path), source.fingerprint(file)}) == 4


def test_the_two_sources_never_share_a_fingerprint(tmp_path):
    (tmp_path / "a.json").write_text("[]")
    assert azcli.fingerprint(tmp_path) != azurehound.fingerprint(tmp_path)


@BOTH
def test_a_missing_file_has_no_fingerprint(tmp_path, source):
    with pytest.raises(PayloadError, match=r"gone\.json: cannot be read: No such file"):
        source.fingerprint(tmp_path / "gone.json")


@pytest.mark.parametrize("reader", [AzCliReader, AzureHoundReader])
@pytest.mark.parametrize("source", [azcli, azurehound], ids=["azcli", "azurehound"])
def test_a_folder_that_cannot_be_read_is_one_clear_error(tmp_path, monkeypatch, source, reader):
    def refused(*_arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refused)
    monkeypatch.setattr(Path, "rglob", refused)
    with pytest.raises(PayloadError, match="cannot be read: Permission denied"):
        list(reader(tmp_path).batches())
    assert reader(tmp_path).size_hint() is None
    assert not source.recognises(tmp_path)


@pytest.mark.parametrize("reader", [AzCliReader, AzureHoundReader])
def test_a_file_that_fails_halfway_is_one_clear_error(tmp_path, monkeypatch, reader):
    class Failing:
        def __enter__(self):
            return self

        def __exit__(self, *_error):
            return None

        def read(self, _size):
            raise OSError(5, "Input/output error")

    path = tmp_path / "a.json"
    path.write_text("[]")
    monkeypatch.setattr(Path, "open", lambda *_arguments: Failing())
    with pytest.raises(PayloadError, match=r"a\.json: cannot be read: Input/output error"):
        list(reader(path).batches())
