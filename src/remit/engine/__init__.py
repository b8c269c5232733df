"""The fast, exact reading of `docs/semantics.md` over columns: index, decide, enumerate, explain. Does no I/O."""
