"""What an operation could do, in five classes: the weights of the gap score.

>>> weight_class("microsoft.authorization/roleassignments/write").name
'GRANT'
>>> weight_class("microsoft.keyvault/vaults/secrets/getsecret/action").name
'SECRET_OR_CODE'
"""

from __future__ import annotations

import re
from enum import IntEnum


class WeightClass(IntEnum):
    """From harmless to ruinous; the values stand in arrays."""

    READ = 0
    WRITE = 1
    DELETE = 2
    SECRET_OR_CODE = 3
    GRANT = 4

    @property
    def weight(self) -> int:
        """Return what one operation of this class weighs."""
        return _WEIGHTS[self]

    @property
    def word(self) -> str:
        """Return the word of the wire."""
        return ("read", "write", "delete", "secretOrCode", "grant")[self]

    @property
    def said(self) -> str:
        """Return it as people say it."""
        return ("read", "write", "delete", "secret or code", "grant")[self]


_WEIGHTS = (1, 4, 6, 12, 25)

_GRANT = re.compile(
    r"microsoft\.authorization/.*/(write|action)"
    r"|microsoft\.authorization/elevateaccess/action"
    r"|microsoft\.managedservices/registration(assignments|definitions)/write"
    r"|microsoft\.managedidentity/userassignedidentities/(federatedidentitycredentials/write|assign/action)"
    r"|microsoft\.keyvault/vaults/(write|accesspolicies/write)"
    r"|microsoft\.documentdb/.*role(assignments|definitions)/write"
    r"|microsoft\.kusto/.*principalassignments/write"
    r"|microsoft\.containerservice/managedclusters/.*(rolebindings|roles)/(write|bind/action|escalate/action)"
)
_SECRET_VERBS = re.compile(
    r"/(list[^/]*(key|keys|sas|secret|secrets|credential|credentials|connectionstrings|callbackurl)|[^/]*sharedkeys"
    r"|regenerate[^/]*|publishxml|generateuserdelegationkey|getsecret|decrypt|sign|unwrap|release|backup|login"
    r"|loginasadmin|wacloginasadmin|runcommand|run|exec|connect|begingetaccess)/action"
)
_CODE = re.compile(
    r"microsoft\.(compute|hybridcompute)/.*/(extensions|runcommands)/write"
    r"|microsoft\.web/sites/(.*/)?(functions|publish|extensions|config|sourcecontrols)/(write|action)"
    r"|microsoft\.automation/automationaccounts/(runbooks|jobs|runbooks/draft|webhooks)/write"
    r"|microsoft\.resources/deploymentscripts/write"
    r"|microsoft\.logic/workflows/write"
    r"|microsoft\.containerregistry/registries/push/write"
)


def weight_class(operation: str) -> WeightClass:
    """Return the class of an operation given in lower case. Cost: about 2 us."""
    if operation.endswith("/read"):
        return WeightClass.READ
    if _GRANT.fullmatch(operation):
        return WeightClass.GRANT
    if operation.endswith("/delete"):
        return WeightClass.DELETE
    if operation.endswith("/action"):
        return WeightClass.SECRET_OR_CODE if _SECRET_VERBS.search(operation) else _other(operation)
    return _other(operation)


def _other(operation: str) -> WeightClass:
    return WeightClass.SECRET_OR_CODE if _CODE.fullmatch(operation) else WeightClass.WRITE
