"""Paths and neighbourhoods to draw: plain ones, large ones, and ones with names that somebody chose to do harm."""

from __future__ import annotations

import random
from collections.abc import Sequence

from remit.graph.answers import Hop, HopReason, NodeRef, Path

KINDS = (
    "user",
    "group",
    "servicePrincipal",
    "managedIdentity",
    "application",
    "resource",
    "scope",
    "directoryRole",
    "subject",
    "tenant",
    "device",
    "foreignGroup",
    "unknown",
    "gap",
)
SUBSCRIPTION = "/subscriptions/11111111-2222-3333-4444-555555555555"
MAYA = NodeRef("0f3c1f4e-0000-4000-8000-000000000001", "user", "Maya Okonkwo")
OPERATORS = NodeRef("0f3c1f4e-0000-4000-8000-000000000002", "group", "sg-platform-operators")
MACHINE = NodeRef(
    f"{SUBSCRIPTION}/resourceGroups/rg-build/providers/Microsoft.Compute/virtualMachines/vm-build-01",
    "resource",
    "vm-build-01",
    "Microsoft.Compute/virtualMachines",
)
AGENTS = NodeRef("0f3c1f4e-0000-4000-8000-000000000003", "managedIdentity", "id-build-agents")
PRODUCTION = NodeRef(SUBSCRIPTION, "scope", "Production")
ADMINISTRATOR = NodeRef("entraRole:62e90394-69f5-4237-9190-012177145e10", "directoryRole", "Global Administrator")
TIER_ZERO = NodeRef("tier0", "tenant", "control of the tenant")
RUN_COMMAND = "Microsoft.Compute/virtualMachines/runCommand/action"

HARM = (
    "</script><script>alert(1)</script>",
    "\"'><img src=x onerror=alert(2)>",
    "]]> <!-- <![CDATA[ &lt; &amp; ${x} {{x}}",
    "\x00\x1b[31m\ud800\ufffe tail",
    "\u202egnp.exe\u202c",
    "קבוצת המפתחים הראשית של החברה",
    "開発環境の管理者グループ本番運用チーム一覧",
    "Z" + "\u0301" * 300 + "algo",
    "x" * 500,
    "many words " * 50,
    "\u200b\u200b",
    "",
    "javascript:alert(1)",
    "two\nlines\u2028three",
)


def hop(source: NodeRef, target: NodeRef, edge: str = "VM-01", name: str = "RunCommand", **given: object) -> Hop:
    """A step with reasons."""
    facts = {"permission": RUN_COMMAND, "certain": True, "eligible": False, "log": ("activity",), **given}
    because = (
        HopReason("member", f"{source.label} is a member of {target.label}.", target.id, edge),
        HopReason("note", "a second reason", "", edge),
    )
    return Hop(source, target, edge, name, because=because, **facts)


def long_path() -> Path:
    """Five steps, one of them possible and one after activation."""
    hops = (
        hop(MAYA, OPERATORS, "MEMBER-OF", "MemberOf", permission="membership"),
        hop(OPERATORS, MACHINE),
        hop(MACHINE, AGENTS, "MI-03", "HasIdentity", permission="", certain=False),
        hop(AGENTS, ADMINISTRATOR, "HAS-ROLE", "HasRole", permission="Global Administrator", eligible=True),
        hop(ADMINISTRATOR, TIER_ZERO, "EN-01", "GlobalAdministrator", permission=""),
    )
    return Path(12, certain=False, eligible=True, hops=hops)


def short_path() -> Path:
    """Three steps that share the first with the long one."""
    hops = (
        long_path().hops[0],
        hop(OPERATORS, PRODUCTION, "AUT-01", "AssignRole", permission="Microsoft.Authorization/roleAssignments/write"),
        hop(PRODUCTION, TIER_ZERO, "TIER-ZERO", "TIER-ZERO", permission=""),
    )
    return Path(9, certain=True, eligible=False, hops=hops)


def neighbourhood(nodes: int, edges: int, seed: int) -> tuple[NodeRef, Sequence[Hop]]:
    """A node, and steps between it and many others, cycles and loops among them."""
    chance = random.Random(seed)
    refs = [
        NodeRef(f"id-{place}", chance.choice(KINDS), f"node {place} {'long' * chance.randrange(8)}", "Microsoft.X/y")
        for place in range(nodes)
    ]
    hops = [
        hop(
            refs[min(chance.randrange(nodes), chance.randrange(nodes))],
            chance.choice(refs),
            certain=chance.random() < 0.7,
            eligible=chance.random() < 0.2,
        )
        for _ in range(edges)
    ]
    return refs[0], hops


def harmful() -> Sequence[Hop]:
    """Steps between nodes whose every text would do harm where it is taken for markup."""
    refs = [
        NodeRef(f"{place}{text}", text if place % 3 == 0 else "user", text, text) for place, text in enumerate(HARM)
    ]
    return [
        hop(one, refs[(place + 1) % len(refs)], text, text, permission=text, log=(text,), facet=text)
        for place, (one, text) in enumerate(zip(refs, HARM, strict=True))
    ]
