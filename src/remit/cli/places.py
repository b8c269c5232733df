"""Scopes as people call them: `subscription 4223dfac…`, `vault kv-prod`; not lines of 200 characters.

>>> place("/subscriptions/11111111-0000-0000-0000-000000000000/resourceGroups/rg-a")
'resource group rg-a'
"""

from __future__ import annotations

import re

from remit.model.errors import ScopeSyntaxError
from remit.model.scope import Scope, ScopeKind

_WORDS = {
    ScopeKind.MANAGEMENT_GROUP: "management group",
    ScopeKind.SUBSCRIPTION: "subscription",
    ScopeKind.RESOURCE_GROUP: "resource group",
}
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def place(text: str) -> str:
    """Return a scope in a few words; the text itself if it is no scope."""
    try:
        scope = Scope.parse(text)
    except ScopeSyntaxError:
        return text
    if scope.is_root:
        return "the root /"
    return f"{_WORDS.get(scope.kind) or _type_word(scope)} {short_id(scope.name)}"


def relation(assigned: str, asked: str) -> str:
    """Say how the scope of an assignment stands to the scope asked about."""
    try:
        there, here = Scope.parse(assigned), Scope.parse(asked)
    except ScopeSyntaxError:
        return f"at {assigned}"
    if there == here:
        return "at this very scope"
    below = here.is_root or there.kind > here.kind or there.key.startswith(f"{here.key}/")
    return f"at {place(assigned)}" if below else f"at {place(assigned)}, from where it is inherited"


def short_id(text: str) -> str:
    """Return the first part of a GUID; anything else as it is."""
    return text.split("-", 1)[0] + "…" if _GUID.fullmatch(text) else text


def _type_word(scope: Scope) -> str:
    """Return the last part of the resource type as a word: `storageAccounts` is `storage account`."""
    word = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", scope.text.rsplit("/", 2)[1]).lower()
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
