"""Values only: scopes, questions, decisions, roles, errors. Imports nothing else of Remit."""
