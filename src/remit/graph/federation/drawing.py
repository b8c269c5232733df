"""Edges of federation: who can be an outside subject, and as whom a subject signs in.

    OUTSIDE (a credential's subject)     -> principal               DEV-03, DEV-06 or AKS-12
    RESOURCE (a cluster, code)           -> OUTSIDE                 AKS-12, where it is its own issuer
    PRINCIPAL (an identity of this tenant) -> OUTSIDE               DEV-06, where the subject is its object id

A credential whose demands cannot be read gives a possible edge. A list of credentials that was not read is a node
UNSEEN: clusters and managed identities may satisfy a credential in it, and it may sign in as any identity it is about.
"""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from remit.graph.directory.applications import application_keys
from remit.graph.drawing import SILENT, Drawing
from remit.graph.facts import IdentityLink, ServiceFlag
from remit.graph.federation.issuers import IssuerKind, issuer_key
from remit.graph.federation.openness import EXCHANGE_AUDIENCES
from remit.graph.federation.subjects import SubjectKind
from remit.graph.federation.trusts import Trust, trusts_of
from remit.graph.network import EdgeBatch, EdgeFlag
from remit.graph.nodes import Facet, Keys, NodeKind, node_key
from remit.model.snapshot import Gap

OUTSIDE_KIND, IDENTITY_KIND, CLUSTER_KIND = "DEV-03", "DEV-06", "AKS-12"
TABLE = "federated_credentials"
_APPLICATIONS, _IDENTITIES = "graph/applicationFederatedIdentityCredentials", "arm/federatedIdentityCredentials"
_UNTOLD_CLUSTERS = "federation: clusters whose issuer was not told"
_WHO_MAY = "federation: who may satisfy a credential that was not read"


def draw_federation(drawing: Drawing) -> list[EdgeBatch]:
    """Return the edges of federation.

    Cost: some ten microseconds a credential; the rest in columns.
    """
    trusts = trusts_of(drawing.facts, drawing.index.facts.meta.tenant_id)
    return [
        *_signing_in(drawing, trusts),
        *_clusters(drawing, trusts),
        *_identities(drawing, trusts),
        *_not_read(drawing),
    ]


def kind_of_trust(trust: Trust) -> str:
    """Return the id of the edge kind by which a subject signs in."""
    if trust.subject.kind is SubjectKind.SERVICE_ACCOUNT:
        return CLUSTER_KIND
    if trust.subject.kind in (SubjectKind.OWN_IDENTITY, SubjectKind.OTHER_TENANT):
        return IDENTITY_KIND
    return OUTSIDE_KIND


def _signing_in(drawing: Drawing, trusts: tuple[Trust, ...]) -> list[EdgeBatch]:
    table = drawing.facts.federated_credentials
    targets = np.where(
        table.principal >= 0,
        node_key(NodeKind.PRINCIPAL, table.principal),
        np.where(
            table.resource >= 0,
            node_key(NodeKind.RESOURCE, table.resource, Facet.CODE),
            node_key(NodeKind.APPLICATION, table.application),
        ),
    )
    somebody = (table.principal >= 0) | (table.resource >= 0) | (table.application >= 0)
    kinds = np.asarray([kind_of_trust(one) for one in trusts], dtype=object)
    flags = np.asarray([EdgeFlag.POSSIBLE if one.doubt else 0 for one in trusts], dtype=np.uint8)
    batches = []
    for kind in (OUTSIDE_KIND, IDENTITY_KIND, CLUSTER_KIND):
        rows = np.flatnonzero((kinds == kind) & somebody).astype(np.int32)
        if len(rows):
            label = drawing.label(kind, TABLE)
            sources = node_key(NodeKind.OUTSIDE, rows)
            batches.append(EdgeBatch.of(sources, targets[rows], label=label, flags=flags[rows], evidence=rows))
    return batches


def _clusters(drawing: Drawing, trusts: tuple[Trust, ...]) -> list[EdgeBatch]:
    """Draw from clusters to the subjects that they vouch for."""
    clusters = drawing.facts.clusters
    by_issuer: dict[str, list[int]] = {}
    for resource, issuer in zip(clusters.resource.tolist(), clusters.issuer, strict=True):
        by_issuer.setdefault(issuer_key(issuer), []).append(resource)
    untold = by_issuer.pop("", [])
    tenant = drawing.index.facts.meta.tenant_id
    pairs = [(one, trust.row) for trust in trusts for one in by_issuer.get(issuer_key(trust.issuer_url), ())]
    maybe = [
        trust.row
        for trust in trusts
        if trust.issuer.kind is IssuerKind.AZURE_KUBERNETES
        and trust.issuer.tenant in ("", tenant)
        and issuer_key(trust.issuer_url) not in by_issuer
    ]
    batches = []
    if pairs:
        sources = node_key(NodeKind.RESOURCE, np.asarray([one for one, _ in pairs]), Facet.CODE)
        rows = np.asarray([row for _, row in pairs], dtype=np.int32)
        label = drawing.label(CLUSTER_KIND, TABLE)
        batches.append(EdgeBatch.of(sources, node_key(NodeKind.OUTSIDE, rows), label=label, evidence=rows))
    if untold and maybe:
        hub = drawing.hubs.key(_UNTOLD_CLUSTERS)
        sources = node_key(NodeKind.RESOURCE, np.asarray(untold), Facet.CODE)
        batches.append(_to_one(sources, hub, drawing.label(CLUSTER_KIND, TABLE), EdgeFlag.POSSIBLE))
        batches.append(_silent(drawing, hub, node_key(NodeKind.OUTSIDE, np.asarray(maybe))))
    return batches


def _identities(drawing: Drawing, trusts: tuple[Trust, ...]) -> list[EdgeBatch]:
    """Draw from identities of this tenant to the subjects that name them."""
    sources, rows, flags = [], [], []
    services = drawing.facts.service_principals
    managed = set(services.principal[(services.flags & ServiceFlag.MANAGED_IDENTITY) != 0].tolist())
    for trust in trusts:
        if trust.subject.kind is SubjectKind.OWN_IDENTITY and trust.demands.subject:
            principal = drawing.index.principal_row(trust.demands.subject)
            if principal >= 0:
                sources.append(principal)
                rows.append(trust.row)
                flags.append(0 if principal in managed and _says(trust, drawing, principal) else EdgeFlag.POSSIBLE)
    if not rows:
        return []
    evidence = np.asarray(rows, dtype=np.int32)
    return [
        EdgeBatch.of(
            node_key(NodeKind.PRINCIPAL, np.asarray(sources)),
            node_key(NodeKind.OUTSIDE, evidence),
            label=drawing.label(IDENTITY_KIND, TABLE),
            flags=np.asarray(flags, dtype=np.uint8),
            evidence=evidence,
        )
    ]


def _says(trust: Trust, drawing: Drawing, principal: int) -> bool:
    """Tell whether a token of a managed identity is sure to say what a credential demands.

    Its subject is the object id in lower case, compared letter by letter; its audience is that of the exchange, as for
    any other there has to be an application that is called so. Of a principal that is no managed identity it is not
    documented that Entra takes its tokens.
    """
    exact = trust.demands.subject == drawing.index.facts.principals.key[principal]
    return exact and not set(EXCHANGE_AUDIENCES).isdisjoint(trust.audiences)


def _not_read(drawing: Drawing) -> list[EdgeBatch]:
    """Draw what credentials may be that were not read."""
    batches = []
    unseen = []
    for place, gap in enumerate(drawing.index.facts.meta.gaps):
        if gap.api not in (_APPLICATIONS, _IDENTITIES):
            continue
        targets = _applications(drawing, gap) if gap.api == _APPLICATIONS else _resources(drawing, gap)
        if not len(targets):
            continue
        unseen.append(place)
        hub = drawing.hubs.key(f"federation: {gap.api} {gap.scope}")
        node = node_key(NodeKind.UNSEEN, np.asarray([place]))
        batches.append(_to_one(node, hub, drawing.label(OUTSIDE_KIND), EdgeFlag.POSSIBLE))
        batches.append(_silent(drawing, hub, targets))
    if not unseen:
        return []
    services = drawing.facts.service_principals
    managed = services.principal[(services.flags & ServiceFlag.MANAGED_IDENTITY) != 0]
    hub = drawing.hubs.key(_WHO_MAY)
    clusters = node_key(NodeKind.RESOURCE, drawing.facts.clusters.resource, Facet.CODE)
    batches.append(_to_one(clusters, hub, drawing.label(CLUSTER_KIND), EdgeFlag.POSSIBLE))
    batches.append(_to_one(node_key(NodeKind.PRINCIPAL, managed), hub, drawing.label(IDENTITY_KIND), EdgeFlag.POSSIBLE))
    batches.append(_silent(drawing, hub, node_key(NodeKind.UNSEEN, np.asarray(unseen))))
    return batches


def _applications(drawing: Drawing, gap: Gap) -> Keys:
    """Return the applications that a gap is about: their service principals, or themselves where none is known."""
    applications = drawing.facts.applications
    keys = application_keys(applications.principal)
    parts = gap.scope.strip("/").lower().split("/")
    if parts[-1] and (len(parts) == 1 or parts[0] == "applications"):
        row = bisect_left(applications.key, parts[-1])
        found = row < len(applications.key) and applications.key[row] == parts[-1]
        return keys[row : row + 1] if found else keys[:0]
    return keys


def _resources(drawing: Drawing, gap: Gap) -> Keys:
    """Return the user-assigned identities below the place of a gap."""
    identities, resources = drawing.facts.identities, drawing.facts.resources
    itself = identities.link == IdentityLink.ITSELF
    rows, principals = identities.resource[itself], identities.principal[itself]
    tree = drawing.index.tree
    # A gap whose place is not understood is taken for the whole list, as everywhere.
    row = max(tree.row(gap.scope.rstrip("/").lower() or "/"), 0)
    own = resources.own[rows]
    places = tree.order[np.where(own >= 0, own, resources.scope[rows])]
    below = (places >= tree.order[row]) & (places < tree.end[row])
    # It may also name one credential, which is below its identity.
    around = (own >= 0) & (places <= tree.order[row]) & (tree.order[row] < tree.end[own])
    found: Keys = node_key(NodeKind.PRINCIPAL, principals[below | around])
    return found


def _to_one(sources: Keys, target: int, label: int, flags: int) -> EdgeBatch:
    return EdgeBatch.of(sources, np.full(len(sources), target, dtype=np.int64), label=label, flags=flags)


def _silent(drawing: Drawing, hub: int, members: Keys) -> EdgeBatch:
    sources = np.full(len(members), hub, dtype=np.int64)
    return EdgeBatch.of(sources, members, label=drawing.plain(SILENT), flags=EdgeFlag.SILENT)
