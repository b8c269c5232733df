"""Which snapshot is meant: by the start of its id, or the newest."""

from __future__ import annotations

from collections.abc import Sequence

from remit.model.errors import NotFoundError

SHORTEST_PREFIX = 6


def choose(known: Sequence[str], asked: str | None) -> str:
    """Return the one id that starts with `asked`, or the last for None.

    Raises:
        NotFoundError: none, or several, match.
    """
    if asked is None:
        if not known:
            raise NotFoundError("the store holds no snapshot", hint="run `remit import PATH` first")
        return known[-1]
    wanted = asked.lower()
    if len(wanted) < SHORTEST_PREFIX:
        raise NotFoundError(
            f"`{asked}` is too short for a snapshot id", hint=f"give at least {SHORTEST_PREFIX} of its digits"
        )
    found = [one for one in known if one.startswith(wanted)]
    if len(found) > 1:
        raise NotFoundError(f"`{asked}` is the start of {len(found)} snapshots", hint="give more of its digits")
    if not found:
        raise not_found(asked)
    return found[0]


def not_found(asked: str) -> NotFoundError:
    """Return the error for an id that the store does not hold."""
    shown = "".join(one if one.isprintable() else "?" for one in asked[:80])
    return NotFoundError(f"no snapshot `{shown}` in this store", hint="`remit snapshots` lists them")
