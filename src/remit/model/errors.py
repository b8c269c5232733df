"""Everything that can go wrong, as one tree.

A branch says who must act, a leaf what happened, with typed fields. Denied and unknown are answers,
never exceptions. A message is one line: lower case, no full stop, user text in backticks, no secret;
advice goes into `hint()`.

    RemitError                     exit 70
      InputError                   exit 64  the caller can fix it
        ScopeSyntaxError, ActionSyntaxError, ConditionSyntaxError, InstantSyntaxError,
        AmbiguousPrincipalError, UnknownPrincipalError, UnknownRoleError, QuestionError
      SettingsError                exit 78  the operator can fix it
        SetupError                 something stands in the way of a setup, or is not known to it
      CollectionError              exit 65  the data that was read is bad
        PayloadError               a file, line or field of an export
          DuplicateError           one id stands with different content
        ThrottledError             Azure asks to wait
        InterruptedAnswerError     Azure, or the way to it, failed for the moment
        ForbiddenError             the credential may not read a list
        MovedOnError               a continuation of a list is good no longer
        VanishedError              what was asked for is there no longer
        UnexpectedAnswerError      Azure answered what nobody can read
        UnsettledError             Azure does not show yet what was just made
        CredentialError            exit 77  no token, or one that is refused
      StoreError                   exit 74
        NotFoundError, SchemaTooNewError, UnavailableError
          BusyError                another process writes to it
    InvariantError                 exit 70  a bug of ours
"""

from __future__ import annotations

from typing import ClassVar


class RemitError(Exception):
    """Base of every error that Remit raises on purpose."""

    exit_code: ClassVar[int] = 70

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self._hint = hint

    def hint(self) -> str | None:
        """Return what the reader can do about it, or None."""
        return self._hint


class InputError(RemitError):
    """The caller asked for something that cannot be asked."""

    exit_code = 64


class ScopeSyntaxError(InputError):
    """A text is no place in the ARM tree (clause S1)."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(
            f"`{_short(text)}` is not a scope: {why}", hint="a scope starts with / and names whole resources"
        )
        self.text = text
        self.why = why


class ActionSyntaxError(InputError):
    """A text is no action, or is a pattern where an exact action is asked for."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(
            f"`{_short(text)}` is not an action: {why}",
            hint="name one operation, for example Microsoft.Compute/virtualMachines/read",
        )
        self.text = text
        self.why = why


class ConditionSyntaxError(InputError):
    """A condition does not follow the condition language (clause C4)."""

    def __init__(self, why: str, position: int) -> None:
        super().__init__(f"condition not understood at character {position}: {why}")
        self.why = why
        self.position = position


class InstantSyntaxError(InputError):
    """A text is no instant."""

    def __init__(self, text: str) -> None:
        super().__init__(f"`{_short(text)}` is not a time", hint="write ISO 8601, for example 2026-11-01T00:00:00Z")
        self.text = text


class QuestionError(InputError):
    """A question lacks a field, or a field has the wrong shape; `field` is "" where it is no question at all."""

    def __init__(self, field: str, why: str, *, hint: str | None = None) -> None:
        super().__init__(f"{field}: {why}" if field else why, hint=hint)
        self.field = field
        self.why = why


class UnknownPrincipalError(InputError):
    """No principal of the snapshot has this object id, appId, user principal name or display name."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"no principal `{_short(text)}` in this snapshot",
            hint="give an object id, appId, user principal name or display name",
        )
        self.text = text


class UnknownRoleError(InputError):
    """The catalogue holds no role of this name or GUID."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"no role `{_short(text)}` in the catalogue", hint="give a role name or GUID, or import the tenant's roles"
        )
        self.text = text


class AmbiguousPrincipalError(InputError):
    """Several principals go by this name; `candidates` are (object id, kind, display name)."""

    def __init__(self, text: str, candidates: tuple[tuple[str, str, str], ...]) -> None:
        super().__init__(
            f"`{_short(text)}` names {len(candidates)} principals", hint="give the object id of the one you mean"
        )
        self.text = text
        self.candidates = candidates


class SettingsError(RemitError):
    """A setting is wrong; the operator can fix it."""

    exit_code = 78


class SetupError(SettingsError):
    """Something that no setup made stands where one should be made, or a setup is not known here."""


class CollectionError(RemitError):
    """What was read of Azure cannot be used."""

    exit_code = 65


class PayloadError(CollectionError):
    """A file of an export is bad: names the file, the line (from 1, or 0 for the whole file) and the field."""

    def __init__(self, file: str, line: int, field: str, why: str, *, hint: str | None = None) -> None:
        place = f"{file}:{line}" if line else file
        where = f"{place}: {field}" if field else place
        super().__init__(f"{where}: {why}", hint=hint)
        self.file = file
        self.line = line
        self.field = field
        self.why = why


class DuplicateError(PayloadError):
    """Rows of one list with one id say different things.

    `rows` are all of them as (list, key), not only the one that the message names.
    """

    def __init__(self, file: str, line: int, why: str, rows: tuple[tuple[str, str], ...]) -> None:
        super().__init__(file, line, "id", why)
        self.rows = rows


class ThrottledError(CollectionError):
    """Azure asks to wait.

    Attributes:
        retry_after_s: seconds to wait, None where Azure does not say.
    """

    def __init__(self, what: str, retry_after_s: float | None) -> None:
        super().__init__(f"{what}: throttled")
        self.what = what
        self.retry_after_s = retry_after_s


class InterruptedAnswerError(CollectionError):
    """A 5xx, a cut or slow connection: worth another try."""

    def __init__(self, what: str, why: str, retry_after_s: float | None = None) -> None:
        super().__init__(f"{what}: {why}", hint="check the endpoints and the network, then try again")
        self.what = what
        self.why = why
        self.retry_after_s = retry_after_s


class ForbiddenError(CollectionError):
    """The credential may not read a list; `needs` names the permission that is missing."""

    def __init__(self, what: str, code: str, needs: str) -> None:
        super().__init__(f"{what}: {code}", hint=f"needs {needs}")
        self.what = what
        self.code = code
        self.needs = needs


class MovedOnError(CollectionError):
    """A continuation of a list is good no longer; the list has to be read from its first page."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: its continuation has expired")
        self.what = what


class VanishedError(CollectionError):
    """What was asked for is there no longer; in the middle of a collection that is no fault."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: is not there any more")
        self.what = what


class UnexpectedAnswerError(CollectionError):
    """Azure answered what nobody can read: a 4xx of no known meaning, or no JSON."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what}: {why}")
        self.what = what
        self.why = why


class UnsettledError(CollectionError):
    """Azure does not show yet what was just made; its replicas need a while."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what}: Azure does not show it yet", hint="run the same command again: it goes on where it stopped"
        )
        self.what = what


class CredentialError(CollectionError):
    """There is no token, or Azure refuses the one there is. The message never holds the credential."""

    exit_code = 77

    def __init__(self, why: str, *, hint: str | None = None) -> None:
        super().__init__(f"cannot sign in: {why}", hint=hint)
        self.why = why


class StoreError(RemitError):
    """The store cannot do what it was asked."""

    exit_code = 74


class NotFoundError(StoreError):
    """No such snapshot in this store."""

    exit_code = 64


class SchemaTooNewError(StoreError):
    """The snapshot, or the usage, was written by a newer Remit."""


class UnavailableError(StoreError):
    """The store cannot be read or written."""


class BusyError(UnavailableError):
    """Another process writes to the store; it will end."""


class InvariantError(RemitError):
    """A bug of ours: something that must hold does not."""


def _short(text: str, limit: int = 200) -> str:
    flat = "".join(character if character.isprintable() else "?" for character in text[: limit + 1])
    return flat if len(flat) <= limit else flat[:limit] + "…"
