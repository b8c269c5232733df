"""The facts that are planted: one module for one kind, each adds rows and labels."""

from remit_sim.generate.planting.all import plant

__all__ = ["plant"]
