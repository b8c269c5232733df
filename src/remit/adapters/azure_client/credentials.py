"""Credentials, by azure-identity, and the tokens that they give.

Rules kept here:

- A secret comes from the environment, a certificate from a file; neither is ever an argument of a command.
- Nothing that azure-identity, MSAL or the token endpoint say reaches an error but a code of Entra (`AADSTS` and digits)
  and the kind of credential: their texts may repeat what was sent. Nothing is logged, by them neither.
- A token is used until five minutes before it expires, then a new one is asked for, once however many calls wait for
  it. A token that Azure refuses is never used again: a new credential object is made, so that no cache gives it back.

azure-identity is imported when the first token is asked for: it costs a fifth of a second.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple, Protocol, cast

from remit.adapters.azure_client.clouds import Cloud
from remit.model.errors import CollectionError, CredentialError, InterruptedAnswerError, SettingsError, ThrottledError
from remit.ports.clock import Clock

KINDS = ("default", "secret", "certificate", "workload", "managed", "cli")
PASSWORD_VARIABLE = "AZURE_CLIENT_CERTIFICATE_PASSWORD"  # noqa: S105 - the name of a variable
SECRET_VARIABLE = "AZURE_CLIENT_SECRET"  # noqa: S105 - the name of a variable
RENEW_BEFORE = timedelta(minutes=5)

_AADSTS = re.compile(r"\bAADSTS\d{4,7}\b")
_NAMES = re.compile(r"\b[A-Z][A-Za-z]{2,30}Credential\b")
_MEANINGS: Mapping[str, str] = {
    "AADSTS50034": "the user does not exist in the tenant",
    "AADSTS50076": "multi-factor authentication is needed: sign in with `az login` first",
    "AADSTS70021": "no federated credential matches the token",
    "AADSTS700016": "the application is not in the tenant",
    "AADSTS700027": "the certificate is not registered on the application",
    "AADSTS700211": "no federated credential has the issuer of the token",
    "AADSTS700213": "no federated credential has the subject of the token",
    "AADSTS700024": "the assertion is not valid at this time: check the clock",
    "AADSTS7000215": "the client secret is wrong",
    "AADSTS7000222": "the client secret has expired",
    "AADSTS7000112": "the application is disabled",
    "AADSTS900023": "the tenant is no tenant id or domain",
    "AADSTS90002": "there is no such tenant",
}
_THREADED = ("azure", "msal", "urllib3", "httpx2", "httpcore2")


@dataclass(frozen=True, slots=True)
class SignIn:
    """How to sign in.

    Attributes:
        kind: one of `KINDS`; `default` is azure-identity's chain: environment, workload identity, managed identity,
            then the tools that somebody is signed in with.
        tenant_id: "" to take it from `AZURE_TENANT_ID`, or to leave it to the credential.
        client_id: "" to take it from `AZURE_CLIENT_ID`; of a managed identity "" is the one of the system.
        certificate: PEM or PKCS#12 file with the private key; its password is in `AZURE_CLIENT_CERTIFICATE_PASSWORD`.
        token_file: file with a token of an outside issuer; None to take it from `AZURE_FEDERATED_TOKEN_FILE`.
    """

    kind: str = "default"
    tenant_id: str = ""
    client_id: str = ""
    certificate: Path | None = None
    token_file: Path | None = None


class Token(NamedTuple):
    """What azure-identity gives; `expires_on` in seconds since 1970."""

    token: str
    expires_on: int


class Credential(Protocol):
    """The part of azure-identity's credentials that is used."""

    def get_token(self, *scopes: str) -> Token:
        """Return a token; raises whatever it likes."""


class Tokens:
    """The tokens of one credential, by scope."""

    def __init__(self, make: Callable[[], Credential], clock: Clock, *, kind: str = "default") -> None:
        self._make = make
        self._clock = clock
        self._kind = kind
        # One for each scope: while one is given up, another may be at work in a thread.
        self._credentials: dict[str, Credential] = {}
        self._held: dict[str, Token] = {}
        self._taken: Counter[str] = Counter()
        self._locks: dict[str, asyncio.Lock] = {}

    async def token(self, scope: str, *, fresh: bool = False, refused: str = "") -> str:
        """Return a token for a scope.

        Args:
            scope: for example `https://graph.microsoft.com/.default`.
            fresh: ask for a new one whatever is held.
            refused: a token that Azure refused; a new one is asked for unless somebody else has already done so.

        Raises:
            CredentialError: there is none, or the new one is the one that was refused.
            InterruptedAnswerError, ThrottledError: worth another try.
        """
        async with self._locks.setdefault(scope, asyncio.Lock()):
            held = self._held.get(scope)
            if fresh or (held is not None and held.token == refused):
                self._held.pop(scope, None)
                _close(self._credentials.pop(scope, None))
            elif held is not None and self._is_good(held):
                return held.token
            token = await asyncio.to_thread(self._ask, scope)
            if token.token == refused:
                raise CredentialError("the token is refused", hint=_HINTS.get(self._kind, _SIGN_IN_AGAIN))
            self._held[scope] = token
            return token.token

    def note_taken(self, scope: str) -> None:
        """Note that Azure took a token of a scope."""
        self._taken[scope] += 1

    def taken(self, scope: str) -> int:
        """Return how often Azure took a token of a scope."""
        return self._taken[scope]

    def close(self) -> None:
        """Close the connections of the credential; the next token is asked for by a new one."""
        while self._credentials:
            _close(self._credentials.popitem()[1])

    def _is_good(self, token: Token) -> bool:
        return token.expires_on - self._clock.now().timestamp() > RENEW_BEFORE.total_seconds()

    def _ask(self, scope: str) -> Token:
        try:
            if scope not in self._credentials:
                self._credentials[scope] = self._make()
            said = self._credentials[scope].get_token(scope)
            return Token(said.token, int(said.expires_on))
        except CollectionError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, none of its text gets out
            failure = explained(error, self._kind)
        # Not in the handler, and from nothing: the cause may hold what was sent, and somebody may print it.
        raise failure


def _close(credential: Credential | None) -> None:
    close = getattr(credential, "close", None)
    if close is not None:
        with suppress(Exception):
            close()


def credential_of(
    cloud: Cloud, sign_in: SignIn, *, ca_file: Path | None = None, environment: Mapping[str, str]
) -> Callable[[], Credential]:
    """Return what makes the credential, anew at each call.

    Args:
        cloud: names the authority.
        sign_in: which credential.
        ca_file: certificates to trust besides those of the machine, for the authority, too.
        environment: where secrets are; azure-identity's own chain looks into the environment of the process.

    Raises:
        SettingsError: what the kind needs is missing; says where it is looked for.
    """
    if sign_in.kind not in KINDS:
        raise SettingsError(f"no way to sign in `{sign_in.kind}`", hint=f"name one of {', '.join(KINDS)}")
    arguments = _arguments(sign_in, environment)
    common: dict[str, Any] = {"authority": cloud.authority, "disable_instance_discovery": cloud.own_authority}
    transport: dict[str, Any] = {"connection_verify": str(ca_file)} if ca_file else {}
    quick: dict[str, Any] = {"retry_total": 1}

    def make() -> Credential:
        from azure import identity  # noqa: PLC0415 - a fifth of a second, only where a token is needed

        _silence()
        tenant = arguments["tenant_id"]
        match sign_in.kind:
            case "cli":
                # `az` knows its own authority and certificates.
                made: object = identity.AzureCliCredential(tenant_id=tenant)
            case "managed":
                # Managed identities have one authority, the machine, and no certificates.
                made = identity.ManagedIdentityCredential(client_id=arguments["client_id"] or None, **quick)
            case "secret":
                made = identity.ClientSecretCredential(**arguments, **common, **transport, **quick)
            case "certificate":
                made = identity.CertificateCredential(**arguments, **common, **transport, **quick)
            case "workload":
                made = identity.WorkloadIdentityCredential(**arguments, **common, **transport, **quick)
            case _:
                made = identity.DefaultAzureCredential(**common, **transport, **quick)
        return cast("Credential", made)

    return make


def _arguments(sign_in: SignIn, environment: Mapping[str, str]) -> dict[str, Any]:
    tenant = sign_in.tenant_id or environment.get("AZURE_TENANT_ID", "")
    client = sign_in.client_id or environment.get("AZURE_CLIENT_ID", "")
    arguments: dict[str, Any] = {"tenant_id": tenant, "client_id": client}
    if sign_in.kind == "managed":
        # Only by its own name: AZURE_CLIENT_ID is the application's where both are on one machine.
        return {"tenant_id": tenant, "client_id": sign_in.client_id}
    if sign_in.kind in {"default", "cli"}:
        return arguments
    _needed(tenant, "a tenant id", "AZURE_TENANT_ID")
    _needed(client, "a client id", "AZURE_CLIENT_ID")
    if sign_in.kind == "secret":
        secret = environment.get(SECRET_VARIABLE, "")
        _needed(secret, "a client secret", SECRET_VARIABLE)
        return {**arguments, "client_secret": secret}
    if sign_in.kind == "certificate":
        path = str(sign_in.certificate or environment.get("AZURE_CLIENT_CERTIFICATE_PATH", ""))
        _needed(path, "the file of a certificate", "AZURE_CLIENT_CERTIFICATE_PATH")
        _readable(path)
        password = environment.get(PASSWORD_VARIABLE) or None
        return {**arguments, "certificate_path": path, "password": password}
    path = str(sign_in.token_file or environment.get("AZURE_FEDERATED_TOKEN_FILE", ""))
    _needed(path, "the file of a federated token", "AZURE_FEDERATED_TOKEN_FILE")
    _readable(path)
    return {**arguments, "token_file_path": path}


def _needed(text: str, what: str, variable: str) -> None:
    if not text:
        raise SettingsError(f"signing in this way needs {what}", hint=f"set {variable}")


def _readable(path: str) -> None:
    try:
        with Path(path).open("rb") as stream:
            stream.read(1)
    except OSError as error:
        raise SettingsError(f"`{path}` cannot be read: {error.strerror or 'input failed'}") from None


_NETWORK = frozenset({"ServiceRequestError", "ServiceResponseError", "ServiceRequestTimeoutError"})
_MOST_CAUSES = 5
_SIGN_IN_AGAIN = "sign in again, then go on with `remit collect --resume`"
_HINTS: Mapping[str, str] = {
    "default": "run `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and a certificate or secret",
    "cli": "run `az login`",
}


def explained(error: Exception, kind: str) -> CollectionError:  # noqa: PLR0911 - one line for each cause
    """Return an error of azure-identity in our words, without any of its own text."""
    status, headers = _response_of(error)
    if status == 429:  # noqa: PLR2004 - HTTP
        return ThrottledError("the sign-in", _seconds(headers.get("Retry-After", "")))
    if status >= 500:  # noqa: PLR2004 - HTTP
        return InterruptedAnswerError("the sign-in", f"answered {status}", _seconds(headers.get("Retry-After", "")))
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return CredentialError(
            "the certificate of the authority is not trusted", hint="name the file of its certificate authority"
        )
    if found := _AADSTS.search(text):
        code = found.group()
        meaning = _MEANINGS.get(code, "the authority refuses the credential")
        return CredentialError(f"{meaning} ({code})", hint=_HINTS.get(kind))
    if _is_of_the_network(error):
        return InterruptedAnswerError("the sign-in", "the authority cannot be reached")
    if type(error).__name__ == "ValueError":
        return CredentialError(f"the {kind} credential is not complete, or its file cannot be read")
    if kind == "default":
        tried = ", ".join(dict.fromkeys(_NAMES.findall(text)))
        why = f"no credential gave a token (tried: {tried})" if tried else "no credential gave a token"
        return CredentialError(why, hint=_HINTS[kind])
    return CredentialError(f"the {kind} credential gave no token", hint=_HINTS.get(kind))


def _is_of_the_network(error: BaseException) -> bool:
    """Tell whether an error, or what it came of, says that nobody answered; azure-identity wraps such errors."""
    seen: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if type(seen).__name__ in _NETWORK:
            return True
        seen = seen.__cause__ if seen is not None else None
    return False


def _response_of(error: Exception) -> tuple[int, Mapping[str, str]]:
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    headers = getattr(response, "headers", None)
    return (status if isinstance(status, int) else 0), (headers if isinstance(headers, Mapping) else {})


def _seconds(text: str) -> float | None:
    return float(text) if text.isdecimal() else None


def _silence() -> None:
    """Keep libraries that handle secrets from writing anything, to the terminal neither."""
    for name in _THREADED:
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
        logger.propagate = False
