"""The part of the Kusto query language that the simulator understands; everything else is refused by name."""
