"""The slow, literal reading of `docs/semantics.md`. Shares no code with `engine`."""
