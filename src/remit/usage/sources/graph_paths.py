"""The path of a Graph request without what names one object: what the request is, for every user and group alike.

graph_path("https://graph.microsoft.com/v1.0/users('x')/messages?$top=5")  # "/users/{id}/messages"

1. Host and query go; so does the version, and in AAD Graph the tenant. Slashes that follow each other are one.
2. A GUID, a number, a UPN or whatever else cannot be the name of a segment is `{id}`; what Microsoft masked too.
3. A key in parentheses is a segment of its own: `users('x')` is `users/{id}`. Named arguments stay, of functions and of
   alternate keys, without their values: `applications(appId={value})`. Empty parentheses go.
4. A path inside a drive (`root:/a/b:/children`) is `root:/{path}:/children`.
"""

from __future__ import annotations

import re
from functools import lru_cache

ID, VALUE = "{id}", "{value}"

_HOST = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#]*", re.ASCII | re.IGNORECASE)
_VERSION = re.compile(r"v\d+(?:\.\d+)?|beta|\d\.\d+|\d{4}-\d\d-\d\d|agsbeta[\w-]*", re.ASCII | re.IGNORECASE)
_MASKED = re.compile(r"<pii>.*?</pii>", re.DOTALL | re.IGNORECASE)
_GUID_SHAPE = re.compile(r"[0-9a-z]{8}(?:-[0-9a-z]{4,5}){3}-[0-9a-z]{8,12}|[0-9a-f]{32}", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_WORD = re.compile(r"[$@]?[A-Za-z_][A-Za-z0-9_-]*:?|microsoft\.graph\.[\w.]+", re.ASCII | re.IGNORECASE)
_CHANGES = re.compile(r"(?<=[0-9])(?=[A-Za-z])|(?<=[A-Za-z])(?=[0-9])", re.ASCII)
_CALL = re.compile(r"([^()]*)\((.*)\)(.*)", re.DOTALL)
_NAMED = re.compile(r"\s*([A-Za-z_]\w*)\s*=", re.ASCII)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})", re.ASCII)
_DRIVE_PATH = re.compile(r"(:/)[^?]*?(:/|:?$)")
_PIXELS = re.compile(r"\d{1,4}x\d{1,4}", re.ASCII | re.IGNORECASE)
_SHORTEST_ID, _LONGEST_NAME, _TURNS = 16, 56, 4
_TENANT_WORDS = ("myorganization", "mycompany")


@lru_cache(maxsize=65_536)
def graph_path(uri: str, *, of_aad_graph: bool = False) -> str:
    """Return the path that a request is of, with `{id}` for what names one object; "/" for none.

    Args:
        uri: the request URI as logged, with or without host.
        of_aad_graph: the path begins with the tenant.

    Cost: linear in the length; remembered for 65,536 URIs.
    """
    path = _HOST.sub("", _MASKED.sub(ID, uri.strip()), count=1).partition("?")[0].partition("#")[0]
    path = _drive_paths(path)
    segments = [_unescaped(segment) for segment in path.split("/") if segment]
    if segments and _VERSION.fullmatch(segments[0]):
        del segments[0]
    if of_aad_graph and segments and _names_tenant(segments[0]):
        del segments[0]
    return "/" + "/".join([_plain(segment) for segment in segments])


def _drive_paths(path: str) -> str:
    return _DRIVE_PATH.sub(r"\1{path}\2", path) if ":/" in path else path


def _unescaped(segment: str) -> str:
    if "%" not in segment:
        return segment
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), segment)


def _names_tenant(segment: str) -> bool:
    return bool(_GUID_SHAPE.fullmatch(segment)) or "." in segment or segment.lower() in _TENANT_WORDS


def _plain(segment: str) -> str:
    if segment in ("{path}:", "{path}"):
        return segment
    found = _CALL.fullmatch(segment)
    if found is None:
        return ID if _is_id(segment) else segment
    name, arguments, rest = found.groups()
    if rest not in ("", ":") or _is_id(name):
        return ID
    if not arguments.strip():
        return name + rest
    names = [match[1] for part in _arguments(arguments) if (match := _NAMED.match(part))]
    if not names:
        return f"{name}/{ID}{rest}"
    return f"{name}({','.join(f'{each}={VALUE}' for each in names)}){rest}"


def _arguments(text: str) -> list[str]:
    """Return the arguments, cut at commas that stand in no quotes."""
    parts, quoted, begin = [], False, 0
    for place, letter in enumerate(text):
        if letter == "'":
            quoted = not quoted
        elif letter == "," and not quoted:
            parts.append(text[begin:place])
            begin = place + 1
    return [*parts, text[begin:]]


def _is_id(segment: str) -> bool:
    """Say whether a segment names one object: it is no word, or a word that no API would be named by."""
    if _GUID_SHAPE.fullmatch(segment) or _NUMBER.fullmatch(segment) or _PIXELS.fullmatch(segment):
        return True
    if not _WORD.fullmatch(segment):
        return True
    return not segment.startswith("$") and "." not in segment and _looks_random(segment)


def _looks_random(segment: str) -> bool:
    """Say whether a word is too long for a name, or letters and figures take turns (`01BYE5RZ6QN3ZWBTUFOFD3`)."""
    if len(segment) < _SHORTEST_ID:
        return False
    return len(segment) > _LONGEST_NAME or len(_CHANGES.findall(segment)) >= _TURNS
