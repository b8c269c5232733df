"""Tokens for azure-storage-blob, from the same credentials as everywhere else; none of their errors' texts get out."""

from __future__ import annotations

from collections.abc import Callable

from remit.adapters.azure_client.credentials import Credential, Token, explained
from remit.model.errors import CollectionError


class StorageTokens:
    """A credential as the storage library wants one.

    Args:
        make: makes the credential, when the first token is asked for.
        kind: how it signs in, for errors.
    """

    def __init__(self, make: Callable[[], Credential], kind: str) -> None:
        self._make = make
        self._kind = kind
        self._made: Credential | None = None

    def get_token(self, *scopes: str, **_: object) -> Token:
        """Return a token.

        Raises:
            CollectionError: there is none.
        """
        try:
            self._made = self._made or self._make()
            return self._made.get_token(*scopes)
        except CollectionError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, none of its text gets out
            failure = explained(error, self._kind)
        raise failure

    def close(self) -> None:
        """Close what is open; the library calls this."""
        close = getattr(self._made, "close", None)
        if close is not None:
            close()
