"""Kinds of nodes: their words, outlines, icons and colours, for light and for dark.

No kind is told by colour alone: each has an outline, an icon and its word in the box.
"""

from __future__ import annotations

from msgspec import Struct


class Colours(Struct, frozen=True, gc=False):
    """Colours of everything that is drawn, as `#rrggbb`."""

    paper: str
    ink: str
    faint: str
    certain: str
    possible: str
    accent: str


class KindStyle(Struct, frozen=True, gc=False):
    """How a kind of node looks.

    Attributes:
        word: what people call it.
        outline: name of a shape in `shapes`.
        icon: path data in a square of 20.
        light, dark: line and fill.
    """

    word: str
    outline: str
    icon: str
    light: tuple[str, str]
    dark: tuple[str, str]


LIGHT = Colours("#ffffff", "#1b1f24", "#57606a", "#33415c", "#8a5a00", "#0b5fc0")
DARK = Colours("#14181d", "#eef1f4", "#aab4be", "#b9c6dd", "#f0b95a", "#6cb2ff")

_SCREEN = "M2 3.5h16v10.4h-16zM3.8 5.3v6.8h12.4v-6.8zM7 15.5h6v1.8h-6z"
_QUESTION = (
    "M6.2 7.2c0-2.5 1.7-4 4-4s3.9 1.5 3.9 3.6c0 3-3.1 3-3.1 5.4h-2c0-3.2 3-3.6 3-5.3"
    "c0-1-.7-1.7-1.8-1.7s-1.9.8-1.9 2zM9 14.2h2.2v2.4h-2.2z"
)
_HEAD = "M10 3a3.4 3.4 0 1 1 0 6.8a3.4 3.4 0 0 1 0-6.8z"

STYLES: dict[str, KindStyle] = {
    "user": KindStyle(
        "user",
        "pill",
        f"{_HEAD}M3.5 17.5c0-4 2.9-6.2 6.5-6.2s6.5 2.2 6.5 6.2z",
        ("#1f6feb", "#e8f1fe"),
        ("#6cb2ff", "#16283f"),
    ),
    "group": KindStyle(
        "group",
        "stack",
        "M7 4a2.8 2.8 0 1 1 0 5.6a2.8 2.8 0 0 1 0-5.6zM14 5.4a2.3 2.3 0 1 1 0 4.6a2.3 2.3 0 0 1 0-4.6z"
        "M1.5 17c0-3.6 2.4-5.6 5.5-5.6s5.5 2 5.5 5.6zM14 11.4c2.7 0 4.5 1.6 4.5 4.6v1h-4.2c0-2.3-.7-4.1-2.1-5.2z",
        ("#0a6e7c", "#e3f5f7"),
        ("#5cc9d8", "#11303a"),
    ),
    "servicePrincipal": KindStyle(
        "service principal",
        "hexagon",
        "M10 1.8l7.1 4.1v8.2l-7.1 4.1l-7.1-4.1v-8.2zM10 7a3 3 0 1 0 0 6a3 3 0 0 0 0-6z",
        ("#7a3ec2", "#f3ebfc"),
        ("#c39bf5", "#2b1d3f"),
    ),
    "managedIdentity": KindStyle(
        "managed identity",
        "octagon",
        "M4 2.5h12v15h-12zM10 5.5a2.3 2.3 0 1 0 0 4.6a2.3 2.3 0 0 0 0-4.6z"
        "M6.3 15.2h7.4c0-2.3-1.6-3.6-3.7-3.6s-3.7 1.3-3.7 3.6z",
        ("#9a2f8f", "#fbeaf8"),
        ("#ee97e3", "#3a1a36"),
    ),
    "application": KindStyle(
        "application",
        "bars",
        "M2.5 3.5h15v13h-15zM4.3 7.3v7.4h11.4v-7.4z",
        ("#5b4bd0", "#edebfb"),
        ("#aba1ff", "#221f45"),
    ),
    "resource": KindStyle(
        "resource",
        "box",
        "M10 1.8l7.3 3.7v9l-7.3 3.7l-7.3-3.7v-9zM4.6 6.9v6.5l4.5 2.3v-6.5zM15.4 6.9l-4.5 2.3v6.5l4.5-2.3z",
        ("#2b6b3f", "#e7f5ea"),
        ("#79cf93", "#15301f"),
    ),
    "scope": KindStyle(
        "scope", "folder", "M2 4.5h6l1.8 2.2h8.2v10h-16z", ("#7d5a00", "#fdf4dc"), ("#e3bd55", "#332906")
    ),
    "directoryRole": KindStyle(
        "directory role",
        "tag",
        "M10 1.8l7 2.6v5c0 4.3-2.9 7.4-7 8.8c-4.1-1.4-7-4.5-7-8.8v-5z",
        ("#a8480b", "#fdeee3"),
        ("#f3a56f", "#3a2010"),
    ),
    "subject": KindStyle(
        "outside subject",
        "slant",
        "M5.6 16.5a4 4 0 0 1-.5-8a5.2 5.2 0 0 1 10-.3a4.2 4.2 0 0 1-.7 8.3z",
        ("#4b5563", "#eef0f3"),
        ("#b4bec9", "#262c33"),
    ),
    "tenant": KindStyle(
        "tier zero",
        "double",
        "M10 1.5l2.5 5.5l6 .7l-4.4 4.1l1.2 5.9l-5.3-3l-5.3 3l1.2-5.9l-4.4-4.1l6-.7z",
        ("#b3132b", "#fde9ec"),
        ("#ff8b9b", "#42131c"),
    ),
    "device": KindStyle("device", "box", _SCREEN, ("#3f6212", "#f0f6e4"), ("#b5d27a", "#222c10")),
    "foreignGroup": KindStyle(
        "foreign group",
        "stack",
        "M7 4a2.8 2.8 0 1 1 0 5.6a2.8 2.8 0 0 1 0-5.6zM1.5 17c0-3.6 2.4-5.6 5.5-5.6s5.5 2 5.5 5.6z"
        "M13 5h5.5v1.6h-2.2v7h-1.6v-7h-1.7z",
        ("#0f5e63", "#e6f3f4"),
        ("#7fccd1", "#122c2f"),
    ),
    "unknown": KindStyle(
        "kind not known",
        "dashed",
        "M10 2a8 8 0 1 1 0 16a8 8 0 0 1 0-16zM10 4.4a5.6 5.6 0 1 0 0 11.2a5.6 5.6 0 0 0 0-11.2z",
        ("#57606a", "#f6f6f7"),
        ("#9aa4af", "#1d2126"),
    ),
    "gap": KindStyle(
        "not read",
        "dashed",
        _QUESTION,
        ("#6b7280", "#f6f6f7"),
        ("#9aa4af", "#1d2126"),
    ),
}
"""By the kind of `NodeRef`."""

OTHER = KindStyle("other", "box", "M3 3h14v14h-14z", ("#57606a", "#f2f4f6"), ("#aab4be", "#22272d"))

_KEY = (
    "M7 6.5a4 4 0 1 1 0 7.6a4 4 0 0 1 0-7.6zM10.2 9.3h8v2h-1.4v2.4h-2v-2.4h-4.6z"
    "M6.2 9.2a1.1 1.1 0 1 0 0 2.2a1.1 1.1 0 0 0 0-2.2z"
)
_DRUM = (
    "M3 5c0-1.6 3-2.8 7-2.8s7 1.2 7 2.8v10c0 1.6-3 2.8-7 2.8s-7-1.2-7-2.8z"
    "M5 7.6v1.9c3 1.3 7 1.3 10 0v-1.9c-3 1.2-7 1.2-10 0z"
)
_BOLT = "M11.5 1.5l-8 10.2h5l-1 6.8l9-11h-5.6z"
_CRATES = "M2 8h5v5h-5zM7.6 8h5v5h-5zM13.2 8h4.8v5h-4.8zM7.6 2.4h5v5h-5zM2 14h16v2.4h-16z"
_RESOURCE_ICONS = (
    ("microsoft.keyvault/", _KEY),
    ("microsoft.compute/virtualmachine", _SCREEN),
    ("microsoft.storage/", _DRUM),
    ("microsoft.sql/", _DRUM),
    ("microsoft.web/", _BOLT),
    ("microsoft.containerservice/", _CRATES),
)


def style_of(kind: str) -> KindStyle:
    """Return how a kind looks; kinds that are not known look plain."""
    return STYLES.get(kind, OTHER)


def icon_of(kind: str, resource_type: str) -> str:
    """Return the icon of a node: that of its resource type where it has one of its own."""
    lower = resource_type.lower()
    if kind == "resource":
        return next((icon for prefix, icon in _RESOURCE_ICONS if lower.startswith(prefix)), style_of(kind).icon)
    return style_of(kind).icon


def word_of(kind: str, resource_type: str) -> str:
    """Return the small line of a box: `virtual machines`-like last part of a type, else the word of the kind."""
    if kind == "resource" and "/" in resource_type:
        return resource_type.partition("/")[2]
    return style_of(kind).word if kind in STYLES else kind
