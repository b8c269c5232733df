"""Delta queries: all objects once, then what has changed since.

    GET /groups/delta?$select=displayName,members&$deltatoken=latest

A request without token gives everything, page by page, and ends with an `@odata.deltaLink`; `$deltatoken=latest` gives
the link at once. Following a link gives the objects changed since: with what is selected of them now, their members
that came or went as `members@delta`, and what was deleted as `@removed`. An object whose members alone changed has
nothing else but its id.

A token names the edit of the tenant up to which the client knows. It carries the selection, too, as Graph's own do, and
a digest of that edit: after a restart without its history the client is told, by a 410, to begin again.
"""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from hashlib import blake2b

import msgspec

from remit_sim.call import Answer, Call, Handler, Refusal
from remit_sim.graph import relations
from remit_sim.graph.directory import text_of
from remit_sim.graph.kinds import ADMINISTRATIVE_UNITS, GROUPS, KINDS, Kind, member_of, parent_of
from remit_sim.graph.options import USUAL_PAGE, options_of
from remit_sim.graph.pages import envelope, selection
from remit_sim.graph.rows import Positioned, project, with_fields
from remit_sim.paging import next_link
from remit_sim.tenant import Row, SimTenant

GRANTS = Kind(
    "oauth2PermissionGrants",
    "/oauth2PermissionGrants",
    "graph/oauth2PermissionGrants",
    "#microsoft.graph.oAuth2PermissionGrant",
)
DELTA_KINDS = (*KINDS, GRANTS)
"""What has delta queries here."""

_TRACKED = {GROUPS: ("members", "owners"), ADMINISTRATIVE_UNITS: ("members",)}
_REMOVED = b'{"reason":"deleted"}'


class _Token(msgspec.Struct, array_like=True):
    """What a token says: the edits from `since` to `until` (None: all objects), the selection, a digest."""

    since: int
    until: int | None
    everything: bool
    select: tuple[str, ...]
    digest: str


@dataclass(slots=True)
class _Changed:
    """What changed of one object: the object itself, and its members by relation."""

    row: Row
    itself: bool
    related: dict[str, dict[str, bytes]]


def delta(kind: Kind) -> Handler:
    """Return what answers the delta query of a kind."""

    def handler(call: Call) -> Answer:
        options = options_of(call)
        if options.condition or options.expand:
            raise Refusal(400, "BadRequest", "The simulator knows no $filter in delta queries.")
        text = next((value for name, value in call.query.items() if name.lower() == "$deltatoken"), "")
        now = len(call.tenant.changes)
        if text == "latest":
            return _ended(call, kind, [], _token(call.tenant, now, options.select))
        token = _read(call, text) if text else _token(call.tenant, now, options.select, everything=True)
        until = now if token.until is None else token.until
        if token.everything:
            rows = _all_rows(call, kind, token, options.start, _page_size(call) + 1)
        else:
            rows = _changed_rows(call, kind, token, until)[options.start :][: _page_size(call) + 1]
        return _page(call, kind, rows, token, until)

    return handler


def _token(tenant: SimTenant, since: int, select: tuple[str, ...], *, everything: bool = False) -> _Token:
    return _Token(since, since if everything else None, everything, select, _digest(tenant, since))


def _page(call: Call, kind: Kind, rows: list[Positioned], token: _Token, until: int) -> Answer:
    size = _page_size(call)
    served = [row for _, row in rows[:size]]
    if len(rows) <= size:
        return _ended(call, kind, served, _token(call.tenant, until, token.select))
    going_on = _Token(token.since, until, token.everything, token.select, token.digest)
    link = next_link(replace(call, query={"$deltatoken": _text(call.tenant, going_on)}), rows[size][0])
    return _envelope(call, kind, served, token, {"@odata.nextLink": link})


def _ended(call: Call, kind: Kind, rows: list[Row], token: _Token) -> Answer:
    link = f"{call.base_url}/{call.version}{call.path}?$deltatoken={_text(call.tenant, token)}"
    return _envelope(call, kind, rows, token, {"@odata.deltaLink": link})


def _envelope(call: Call, kind: Kind, rows: list[Row], token: _Token, links: dict[str, str]) -> Answer:
    options = replace(options_of(replace(call, query={})), select=token.select)
    return envelope(call, kind.collection + selection(options), rows, links=links)


def _all_rows(call: Call, kind: Kind, token: _Token, start: int, count: int) -> list[Positioned]:
    page = call.tenant.table(kind.list_name).page(start, count)
    return [(slot, _with_all_members(call, kind, token, row)) for slot, row in page]


def _with_all_members(call: Call, kind: Kind, token: _Token, row: Row) -> Row:
    object_id = (text_of(row, "id") or "").lower()
    more = []
    for relation in _tracked(kind, token):
        pairs = relations.related(call, kind, relation, object_id)
        members = [relations.member_row(call.tenant, pair, ("id",)) for _, pair in pairs.page(0, len(pairs))]
        if members:
            more.append((f"{relation}@delta", b"[" + b",".join(members) + b"]"))
    return with_fields(_selected(row, token), *more)


def _changed_rows(call: Call, kind: Kind, token: _Token, until: int) -> list[Positioned]:
    """Return the objects changed between two edits, in order of their first change."""
    changed: dict[str, _Changed] = {}
    tracked = {kind.pair_list(relation): relation for relation in _tracked(kind, token)}
    for change in call.tenant.changes[token.since : until]:
        if change.list_name == kind.list_name:
            one = changed.setdefault(change.key, _Changed(change.row, itself=True, related={}))
            one.itself, one.row = True, change.row
        elif relation := tracked.get(change.list_name):
            pair = msgspec.json.decode(change.row)
            one = changed.setdefault(parent_of(pair), _Changed(b"", itself=False, related={}))
            member = relations.member_row(call.tenant, change.row, ("id",))
            gone = change.kind == "Delete"
            one.related.setdefault(relation, {})[member_of(pair)] = (
                with_fields(member, ("@removed", _REMOVED)) if gone else member
            )
    rows = (_changed_row(call, kind, token, key, one) for key, one in changed.items())
    return list(enumerate(rows))


def _changed_row(call: Call, kind: Kind, token: _Token, key: str, changed: _Changed) -> Row:
    row = call.tenant.table(kind.list_name).get(key)
    if row is None:
        # Of one that was gone before its members went, only these are among the changes.
        spelling = (text_of(changed.row, "id") if changed.row else None) or key
        return with_fields(msgspec.json.encode({"id": spelling}), ("@removed", _REMOVED))
    more = [
        (f"{relation}@delta", b"[" + b",".join(members.values()) + b"]")
        for relation, members in changed.related.items()
        if relation != "members" or not relations.hidden(call, kind, key)
    ]
    return with_fields(_selected(row, token) if changed.itself else project(row, ("id",)), *more)


def _tracked(kind: Kind, token: _Token) -> list[str]:
    return [name for name in _TRACKED.get(kind, ()) if not token.select or name in token.select]


def _selected(row: Row, token: _Token) -> Row:
    return project(row, ("id", *token.select)) if token.select else row


def _page_size(call: Call) -> int:
    found = re.search(r"odata\.maxpagesize=(\d{1,3})\b", call.headers.get("prefer", ""))
    return call.page_rows(max(1, int(found[1])) if found else USUAL_PAGE)


def _text(tenant: SimTenant, token: _Token) -> str:
    body = msgspec.json.encode(token)
    return urlsafe_b64encode(_signature(tenant, body) + body).decode().rstrip("=")


def _read(call: Call, text: str) -> _Token:
    """Read a token.

    Raises:
        Refusal: it is none of ours, or of a history that the tenant does not have.
    """
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        signature, body = raw[:12], raw[12:]
        token = msgspec.json.decode(body, type=_Token)
    except (ValueError, binascii.Error, msgspec.DecodeError) as error:
        raise Refusal(400, "BadRequest", "Badly formed token.") from error
    if signature != _signature(call.tenant, body):
        raise Refusal(400, "BadRequest", "Badly formed token.")
    number = token.since if token.until is None else token.until
    known = number <= len(call.tenant.changes) and token.digest == _digest(call.tenant, token.since)
    if not known:
        message = "The sync state generation is not found; continuing without an existing sync state is required."
        raise Refusal(410, "syncStateNotFound", message)
    return token


def _digest(tenant: SimTenant, number: int) -> str:
    """Return what tells the edit of a number from one of the same number in another history."""
    if number == 0 or number > len(tenant.changes):
        return ""
    change = tenant.changes[number - 1]
    told = f"{change.at.isoformat()} {change.list_name} {change.key} {change.kind} ".encode()
    return blake2b(told + change.row, digest_size=6).hexdigest()


def _signature(tenant: SimTenant, body: bytes) -> bytes:
    return blake2b(body, digest_size=12, key=tenant.page_key).digest()
