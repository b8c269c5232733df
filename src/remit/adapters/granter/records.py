"""The records of setups: `setup-<name>.json` in the folder of the store."""

from __future__ import annotations

from pathlib import Path

from remit.adapters.granter.key_files import write_private
from remit.model.errors import UnavailableError


class FolderRecords:
    """Keeps records in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, name: str) -> bytes | None:
        """Return the record, None where there is none."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UnavailableError(f"{self._path(name)}: {error.strerror}") from error

    def save(self, name: str, record: bytes) -> None:
        """Keep the record; it is safely on the disk when this returns."""
        write_private(self._path(name), record)

    def forget(self, name: str) -> None:
        """Delete the record."""
        try:
            self._path(name).unlink(missing_ok=True)
        except OSError as error:
            raise UnavailableError(f"{self._path(name)}: {error.strerror}") from error

    def place(self, name: str) -> str:
        """Return where the record lies, for people."""
        return str(self._path(name))

    def _path(self, name: str) -> Path:
        return self._folder / f"setup-{name}.json"
