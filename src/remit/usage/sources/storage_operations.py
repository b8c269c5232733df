"""Which permission each Storage operation needs, by service and the name that its log uses.

Used where a record does not hold the check itself (`authorization[]`): calls by key, by SAS, by nobody, and old ones.
Operations of hierarchical namespaces (`ReadFile`, `AppendFile`) are actions on blobs like any other.

Names: Microsoft's list of logged operations (learn.microsoft.com/rest/api/storageservices/
storage-analytics-logged-operations-and-status-messages). Permissions: the page on authorising with Microsoft Entra ID
beside it and the provider's operations; where an operation may be called with one of two, the one that Azure's
contributor roles hold.
"""

from __future__ import annotations

from remit.model.usage import ObservedPlane

_ACCOUNT = "Microsoft.Storage/storageAccounts/"
SERVICES = ("blob", "file", "queue", "table")

_BLOB = {
    "blobServices/read": "GetBlobServiceProperties GetBlobServiceStats",
    "blobServices/write": "SetBlobServiceProperties",
    "blobServices/getInfo/action": "GetAccountInformation GetBlobServiceAccountInformation",
    "blobServices/generateUserDelegationKey/action": "GetUserDelegationKey",
    "blobServices/containers/read": (
        "ListContainers GetContainerProperties GetContainerMetadata GetContainerServiceMetadata "
        "ListFilesystems GetFilesystemProperties"
    ),
    "blobServices/containers/write": (
        "CreateContainer SetContainerMetadata AcquireContainerLease BreakContainerLease ChangeContainerLease "
        "ReleaseContainerLease RenewContainerLease LeaseContainer UndeleteContainer RestoreContainer RenameContainer "
        "CreateFilesystem SetFilesystemProperties"
    ),
    "blobServices/containers/delete": "DeleteContainer DeleteFilesystem",
    "blobServices/containers/getAcl/action": "GetContainerACL",
    "blobServices/containers/setAcl/action": "SetContainerACL",
    "blobServices/containers/blobs/read": (
        "GetBlob GetBlobProperties GetBlobMetadata GetBlobLeaseInfo GetBlockList GetPageRegions GetPageRegionsDiff "
        "GetPageRanges ListBlobs QueryBlobContents CopyBlobSource ReadFile GetFile GetFileProperties GetPathProperties "
        "GetPathStatus GetPathAccessControl ListFilesystemDir ListFilesystemFile ListPaths"
    ),
    "blobServices/containers/blobs/write": (
        "PutBlob PutBlobFromURL PutBlock PutBlockFromURL PutBlockList PutPage PutPageFromURL ClearPage AppendBlock "
        "AppendBlockFromURL SealBlob AppendBlobSeal CopyBlob CopyBlobFromURL CopyBlobDestination IncrementalCopyBlob "
        "AbortCopyBlob SnapshotBlob UndeleteBlob SetBlobMetadata SetBlobProperties SetBlobTier SetBlobExpiry "
        "AcquireBlobLease BreakBlobLease ChangeBlobLease ReleaseBlobLease RenewBlobLease LeaseBlob "
        "CreatePathFile CreatePathDir CreateFile CreateDirectory AppendFile FlushFile WriteFile OverwritePath "
        "SetPathProperties SetFileProperties SetFileExpiry AcquireFileLease BreakFileLease ChangeFileLease "
        "ReleaseFileLease RenewFileLease UndeletePath"
    ),
    "blobServices/containers/blobs/delete": "DeleteBlob DeleteFile DeleteDirectory DeletePath",
    "blobServices/containers/blobs/deleteBlobVersion/action": "DeleteBlobVersion",
    "blobServices/containers/blobs/permanentDelete/action": "PermanentDeleteBlob",
    "blobServices/containers/blobs/move/action": ("RenameFile RenameDirectory RenamePathFile RenamePathDir RenamePath"),
    "blobServices/containers/blobs/modifyPermissions/action": (
        "SetPathAccessControl SetPathAccessControlRecursive SetAccessControl SetAccessControlRecursive"
    ),
    "blobServices/containers/blobs/tags/read": "GetBlobTags",
    "blobServices/containers/blobs/tags/write": "SetBlobTags",
    "blobServices/containers/blobs/filter/action": "FindBlobsByTags FilterBlobs",
    "blobServices/containers/blobs/immutableStorage/runAsSuperUser/action": (
        "SetBlobImmutabilityPolicy DeleteBlobImmutabilityPolicy SetBlobLegalHold"
    ),
}
_FILE = {
    "fileServices/read": "GetFileServiceProperties",
    "fileServices/write": "SetFileServiceProperties",
    "fileServices/generateUserDelegationKey/action": "GetUserDelegationKey",
    "fileServices/shares/read": "ListShares GetShareProperties GetShareMetadata GetShareStats GetShareACL",
    "fileServices/shares/write": (
        "CreateShare SetShareProperties SetShareMetadata SetShareACL SetShareQuota SnapshotShare CreateShareSnapshot"
    ),
    "fileServices/shares/delete": "DeleteShare",
    "fileServices/shares/restore/action": "RestoreShare UndeleteShare",
    "fileServices/shares/lease/action": (
        "AcquireShareLease BreakShareLease ChangeShareLease ReleaseShareLease RenewShareLease LeaseShare"
    ),
    "fileServices/fileshares/files/read": (
        "GetFile GetFileProperties GetFileMetadata GetDirectoryProperties GetDirectoryMetadata ListFileRanges "
        "ListHandles ListFilesAndDirectories ListDirectoriesAndFiles CopyFileSource Read QueryDirectory QueryInfo"
    ),
    "fileServices/fileshares/files/write": (
        "CreateFile CreateDirectory PutRange PutRangeFromURL ClearRange SetFileProperties SetFileMetadata "
        "SetDirectoryProperties SetDirectoryMetadata CopyFile CopyFileDestination AbortCopyFile AcquireFileLease "
        "BreakFileLease ChangeFileLease ReleaseFileLease RenewFileLease LeaseFile RenameFile RenameDirectory "
        "ForceCloseHandles Write SetInfo"
    ),
    "fileServices/fileshares/files/delete": "DeleteFile DeleteDirectory",
}
_QUEUE = {
    "queueServices/read": "GetQueueServiceProperties GetQueueServiceStats",
    "queueServices/write": "SetQueueServiceProperties",
    "queueServices/generateUserDelegationKey/action": "GetUserDelegationKey",
    "queueServices/queues/read": "ListQueues GetQueue GetQueueMetadata",
    "queueServices/queues/write": "CreateQueue SetQueueMetadata",
    "queueServices/queues/delete": "DeleteQueue",
    "queueServices/queues/getAcl/action": "GetQueueACL",
    "queueServices/queues/setAcl/action": "SetQueueACL",
    "queueServices/queues/messages/read": "PeekMessage PeekMessages",
    "queueServices/queues/messages/process/action": "GetMessage GetMessages",
    "queueServices/queues/messages/add/action": "PutMessage",
    "queueServices/queues/messages/write": "UpdateMessage",
    "queueServices/queues/messages/delete": "DeleteMessage ClearMessages",
}
_TABLE = {
    "tableServices/read": "GetTableServiceProperties GetTableServiceStats",
    "tableServices/write": "SetTableServiceProperties",
    "tableServices/generateUserDelegationKey/action": "GetUserDelegationKey",
    "tableServices/tables/read": "QueryTable QueryTables",
    "tableServices/tables/write": "CreateTable",
    "tableServices/tables/delete": "DeleteTable",
    "tableServices/tables/getAcl/action": "GetTableACL",
    "tableServices/tables/setAcl/action": "SetTableACL",
    "tableServices/tables/entities/read": "QueryEntity QueryEntities",
    "tableServices/tables/entities/add/action": "InsertEntity",
    "tableServices/tables/entities/update/action": "UpdateEntity MergeEntity",
    "tableServices/tables/entities/write": "InsertOrReplaceEntity InsertOrMergeEntity",
    "tableServices/tables/entities/delete": "DeleteEntity",
}
NO_PERMISSION = frozenset(
    {"blobpreflightrequest", "filepreflightrequest", "queuepreflightrequest", "tablepreflightrequest"}
)
"""Operations that anybody may call: the preflights of browsers."""

_DATA = ("/blobs/", "/files/", "/messages/", "/entities/")
_DATA_OF_SERVICE = ("backupsemantics/", "takeownership/", "runasbuiltinfileadministrator/")


def _turned(service: dict[str, str]) -> dict[str, str]:
    return {name.lower(): _ACCOUNT + action for action, names in service.items() for name in names.split()}


ACTIONS = dict(zip(SERVICES, map(_turned, (_BLOB, _FILE, _QUEUE, _TABLE)), strict=True))
"""By service and operation in lower case: the permission."""


def action_of(service: str, operation: str) -> str | None:
    """Return the permission of an operation, None where none is known; `service` is one of `SERVICES`."""
    return ACTIONS.get(service, {}).get(operation.lower())


def plane_of(action: str) -> ObservedPlane:
    """Return the plane on which a permission is granted: containers, queues and services are control."""
    name = action.lower()
    is_data = any(part in name for part in _DATA) or any(part in name for part in _DATA_OF_SERVICE)
    return ObservedPlane.DATA if is_data else ObservedPlane.CONTROL
