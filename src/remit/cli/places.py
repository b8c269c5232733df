"""Scopes as people call them: `subscription 4223…`, `vault kv-prod`; not lines of 200 characters.

>>> place("/subscriptions/11111111-0000-0000-0000-000000000000/resourceGroups/rg-a")
'resource group rg-a'
"""

from __future__ import annotations

from remit.model.errors import ScopeSyntaxError
from remit.model.scope import Scope, ScopeKind

_WORDS = {
    ScopeKind.MANAGEMENT_GROUP: "management group",
    ScopeKind.SUBSCRIPTION: "subscription",
    ScopeKind.RESOURCE_GROUP: "resource group",
}


def place(text: str) -> str:
    """Return a scope in a few words; the text itself if it is no scope."""
    try:
        scope = Scope.parse(text)
    except ScopeSyntaxError:
        return text
    if scope.is_root:
        return "the root /"
    if scope.kind in _WORDS:
        return f"{_WORDS[scope.kind]} {scope.name}"
    return f"{_type_word(scope)} {scope.name}"


def relation(assigned: str, asked: str) -> str:
    """Say how the scope of an assignment stands to the scope asked about."""
    same = assigned.rstrip("/").lower() == asked.rstrip("/").lower()
    return "at this very scope" if same else f"at {place(assigned)}, from where it is inherited"


def short_id(text: str) -> str:
    """Return the first part of a GUID, or the text."""
    return text.split("-", 1)[0] if len(text) == len("00000000-0000-0000-0000-000000000000") else text


def _type_word(scope: Scope) -> str:
    """Return the last part of the resource type, in the singular where that is plain: `vaults` is `vault`."""
    word = scope.text.rsplit("/", 2)[1]
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
