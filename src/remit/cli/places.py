"""Scopes as people call them: `subscription 4223dfac…`, `vault kv-prod`; not lines of 200 characters.

>>> place("/subscriptions/11111111-0000-0000-0000-000000000000/resourceGroups/rg-a")
'resource group rg-a'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from remit.model.errors import ScopeSyntaxError
from remit.model.scope import Scope, ScopeKind

Names = Mapping[str, str]
NO_NAMES: Names = MappingProxyType({})

_WORDS = {
    ScopeKind.MANAGEMENT_GROUP: "management group",
    ScopeKind.SUBSCRIPTION: "subscription",
    ScopeKind.RESOURCE_GROUP: "resource group",
}
_GROUP_PARTS = 5
"""Parts of the id of a resource group, the empty one before the first slash among them."""
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def place(text: str, names: Names = NO_NAMES) -> str:
    """Return a scope in a few words; the text itself if it is no scope.

    Args:
        text: the scope.
        names: display names of management groups and subscriptions by key, as far as they are known.
    """
    try:
        scope = Scope.parse(text)
    except ScopeSyntaxError:
        return text
    if scope.is_root:
        return "the root /"
    name = names.get(scope.key) or short_id(scope.name)
    return f"{_WORDS.get(scope.kind) or _type_word(scope)} {name}"


def place_kind(text: str) -> str:
    """Return what a scope is, in a word or two: `resource group`; "" if it is no scope."""
    try:
        scope = Scope.parse(text)
    except ScopeSyntaxError:
        return ""
    return "root" if scope.is_root else _WORDS.get(scope.kind) or _type_word(scope)


def within_group(text: str, names: Names = NO_NAMES) -> str:
    """Return a scope and the resource group it is in, where it is in one."""
    parts = text.split("/")
    inside = len(parts) > _GROUP_PARTS and parts[3].lower() == "resourcegroups"
    return f"{place(text, names)}, {place('/'.join(parts[:_GROUP_PARTS]), names)}" if inside else place(text, names)


def whereabouts(text: str, names: Names = NO_NAMES) -> str:
    """Return a scope and the subscription it is in; other text as it is."""
    try:
        scope = Scope.parse(text)
    except ScopeSyntaxError:
        return text
    if scope.kind < ScopeKind.RESOURCE_GROUP or not scope.key.startswith("/subscriptions/"):
        return place(text, names)
    return f"{place(text, names)}, {place('/'.join(scope.text.split('/')[:3]), names)}"


def relation(assigned: str, asked: str, names: Names = NO_NAMES) -> str:
    """Say how the scope of an assignment stands to the scope asked about."""
    try:
        there, here = Scope.parse(assigned), Scope.parse(asked)
    except ScopeSyntaxError:
        return f"at {assigned}"
    if there == here:
        return "at this very scope"
    below = here.is_root or there.kind > here.kind or there.key.startswith(f"{here.key}/")
    described = f"at {place(assigned, names)}"
    return described if below else f"{described}, from where it is inherited"


def short_id(text: str) -> str:
    """Return the first part of a GUID; anything else as it is."""
    return text.split("-", 1)[0] + "…" if _GUID.fullmatch(text) else text


def _type_word(scope: Scope) -> str:
    """Return the last part of the resource type as a word: `storageAccounts` is `storage account`."""
    parts = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", scope.text.rsplit("/", 2)[1])
    word = parts.lower()
    for plural, singular in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ss", "ss"), ("us", "us"), ("is", "is")):
        if word.endswith(plural):
            return word.removesuffix(plural) + singular
    return word.removesuffix("s")
