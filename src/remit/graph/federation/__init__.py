"""Federated credentials: which outside subjects may sign in as which identity, and who can come by such a subject.

`expressions` and `wildcards` read what a credential demands, `issuers` and `subjects` say of what sort a subject is,
`openness` who can obtain one, `overlaps` which credentials one subject satisfies; `drawing` draws the edges and
`telling` gives their reasons.
"""

from remit.graph.federation.drawing import draw_federation
from remit.graph.federation.telling import tell_federation

__all__ = ["draw_federation", "tell_federation"]
