"""pycasbin: an RBAC model whose policies are the assignments, and whose deny policies are the deny assignments.

Two set-ups. `CasbinPlain` is the documented one: one `Enforcer`, a matcher that walks every policy. `CasbinByScope`
is the best we found: a `FastEnforcer` that keeps policies by scope, asked once for each place above the resource that
has any. Both use a matcher of three parts; what a role covers is remembered by role and action, so that each pattern
is tried once.
"""

from __future__ import annotations

from functools import cache

import casbin
from casbin.model import FastModel, Model
from casbin.model.policy_fast import fast_policy_filter

from benchmarks.alternatives.literal_loop import CompiledBlock
from benchmarks.alternatives.plain import PlainTenant
from benchmarks.questions import Ask

_MODEL = """
[request_definition]
r = sub, obj, act

[policy_definition]
p = sub, obj, role, eft

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = {scope} && holds(r.sub, p.sub) && covers(p.role, r.act)
"""


class _Casbin:
    """What both set-ups share: the policies and the two functions of the matcher."""

    def __init__(self, tenant: PlainTenant, enforcer: casbin.Enforcer) -> None:
        self._tenant = tenant
        self._enforcer = enforcer
        groups = tenant.groups
        denies = {deny.name: deny for deny in tenant.denies}
        blocks = {
            guid: tuple(CompiledBlock.of(block) for block in role if not block.conditional)
            for guid, role in tenant.roles.items()
        }
        blocks |= {deny.name: tuple(map(CompiledBlock.of, deny.blocks)) for deny in tenant.denies}

        def holds(principal: str, named: str) -> bool:
            mine = groups[principal]
            if named not in denies:
                return named in mine
            deny = denies[named]
            return (deny.principals is None or not mine.isdisjoint(deny.principals)) and mine.isdisjoint(deny.spared)

        @cache
        def covers(role: str, action: str) -> bool:
            name, plane = action[1:], int(action[0])
            return any(block.covers(name, plane) for block in blocks[role])

        enforcer.add_function("holds", holds)
        enforcer.add_function("covers", covers)
        # Straight into the model's own list: `add_policy` of the fast model counts all policies again for each one,
        # and fails where they are kept by a single key.
        policy = enforcer.get_model().model["p"]["p"].policy
        for one in tenant.assignments:
            if not one.conditional:
                policy.append([one.principal, one.scope, one.role, "allow"])
        for deny in tenant.denies:
            scope = f"={deny.scope}" if deny.this_scope_only else deny.scope
            policy.append([deny.name, scope, deny.name, "deny"])


class CasbinPlain(_Casbin):
    """Every policy is walked for every question."""

    def __init__(self, tenant: PlainTenant) -> None:
        model = Model()
        model.load_model_from_text(_MODEL.format(scope="below(r.obj, p.obj)"))
        enforcer = casbin.Enforcer(model)
        self._chain: frozenset[str] = frozenset()
        super().__init__(tenant, enforcer)
        enforcer.add_function("below", lambda _, place: place in self._chain)

    def decide(self, ask: Ask) -> str | None:
        """Return the outcome; conditional assignments are not in the policies."""
        # The chain is worked out once for each question, not once for each policy.
        self._chain = frozenset(self._tenant.chain(ask.scope)) | {f"={ask.scope.lower()}"}
        allowed, rule = self._enforcer.enforce_ex(ask.principal, ask.scope, f"{int(ask.data)}{ask.action}")
        if rule and rule[3] == "deny":
            return "denied"
        return "allowed" if allowed else "not_allowed"

    def decide_all(self, asked: list[Ask]) -> list[str | None]:
        """Answer several questions."""
        return [self.decide(ask) for ask in asked]


class CasbinByScope(_Casbin):
    """Policies are kept by scope; each place above the resource is asked for itself."""

    def __init__(self, tenant: PlainTenant) -> None:
        model = FastModel([1])
        model.load_model_from_text(_MODEL.format(scope="r.obj == p.obj"))
        enforcer = casbin.FastEnforcer(model, cache_key_order=[1])
        super().__init__(tenant, enforcer)
        self._policy = enforcer.get_model().model["p"]["p"].policy
        self._named = {one.scope for one in tenant.assignments if not one.conditional}
        self._named |= {f"={one.scope}" if one.this_scope_only else one.scope for one in tenant.denies}

    def decide(self, ask: Ask) -> str | None:
        """Return the outcome; a deny anywhere on the way up wins."""
        action = f"{int(ask.data)}{ask.action}"
        outcome = "not_allowed"
        for place in (f"={ask.scope.lower()}", *self._tenant.chain(ask.scope)):
            if place not in self._named:
                continue
            with fast_policy_filter(self._policy, place):
                allowed, rule = self._enforcer.enforce_ex(ask.principal, place, action)
            if rule and rule[3] == "deny":
                return "denied"
            if allowed:
                outcome = "allowed"
        return outcome

    def decide_all(self, asked: list[Ask]) -> list[str | None]:
        """Answer several questions."""
        return [self.decide(ask) for ask in asked]
