"""How an Activity Log record says that its operation went: words, HTTP codes and error codes to outcome and phase."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from remit.model.usage import ObservedOutcome, Phase
from remit.usage.spellings import nested_object, text_of

_STARTED = (ObservedOutcome.UNFINISHED, Phase.STARTED)
_ACCEPTED = (ObservedOutcome.UNFINISHED, Phase.ACCEPTED)
_SUCCEEDED = (ObservedOutcome.SUCCEEDED, Phase.ENDED)
_FAILED = (ObservedOutcome.FAILED, Phase.ENDED)
_REFUSED = (ObservedOutcome.REFUSED, Phase.ENDED)
_NOT_TOLD = (ObservedOutcome.UNFINISHED, Phase.WHOLE)

_WORDS = {
    "start": _STARTED,
    "started": _STARTED,
    "accept": _ACCEPTED,
    "accepted": _ACCEPTED,
    "inprogress": _ACCEPTED,
    "in progress": _ACCEPTED,
    "success": _SUCCEEDED,
    "succeeded": _SUCCEEDED,
    "fail": _FAILED,
    "failed": _FAILED,
    "failure": _FAILED,
    "cancelled": _FAILED,
    "canceled": _FAILED,
}
_REFUSALS = frozenset(("forbidden", "unauthorized", "403", "401"))
_CODES = frozenset(
    (
        "authorizationfailed",
        "authorizationfailure",
        "authorizationpermissionmismatch",
        "linkedauthorizationfailed",
        "linkedaccesscheckfailed",
        "denyassignmentauthorizationfailed",
        "authenticationfailed",
        "forbidden",
        "unauthorized",
    )
)
_LATER = frozenset(
    (
        "requestdisallowedbypolicy",
        "requestdisallowedbyazure",
        "scopelocked",
        "readonlydisabledsubscription",
        "disallowedoperation",
        "operationnotallowed",
        "quotaexceeded",
        "resourcequotaexceeded",
    )
)
"""Errors that may come with 403, too, of calls that were authorised."""
_REFUSAL = "does not have authorization to perform action"
_CODE_IN_TEXT = re.compile(r"([A-Za-z]+|\d{3})[\s.]*(?:\(HTTP Status Code: (\d{3})\))?\.?", re.ASCII | re.IGNORECASE)


def outcome_of(status: str, sub_status: str, properties: Mapping[str, Any]) -> tuple[ObservedOutcome, Phase]:
    """Return outcome and phase.

    Args:
        status: `Started`, `Accept`, `Success`, `Failed` ...: `status`, `resultType`, `ActivityStatus(Value)`.
        sub_status: HTTP status as word, number or both: `subStatus`, `resultSignature`, `ActivitySubstatus(Value)`.
        properties: the record's; `statusCode` and the error in `statusMessage` are looked at.
    """
    word = status or sub_status.partition(".")[0].strip()  # `Failed.Forbidden`
    found = _WORDS.get(word.lower(), _NOT_TOLD)
    if found is not _FAILED and not (found is _NOT_TOLD and sub_status):
        return found
    error, details = _errors(properties)
    if error in _CODES:
        return _REFUSED
    if error in _LATER or not details.isdisjoint(_LATER):
        return _FAILED
    codes = {_code(sub_status), _code(text_of(properties.get("statusCode"))), _code(status)}
    return _REFUSED if codes & _REFUSALS else found


def _code(text: str) -> str:
    """Return the HTTP code of `Forbidden (HTTP Status Code: 403)`, `Failed.Forbidden.` or `403`, or its word."""
    told = _CODE_IN_TEXT.fullmatch(text.strip())
    if told is None:
        return text.lower().strip(". ").rpartition(".")[2]
    return (told[2] or told[1]).lower()


def _errors(properties: Mapping[str, Any]) -> tuple[str, frozenset[str]]:
    """Return the error's code in lower case, and the codes of its details: what went wrong inside of a deployment."""
    told = properties.get("statusMessage")
    message = nested_object(told)
    if not message:
        return ("authorizationfailed" if isinstance(told, str) and _REFUSAL in told else ""), frozenset()
    error = _member(message, "error")
    error = error if isinstance(error, dict) else message
    details = _member(error, "details")
    inner = details if isinstance(details, list) else ()
    return _code_of(error), frozenset(_code_of(each) for each in inner if isinstance(each, dict))


def _code_of(error: Mapping[str, Any]) -> str:
    code = _member(error, "code")
    return code.lower() if isinstance(code, str) else ""


def _member(found: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - whatever stands there
    return found.get(name, found.get(name.capitalize()))
