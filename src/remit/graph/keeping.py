"""A network as named arrays and back, so that a graph can be kept beside its snapshot and mapped into memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from remit.engine.packing import Arrays
from remit.graph.drawing import Drawing, Hubs
from remit.graph.escalation import EscalationGraph
from remit.graph.holding.classes import classes_of
from remit.graph.network import Label, Network

_COLUMNS = ("keys", "offsets", "target", "label", "flags", "cost", "evidence")


class _Short(msgspec.Struct, array_like=True):
    """What is no column."""

    labels: tuple[Label, ...]
    hubs: tuple[str, ...]


def pack_network(graph: EscalationGraph) -> Arrays:
    """Return the columns of a network by name, and its labels and hubs under `short`."""
    arrays: Arrays = {name: getattr(graph.network, name) for name in _COLUMNS}
    short = _Short(graph.network.labels, tuple(graph.drawing.hubs.names))
    arrays["short"] = np.frombuffer(msgspec.msgpack.encode(short), dtype=np.uint8)
    return arrays


def unpack_network(arrays: Mapping[str, NDArray[Any]], drawing: Drawing) -> EscalationGraph:
    """Return the graph that `pack_network` took apart.

    Args:
        arrays: what was kept.
        drawing: of the same snapshot, declarations and instant; its hubs are filled.
    """
    short = msgspec.msgpack.decode(arrays["short"].tobytes(), type=_Short)
    hubs = Hubs()
    for name in short.hubs:
        hubs.key(name)
    network = Network(**{name: arrays[name] for name in _COLUMNS}, labels=short.labels)
    same = Drawing(drawing.index, drawing.facts, drawing.catalogue, drawing.at, drawing.labels, hubs)
    return EscalationGraph(network, same, classes_of(drawing.catalogue, drawing.facts))
