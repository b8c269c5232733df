"""Which value of a record each column is made of, for each log that is read the fast way, and how it is spelled.

A rule is a list of places, the first that holds something being taken, and a function from the text found there to the
column's text. The function is that of the literal reading; it returns None for a text that sends that reading
elsewhere (to the next place, to a record set aside, to a change of who may do what), and the record goes there, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import msgspec

from remit.model.usage import LogKind, ObservedOutcome, ObservedPlane, Phase
from remit.usage.sources.activity_status import outcome_of
from remit.usage.sources.fields import NIL, tenant_scope
from remit.usage.sources.graph_paths import graph_path
from remit.usage.sources.sign_in_errors import outcome_of_code
from remit.usage.spellings import address_only, last_segment, read_time, spell_id, text_of, token_guid

Path = tuple[str, ...]
Spelling = Callable[[str], str | None]
Ending = tuple[ObservedOutcome, Phase]

LOOK_CLOSER: Ending = (ObservedOutcome.UNFINISHED, Phase.ENDED)
"""Instead of an ending, and none itself: more of the record than its status must be looked at."""


class Role(IntEnum):
    """What a value is taken for."""

    TIME = 0
    CATEGORY = 1
    STATUS = 2
    EVENT = 3
    CORRELATION = 4
    TOKEN = 5
    PRINCIPAL = 6
    APP = 7
    HOST = 8
    ADDRESS = 9
    ACTION = 10
    NAME = 11
    SCOPE = 12
    PLACE = 13
    ASSIGNMENT = 14
    THROUGH = 15


@dataclass(frozen=True, slots=True)
class Family:
    """One log, or two that are read alike.

    Attributes:
        kinds: category in lower case to log.
        plane: of all of its operations.
        places: of each role the places to look at, in order.
        needed: roles without which a record is left to the literal reading.
        spellings: of each text role, and of the roles that are GUIDs for values in no plain spelling.
        ending: outcome and phase by the text of the status; None for a text that the literal reading must decide on.
        closer: outcome and phase of a record whose status `ending` calls `LOOK_CLOSER`.
        looked_at: places that `closer` looks at.
        requests: whether the action is a request: method (`NAME`) and path of a URI (`ACTION`).
    """

    kinds: Mapping[str, LogKind]
    plane: ObservedPlane
    places: Mapping[Role, tuple[Path, ...]]
    needed: tuple[Role, ...]
    spellings: Mapping[Role, Spelling]
    ending: Callable[[str], Ending | None]
    requests: bool = False
    closer: Callable[[bytes], Ending] | None = None
    looked_at: tuple[Path, ...] = ()


def _filled(text: str) -> str | None:
    """Return a text without blanks around it, None where nothing is left or where it stands for nothing."""
    found = text_of(text)
    return None if found in ("", "<null>") or text == "<null>" else found


def _identifier(text: str) -> str | None:
    found = spell_id(text)
    return None if found in ("", NIL) or "<" in found else found


def _token(text: str) -> str | None:
    found = token_guid(_filled(text) or "")
    return None if found in ("", NIL) else found


def _address(text: str) -> str | None:
    return address_only(_filled(text) or "") or None


def _tenant_scope(text: str) -> str | None:
    scope, place = tenant_scope(_filled(text) or "", "")
    return scope if place else None


def _tenant_place(text: str) -> str | None:
    return tenant_scope(_filled(text) or "", "")[1] or None


def instant(text: str) -> int | None:
    """Return what the literal reading takes the time of a record for, None where it would look elsewhere."""
    return None if text == "<null>" else read_time(text)


_CLAIMS = ("identity", "claims")
_CODE_FIGURES = 9
_SCHEMAS = "http://schemas.microsoft.com/identity/claims/"
_GRANTED = ("identity", "authorization")
_CHANGES = ("microsoft.authorization/", "microsoft.insights/diagnosticsettings")
_WORDS = {
    "start": (ObservedOutcome.UNFINISHED, Phase.STARTED),
    "started": (ObservedOutcome.UNFINISHED, Phase.STARTED),
    "accept": (ObservedOutcome.UNFINISHED, Phase.ACCEPTED),
    "accepted": (ObservedOutcome.UNFINISHED, Phase.ACCEPTED),
    "success": (ObservedOutcome.SUCCEEDED, Phase.ENDED),
    "succeeded": (ObservedOutcome.SUCCEEDED, Phase.ENDED),
}


_FAILED = frozenset(("fail", "failed", "failure", "cancelled", "canceled"))


class _Failure(msgspec.Struct):
    """What tells a refusal from other failures."""

    result: Any = msgspec.field(name="resultType", default=None)
    signature: Any = msgspec.field(name="resultSignature", default=None)
    properties: dict[str, Any] = {}


_FAILURE = msgspec.json.Decoder(_Failure)


def _activity_ending(text: str) -> Ending | None:
    word = text_of(text).lower()
    return LOOK_CLOSER if word in _FAILED else _WORDS.get(word)


def _failure(record: bytes) -> Ending:
    found = _FAILURE.decode(record)
    return outcome_of(text_of(found.result), text_of(found.signature), found.properties)


def _no_change(text: str) -> str | None:
    """Return the name of an operation that changes nothing of who may do what."""
    found = text_of(text)
    return None if not found or found.lower().startswith(_CHANGES) else found


def _activity_scope(text: str) -> str | None:
    return text_of(text).rstrip("/") or None


def _subscription(text: str) -> str | None:
    parts = text_of(text).lower().split("/", 3)
    return f"/subscriptions/{parts[2]}" if len(parts) > 2 and parts[1] == "subscriptions" and parts[2] else None  # noqa: PLR2004 - "", the word, the id


def _host(text: str) -> str | None:
    return text_of(text).rstrip("/").lower() if text_of(text) else None


ACTIVITY = Family(
    kinds=dict.fromkeys(("administrative", "write", "delete", "action"), LogKind.ACTIVITY),
    plane=ObservedPlane.CONTROL,
    places={
        Role.TIME: (("time",),),
        Role.CATEGORY: (("category",),),
        Role.STATUS: (("resultType",),),
        Role.CORRELATION: (("correlationId",),),
        Role.TOKEN: ((*_CLAIMS, "uti"),),
        Role.PRINCIPAL: ((*_CLAIMS, f"{_SCHEMAS}objectidentifier"), (*_CLAIMS, "oid")),
        Role.APP: ((*_CLAIMS, "appid"),),
        Role.HOST: ((*_CLAIMS, "xms_az_rid"), (*_CLAIMS, "xms_mirid")),
        Role.ADDRESS: (("callerIpAddress",),),
        Role.ACTION: ((*_GRANTED, "action"), ("operationName",)),
        Role.NAME: (("operationName",),),
        Role.SCOPE: ((*_GRANTED, "scope"), ("resourceId",)),
        Role.PLACE: (("resourceId",),),
        Role.ASSIGNMENT: ((*_GRANTED, "evidence", "roleAssignmentId"),),
        Role.THROUGH: ((*_GRANTED, "evidence", "principalId"),),
    },
    needed=(Role.TIME, Role.CATEGORY, Role.STATUS, Role.ACTION, Role.NAME, Role.SCOPE, Role.PLACE),
    spellings={
        Role.CORRELATION: spell_id,
        Role.TOKEN: lambda text: token_guid(text_of(text)),
        Role.PRINCIPAL: _identifier,
        Role.APP: _identifier,
        Role.HOST: _host,
        Role.ADDRESS: _address,
        Role.ACTION: _no_change,
        Role.NAME: _no_change,
        Role.SCOPE: _activity_scope,
        Role.PLACE: _subscription,
        Role.ASSIGNMENT: last_segment,
        Role.THROUGH: _identifier,
    },
    ending=_activity_ending,
    closer=_failure,
    looked_at=(("resultSignature",), ("properties", "statusCode"), ("properties", "statusMessage")),
)


def _code(text: str) -> int | None:
    """Return a whole number in its plain spelling."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _CODE_FIGURES else None


def _sign_in_ending(text: str) -> Ending | None:
    code = _code(text)
    return None if code is None else (outcome_of_code(code), Phase.WHOLE)


def _properties(*names: str) -> tuple[Path, ...]:
    return tuple(("properties", name) for name in names)


_TENANT = {Role.SCOPE: (("resourceId",),), Role.PLACE: (("resourceId",),)}
_TENANT_SPELLINGS: dict[Role, Spelling] = {
    Role.EVENT: _identifier,
    Role.CORRELATION: _identifier,
    Role.TOKEN: _token,
    Role.PRINCIPAL: _identifier,
    Role.APP: _identifier,
    Role.ADDRESS: _address,
    Role.SCOPE: _tenant_scope,
    Role.PLACE: _tenant_place,
}
_SIGN_IN_PLACES = {
    **_TENANT,
    Role.TIME: (("time",),),
    Role.CATEGORY: (("category",),),
    Role.STATUS: (("resultType",),),
    Role.EVENT: _properties("id"),
    Role.CORRELATION: (("correlationId",), *_properties("correlationId")),
    Role.TOKEN: _properties("uniqueTokenIdentifier", "id"),
    Role.APP: _properties("appId"),
    Role.HOST: (("properties", "managedIdentity", "associatedResourceId"),),
    Role.ADDRESS: (*_properties("ipAddress"), ("callerIpAddress",)),
}
_SIGN_IN_NEEDED = (Role.TIME, Role.CATEGORY, Role.STATUS, Role.EVENT, Role.SCOPE)


def _sign_ins(kinds: Mapping[str, LogKind], principal: tuple[Path, ...]) -> Family:
    return Family(
        kinds=kinds,
        plane=ObservedPlane.SIGN_IN,
        places={**_SIGN_IN_PLACES, Role.PRINCIPAL: principal, Role.ACTION: (("category",),)},
        needed=_SIGN_IN_NEEDED,
        spellings={
            **_TENANT_SPELLINGS,
            Role.ACTION: lambda _: "Sign-in activity",
            Role.HOST: lambda text: (_filled(text) or "").lower().rstrip("/") or None,
        },
        ending=_sign_in_ending,
    )


USER_SIGN_INS = _sign_ins(
    {"signinlogs": LogKind.USER_SIGN_IN, "noninteractiveusersigninlogs": LogKind.NON_INTERACTIVE_SIGN_IN},
    _properties("userId"),
)
SERVICE_SIGN_INS = _sign_ins(
    {
        "serviceprincipalsigninlogs": LogKind.SERVICE_PRINCIPAL_SIGN_IN,
        "microsoftserviceprincipalsigninlogs": LogKind.SERVICE_PRINCIPAL_SIGN_IN,
        "managedidentitysigninlogs": LogKind.MANAGED_IDENTITY_SIGN_IN,
    },
    _properties("servicePrincipalId"),
)

_REFUSED, _FIRST_FAILURE = (401, 403), 400


def _request_ending(text: str) -> Ending | None:
    status = _code(text)
    if not status:
        return None
    failed = ObservedOutcome.FAILED if status >= _FIRST_FAILURE else ObservedOutcome.SUCCEEDED
    return ObservedOutcome.REFUSED if status in _REFUSED else failed, Phase.WHOLE


def _method(text: str) -> str | None:
    found = _filled(text)
    return None if found is None else found.upper()


def _path(text: str) -> str | None:
    return None if _filled(text) is None else graph_path(text)


GRAPH = Family(
    kinds={"microsoftgraphactivitylogs": LogKind.MICROSOFT_GRAPH},
    plane=ObservedPlane.DIRECTORY,
    places={
        **_TENANT,
        Role.TIME: (("time",),),
        Role.CATEGORY: (("category",),),
        Role.STATUS: _properties("responseStatusCode"),
        Role.EVENT: _properties("requestId"),
        Role.CORRELATION: (*_properties("operationId"), *_properties("correlationId"), ("correlationId",)),
        Role.TOKEN: _properties("signInActivityId", "uniqueTokenId", "uniqueTokenIdentifier"),
        Role.PRINCIPAL: _properties("userId", "servicePrincipalId", "UserPrincipalObjectID", "appId"),
        Role.APP: _properties("appId"),
        Role.ADDRESS: (*_properties("ipAddress"), ("callerIpAddress",)),
        Role.ACTION: _properties("requestUri"),
        Role.NAME: _properties("requestMethod"),
    },
    needed=(Role.TIME, Role.CATEGORY, Role.STATUS, Role.ACTION, Role.NAME, Role.EVENT, Role.SCOPE),
    spellings={**_TENANT_SPELLINGS, Role.ACTION: _path, Role.NAME: _method},
    ending=_request_ending,
    requests=True,
)

FAMILIES = (ACTIVITY, USER_SIGN_INS, SERVICE_SIGN_INS, GRAPH)
FAMILY_OF = {category: number for number, family in enumerate(FAMILIES) for category in family.kinds}

_LOOKED_AT = (
    *((name,) for name in ("tenantId", "caller", "eventTimestamp", "eventDataId", "submissionTimestamp")),
    *((*_CLAIMS, name) for name in ("upn", "name", "unique_name", "ipaddr", "tid", f"{_SCHEMAS}tenantid")),
    *_properties(
        "userPrincipalName", "servicePrincipalName", "tenantId", "submissionTimestamp", "eventDataId", "caller"
    ),
)
"""Further places that the literal reading looks at where those above hold nothing."""

CONTAINERS = frozenset(
    (
        ("properties",),
        ("identity",),
        _CLAIMS,
        _GRANTED,
        (*_GRANTED, "evidence"),
        *_properties("status", "managedIdentity", "managedServiceIdentity", "httpRequest"),
    )
)
"""Places of objects; a text there may hold one as JSON, which only the literal reading unpacks."""

TEXT_ALLOWED = {("identity",): (USER_SIGN_INS, SERVICE_SIGN_INS), ("properties", "status"): (ACTIVITY, GRAPH)}
"""Where a text in place of an object is no JSON that matters: a sign-in's `identity` is a name."""

TELLING = CONTAINERS.union(
    (path for family in FAMILIES for paths in family.places.values() for path in paths), _LOOKED_AT
)
"""Places of which it matters whether they hold anything: shapes differ in it."""
