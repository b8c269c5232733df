"""Does one assignment grant what is asked? Every factor of V2, one function each."""

from __future__ import annotations

from collections.abc import Iterator

from remit.model.question import Plane
from remit.model.scope import ScopeKind
from remit.reference.assignments import Assignment
from remit.reference.conditions_eval import condition_truth, truth_of, uses_guid_operator
from remit.reference.conditions_parse import All, Attribute, Comparison
from remit.reference.export import Payload, gap_scopes
from remit.reference.facts import Asked
from remit.reference.groups import belongs
from remit.reference.matching import block_matches
from remit.reference.roles import ASSIGN_ROLES, OWNER, USER_ACCESS_ADMINISTRATOR, Role, is_delegable_role
from remit.reference.truth import Truth, every, some


def grant_truth(assignment: Assignment, asked: Asked) -> Truth:
    """V2: three-valued AND of all factors; then V5: an identity that is gone makes a certain grant none."""
    truth = every(factors(assignment, asked))
    return False if truth is True and is_of_deleted_caller(assignment, asked) else truth


def factors(assignment: Assignment, asked: Asked) -> Iterator[Truth]:
    """Yield every factor, the cheapest first; each is true, false or unknown."""
    yield asked.facts.places.is_above(assignment.scope.key, asked.chain)
    yield in_force(assignment, asked)
    yield holder(assignment, asked)
    yield plane_reached(assignment, asked)
    yield not_refused_by_storage(assignment, asked)
    yield role_grants(assignment, asked)
    yield condition_truth(assignment.condition, assignment.condition_version, asked.call)


def in_force(assignment: Assignment, asked: Asked) -> bool:
    """P2, V4: inside one of its windows; without any, always."""
    return assignment.windows is None or any(window.holds(asked.at) for window in assignment.windows)


def holder(assignment: Assignment, asked: Asked) -> Truth:
    """G1: the caller or a group it is in. V15: a caller nobody lists may be in a group of the managing tenant."""
    if not assignment.is_lighthouse:
        return belongs(asked.caller, assignment.principal_id, asked.facts.directory)
    if assignment.principal_id == asked.caller.principal_id:
        return True
    return False if asked.caller.principal_id in asked.facts.directory.listed else None


def plane_reached(assignment: Assignment, asked: Asked) -> bool:
    """X4: Lighthouse reaches the control plane only."""
    return not (assignment.is_lighthouse and asked.question.plane is Plane.DATA)


def not_refused_by_storage(assignment: Assignment, asked: Asked) -> bool:
    """C18, V14: a storage data action fails on an assignment whose condition uses a GUID operator."""
    if asked.question.plane is Plane.CONTROL or not asked.question.action.lower().startswith("microsoft.storage/"):
        return True
    return not uses_guid_operator(assignment.condition, assignment.condition_version)


def role_grants(assignment: Assignment, asked: Asked) -> Truth:
    """D4: some block of the role covers the action and its condition holds; unknown when not collected (V6)."""
    if assignment.is_lighthouse and assignment.role_key == OWNER:
        return False  # X3, whatever the role holds
    role = asked.facts.roles.find(assignment.role_key)
    granted: Truth = None
    if role is not None:
        if is_invalid(assignment, role):
            return False
        granted = some(block_grants(block, asked) for block in role.blocks)
    if assignment.is_lighthouse and assignment.role_key == USER_ACCESS_ADMINISTRATOR:
        return every((granted, delegation(assignment, asked)))
    return granted


def is_invalid(assignment: Assignment, role: Role) -> bool:
    """L6, L7, X3, V15, V16: the role, or this assignment of it, is one that Azure does not permit."""
    at_management_group = assignment.scope.kind is ScopeKind.MANAGEMENT_GROUP
    return (
        role.breaks_limit
        or (role.is_custom and role.has_data_actions and at_management_group)
        or (assignment.is_lighthouse and role.key != USER_ACCESS_ADMINISTRATOR and not is_delegable_role(role))
    )


def block_grants(block: Payload, asked: Asked) -> Truth:
    """M6, D4, D6: the block covers the action on this plane, and its own condition holds."""
    if not block_matches(block, asked.question.action, asked.question.plane):
        return False
    return condition_truth(block.get("condition") or "", block.get("conditionVersion") or "", asked.call)


def delegation(assignment: Assignment, asked: Asked) -> Truth:
    """X3, V15: a delegated User Access Administrator gives managed identities the delegated roles, nothing else."""
    if not assignment.delegated or asked.question.action.lower() != ASSIGN_ROLES.lower():
        return False
    role = Attribute("request", "Microsoft.Authorization/roleAssignments:RoleDefinitionId")
    kind = Attribute("request", "Microsoft.Authorization/roleAssignments:PrincipalType")
    one_of_them = Comparison(role, "foranyofanyvalues", "guidequals", assignment.delegated)
    to_an_identity = Comparison(kind, "", "stringequalsignorecase", ("ServicePrincipal",))
    return truth_of(All((one_of_them, to_an_identity)), asked.call)


def is_of_deleted_caller(assignment: Assignment, asked: Asked) -> bool:
    """V5, G4: it names the caller itself, and a whole directory does not know that identity."""
    return (
        assignment.principal_id == asked.caller.principal_id
        and not assignment.is_lighthouse
        and assignment.principal_type != "foreigngroup"
        and asked.facts.directory.is_missing(asked.caller.principal_id)
    )


def gaps_that_may_grant(asked: Asked) -> list[tuple[str, str]]:
    """V3: gaps at or above the scope behind which a grant may lie, as (list, place)."""
    apis = ["arm/roleAssignments"]
    if asked.question.plane is Plane.CONTROL and asked.caller.principal_id not in asked.facts.directory.listed:
        apis.append("arm/registrationAssignments")
    return [(api, place) for api in apis for place in gap_scopes(asked.facts.export, api) if touches(place, asked)]


def touches(place: str, asked: Asked) -> bool:
    """V3: a gap touches the scope when it is, or may be, on its chain."""
    return asked.facts.places.is_above(place, asked.chain) is not False
