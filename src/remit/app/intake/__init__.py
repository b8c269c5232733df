"""From raw payloads to the facts of a tenant: what every list means to the engine's tables."""

from remit.app.intake.builder import FactsBuilder, Taken, complete

__all__ = ["FactsBuilder", "Taken", "complete"]
