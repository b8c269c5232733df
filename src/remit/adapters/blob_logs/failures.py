"""What errors of the storage library mean here. None of their texts gets out but Azure's code: they name whole URLs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from remit.model.errors import (
    CredentialError,
    ForbiddenError,
    InputError,
    InterruptedAnswerError,
    RemitError,
    SettingsError,
    ThrottledError,
    UnexpectedAnswerError,
    VanishedError,
)

if TYPE_CHECKING:
    from azure.core.exceptions import AzureError

_NEEDED = "the role Storage Blob Data Reader, or a shared access signature that lets read and list"
_BY_STATUS: Mapping[int, Callable[[str, str], RemitError]] = MappingProxyType(
    {
        401: lambda _what, _said: CredentialError("the storage account refuses the token", hint=f"it needs {_NEEDED}"),
        403: lambda what, said: ForbiddenError(what, said, _NEEDED),
        404: lambda what, _said: VanishedError(what),
        429: lambda what, _said: ThrottledError(what, None),
    }
)
_SERVER_ERROR = 500


def failure_of(error: AzureError, what: str) -> RemitError:
    """Return what an error of the storage library means.

    Args:
        error: as the library raises it.
        what: was read, without a signature.
    """
    status = getattr(error, "status_code", None) or 0
    code = str(getattr(error, "error_code", None) or "")
    said = f"{status} {code}".rstrip() if code.isalnum() else str(status)
    if code == "ContainerNotFound":
        return InputError(f"there is no container `{what}`")
    if status in _BY_STATUS:
        return _BY_STATUS[status](what, said)
    if status >= _SERVER_ERROR:
        return InterruptedAnswerError(what, f"answered {said}")
    if status:
        return UnexpectedAnswerError(what, f"answered {said}")
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return SettingsError(f"{what}: its certificate is not trusted", hint="name its authority: --ca-file")
    return InterruptedAnswerError(what, "it cannot be reached")
