"""What acts beside RBAC on the call that is asked about: reported with the answer, never mixed into it (B, K, N9, E5).

Guards stand in this order: the principal, the scope, deny assignments that only audit, locks, policies, then what the
service itself decides. Nothing here changes an outcome (V19).
"""

from __future__ import annotations

from remit.engine.asked import Asked
from remit.engine.denying import audit_denies
from remit.engine.facts import AssignmentKind, LockLevel, PolicyEffect, PrincipalFlag, ScopeFlag
from remit.engine.guard_index import ActionProfile, Beside, GuardIndex
from remit.engine.index import TenantIndex
from remit.engine.service_guards import service_guards
from remit.model.decision import Guard
from remit.model.scope import ScopeKind

_SHOWN = 10
"""So many locks are named one by one; more are counted."""

_LEVEL_WORDS = {LockLevel.CAN_NOT_DELETE: "CanNotDelete", LockLevel.READ_ONLY: "ReadOnly"}


def guards_for(asked: Asked) -> tuple[Guard, ...]:
    """Return what acts beside RBAC on this call.

    Source: B1 to B7, K1 to K12, N9, E5, G4. Cost: about 2 us when nothing applies.
    """
    guards = asked.index.guards
    question = asked.question
    found = principal_guards(asked.index, asked.caller.row, question.principal_id, within=asked.chain.rows)
    beside = guards.beside(asked.chain)
    _unlisted_scope(asked, guards, beside, found)
    if guards.has_audit:
        _audits(asked, found)
    profile = guards.profile(question.action, question.plane)
    if profile.least_lock and (beside.locks or beside.lock_gaps or profile.deletes_group):
        _locks(asked, guards, beside, profile, found)
    if beside.policies or beside.policy_gaps:
        _policies(asked, guards, beside, profile, found)
    service_guards(asked, guards, found)
    return tuple(found)


def principal_guards(
    index: TenantIndex, row: int, principal_id: str, *, within: tuple[int, ...] | None = None
) -> list[Guard]:
    """Return what is known about the principal itself.

    Args:
        index: the snapshot.
        row: row of the principal, -1 when no list mentions it.
        principal_id: its object id.
        within: rows of a chain of scopes; classic administrators elsewhere are left out. None for all.
    """
    found: list[Guard] = []
    flags = index.v_principal_flags[row] if row >= 0 else 0
    subject = principal_id.lower()
    if not flags & PrincipalFlag.LISTED:
        detail = (
            "this principal is not in the directory; role assignments that name it grant nothing"
            if index.directory_complete
            else "this principal is in none of the directory lists that were read"
        )
        found.append(Guard("principalNotFound", "note", subject, detail, "G4"))
    if flags & PrincipalFlag.DISABLED:
        detail = "the account is disabled: it cannot sign in, and its assignments stay"
        found.append(Guard("accountDisabled", "note", subject, detail, "V19"))
    classic = index.guards.classic
    if classic and row >= 0:
        name = index.facts.principals.user_principal_name[row].lower()
        for one, place in classic.get(name, ()) if name else ():
            if within is None or place in within:
                detail = f"a leftover classic administrator ({one.role}) of {one.scope}; gives no access since 2024"
                found.append(Guard("classicAdministrator", "note", subject, detail, "E5"))
    return found


def _unlisted_scope(asked: Asked, guards: GuardIndex, beside: Beside, found: list[Guard]) -> None:
    """Note a subscription or management group that a full list does not name (V21)."""
    scope = asked.question.scope
    if scope.kind is ScopeKind.MANAGEMENT_GROUP:
        wanted, read = ScopeKind.MANAGEMENT_GROUP, guards.management_groups_read
        row = asked.chain.own
    elif scope.key.startswith("/subscriptions/"):
        wanted, read = ScopeKind.SUBSCRIPTION, guards.subscriptions_read
        row = beside.subscription
    else:
        return
    if read and (row < 0 or not guards.scope_flags[row] & ScopeFlag.LISTED):
        subject = scope.text[: scope.cuts[0]] if scope.cuts else scope.text
        word = "subscription" if wanted is ScopeKind.SUBSCRIPTION else "management group"
        found.append(Guard("scopeNotListed", "note", subject, f"the list of the tenant has no such {word}", "V21"))


def _audits(asked: Asked, found: list[Guard]) -> None:
    """Show deny assignments that would apply and only audit (N9, V18)."""
    denies = asked.index.facts.denies
    for deny in audit_denies(asked):
        name = denies.name[deny]
        detail = f"the deny assignment `{name}` covers this action, but its effect is audit"
        found.append(Guard("auditDeny", "note", denies.identity[deny], detail, "N9"))


def _locks(asked: Asked, guards: GuardIndex, beside: Beside, profile: ActionProfile, found: list[Guard]) -> None:
    """Show the locks that stop the call (B1 to B3), as not binding for a caller of a managing tenant (B7)."""
    scope = asked.question.scope
    if guards.has_locks:
        at_or_above = [lock for lock in beside.locks if guards.level(lock) >= profile.least_lock]
        below = (
            guards.locks_below(scope.key) if profile.deletes_group and scope.kind is ScopeKind.RESOURCE_GROUP else ()
        )
        bound = not ((at_or_above or below) and _through_lighthouse(asked))
        table = guards.facts.locks
        named = [(lock, False) for lock in at_or_above] + [(lock, True) for lock in below[:_SHOWN]]
        for lock, is_below in named:
            clause = "B3" if is_below else profile.lock_clause or "B1"
            place = guards.facts.scopes.text[int(table.scope[lock])]
            word = _LEVEL_WORDS[int(table.level[lock])]
            stopped = "the deletion of the whole resource group" if is_below else f"every {profile.verb}"
            detail = f"the {word} lock at {place} stops {stopped}"
            found.append(_lock_guard(table.identity[lock], detail, clause, bound=bound))
        if len(below) > _SHOWN:
            detail = f"{len(below) - _SHOWN} more locks below stop the deletion of the whole resource group"
            found.append(_lock_guard(scope.text, detail, "B3", bound=bound))
    found += [Guard("lock", "note", gap.scope, f"locks were not read: {gap.reason}", "B1") for gap in beside.lock_gaps]


def _lock_guard(subject: str, detail: str, clause: str, *, bound: bool) -> Guard:
    if bound:
        return Guard("lock", "blocks", subject, detail, clause)
    return Guard("lock", "note", subject, f"{detail}, but does not bind callers of a managing tenant", "B7")


def _through_lighthouse(asked: Asked) -> bool:
    """Tell whether the caller comes from a managing tenant: not of this directory, named by a Lighthouse grant."""
    if asked.listed or asked.caller.row < 0:
        return False
    index, row = asked.index, asked.caller.row
    held = index.v_held[index.v_by_principal[row] : index.v_by_principal[row + 1]]
    return any(index.v_kind[one] == AssignmentKind.LIGHTHOUSE for one in held)


def _policies(asked: Asked, guards: GuardIndex, beside: Beside, profile: ActionProfile, found: list[Guard]) -> None:
    """Show denyAction policies, and count those whose effect was not evaluated (B5, B6)."""
    if not (profile.policy_deletes or profile.policy_writes):
        return
    unknown = 0
    clause = "B5" if profile.policy_deletes else "B6"
    for policy, placed in beside.policies:
        effect = guards.policy_effect(policy)
        if profile.policy_deletes and effect == PolicyEffect.DENY_ACTION:
            found.append(_deny_action(guards, policy, placed=placed))
        elif effect != PolicyEffect.OTHER or profile.policy_writes:
            unknown += 1
    if unknown:
        word = "policy assignment acts" if unknown == 1 else "policy assignments act"
        detail = f"{unknown} {word} here whose effect on this call was not evaluated"
        found.append(Guard("policyNotEvaluated", "note", asked.question.scope.text, detail, clause))
    for gap in beside.policy_gaps:
        detail = f"policy assignments were not read: {gap.reason}"
        found.append(Guard("policyNotEvaluated", "note", gap.scope, detail, clause))


def _deny_action(guards: GuardIndex, policy: int, *, placed: bool) -> Guard:
    table = guards.facts.policies
    place = guards.facts.scopes.text[int(table.scope[policy])]
    if placed:
        detail = f"a denyAction policy at {place} refuses the deletion of the resources it is about"
        return Guard("denyActionPolicy", "blocks", table.identity[policy], detail, "B5")
    detail = f"a denyAction policy at {place} may act here: whether it is above this scope was not read"
    return Guard("denyActionPolicy", "note", table.identity[policy], detail, "B5")
