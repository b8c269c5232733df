"""Use cases: import a tenant, answer questions. They talk to the outside through `ports` only."""
