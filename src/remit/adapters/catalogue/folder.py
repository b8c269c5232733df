"""A catalogue that keeps what was imported in one JSON Lines file of the store: `catalogue/imported.jsonl`.

One line for a role (`{"file": …, "role": …}`) or a provider (`{"file": …, "provider": id, "payload": …}`), sorted, so
that the same imports give the same bytes. The file is replaced as a whole: a reader sees all of an import or none.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from remit.adapters.catalogue.starter import starter_roles
from remit.model.errors import UnavailableError
from remit.model.role import RoleDefinition
from remit.ports.catalogue import STARTER

_NAME = "imported.jsonl"


class _Line(msgspec.Struct, omit_defaults=True):
    file: str
    role: RoleDefinition | None = None
    provider: str = ""
    payload: msgspec.Raw = msgspec.Raw(b"null")


class FolderCatalogue:
    """See `remit.ports.catalogue.Catalogue`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _NAME

    def roles(self) -> Mapping[str, RoleDefinition]:
        """Return every role by its key, sorted."""
        found = dict(starter_roles())
        found.update((line.role.key, line.role) for line in self._read() if line.role is not None)
        return dict(sorted(found.items()))

    def origins(self) -> Mapping[str, str]:
        """Return where every role and provider comes from."""
        found = dict.fromkeys(starter_roles(), STARTER)
        found.update((_key(line), line.file) for line in self._read())
        return found

    def providers(self) -> Mapping[str, bytes]:
        """Return the payload of every imported provider."""
        return {line.provider: bytes(line.payload) for line in self._read() if line.role is None}

    def keep(self, file: str, roles: Sequence[RoleDefinition], providers: Mapping[str, bytes]) -> None:
        """Add roles and providers and replace the file."""
        lines = {_place(line): line for line in self._read()}
        fresh = [_Line(file, role=role) for role in roles]
        fresh += [_Line(file, provider=key, payload=msgspec.Raw(payload)) for key, payload in providers.items()]
        lines.update((_place(line), line) for line in fresh)
        ordered = [lines[place] for place in sorted(lines)]
        try:
            self._replace(msgspec.json.Encoder().encode_lines(ordered))
        except OSError as error:
            raise UnavailableError(
                f"the catalogue of the store cannot be written: {error.strerror or 'output failed'}"
            ) from error

    def _read(self) -> list[_Line]:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise UnavailableError(
                f"the catalogue of the store cannot be read: {error.strerror or 'input failed'}"
            ) from error
        try:
            return msgspec.json.Decoder(_Line).decode_lines(content)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise UnavailableError(
                f"the catalogue `{self._path.name}` is damaged", hint="delete the file and import again"
            ) from error

    def _replace(self, content: bytes) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".imported-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).replace(self._path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _key(line: _Line) -> str:
    return line.role.key if line.role is not None else line.provider


def _place(line: _Line) -> tuple[bool, str]:
    return line.role is None, _key(line)
