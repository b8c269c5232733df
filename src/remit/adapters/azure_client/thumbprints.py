"""The thumbprint that Microsoft Graph knows a key credential by."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Mapping
from typing import Any

_HEXADECIMAL_DIGITS = 40


def thumbprint_of(key: Mapping[str, Any]) -> str:
    """Return the SHA-1 thumbprint of a key credential in upper-case hexadecimal, "" where it has none.

    Entra shows it in base64 or in hexadecimal.

    >>> thumbprint_of({"customKeyIdentifier": "q83vAAAAAAAAAAAAAAAAAAAAAAA="})
    'ABCDEF0000000000000000000000000000000000'
    """
    text = key.get("customKeyIdentifier") or ""
    if len(text) == _HEXADECIMAL_DIGITS:
        return str(text).upper()
    with contextlib.suppress(ValueError):
        return base64.b64decode(text, validate=True).hex().upper()
    return ""
