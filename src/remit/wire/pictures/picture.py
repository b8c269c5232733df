"""What is drawn: nodes and edges with their words, before anything has a place.

>>> from remit.graph.answers import NodeRef
>>> anna = NodeRef("1", "user", "Anna")
>>> picture_of_hops([], centre=anna).nodes[0].label
'Anna'
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from remit.graph.answers import Hop, HopReason, NodeRef, Path
from remit.model.decision import Reason
from remit.wire.pictures.reasons import reason_text

MOST_NODES = 300
"""Nodes of a neighbourhood that still make a picture."""

_NOTHING = "There is no step."

Say = Callable[[Reason | HopReason, Hop], str]
"""Says a reason of a hop in a sentence."""


class PictureNode(Struct, frozen=True, gc=False):
    """A node of a picture.

    Attributes:
        id, kind, label, type: as in `NodeRef`.
        place: `start` or `end` of a path, `centre` of a neighbourhood, else "".
    """

    id: str
    kind: str
    label: str
    type: str = ""
    place: str = ""

    @property
    def emphasised(self) -> bool:
        """Tell whether the picture is about it."""
        return bool(self.place)


class PictureEdge(Struct, frozen=True, gc=False):
    """An edge of a picture; `source` and `target` are ids of nodes, the rest is that of a `Hop`.

    Attributes:
        because: sentences.
    """

    source: str
    target: str
    edge: str
    name: str
    permission: str = ""
    certain: bool = True
    eligible: bool = False
    because: tuple[str, ...] = ()
    log: tuple[str, ...] = ()
    facet: str = ""


class Picture(Struct, frozen=True, gc=False):
    """A picture that has no places yet.

    Attributes:
        title: a line. summary: a short sentence below it. description: the whole of it, for those who do not see it.
        nodes: in the order in which they were met, distinct ids. edges: distinct.
        left_out: nodes that were too many.
    """

    title: str
    summary: str
    description: str
    nodes: tuple[PictureNode, ...]
    edges: tuple[PictureEdge, ...]
    left_out: int = 0


def _plainly(reason: Reason | HopReason, hop: Hop) -> str:
    del hop
    return reason_text(reason)


def picture_of_paths(paths: Sequence[Path], *, title: str = "", say: Say = _plainly) -> Picture:
    """Return a picture of one or more paths; what they share is drawn once.

    Args:
        paths: paths with at least one hop each.
        title: a line over it; by default from where it leads to where.
        say: how a reason is said; the default knows ids, not names.
    """
    hops = [hop for path in paths for hop in path.hops]
    places: dict[str, str] = {}
    for path in paths:
        if path.hops:
            places[path.hops[-1].target.id] = "end"
    for path in paths:
        if path.hops:
            places[path.hops[0].source.id] = "start"
    title = title or _between(paths)
    told = " ".join(_told(number, path, alone=len(paths) == 1) for number, path in enumerate(paths, 1) if path.hops)
    return Picture(title, _summary(paths), told or _NOTHING, _nodes(hops, places), _edges(hops, say))


def picture_of_hops(
    hops: Sequence[Hop],
    *,
    centre: NodeRef,
    title: str = "",
    say: Say = _plainly,
    most: int = MOST_NODES,
    left_out: int = 0,
) -> Picture:
    """Return a picture of a neighbourhood; of too many nodes the nearest to the centre stay.

    Args:
        hops: every step between the nodes.
        centre: what it is the neighbourhood of; drawn even without a hop.
        title: a line over it.
        say: how a reason is said.
        most: how many nodes are drawn.
        left_out: nodes that were too many before.
    """
    ranked = _nearest(hops, centre.id)
    kept = set(ranked[:most])
    inside = [hop for hop in hops if hop.source.id in kept and hop.target.id in kept]
    nodes = _nodes(inside, {centre.id: "centre"}, first=centre)
    left_out += len(ranked) - len(nodes)
    edges = _edges(inside, say)
    told = f"{counted(len(nodes) - 1, 'node')} around {centre.label}, {counted(len(edges), 'edge')} between them."
    if left_out:
        told += f" {counted(left_out, 'node')} farther away left out."
    return Picture(title or f"Around {centre.label}", told, told, nodes, edges, left_out)


def _nodes(hops: Iterable[Hop], places: dict[str, str], first: NodeRef | None = None) -> tuple[PictureNode, ...]:
    met: dict[str, NodeRef] = {first.id: first} if first else {}
    for hop in hops:
        met.setdefault(hop.source.id, hop.source)
        met.setdefault(hop.target.id, hop.target)
    return tuple(PictureNode(one.id, one.kind, one.label, one.type, places.get(one.id, "")) for one in met.values())


def _edges(hops: Iterable[Hop], say: Say) -> tuple[PictureEdge, ...]:
    """Return each step once: the surest telling of it."""
    best: dict[tuple[str, str, str, str], Hop] = {}
    for hop in hops:
        key = (hop.source.id, hop.target.id, hop.edge, hop.permission)
        known = best.get(key)
        if known is None or (hop.certain, not hop.eligible) > (known.certain, not known.eligible):
            best[key] = hop
    return tuple(
        PictureEdge(
            hop.source.id,
            hop.target.id,
            hop.edge,
            _word(hop),
            hop.permission,
            hop.certain,
            hop.eligible,
            _because(hop, say),
            hop.log,
            hop.facet,
        )
        for hop in best.values()
    )


def _word(hop: Hop) -> str:
    """Return what a step is called: `member of` for MEMBER-OF."""
    return hop.name.lower().replace("-", " ") if hop.name == hop.edge else hop.name


def _because(hop: Hop, say: Say) -> tuple[str, ...]:
    said = [say(reason, hop) for reason in hop.because]
    if hop.also:
        said.append(f"Also by {', '.join(hop.also)}.")
    return tuple(dict.fromkeys(said))


def _between(paths: Sequence[Path]) -> str:
    ends = [(path.hops[0].source.label, path.hops[-1].target.label) for path in paths if path.hops]
    if not ends:
        return "No path"
    starts, targets = (list(dict.fromkeys(one)) for one in zip(*ends, strict=True))
    return f"From {_first_of(starts)} to {_first_of(targets)}"


def _first_of(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _summary(paths: Sequence[Path]) -> str:
    walked = [path for path in paths if path.hops]
    if not walked:
        return _NOTHING
    if len(walked) == 1:
        (path,) = walked
        how = "A certain" if path.certain else "A possible"
        return f"{how} path of {counted(len(path.hops), 'step')}" + (", after activation." if path.eligible else ".")
    certain = sum(path.certain for path in walked)
    shortest = counted(min(len(path.hops) for path in walked), "step")
    sure = {0: "none certain", len(walked): "all certain"}.get(certain, f"{certain} certain")
    return f"{len(walked)} paths, {sure}; the shortest has {shortest}."


def _told(number: int, path: Path, *, alone: bool) -> str:
    how = "certain" if path.certain else "possible"
    steps = "; ".join(
        f"{place}. {hop.source.label} to {hop.target.label} by {_word(hop)}"
        + ("" if hop.certain else ", possible")
        + (", after activation" if hop.eligible else "")
        for place, hop in enumerate(path.hops, 1)
    )
    return f"{'A' if alone else f'Path {number}: a'} {how} path of {counted(len(path.hops), 'step')}: {steps}."


def _nearest(hops: Iterable[Hop], centre: str) -> list[str]:
    """Return node ids by their distance from the centre, either way; what hangs on nothing comes last."""
    near: dict[str, dict[str, None]] = {centre: {}}
    for hop in hops:
        near.setdefault(hop.source.id, {})[hop.target.id] = None
        near.setdefault(hop.target.id, {})[hop.source.id] = None
    seen = {centre: None}
    ring = [centre]
    while ring:
        ring = [other for one in ring for other in near[one] if other not in seen and not seen.update({other: None})]
    return [*seen, *(one for one in near if one not in seen)]


def counted(count: int, word: str) -> str:
    """Return a number of things.

    >>> counted(1, "step"), counted(2000, "step")
    ('1 step', '2,000 steps')
    """
    return f"{count:,} {word}{'' if count == 1 else 's'}"
