"""Edges of the directory: owners, roles, application permissions, group membership.

Kinds are declared in `edges/entra.toml`; a way there names the sets of targets it reaches. `users`, `groups` and
`applications` say who is in a set, `standing` who holds what at the instant; `relations` draws what stands in the
lists, `powers` what roles and permissions reach, `blind` what was not read; `telling` gives the reasons.
"""

from __future__ import annotations

from remit.graph.directory.applications import applications_of
from remit.graph.directory.blind import draw_instances, draw_unread
from remit.graph.directory.classes import TargetHubs
from remit.graph.directory.groups import groups_of
from remit.graph.directory.powers import Powers
from remit.graph.directory.relations import draw_control, draw_elevation, draw_memberships, draw_owners, draw_roles_held
from remit.graph.directory.standing import Standing
from remit.graph.directory.telling import tell_directory, tell_doubt
from remit.graph.directory.tenant import single_sets
from remit.graph.directory.unread import Unread
from remit.graph.directory.users import users_of
from remit.graph.drawing import Drawing
from remit.graph.network import EdgeBatch

__all__ = ["draw_directory", "tell_directory", "tell_doubt"]


def draw_directory(drawing: Drawing) -> list[EdgeBatch]:
    """Draw every edge of the directory.

    Cost: a few passes over principals, memberships and owners; one edge for each user, group and service principal.
    """
    standing = Standing(drawing)
    held = bool((~standing.assignments.eligible).any())
    unread = Unread(drawing.index.facts.meta.gaps, roles_held=held)
    groups = groups_of(standing, unread)
    classes = {kind.word: kind for kind in (users_of(standing, unread), groups, applications_of(standing, unread))}
    hubs = TargetHubs(drawing, classes, single_sets(standing))
    batches = [
        *draw_memberships(standing),
        *draw_roles_held(standing),
        *draw_elevation(standing),
        *draw_control(drawing),
        *draw_owners(standing, classes),
        *Powers(standing, classes, hubs, unread).draw(),
        *draw_unread(standing, hubs, unread, groups),
        *draw_instances(standing, classes["servicePrincipal"], unread),
        *hubs.batches,
    ]
    return [batch for batch in batches if len(batch.source)]
