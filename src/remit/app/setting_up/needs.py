"""What each chosen list needs, and what is lost without it.

    >>> role_actions([Need("arm", "Microsoft.Authorization/locks/read", ("arm/locks",), "which resources are locked")])
    ('Microsoft.Authorization/locks/read',)

The needs come from the collector's own table of calls; nothing is listed here a second time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from remit.model.errors import InputError
from remit.wire.azure.lists import LISTS

EVERY_READ = "*/read"

ARM, GRAPH = "arm", "graph"


@dataclass(frozen=True, slots=True, order=True)
class Need:
    """One permission of the collector.

    Attributes:
        api: `arm` for an action of a role, `graph` for an application permission of Microsoft Graph.
        permission: its name, in Azure's spelling.
        lists: the chosen lists that are not read, or not in full, without it; sorted.
        lost: what is not seen without it.
        whole: those of the lists of which nothing is read without it.
    """

    api: str
    permission: str
    lists: tuple[str, ...]
    lost: str
    whole: tuple[str, ...] = ()


def choose_lists(names: Collection[str] | None, without: Collection[str]) -> tuple[str, ...]:
    """Return the lists that are chosen, sorted.

    Args:
        names: those wanted, None for all.
        without: those not wanted.

    Raises:
        InputError: a tenant export has no such list, or none is left.
    """
    for name in (*(names or ()), *without):
        if name not in LISTS:
            raise InputError(f"`{name}` is no list of a tenant export", hint=_guess(name))
    chosen = tuple(sorted((set(LISTS) if names is None else set(names)) - set(without)))
    if not chosen:
        raise InputError("no list is left to read", hint="name at least one list")
    return chosen


def role_actions(needs: Iterable[Need]) -> tuple[str, ...]:
    """Return the actions of the custom role, sorted without regard to case; `*/read` stands for all reads."""
    actions = {need.permission for need in needs if need.api == ARM}
    if EVERY_READ in actions:
        actions = {action for action in actions if not action.lower().endswith("/read")} | {EVERY_READ}
    return tuple(sorted(actions, key=str.lower))


def graph_permissions(needs: Iterable[Need]) -> tuple[str, ...]:
    """Return the application permissions of Microsoft Graph, sorted."""
    return tuple(sorted({need.permission for need in needs if need.api == GRAPH}))


def _guess(name: str) -> str:
    close = get_close_matches(name, LISTS, 1)
    if close:
        return f"did you mean `{close[0]}`?"
    return "for example arm/roleAssignments; `remit setup azure` shows all of them"
