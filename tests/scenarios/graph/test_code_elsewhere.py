"""Code that one resource lets run on another: tasks on the pools of a Batch account, jobs on hybrid workers."""

from __future__ import annotations

from functools import cache

from tests.fakes.graph_tenants import SUB, graph_facts_of_lists, resource
from tests.fakes.scenario_draft import LIST_NAMES, Lists, Row
from tests.fakes.scenario_names import guid

from remit.bootstrap.edges import edge_catalogue
from remit.graph.drawing import Drawing
from remit.graph.escalation import EscalationGraph, build
from remit.graph.nodes import NodeKind, node_key
from remit.graph.search import Search
from remit.model.interval import parse_instant

ANN, ROLE = guid("user", "ann"), guid("role", "all")
ACCOUNT, POOL, PLAIN, WORKER, ARC, OTHER = (guid("identity", name) for name in ("own", "pool", "p", "vm", "arc", "o"))
IDENTITIES = f"{SUB}/resourceGroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
GROUP, MACHINES = f"{SUB}/resourceGroups/App", f"{SUB}/resourceGroups/Machines"
WORKERS = "Microsoft.Automation/automationAccounts/hybridRunbookWorkerGroups"
VM, ARC_MACHINE = "Microsoft.Compute/virtualMachines", "Microsoft.HybridCompute/machines"


def own(principal: str) -> Row:
    return {"type": "SystemAssigned", "principalId": principal}


def attached(principal: str) -> Row:
    carried = {f"{IDENTITIES}/one": {"principalId": principal, "clientId": guid("client", "one")}}
    return {"type": "UserAssigned", "userAssignedIdentities": carried}


def worker(number: int, machine: str) -> Row:
    said = {"vmResourceId": machine, "workerType": "HybridV2"}
    place = f"{GROUP}/providers/Microsoft.Automation/automationAccounts/Jobs/hybridRunbookWorkerGroups/Site"
    kind = f"{WORKERS}/hybridRunbookWorkers"
    return {"id": f"{place}/hybridRunbookWorkers/{number}", "type": kind, "properties": said}


def pool(account: str, name: str, principal: str) -> Row:
    identity = f"{GROUP}/providers/Microsoft.Batch/batchAccounts/{account}/pools/{name}"
    row = {"id": identity, "type": "Microsoft.Batch/batchAccounts/pools", "properties": {}}
    return row | {"identity": attached(principal)}


@cache
def drawn() -> EscalationGraph:
    site = f"{GROUP}/providers/Microsoft.Automation/automationAccounts/Jobs/hybridRunbookWorkerGroups/Site"
    lists: Lists = {name: [] for name in LIST_NAMES}
    lists["graph/users"] = [{"id": ANN, "accountEnabled": True}]
    lists["graph/servicePrincipals"] = [
        {"id": one, "servicePrincipalType": "ManagedIdentity", "accountEnabled": True, "appId": guid("client", one)}
        for one in (ACCOUNT, POOL, PLAIN, WORKER, ARC, OTHER)
    ]
    lists["arm/subscriptions"] = [{"id": SUB, "subscriptionId": SUB.rpartition("/")[2], "state": "Enabled"}]
    lists["arm/resources"] = [
        *({"id": one, "type": "Microsoft.Resources/resourceGroups"} for one in (GROUP, MACHINES)),
        resource("Microsoft.Batch/batchAccounts", "Big", identity=own(ACCOUNT)),
        pool("big", "Fast", POOL),
        pool("Bigger", "fast", PLAIN),
        resource("Microsoft.Automation/automationAccounts", "Jobs"),
        {"id": site, "type": WORKERS, "properties": {"groupType": "User"}},
        worker(1, f"{MACHINES}/providers/{VM}/Web".upper()),
        worker(2, f"{MACHINES}/providers/{ARC_MACHINE}/Site/"),
        worker(3, f"{MACHINES}/providers/{VM}/gone"),
        worker(4, f"{SUB}/resourceGroups/unread/providers/{VM}/web"),
        resource(VM, "web", MACHINES, identity=own(WORKER)),
        resource(VM, "web2", MACHINES, identity=own(OTHER)),
        resource(ARC_MACHINE, "site", MACHINES, identity=own(ARC)),
    ]
    allowed = ["Microsoft.Batch/batchAccounts/listkeys/action", "Microsoft.Automation/*"]
    role = {"roleName": "all", "type": "CustomRole", "permissions": [{"actions": allowed}], "assignableScopes": [SUB]}
    root = "/providers/Microsoft.Authorization"
    lists["arm/roleDefinitions"] = [{"id": f"{root}/roleDefinitions/{ROLE}", "name": ROLE, "properties": role}]
    given = {"roleDefinitionId": f"{root}/roleDefinitions/{ROLE}", "principalId": ANN, "principalType": "User"}
    lists["arm/roleAssignments"] = [
        {"id": f"{GROUP}{root}/roleAssignments/{guid('a', '1')}", "properties": given | {"scope": GROUP}}
    ]
    catalogue = edge_catalogue()
    index, facts = graph_facts_of_lists(lists, catalogue=catalogue)
    return build(Drawing(index, facts, catalogue, parse_instant("2026-11-01T00:00:00Z")))


def reached(principal: str, *, certain: bool) -> bool:
    graph = drawn()
    people = list(graph.drawing.index.facts.principals.key)
    source, target = (graph.network.number(node_key(NodeKind.PRINCIPAL, people.index(one))) for one in (ANN, principal))
    search = Search(graph.network)
    return bool((search.certain if certain else search).best((source,), (target,)))


def test_tasks_of_a_batch_account_run_as_its_pools_and_not_for_certain_as_itself() -> None:
    assert reached(POOL, certain=True)
    assert reached(ACCOUNT, certain=False)
    assert not reached(ACCOUNT, certain=True)


def test_a_pool_belongs_to_its_own_account_alone() -> None:
    assert not reached(PLAIN, certain=False)


def test_jobs_of_a_hybrid_worker_group_run_on_its_machines() -> None:
    assert reached(WORKER, certain=True)
    assert reached(ARC, certain=True)
    assert not reached(OTHER, certain=False)
