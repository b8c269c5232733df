"""What of a snapshot belongs to which environment and workload.

What stands nearest counts: a place settled by hand, its tag, its name, and then the same of what is above it. Of a
resource its own tag counts, then its resource group and what is above, and its own name only where none of these says
anything: names of resources are many and loose. A managed identity belongs where the resource is that it is, or whose
own it is; an application where its name says, else where every subject that it trusts says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from remit.engine.index import TenantIndex
from remit.graph.facts import GraphFacts, IdentityLink
from remit.graph.federation.issuers import issuer_key
from remit.graph.federation.subjects import WORDS, SubjectKind
from remit.graph.federation.trusts import Trust
from remit.graph.reviews.environments import NOTHING_SAID, EnvironmentRules, tag_key
from remit.model.scope import ScopeKind

Codes = NDArray[np.int32]

OWNER_TAGS = ("owner", "ownedby", "owneremail", "technicalowner", "businessowner", "team", "contact")
"""Keys of tags that name an owner, as `tag_key` writes them; the first counts."""


@dataclass(frozen=True, eq=False)
class Placing:
    """Environments and workloads of one snapshot.

    Attributes:
        index, facts, rules: what it was made from.
        trusts: federated credentials, by row.
    """

    index: TenantIndex
    facts: GraphFacts
    rules: EnvironmentRules
    trusts: tuple[Trust, ...]

    @cached_property
    def _tag_columns(self) -> tuple[Codes, Codes]:
        """Return per tag the place of its key among the rules' keys (-1 for others), and its environment."""
        tags = self.facts.tags
        keys, values = np.unique(tags.key), np.unique(tags.value)
        place = np.full(len(tags.text), -1, dtype=np.int32)
        for row in keys.tolist():
            key = tag_key(tags.text[row])
            place[row] = self.rules.tags.index(key) if key in self.rules.tags else -1
        said = np.full(len(tags.text), NOTHING_SAID, dtype=np.int32)
        for row in values.tolist():
            said[row] = self.rules.of_name(tags.text[row])
        return place[tags.key], said[tags.value]

    def _tagged(self, count: int, rows: Codes) -> Codes:
        """Return the environment by tag of `count` things, `rows` being the column that names them."""
        place, said = self._tag_columns
        found = np.full(count, NOTHING_SAID, dtype=np.int32)
        speaks = np.flatnonzero((rows >= 0) & (place >= 0) & (said >= 0))
        # The key that stands first in the rules is written last, and stays.
        speaks = speaks[np.argsort(-place[speaks], kind="stable")]
        found[rows[speaks]] = said[speaks]
        return found

    @cached_property
    def scopes(self) -> Codes:
        """Environment of every scope. Cost: the names of containers are read once, the rest goes down the tree."""
        scopes = self.index.facts.scopes
        found = self._tagged(len(scopes.key), self.facts.tags.scope)
        names = dict(zip(self.facts.scope_names.scope.tolist(), self.facts.scope_names.name, strict=True))
        known: dict[str, int] = {}
        containers = np.flatnonzero((found < 0) & (scopes.kind != ScopeKind.RESOURCE) & (scopes.kind != ScopeKind.ROOT))
        for row in containers.tolist():
            name = names.get(row) or scopes.text[row].rpartition("/")[2]
            if name not in known:
                known[name] = self.rules.of_name(name)
            found[row] = known[name]
        own = self.facts.resources.own
        tagged = self._resource_tags
        has = (own >= 0) & (tagged >= 0)
        found[own[has]] = tagged[has]
        for key, environment in self.rules.places.items():
            row = self.index.tree.row(key)
            if row >= 0:
                found[row] = environment
        return self._down(found)

    def _down(self, found: Codes) -> Codes:
        parent = self.index.tree.hung
        while True:
            open_rows = np.flatnonzero((found < 0) & (parent >= 0))
            heirs = open_rows[found[parent[open_rows]] >= 0]
            if not len(heirs):
                return found
            found[heirs] = found[parent[heirs]]

    @cached_property
    def _resource_tags(self) -> Codes:
        return self._tagged(self.facts.resources.count, self.facts.tags.resource)

    @cached_property
    def resources(self) -> Codes:
        """Environment of every resource, its own name left out."""
        table = self.facts.resources
        settled = np.where(table.own >= 0, self.scopes[table.own], self.scopes[table.scope])
        return np.where(self._resource_tags >= 0, self._resource_tags, settled).astype(np.int32)

    def of_resource(self, row: int) -> int:
        """Return the environment of a resource, its own name taken where nothing else speaks."""
        found = int(self.resources[row])
        return found if found >= 0 else self.rules.of_name(self.facts.resources.suffix[row].rpartition("/")[2])

    def workload_of(self, row: int) -> str:
        """Return the workload of a resource: the value of its tag, else its resource group's text."""
        return self._workload_tags.get(row) or self.index.scope_text(int(self.facts.resources.scope[row]))

    @cached_property
    def _workload_tags(self) -> dict[int, str]:
        """Return the workload tag of resources that carry an identity."""
        tags, text = self.facts.tags, self.facts.tags.text
        wanted = np.isin(tags.resource, np.unique(self.facts.identities.resource))
        places: dict[int, int] = {}
        found: dict[int, str] = {}
        for one in np.flatnonzero(wanted).tolist():
            key = tag_key(text[int(tags.key[one])])
            if key in self.rules.workload_tags:
                row, place = int(tags.resource[one]), self.rules.workload_tags.index(key)
                if place < places.get(row, len(self.rules.workload_tags)):
                    places[row], found[row] = place, text[int(tags.value[one])].strip().lower()
        return found

    # Identities --------------------------------------------------------------------------------------------------

    @cached_property
    def _carried(self) -> NDArray[np.int64]:
        """Rows of `Identities`, by principal and then resource."""
        table = self.facts.identities
        return np.lexsort((table.link, table.resource, table.principal)).astype(np.int64)

    @cached_property
    def _carried_principals(self) -> Codes:
        return self.facts.identities.principal[self._carried]

    def carriers(self, principal: int) -> list[tuple[int, int]]:
        """Return (resource, link) of what carries an identity or is it."""
        table = self.facts.identities
        first, last = np.searchsorted(self._carried_principals, [principal, principal + 1])
        rows = self._carried[int(first) : int(last)].tolist()
        return [(int(table.resource[row]), int(table.link[row])) for row in rows]

    @cached_property
    def trusts_by_principal(self) -> dict[int, tuple[int, ...]]:
        """Return rows of federated credentials by whom they sign in."""
        found: dict[int, list[int]] = {}
        for row, principal in enumerate(self.facts.federated_credentials.principal.tolist()):
            if principal >= 0:
                found.setdefault(principal, []).append(row)
        return {principal: tuple(rows) for principal, rows in found.items()}

    def of_principal(self, principal: int) -> tuple[int, str]:
        """Return the environment that an identity belongs to, and what says so; (`NOTHING_SAID`, "") for none."""
        carriers = self.carriers(principal)
        for chosen in (IdentityLink.ITSELF, IdentityLink.SYSTEM):
            for resource, link in carriers:
                if link == chosen:
                    found = self.of_resource(resource)
                    return found, "" if found < 0 else f"where its resource {self._resource_name(resource)} is"
        name = self.index.facts.principals.display_name[principal]
        found = self.rules.of_name(name)
        if found >= 0:
            return found, f"its name {name}"
        rows = self.trusts_by_principal.get(principal, ())
        told = self._agreed(self.of_trust(row) for row in rows)
        return told, "" if told < 0 else "every subject that it trusts"

    def of_trust(self, row: int) -> int:
        """Return the environment that the subject of a federated credential speaks of, or that its cluster is in."""
        subject = self.trusts[row].subject
        cluster = self.cluster_of(self.trusts[row])
        if cluster >= 0:
            return self.of_resource(cluster)
        for text in (subject.environment, subject.context, subject.container):
            found = self.rules.of_name(text)
            if found >= 0:
                return found
        return NOTHING_SAID

    @cached_property
    def _clusters(self) -> dict[str, int]:
        table = self.facts.clusters
        return {issuer_key(url): int(row) for row, url in zip(table.resource, table.issuer, strict=True) if url}

    def cluster_of(self, trust: Trust) -> int:
        """Return the row of the cluster of this tenant that is the issuer, -1 for none."""
        return self._clusters.get(issuer_key(trust.issuer_url), -1)

    def source_of(self, trust: Trust) -> str:
        """Return what an integration is called: its sort, and what it runs in."""
        subject = trust.subject
        word = WORDS[subject.kind]
        if subject.kind is SubjectKind.SERVICE_ACCOUNT:
            cluster = self.cluster_of(trust)
            where = trust.issuer_url if cluster < 0 else self._resource_name(cluster)
            return f"{word} {where} {subject.container}".strip()
        if subject.kind is SubjectKind.OWN_IDENTITY:
            row = self.index.principal_row(trust.demands.subject)
            name = self.index.facts.principals.display_name[row] if row >= 0 else ""
            return f"{word} {name or trust.shown}"
        if subject.container or subject.owner:
            return f"{word} {subject.container or subject.owner}"
        return f"{trust.issuer_url} {trust.shown}".strip()

    # Owners ------------------------------------------------------------------------------------------------------

    def owner_of(self, row: int) -> str:
        """Return who owns a resource by a tag of its own, of its group, or of what is above; "" for nobody."""
        by_resource, by_scope = self._owner_tags
        if row in by_resource:
            return by_resource[row]
        scope = int(self.facts.resources.scope[row])
        while scope >= 0 and scope not in by_scope:
            scope = int(self.index.facts.scopes.parent[scope])
        return by_scope.get(scope, "")

    @cached_property
    def _owner_tags(self) -> tuple[dict[int, str], dict[int, str]]:
        """Return owners by resource and by scope; the key that stands first counts."""
        tags, text = self.facts.tags, self.facts.tags.text
        place = np.full(len(text), -1, dtype=np.int32)
        for row in np.unique(tags.key).tolist():
            key = tag_key(text[row])
            place[row] = OWNER_TAGS.index(key) if key in OWNER_TAGS else -1
        found: tuple[dict[int, str], dict[int, str]] = ({}, {})
        rows = np.flatnonzero(place[tags.key] >= 0)
        for one in rows[np.argsort(-place[tags.key[rows]], kind="stable")].tolist():
            resource = int(tags.resource[one])
            by, row = (found[0], resource) if resource >= 0 else (found[1], int(tags.scope[one]))
            by[row] = text[int(tags.value[one])].strip()
        return found

    def _resource_name(self, row: int) -> str:
        return self.facts.resources.suffix[row].rpartition("/")[2]

    @staticmethod
    def _agreed(found: Iterable[int]) -> int:
        every = set(found)
        return every.pop() if len(every) == 1 else NOTHING_SAID
