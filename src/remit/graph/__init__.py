"""What an identity can become: privilege escalation as a graph, drawn from exact permissions.

Kinds of edges are declared in `edges/*.toml` (`kinds`); `facts` holds what the graph needs beyond the engine's facts;
`holding` and `directory` draw edges in bulk; `network` is the graph itself; `search`, `cuts`, `radius` ask it.
"""
