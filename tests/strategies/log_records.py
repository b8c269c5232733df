"""Diagnostic records of the three largest logs, plain and odd: as programs write them, and as nobody should."""

# ruff: noqa: E501 - lists of odd texts

from __future__ import annotations

import copy
import json

from hypothesis import strategies as st

TENANT = "7d6a3b52-0c1e-4f0a-9d6c-2f54be31c6aa"
CLAIMS = "http://schemas.microsoft.com/identity/claims/"
ACTIVITY = {
    "time": "2026-03-01T04:05:06.7890123Z",
    "resourceId": "/SUBSCRIPTIONS/0B1F6471-1BF0-4DDA-AEC3-111122223333/RESOURCEGROUPS/RG/PROVIDERS/A.B/C/D",
    "operationName": "A.B/C/WRITE",
    "category": "Administrative",
    "resultType": "Success",
    "resultSignature": "Succeeded.OK",
    "durationMs": "0",
    "callerIpAddress": "203.0.113.7",
    "correlationId": "8a4de8b5-095c-47d0-a96f-a75130c61d53",
    "identity": {
        "authorization": {
            "scope": "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourceGroups/rg/providers/A.B/c/d",
            "action": "A.B/c/write",
            "evidence": {
                "role": "Contributor",
                "roleAssignmentId": "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
                "principalId": "11112222333344445555666677778888",
            },
        },
        "claims": {
            "appid": "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
            f"{CLAIMS}objectidentifier": "2222aaaa-3333-4444-5555-666677778888",
            f"{CLAIMS}tenantid": TENANT,
            "uti": "cRZ8-NDqNECeq2PmIKW8Ag",
            "xms_mirid": "/subscriptions/S/resourcegroups/r/providers/Microsoft.Compute/virtualMachines/vm",
        },
    },
    "level": "Information",
    "properties": {"statusCode": "OK", "requestbody": '{"a": "b"}', "eventCategory": "Administrative"},
}
SIGN_IN = {
    "time": "2026-03-01T04:05:06.7890123Z",
    "resourceId": f"/tenants/{TENANT}/providers/Microsoft.aadiam",
    "operationName": "Sign-in activity",
    "category": "ServicePrincipalSignInLogs",
    "tenantId": TENANT,
    "resultType": "0",
    "resultSignature": "None",
    "callerIpAddress": "203.0.113.8",
    "correlationId": "ad8c289f-a81d-4959-bacc-c5774ab9baaa",
    "identity": "Somebody",
    "Level": 4,
    "properties": {
        "id": "a08869a8-3b15-46e4-8de3-273849e60100",
        "createdDateTime": "2026-03-01T04:05:06.7890123+00:00",
        "userId": "3333aaaa-3333-4444-5555-666677778888",
        "userPrincipalName": "somebody@contoso.com",
        "appId": "b3b975ac-995b-426e-8b5d-363a165df41c",
        "ipAddress": "203.0.113.9",
        "status": {"errorCode": 0},
        "location": {"city": "Zürich", "geoCoordinates": {"latitude": 47.5, "longitude": -8.25}},
        "appliedConditionalAccessPolicies": [{"id": "p", "result": "notApplied"}, {"id": "q", "grants": ["Mfa"]}],
        "isInteractive": False,
        "servicePrincipalId": "9d370547-cb61-4753-be23-68534909af90",
        "uniqueTokenIdentifier": "qGmIoBU75EaN4yc4SeYBAA",
    },
}
GRAPH = {
    "time": "2026-03-01T04:05:06.7890123Z",
    "resourceId": f"/TENANTS/{TENANT.upper()}/PROVIDERS/MICROSOFT.AADIAM",
    "operationName": "Microsoft Graph Activity",
    "category": "MicrosoftGraphActivityLogs",
    "resultSignature": "200",
    "callerIpAddress": "203.0.113.10",
    "correlationId": "f7739da0-e6d1-4e3f-985a-64937fb0e347",
    "tenantId": TENANT,
    "properties": {
        "requestId": "a7739da0-e6d1-4e3f-985a-64937fb0e347",
        "operationId": "b7739da0-e6d1-4e3f-985a-64937fb0e347",
        "requestMethod": "GET",
        "responseStatusCode": 200,
        "requestUri": "https://graph.microsoft.com/v1.0/users/9d370547-cb61-4753-be23-68534909af90/messages?$top=5",
        "signInActivityId": "qGmIoBU75EaN4yc4SeYBAA",
        "appId": "b3b975ac-995b-426e-8b5d-363a165df41c",
        "userId": "",
        "servicePrincipalId": "9d370547-cb61-4753-be23-68534909af90",
        "ipAddress": "203.0.113.10",
        "roles": None,
        "durationMs": 1748376,
    },
}
PLAIN = (
    ACTIVITY,
    SIGN_IN,
    SIGN_IN | {"category": "SignInLogs"},
    SIGN_IN | {"category": "NonInteractiveUserSignInLogs"},
    SIGN_IN | {"category": "ManagedIdentitySignInLogs"},
    GRAPH,
)

ODD_TEXTS = (
    *("", " ", "\t", "<null>", "null", "é", "ÅÄÖ", 'a"b', "back\\slash", "tab\t", "\u0000", "\U0001f600", "x" * 70),
    *("00000000-0000-0000-0000-000000000000", "8A4DE8B5-095C-47D0-A96F-A75130C61D53", "8a4de8b5095c47d0a96fa75130c61d53"),
    *("8a4de8b5-095c-47d0-a96f-a75130c61dXX", " 8a4de8b5-095c-47d0-a96f-a75130c61d53 ", "8a4de8b5-095c47d0-a96fa-75130c61d53-"),
    *("2026-02-29T00:00:00Z", "2024-02-29T23:59:59.9999999Z", "2026-03-01T24:00:00Z", "2026-03-01T04:05:06+01:00"),
    *("2026-03-01 04:05:06.789", "3/1/2026, 4:05:06.789 AM", "2026-03-01T04:05:06", "2026-03-01T04:05Z", "0001-01-01T00:00:00Z"),
    *("2026-03-01T04:05:06.1234567891Z", "2026-03-01T04:05:06.Z", "2026-03-01T04:05:60Z", "2026-03-01T04:05:06.7+00:00"),
    *("Start", "Accepted", "SUCCESS", "Failed", "Failure", "Forbidden", "0", "50126", "00", "-1", "65001", "200", "403"),
    *("Policy", "write", "ResourceHealth", "AuditLogs", "signinlogs", "AzureADGraphActivityLogs", "MicrosoftGraphActivityLogs"),
    *("Microsoft.Authorization/roleAssignments/write", "microsoft.insights/diagnosticSettings/delete"),
    *("/", "//", "/subscriptions/", "/subscriptions/S", "/Subscriptions/S/", "/tenants/t", "/tenants/T/x/", "/providers/x"),
    *("10.0.0.1:443", "[2001:db8::1]:80", "2001:db8::1", ":80", "<pii>x</pii>", "YTA4ODY5YTgtM2IxNS00NmU0LThkZTMtMjczODQ5ZTYwMTAw"),
    *("cRZ8-NDqNECeq2PmIKW8Ag==", "AAAAAAAAAAAAAAAAAAAAAA", "cRZ8+NDqNECeq2PmIKW8A/", "cRZ8*NDqNECeq2PmIKW8Ag"),
    *("/v1.0/me", "https://graph.microsoft.com/beta/users('a%2fb')/x?y", "https://h/v1.0/drive/root:/a/1/b:/children"),
    *("https://h/v1.0/1/2/3.5/4x/me", "https://h/1.0/users/1 ", "//v1.0//users//1//", "https://h/v1.0/a/#/1?<pii>/2</pii>", "POST"),
    *('{"a": 1}', '{"time": "2026-01-01", "category": "Write", "operationName": "x/write"}', "[]", '"x"'),
)  # fmt: skip
ODD_VALUES = (
    *ODD_TEXTS,
    *(None, True, False, 0, 7, -1, 200, 403, 404, 1.5, -0.0, 1e300, 10**18, 10**30, [], {}, [1, "a"], {"value": "v"}),
)
EXTRA_KEYS = (
    *("Workload", "Operation", "eventTimestamp", "message", "records", "Type", "AppId", "CATEGORY", "oid", "upn"),
    *("submissionTimestamp", "eventDataId", "_TimeReceived", "caller", "extra", "Time", "xms_az_rid", "ipaddr", "é"),
    *("userId", "appId", "operationId", "correlationId", "uniqueTokenId", "managedIdentity", "status", "properties"),
    *("hierarchy", "statusMessage", "httpRequest", "activityDisplayName", "ResourceId", "UserPrincipalObjectID"),
)
_ANY_VALUE = st.one_of(st.sampled_from(ODD_VALUES), st.text(max_size=12), st.uuids().map(str))


def paths(found, prefix=()):
    """Return the paths of all values, objects and lists of a record."""
    items = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    for key, value in items:
        yield (*prefix, key)
        yield from paths(value, (*prefix, key))


def at(record, path):
    """Return what stands at a path."""
    for key in path:
        record = record[key]
    return record


def put(record, path, value):
    """Return a record with another value at a path."""
    changed = copy.deepcopy(record)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


@st.composite
def shapes(draw):
    """Draw a record with few odd things about which keys it has."""
    record = copy.deepcopy(draw(st.sampled_from(PLAIN)))
    for _ in range(draw(st.integers(0, 2))):
        path = draw(st.sampled_from([(), *paths(record)]))
        inner = at(record, path)
        kind = draw(st.sampled_from(("drop", "add", "shuffle", "null")))
        if kind == "add" and isinstance(inner, dict):
            inner[draw(st.sampled_from(EXTRA_KEYS))] = draw(_ANY_VALUE)
        elif kind == "shuffle" and isinstance(inner, dict):
            keys = draw(st.permutations(list(inner)))
            values = dict(inner)
            inner.clear()
            inner.update((key, values[key]) for key in keys)
        elif path and kind in ("drop", "null"):
            outer = at(record, path[:-1])
            if kind == "null":
                outer[path[-1]] = None
            else:
                del outer[path[-1]]
    return record


@st.composite
def lines_of(draw, record):
    """Draw a line that says a record, with other values here and there, spelled in one of many ways."""
    for _ in range(draw(st.sampled_from((0, 0, 1, 1, 2)))):
        found = [path for path in paths(record) if path]
        if found:
            record = put(record, draw(st.sampled_from(found)), draw(_ANY_VALUE))
    ascii_only, tight = draw(st.sampled_from(((False, True), (False, True), (True, True), (False, False))))
    line = json.dumps(record, ensure_ascii=ascii_only, separators=(",", ":") if tight else None)
    line = line.encode("utf-8", "surrogatepass")
    kind = draw(st.sampled_from(("", "", "", "", "", "double", "cut", "byte", "space", "raw")))
    if kind == "double":
        line = draw(st.sampled_from((b'{"time":1,', b'{"category":"Write",', b'{"a":{"b":1,"b":2},'))) + line[1:]
    elif kind == "cut":
        line = line[: draw(st.integers(0, len(line)))]
    elif kind == "byte":
        place = draw(st.integers(0, len(line) - 1))
        line = line[:place] + draw(st.binary(max_size=2)).replace(b"\n", b"") + line[place + draw(st.integers(0, 2)) :]
    elif kind == "space":
        line = draw(st.sampled_from((b" ", b"\t", b"\xef\xbb\xbf"))) + line + draw(st.sampled_from((b"\r", b" ", b"x")))
    elif kind == "raw":
        line = draw(st.sampled_from((b"", b" ", b"\r", b"{}", b"[]", b"null", b'"x"', b"\xff", b'{"time":"x"}')))
    return line


@st.composite
def line_lists(draw):
    """Draw lines of few shapes, so that most shapes occur several times."""
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        shape = draw(shapes())
        lines += draw(st.lists(lines_of(shape), min_size=2, max_size=6))
    return draw(st.permutations(lines))
