"""The catalogue: roles and operations that are known without a tenant saying so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from remit.model.role import RoleDefinition

STARTER = "starter"
"""What `Catalogue.origins` says of a role that Remit brings along."""


class Catalogue(Protocol):
    """The starter roles, and over them what `remit catalog import` added. All methods raise `StoreError`s only."""

    def roles(self) -> Mapping[str, RoleDefinition]:
        """Return every role by its key, sorted; an imported role stands in place of the starter's."""

    def origins(self) -> Mapping[str, str]:
        """Return for every role and every provider the file it was imported from, or `STARTER`."""

    def providers(self) -> Mapping[str, bytes]:
        """Return every imported provider's payload of arm/providerOperations by lower-case id, sorted."""

    def keep(self, file: str, roles: Sequence[RoleDefinition], providers: Mapping[str, bytes]) -> None:
        """Add roles and providers, in place of those of the same key; all of them or none.

        Raises:
            UnavailableError: the catalogue cannot be read or written; it is as it was.
        """
