"""Proves that what the labels of a generated tenant say is so, and that nothing else of the kind is.

The export is read as JSON, decisions come from Remit's own import and engine: nothing of the generator is used but the
labels. Each check gives the faults it found, () where there are none.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from remit.app.answering import Tenant
from remit.bootstrap.reader import open_tenant
from remit.model.decision import EligibleFor, Outcome
from remit.model.question import Plane, Question
from remit.model.scope import Scope
from remit.reference.matching import block_matches
from remit_sim.generate import Labels

GRANT = "Microsoft.Authorization/roleAssignments/write"
DANGEROUS = {"9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8", "06b708a9-e830-4db3-a914-8e69da51d44f"}
TRUSTS = ("arm/federatedIdentityCredentials", "graph/applicationFederatedIdentityCredentials")
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"


class Generated:
    """A generated tenant on disk, read and imported."""

    def __init__(self, folder: Path, labels: Labels, store: Path) -> None:
        self.folder = folder
        self.labels = labels
        self._store = store

    def rows(self, list_name: str) -> list[dict]:
        return [json.loads(line) for line in (self.folder / f"{list_name}.jsonl").read_bytes().splitlines()]

    @cached_property
    def tenant(self) -> Tenant:
        return open_tenant(self._store, tenant=self.folder)

    @cached_property
    def assignments(self) -> dict[str, dict]:
        return {row["id"]: row["properties"] for row in self.rows("arm/roleAssignments")}

    @cached_property
    def roles(self) -> dict[str, dict]:
        return {row["properties"]["roleName"]: row for row in self.rows("arm/roleDefinitions")}

    @cached_property
    def groups_of(self) -> dict[str, set[str]]:
        """Groups by member, transitive."""
        direct = defaultdict(set)
        for row in self.rows("graph/groupMembers"):
            direct[row["member"]["id"]].add(row["parentId"])

        def above(member: str, seen: set[str]) -> set[str]:
            for group in direct[member] - seen:
                seen.add(group)
                above(group, seen)
            return seen

        return {member: above(member, set()) for member in list(direct)}

    def decide(self, principal: str, use):
        plane = Plane.DATA if use.plane == "data" else Plane.CONTROL
        return self.tenant.can(Question(principal, use.action, plane, Scope.parse(use.scope)))

    def may(self, principal: str, use) -> bool:
        return self.decide(principal, use).outcome is Outcome.ALLOWED

    def who(self, action: str, scope: str) -> set[str]:
        """Everybody who can do it now, groups included; nobody may be in doubt."""
        found = self.tenant.who_can(action, Plane.CONTROL, Scope.parse(scope))
        assert len(found.unknown) == 0
        return {one.principal.principal_id for one in self.tenant.holders(found, found.allowed)}

    def role_of(self, assignment: str) -> str:
        return self.assignments[assignment]["roleDefinitionId"].rsplit("/", 1)[-1]

    def is_grant_of(self, principal: str, assignment: str) -> bool:
        return self.assignments.get(assignment, {}).get("principalId") == principal

    @cached_property
    def privileged(self) -> set[str]:
        """Whoever the labels call privileged: on purpose, too much, or at the end of a path."""
        labels = self.labels
        found = {*labels.tier_zero.users, *labels.tier_zero.groups}
        found |= {one.principal_id for one in labels.over_privileged if one.role == "Owner"}
        found |= {path.principals[-1] for path in labels.escalation_paths if path.goal is not None}
        return found


Faults = Iterator[str]


def over_privileged(it: Generated) -> Faults:
    for one in it.labels.over_privileged:
        yield from (f"grant {grant}" for grant in one.grants if not it.is_grant_of(one.principal_id, grant))
        yield from (f"need {use}" for use in one.needs if not it.may(one.principal_id, use))
        if not it.may(one.principal_id, one.excess):
            yield f"excess {one.excess}"
        blocks = it.roles[one.enough]["properties"]["permissions"]
        for use, wanted in [*((use, True) for use in one.needs), (one.excess, False)]:
            plane = Plane.DATA if use.plane == "data" else Plane.CONTROL
            if any(block_matches(block, use.action, plane) for block in blocks) != wanted:
                yield f"{one.enough} and {use.action}"


def nobody_else_is_privileged(it: Generated) -> Faults:
    """Nobody can give roles away who is not labelled, in any subscription or above."""
    gone = {one.principal_id for one in it.labels.orphaned_assignments}
    for row in it.rows("arm/managementGroups"):
        yield from (f"{one} at {row['id']}" for one in it.who(GRANT, row["id"]) - it.privileged - gone)
    for name, said in it.assignments.items():
        if it.role_of(name) in it.labels.privileged_roles and said["principalId"] not in it.privileged:
            yield f"unlabelled {name}"
    directory = {
        row["id"]
        for row in it.rows("graph/directoryRoleAssignments")
        if row["roleDefinitionId"] == GLOBAL_ADMINISTRATOR
    }
    if directory != set(it.labels.tier_zero.directory_assignments):
        yield "Global Administrators"


def escalation_paths(it: Generated) -> Faults:
    relations = {
        f"{name} {row['parentId']} {row['member']['id']}"
        for name in ("graph/groupOwners", "graph/applicationOwners", "graph/servicePrincipalOwners")
        for row in it.rows(name)
    }
    resources = {row["id"]: row for row in it.rows("arm/resources")}
    others = {row["id"] for name in (*TRUSTS, "graph/appRoleAssignments") for row in it.rows(name)}
    for path in it.labels.escalation_paths:
        if path.goal is not None:
            if not it.may(path.principals[-1], path.goal) and path.kind != "groupOwner":
                yield f"goal of {path.start}"
            if it.assignments.get(path.steps[-1].evidence[0], {}).get("principalId") != path.principals[-1]:
                yield f"last step of {path.start}"
            if path.kind != "outsideSubject" and it.may(path.start, path.goal):
                yield f"{path.start} is at the goal already"
        for step in path.steps:
            for evidence in step.evidence:
                known = evidence in it.assignments or evidence in others or f"{evidence} {path.start}" in relations
                if not known and not _bears(resources, step.source, evidence, step.target):
                    yield f"evidence {evidence}"
            if step.use is not None and step.source == path.start and not it.may(path.start, step.use):
                yield f"{path.start} cannot {step.use.action}"


def _bears(resources: dict[str, dict], host: str, evidence: str, principal: str) -> bool:
    """The evidence is a resource: it bears the identity, or it is one that will be attached to the host."""
    if evidence not in resources or host not in resources:
        return False
    row = resources[evidence]
    return principal in {row.get("identity", {}).get("principalId"), row["properties"].get("principalId")}


def no_other_path(it: Generated) -> Faults:
    """Whoever can act on a host, owner or trust of a privileged identity is privileged itself or labelled."""
    starts = {path.start for path in it.labels.escalation_paths}
    known = starts | it.privileged
    for path in it.labels.escalation_paths:
        for step in path.steps:
            if step.use is not None and step.use.action != GRANT:
                yield from (f"{one} to {step.target}" for one in it.who(step.use.action, step.use.scope) - known)
    parents = {row["id"]: row["appId"] for row in (*it.rows("graph/applications"), *it.rows("graph/servicePrincipals"))}
    apps = {parents[one] for one in it.privileged if one in parents}
    for name in ("graph/applicationOwners", "graph/servicePrincipalOwners", "graph/groupOwners"):
        for row in it.rows(name):
            owns = row["parentId"] in it.privileged or parents.get(row["parentId"]) in apps
            if owns and row["member"]["id"] not in starts:
                yield f"{name} {row}"
    granted = {row["id"] for row in it.rows("graph/appRoleAssignments") if row["appRoleId"] in DANGEROUS}
    if granted != {path.steps[0].evidence[0] for path in it.labels.escalation_paths if path.kind == "graphPermission"}:
        yield "dangerous permissions of Graph"
    loose = {
        row["id"]
        for name in TRUSTS
        for row in it.rows(name)
        if ":pull_request" in (row.get("properties") or row)["subject"]
    }
    if loose != {path.steps[0].evidence[0] for path in it.labels.escalation_paths if path.kind == "outsideSubject"}:
        yield "loose subjects"


def no_activation_opens_a_path(it: Generated) -> Faults:
    """No unlabelled eligibility stands above the hosts of privileged identities."""
    goals = {path.goal.scope for path in it.labels.escalation_paths if path.goal is not None}
    eligible = {one.eligibility_id for one in it.labels.eligible_only}
    for row in it.rows("arm/roleEligibilityScheduleInstances"):
        if row["properties"]["scope"] in goals and row["id"] not in eligible:
            yield f"{row['id']} may be activated over hosts of privileged identities"


def credentials(it: Generated) -> Faults:
    """Exactly the labelled credentials end before the 91st day."""
    found = {}
    for row in it.rows("graph/applications"):
        for kind, name in (("password", "passwordCredentials"), ("certificate", "keyCredentials")):
            for one in row[name]:
                if one["endDateTime"] < "2027-01-31":
                    state = "expired" if one["endDateTime"] < "2026-11-01" else "expiring"
                    found[one["keyId"]] = (state, kind, row["id"], one["endDateTime"])
    labelled = {
        one.key_id: (one.state, one.kind, one.application_id, one.end_date_time) for one in it.labels.credentials
    }
    if found != labelled:
        yield f"{found} is not {labelled}"


def dormant_grants(it: Generated) -> Faults:
    for one in it.labels.dormant_grants:
        said = it.assignments.get(one.assignment_id, {})
        if said.get("principalId") != one.principal_id or said["scope"] != one.scope:
            yield f"dormant {one}"
        if one.last_used is not None and not said["createdOn"] <= one.last_used <= it.labels.collected_at:
            yield f"last use of {one}"


def orphaned(it: Generated) -> Faults:
    """Exactly the labelled assignments have a principal that no list knows."""
    listed = {
        row["id"] for name in ("users", "groups", "servicePrincipals", "devices") for row in it.rows(f"graph/{name}")
    }
    found = {(name, said["principalId"]) for name, said in it.assignments.items() if said["principalId"] not in listed}
    if found != {(one.assignment_id, one.principal_id) for one in it.labels.orphaned_assignments}:
        yield f"orphaned {found}"


def dev_reaches_prod(it: Generated) -> Faults:
    """The labelled identities of development act in production, and no other one has a grant there."""
    for one in it.labels.dev_reaches_prod:
        if not it.may(one.principal_id, one.reaches) or not all(
            it.is_grant_of(one.principal_id, g) for g in one.grants
        ):
            yield f"{one.kind} {one.principal_id}"
    environment = {row["id"]: row["tags"]["env"] for row in it.rows("arm/subscriptions")}
    dev = {row["id"] for row in it.rows("graph/servicePrincipals") if _is_dev(row, environment)}
    reached = defaultdict(set)
    for said in it.assignments.values():
        if environment.get("/".join(said["scope"].split("/")[:3])) == "prod":
            reached[said["principalId"]].add(said["scope"])
    crossing = {one for one in dev if any(reached[holder] for holder in {one, *it.groups_of.get(one, set())})}
    if crossing != {one.principal_id for one in it.labels.dev_reaches_prod}:
        yield f"crossing {crossing}"


def _is_dev(row: dict, environment: dict[str, str]) -> bool:
    places = [name for name in row["alternativeNames"] if name.startswith("/subscriptions/")]
    return "-dev-" in row["displayName"] or any(environment["/".join(one.split("/")[:3])] == "dev" for one in places)


def guarded_targets(it: Generated) -> Faults:
    denies = {row["id"] for row in it.rows("arm/denyAssignments")}
    locks = {row["id"] for row in it.rows("arm/locks")}
    if denies | locks != {one.guard_id for one in it.labels.guarded_targets}:
        yield "denies and locks"
    for one in it.labels.guarded_targets:
        decision = it.decide(one.principal_id, one.stopped)
        if not all(it.is_grant_of(one.principal_id, grant) for grant in one.grants):
            yield f"grants of {one.principal_id}"
        if one.kind == "deny" and decision.outcome is not Outcome.DENIED:
            yield f"{one.guard_id} denies nothing"
        locked = any(guard.kind == "lock" and guard.effect == "blocks" for guard in decision.guards)
        if one.kind == "lock" and not (decision.outcome is Outcome.ALLOWED and locked):
            yield f"{one.guard_id} locks nothing"


def eligible_only(it: Generated) -> Faults:
    """The labelled users can activate and cannot act; nobody else may activate a privileged role."""
    for one in it.labels.eligible_only:
        decision = it.decide(one.principal_id, one.use)
        if decision.outcome is not Outcome.NOT_ALLOWED:
            yield f"{one.principal_id} is {decision.outcome}"
        if not any(isinstance(reason, EligibleFor) for reason in decision.because):
            yield f"{one.principal_id} is not eligible"
    roles = {
        row["id"]
        for row in it.rows("arm/roleEligibilityScheduleInstances")
        if row["properties"]["roleDefinitionId"].rsplit("/", 1)[-1] in it.labels.privileged_roles
    }
    groups = {
        row["id"] for row in it.rows("graph/groupEligibilityScheduleInstances") if row["groupId"] in it.privileged
    }
    if roles | groups != {one.eligibility_id for one in it.labels.eligible_only}:
        yield "eligible administrators"


CHECKS: tuple[Callable[[Generated], Faults], ...] = (
    over_privileged,
    nobody_else_is_privileged,
    escalation_paths,
    no_other_path,
    no_activation_opens_a_path,
    credentials,
    dormant_grants,
    orphaned,
    dev_reaches_prod,
    guarded_targets,
    eligible_only,
)


def check(folder: Path, labels: Labels, store: Path) -> list[str]:
    """Return every fault, by the name of its check."""
    it = Generated(folder, labels, store)
    return [f"{one.__name__}: {fault}" for one in CHECKS for fault in one(it)]
