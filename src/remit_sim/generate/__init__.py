"""Writes tenants: seeded, of any size, realistic in their skew, with facts planted and labelled.

>>> from remit_sim.generate import generate
>>> generate.__name__
'generate'
"""

from remit_sim.generate.labels import Labels
from remit_sim.generate.making import COLLECTED_AT, generate, read_labels

__all__ = ["COLLECTED_AT", "Labels", "generate", "read_labels"]
