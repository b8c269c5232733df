"""The literal reading of the clauses: slow, plain, and sharing no code with the engine.

It starts from Azure's own payloads, not from the engine's columns, so that comparing the two also tests the import.
Each function keeps one clause, named in its docstring; `V` clauses are the rulings of docs/divergences.md.
"""
