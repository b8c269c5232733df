"""Both sources that are files fail alike."""

from pathlib import Path

import pytest

from remit.adapters import azcli, azurehound
from remit.adapters.azcli import AzCliReader
from remit.adapters.azurehound import AzureHoundReader
from remit.model.errors import PayloadError


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
