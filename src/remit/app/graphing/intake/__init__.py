"""From the payloads of a snapshot to the facts that the escalation graph is drawn from.

    facts = read_graph_facts(store, snapshot_id, index, catalogue)

Payloads are read once, list by list, and none is kept. The import accepted them already; what only the graph reads may
still have any shape, and then it was not said.
"""

from remit.app.graphing.intake.reading import LISTS, read_graph_facts

__all__ = ["LISTS", "read_graph_facts"]
