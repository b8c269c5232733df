"""What an operation needs for its use to be seen: told by its name, once, and in doubt nothing that helps.

The Activity Log holds no reads. It holds writes, deletes and actions that go through Resource Manager, but not those
that a service takes at an endpoint of its own, nor those that are only checked while another call is authorised
(`join/action`). Where the name does not say which it is, the use of an operation is not taken to be visible.

>>> need_of("microsoft.compute/virtualmachines/write", data=False).name
'SUBSCRIPTION'
>>> need_of("microsoft.network/virtualnetworks/subnets/join/action", data=False).name
'LINKED'
"""

from __future__ import annotations

import re
from enum import IntEnum

from remit.usage.observable_services import Service
from remit.usage.sources.key_vault_operations import VAULT_DATA_ACTIONS


class Need(IntEnum):
    """What must be logged; the values stand in arrays."""

    MANAGEMENT_READ = 0
    LINKED = 1
    OWN_ENDPOINT = 2
    NOT_KNOWN = 3
    SUBSCRIPTION = 4
    """The Activity Log of every subscription in reach."""
    ANYWHERE = 5
    """That, and of every management group in reach: the operation can be done on them, too."""
    TENANT = 6
    """The Activity Log of the tenant itself."""
    KEY_VAULT = 7
    COSMOS = 8
    BLOB_READ, BLOB_WRITE, BLOB_DELETE = 9, 10, 11
    QUEUE_READ, QUEUE_WRITE, QUEUE_DELETE = 12, 13, 14
    TABLE_READ, TABLE_WRITE, TABLE_DELETE = 15, 16, 17
    FILE_READ, FILE_WRITE, FILE_DELETE = 18, 19, 20
    KUBERNETES = 21
    OTHER_DATA = 22
    UNTOLD_DATA = 23
    """A data action of a service whose log does not tell this action from others."""


SERVICE_NEEDS: dict[Need, tuple[Service, str]] = {
    Need.KEY_VAULT: (Service.KEY_VAULT, "read"),
    Need.COSMOS: (Service.COSMOS, "read"),
    **{
        Need[f"{service.name}_{verb.upper()}"]: (service, verb)
        for service in (Service.BLOB, Service.QUEUE, Service.TABLE, Service.FILE)
        for verb in ("read", "write", "delete")
    },
}
"""Data-plane needs, with the service and the verb whose category holds them."""

_WITH_RESOURCE_MANAGER_ALONE = frozenset(
    (
        *("microsoft.app", "microsoft.authorization", "microsoft.cache", "microsoft.cdn", "microsoft.compute"),
        *("microsoft.containerinstance", "microsoft.containerservice", "microsoft.dbformysql"),
        *("microsoft.dbforpostgresql", "microsoft.desktopvirtualization", "microsoft.documentdb"),
        *("microsoft.insights", "microsoft.keyvault", "microsoft.logic", "microsoft.managedidentity"),
        *("microsoft.managedservices", "microsoft.management", "microsoft.network", "microsoft.operationalinsights"),
        *("microsoft.policyinsights", "microsoft.recoveryservices", "microsoft.redhatopenshift"),
        *("microsoft.resources", "microsoft.sql", "microsoft.storage", "microsoft.web"),
    )
)
"""Services whose resources and what is below them are changed through Resource Manager only."""

_TOP_LEVEL_ALONE = frozenset(
    (
        *("microsoft.apimanagement", "microsoft.appconfiguration", "microsoft.automation", "microsoft.batch"),
        *("microsoft.cognitiveservices", "microsoft.containerregistry", "microsoft.databricks"),
        *("microsoft.datafactory", "microsoft.devices", "microsoft.eventgrid", "microsoft.eventhub"),
        *("microsoft.hdinsight", "microsoft.kusto", "microsoft.machinelearningservices", "microsoft.search"),
        *("microsoft.servicebus", "microsoft.signalrservice", "microsoft.synapse"),
    )
)
"""Services whose resources are made through Resource Manager, while what is in them has an endpoint of its own, too."""

_ABOVE_RESOURCE_GROUPS = frozenset(
    (
        *("microsoft.authorization", "microsoft.insights", "microsoft.managedservices", "microsoft.management"),
        *("microsoft.policyinsights", "microsoft.resources"),
    )
)
"""Of these some operations are done on management groups."""

_OWN_ENDPOINT = re.compile(
    r"microsoft\.storage/storageaccounts/(blob|queue|table|file)services/.*"
    r"|microsoft\.web/sites/(.*/)?(publish|extensions|functions|host|hostruntime|deployments)/.*"
    r"|microsoft\.insights/(metrics|telemetry|logs)/.*"
    r"|microsoft\.containerservice/(managedclusters|fleets)/"
    r"(?!(agentpools|maintenanceconfigurations|privateendpointconnections)/)[^/]+/.+/.*"
    r"|microsoft\.(logic|app)/.*/(triggers|runs|jobs|executions)/.*"
    r"|microsoft\.operationalinsights/workspaces/(query|search|purge|tables)/.*"
)
_LINKED = re.compile(
    r"/([^/]*join[^/]*|assign|deploy|peer|attach|detach|link|share|use|exempt|beginGetAccess|endGetAccess|[^/]*approval"
    r"|addorremove[^/]*|reference|consumer[^/]*)/action",
    re.IGNORECASE,
)
_LOGGED_VERBS = re.compile(
    r"/(list[^/]*(key|keys|sas|secret|secrets|credential|credentials|connectionstrings)|regenerate[^/]*|start|stop"
    r"|restart|poweroff|deallocate|redeploy|reimage|runcommand|capture|generalize|publishxml|failover|swap"
    r"|moveresources|elevateaccess|register|unregister|resetpassword|retrievebootdiagnosticsdata|export|import"
    r"|rotatekey)/action"
)
_VALIDATE = "microsoft.resources/deployments/validate/action"
_ACTION_SLASHES = 2
_ELEVATE = "microsoft.authorization/elevateaccess/action"

_KEY_VAULT = frozenset(action.lower() for action in VAULT_DATA_ACTIONS.values())
"""Data actions that a record of the audit log can stand for; of any other, none would tell."""

_STORAGE = re.compile(
    r"microsoft\.storage/storageaccounts/(?:"
    r"(?P<blob>blob)services/containers/blobs|(?P<queue>queue)services/queues/messages"
    r"|(?P<table>table)services/tables/entities|(?P<file>file)services/fileshares/files"
    r")/(?P<verb>read|write|delete)"
)
_COSMOS = re.compile(r"microsoft\.documentdb/databaseaccounts/(sqldatabases|throughputsettings|readmetadata)(/.*)?")


def need_of(operation: str, *, data: bool) -> Need:
    """Return what an operation in lower case needs. Cost: about 1.5 us."""
    if data:
        return _data_need(operation)
    if operation.endswith("/read"):
        return Need.MANAGEMENT_READ
    if operation == _ELEVATE:
        return Need.TENANT
    if _LINKED.search(operation):
        return Need.LINKED
    if _OWN_ENDPOINT.fullmatch(operation):
        return Need.OWN_ENDPOINT
    return _activity_need(operation) if _is_logged(operation) else Need.NOT_KNOWN


def _is_logged(operation: str) -> bool:
    """Tell whether the Activity Log is known to write it, if it goes through Resource Manager."""
    # `…/providers/…` is a second name of another service's operation: which of the two a record bears is not known.
    if "/providers/" in operation:
        return False
    changes = operation.endswith(("/write", "/delete"))
    return changes or operation == _VALIDATE or _LOGGED_VERBS.search(operation) is not None


def _activity_need(operation: str) -> Need:
    provider, _, rest = operation.partition("/")
    if provider in _TOP_LEVEL_ALONE:
        top = rest.count("/") == (_ACTION_SLASHES if operation.endswith("/action") else 1)
        return Need.SUBSCRIPTION if top else Need.OWN_ENDPOINT
    if provider not in _WITH_RESOURCE_MANAGER_ALONE:
        return Need.NOT_KNOWN
    return Need.ANYWHERE if provider in _ABOVE_RESOURCE_GROUPS else Need.SUBSCRIPTION


def _data_need(operation: str) -> Need:
    if operation.startswith("microsoft.keyvault/vaults/"):
        return Need.KEY_VAULT if operation in _KEY_VAULT else Need.UNTOLD_DATA
    if operation.startswith("microsoft.storage/"):
        found = _STORAGE.fullmatch(operation)
        if found is None:
            return Need.UNTOLD_DATA
        service = next(name for name in ("blob", "queue", "table", "file") if found[name])
        return Need[f"{service}_{found['verb']}".upper()]
    if operation.startswith("microsoft.containerservice/"):
        return Need.KUBERNETES
    if operation.startswith("microsoft.documentdb/databaseaccounts/"):
        return Need.COSMOS if _COSMOS.fullmatch(operation) else Need.UNTOLD_DATA
    return Need.OTHER_DATA


_BLOBS = "microsoft.storage/storageaccounts/blobservices/containers/blobs/"
_QUEUES = "microsoft.storage/storageaccounts/queueservices/queues/messages/"
_TABLES = "microsoft.storage/storageaccounts/tableservices/tables/entities/"
_FILES = "microsoft.storage/storageaccounts/fileservices/"

_TOGETHER = (
    # One of these may stand in a record where another was asked for, or one call is checked for several.
    (_BLOBS, ("read", "filter/action", "tags/read")),
    (_BLOBS, ("write", "add/action", "move/action", "tags/write", "delete")),
    (_QUEUES, ("write", "add/action")),
    (_QUEUES, ("read", "process/action", "delete")),
    (_TABLES, ("write", "add/action", "update/action")),
    (_FILES, ("fileshares/files/write", "writefilebackupsemantics/action", "fileshares/files/delete")),
    (_FILES, ("fileshares/files/read", "readfilebackupsemantics/action")),
)

_IMPLIED = (
    # Checked while another call is authorised, or done by the platform for it; the scope may be another one.
    (
        re.compile(r"microsoft\.compute/virtualmachine(s|scalesets)/(write|delete)"),
        (
            "microsoft.compute/disks/write",
            "microsoft.compute/disks/delete",
            "microsoft.network/networkinterfaces/write",
            "microsoft.network/networkinterfaces/delete",
            "microsoft.network/publicipaddresses/write",
            "microsoft.network/publicipaddresses/delete",
        ),
    ),
    (
        re.compile(r"microsoft\.authorization/role(assignment|eligibility)schedulerequests/(write|cancel/action)"),
        ("microsoft.authorization/roleassignments/write", "microsoft.authorization/roleassignments/delete"),
    ),
    (
        re.compile(r".*/(diagnosticsettings|flowlogs|virtualmachines|sites|containergroups)/write"),
        (
            "microsoft.storage/storageaccounts/listkeys/action",
            "microsoft.eventhub/namespaces/authorizationrules/listkeys/action",
            "microsoft.operationalinsights/workspaces/sharedkeys/action",
            "microsoft.operationalinsights/workspaces/listkeys/action",
        ),
    ),
    (
        re.compile(r".*/moveresources/action"),
        ("microsoft.resources/subscriptions/resourcegroups/write",),
    ),
)


def _sides() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for before, rest in _TOGETHER:
        names = frozenset(before + one for one in rest)
        for name in names:
            found[name] = found.get(name, frozenset()) | names
    return found


_TOGETHER_WITH = _sides()


def also_used(operation: str) -> frozenset[str]:
    """Return what may have been used where a record names this operation (lower case), itself included."""
    if operation.startswith("microsoft.documentdb/databaseaccounts/") and operation.count("/") > 1:
        return frozenset((operation, COSMOS_ANY))
    return _TOGETHER_WITH.get(operation, frozenset()) | {operation}


COSMOS_ANY = "microsoft.documentdb/databaseaccounts/*"
"""In `also_used`: every data action of the account, as one request may ask for several."""


def implied(operation: str) -> tuple[str, ...]:
    """Return what may have been used anywhere along with an operation (lower case) that a record names."""
    return tuple(name for pattern, names in _IMPLIED if pattern.fullmatch(operation) for name in names)


DELEGATES = "/generateuserdelegationkey/action"
"""How operations end that make a key with which others call in nobody's name."""
