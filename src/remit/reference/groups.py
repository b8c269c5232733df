"""Which groups a caller is in, certainly or possibly (section G, P6, rulings V3, V4, V22)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from remit.reference.directory import Directory
from remit.reference.export import Export, Window, gap_places, low, rows, window
from remit.reference.truth import Truth


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, at one instant.

    Attributes:
        principal_id: lower-case object id.
        certain: itself and every group it is certainly in, transitively (G1).
        possible: groups it may be in because their members were not read.
        in_any_group: the members of no group are known to be complete.
    """

    principal_id: str
    certain: frozenset[str]
    possible: frozenset[str]
    in_any_group: bool


class Groups:
    """The direct memberships of one export, with their windows."""

    def __init__(self, export: Export) -> None:
        """Read pairs and PIM instances, once."""
        windows: dict[tuple[str, str], list[Window] | None] = {}
        for pair in rows(export, "graph/groupMembers"):
            windows[low(pair["parentId"]), low(pair["member"]["id"])] = None
        timed: dict[tuple[str, str], list[Window]] = {}
        for instance in rows(export, "graph/groupAssignmentScheduleInstances"):
            if low(instance.get("accessId")) == "member":  # G3: an owner is no member
                timed.setdefault((low(instance["groupId"]), low(instance["principalId"])), []).append(window(instance))
        windows.update(timed)  # V4: a pair with instances holds only in their windows
        self._above: dict[str, list[tuple[str, list[Window] | None]]] = {}
        for (group, member), held in windows.items():
            self._above.setdefault(member, []).append((group, held))
        gaps = [group_of_gap(place) for place in gap_places(export, "graph/groupMembers")]
        self.nothing_is_whole = "" in gaps
        self.unread = frozenset(gaps) - {""}

    def containing(self, start: Iterable[str], at: datetime) -> frozenset[str]:
        """G1: everything given and every group that contains it, through nested groups; cycles end by themselves."""
        found: set[str] = set()
        waiting = list(start)
        while waiting:
            one = waiting.pop()
            if one in found:
                continue
            found.add(one)
            for group, held in self._above.get(one, ()):
                if held is None or any(when.holds(at) for when in held):
                    waiting.append(group)
        return frozenset(found)

    def caller(self, principal_id: str, at: datetime) -> Caller:
        """Return who asks and where it belongs. V22: a group counts itself."""
        return Caller(
            principal_id.lower(),
            self.containing([principal_id.lower()], at),
            self.containing(self.unread, at),
            self.nothing_is_whole,
        )


def group_of_gap(place: str) -> str:
    """V3: the group that a gap names, as `/groups/{id}` or bare; "" for any other place: no list is whole."""
    parts = place.strip("/").split("/")
    return parts[-1] if len(parts) == 1 or parts[:-1] == ["groups"] else ""


def belongs(caller: Caller, principal_id: str, directory: Directory) -> Truth:
    """G1, V3: is the caller this principal, or a member of it? A caller is never possibly another user."""
    if principal_id in caller.certain:
        return True
    if principal_id in caller.possible:
        return None
    if caller.in_any_group and directory.may_be_group(principal_id):
        return None
    return False
