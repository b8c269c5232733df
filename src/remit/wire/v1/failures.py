"""The one shape of an error: what every command writes to standard output with `--json` when it cannot answer."""

from __future__ import annotations

from msgspec import Struct

from remit.model.errors import AmbiguousPrincipalError, PayloadError, RemitError

_CODES = (
    # The first class that fits gives the word; leaves stand before their branch.
    ("ScopeSyntaxError", "scopeSyntax"),
    ("ActionSyntaxError", "actionSyntax"),
    ("ConditionSyntaxError", "conditionSyntax"),
    ("InstantSyntaxError", "timeSyntax"),
    ("AmbiguousPrincipalError", "ambiguousPrincipal"),
    ("UnknownPrincipalError", "unknownPrincipal"),
    ("QuestionError", "question"),
    ("PayloadError", "badData"),
    ("NotFoundError", "notFound"),
    ("SchemaTooNewError", "schemaTooNew"),
    ("UnavailableError", "storeUnavailable"),
    ("InputError", "usage"),
    ("SettingsError", "settings"),
    ("CredentialError", "credential"),
    ("ForbiddenError", "forbidden"),
    ("ThrottledError", "unreachable"),
    ("InterruptedAnswerError", "unreachable"),
    ("CollectionError", "badData"),
    ("StoreError", "store"),
    ("RemitError", "internal"),
)


class CandidateDocument(Struct, frozen=True, rename="camel"):
    """A principal that an ambiguous name may mean."""

    principal_id: str
    principal_kind: str
    display_name: str


class ErrorBody(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What went wrong: `code` for programs, `message` and `hint` for people."""

    code: str
    exit_code: int
    message: str
    hint: str | None = None
    file: str | None = None
    line: int = 0
    field: str = ""
    candidates: tuple[CandidateDocument, ...] = ()


class ErrorDocument(Struct, frozen=True, rename="camel"):
    """The error object."""

    error: ErrorBody


def code_of(leaf: type[RemitError]) -> str:
    """Return the word for a class of errors."""
    names = {one.__name__ for one in leaf.__mro__}
    return next(word for name, word in _CODES if name in names)


def error_document(error: RemitError) -> ErrorDocument:
    """Return the document of an error."""
    code = code_of(type(error))
    if isinstance(error, PayloadError):
        return ErrorDocument(
            ErrorBody(code, error.exit_code, error.message, error.hint(), error.file, error.line, error.field)
        )
    candidates = error.candidates if isinstance(error, AmbiguousPrincipalError) else ()
    return ErrorDocument(
        ErrorBody(
            code,
            error.exit_code,
            error.message,
            error.hint(),
            candidates=tuple(CandidateDocument(*candidate) for candidate in candidates),
        )
    )
