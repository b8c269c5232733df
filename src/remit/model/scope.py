"""A place in the ARM tree, parsed once.

Rules kept here: S1 (levels), S2 (compare without case, at segment boundaries), S4 (the scope of an
assignment is its id without the last provider part). Management groups are not in a resource id (S3):
`parents_in_text` therefore ends at the subscription, and the chain above it comes from the snapshot.

    >>> Scope.parse("/subscriptions/S1/resourceGroups/App/").key
    '/subscriptions/s1/resourcegroups/app'
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from itertools import accumulate
from typing import Self

from remit.model.errors import ScopeSyntaxError

_PROVIDER_PART, _CHILD_PART = 4, 2
MANAGEMENT_GROUP_PREFIX = "/providers/microsoft.management/managementgroups/"


class ScopeKind(IntEnum):
    """The level of a scope (S1)."""

    ROOT = 0
    MANAGEMENT_GROUP = 1
    SUBSCRIPTION = 2
    RESOURCE_GROUP = 3
    RESOURCE = 4


@dataclass(frozen=True, slots=True)
class Scope:
    """A place in the ARM tree: root, management group, subscription, group or resource.

    Equality follows S2: case and a final slash do not matter. `text` keeps Azure's spelling.
    `key` is the canonical lower-case text; `cuts` are the lengths of `key` (and of `text`) at which
    its ancestors within the text end, nearest last, itself excluded, the root excluded.
    """

    key: str
    kind: ScopeKind = field(compare=False)
    text: str = field(compare=False)
    cuts: tuple[int, ...] = field(compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a scope; the only way in.

        Raises:
            ScopeSyntaxError: the text is no place in the ARM tree.

        Source: S1, S2. Cost: linear in the text.
        """
        if not text or text[0] != "/":
            raise ScopeSyntaxError(text, "it does not start with /")
        if text == "/":
            return cls("/", ScopeKind.ROOT, "/", ())
        trimmed = text[:-1] if text[-1] == "/" else text
        if not trimmed.isprintable() or "*" in trimmed:
            raise ScopeSyntaxError(text, "it holds a character that no resource id has")
        key = trimmed.lower()
        if len(key) != len(trimmed):
            raise ScopeSyntaxError(text, "it holds a character that no resource id has")
        segments = key.split("/")[1:]
        if "" in segments:
            raise ScopeSyntaxError(text, "it has an empty segment")
        # isprintable left no other blank than this one; names may hold it inside.
        if " " in key and ("/ " in key or " /" in key or key[-1] == " "):
            raise ScopeSyntaxError(text, "a segment begins or ends with a blank")
        return cls(key, *_shape(text, key, segments, trimmed))

    @property
    def is_root(self) -> bool:
        """Tell whether this is `/`."""
        return self.key == "/"

    @property
    def name(self) -> str:
        """Return the last segment as Azure spells it."""
        return self.text.rsplit("/", 1)[1]

    def parents_in_text(self) -> tuple[str, ...]:
        """Return the keys of the ancestors that the text itself names, nearest first; never the root."""
        return tuple(self.key[:cut] for cut in reversed(self.cuts))

    def resource_names(self) -> tuple[tuple[str, str], ...]:
        """Return (full resource type, name as spelt) for the last provider part, outermost first.

        `…/storageAccounts/a/blobServices/default` gives `("microsoft.storage/storageaccounts", "a")` and
        `("microsoft.storage/storageaccounts/blobservices", "default")`; types are lower case. () above resources.
        """
        at = self.key.rfind("/providers/")
        if at < 0 or self.kind is not ScopeKind.RESOURCE:
            return ()
        low = self.key[at + len("/providers/") :].split("/")
        spelt = self.text[at + len("/providers/") :].split("/")
        found: list[tuple[str, str]] = []
        kind = low[0]
        for place in range(1, len(low) - 1, 2):
            kind = f"{kind}/{low[place]}"
            found.append((kind, spelt[place + 1]))
        return tuple(found)


def _shape(text: str, key: str, segments: list[str], spelt: str) -> tuple[ScopeKind, str, tuple[int, ...]]:
    """Walk the segments once; return kind, spelling and the ends of the ancestors."""
    count = len(segments)
    if segments[0] == "subscriptions":
        if count < 2:  # noqa: PLR2004 - /subscriptions/{id}
            raise ScopeSyntaxError(text, "the subscription id is missing")
        if count == 2:  # noqa: PLR2004
            return ScopeKind.SUBSCRIPTION, spelt, ()
        place, end = 2, 15 + len(segments[1])
        cuts = [end]
        if segments[2] == "resourcegroups":
            if count < 4:  # noqa: PLR2004 - …/resourceGroups/{name}
                raise ScopeSyntaxError(text, "the resource group name is missing")
            if count == 4:  # noqa: PLR2004
                return ScopeKind.RESOURCE_GROUP, spelt, (end,)
            place = 4
            cuts.append(end + 16 + len(segments[3]))
    elif key.startswith(MANAGEMENT_GROUP_PREFIX):
        if count == 4:  # noqa: PLR2004
            return ScopeKind.MANAGEMENT_GROUP, spelt, ()
        place, cuts = 4, [len(MANAGEMENT_GROUP_PREFIX) + len(segments[3])]
    else:
        place, cuts = 0, []
    _resource_cuts(text, segments, place, cuts)
    return ScopeKind.RESOURCE, spelt, tuple(cuts)


def _resource_cuts(text: str, segments: list[str], place: int, cuts: list[int]) -> None:
    """Append the end of every ancestor resource; `providers/{ns}/{type}/{name}` then `{type}/{name}` pairs."""
    count = len(segments)
    if segments[place] != "providers":
        raise ScopeSyntaxError(text, f"`{segments[place]}` cannot stand here")
    if place + _PROVIDER_PART == count:
        return
    # ends[i] + i + 1 is where segment i ends in the key: its letters, those before it, and a slash for each.
    ends = list(accumulate(map(len, segments)))
    while True:
        place += _PROVIDER_PART if segments[place] == "providers" else _CHILD_PART
        if place > count:
            raise ScopeSyntaxError(text, "a resource needs a provider, a type and a name")
        if place == count:
            return
        cuts.append(ends[place - 1] + place)


def assignment_scope_text(resource_id: str, kind: str) -> str | None:
    """Return the scope part of an extension resource id: what stands before its last provider part (S4).

    `kind` is the lower-case full type, for example `microsoft.authorization/roleassignments`. None when the id
    is not of that kind; `/` when nothing stands before it.
    """
    at = resource_id.lower().rfind(f"/providers/{kind}/")
    return None if at < 0 else (resource_id[:at] or "/")
