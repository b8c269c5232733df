"""Random condition texts, right and wrong, and attribute values that meet them (section C)."""

from __future__ import annotations

from tests.strategies.choices import Choices
from tests.strategies.vocabulary import (
    BLOB_READER,
    CONTRIBUTOR,
    CONTROL_PATTERNS,
    DATA_PATTERNS,
    READER,
    USERS,
)

from remit.model.question import AttributeValue

ROLE_ID = "Microsoft.Authorization/roleAssignments:RoleDefinitionId"
PRINCIPAL_TYPE = "Microsoft.Authorization/roleAssignments:PrincipalType"
_BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers"
_TAG = f"{_BLOBS}/blobs/tags:Project<$key_case_sensitive$>"

STRINGS = ("alpha", "Alpha", "beta", "alphabet", "a*b", "st", "jobs", "logs", "it's", "", "straße", "İ", "10", "true")
NUMBERS = (0, 9, 10, 20, -1)
GUIDS = (READER, CONTRIBUTOR, BLOB_READER, USERS[0])
TIMES = ("2026-10-31T00:00:00Z", "2026-11-01T00:00:00.0000000Z", "2026-11-01T00:00:00.0000001Z", "2026-11-02")
WORDS = ("User", "Group", "ServicePrincipal", "serviceprincipal")

ATTRIBUTES: tuple[tuple[str, str], ...] = (
    ("Resource", "Microsoft.Storage/storageAccounts:name"),
    ("Resource", "Microsoft.Storage/storageAccounts/queueServices/queues:name"),
    ("Resource", f"{_BLOBS}:name"),
    ("Resource", f"{_BLOBS}/blobs:path"),
    ("Resource", "Microsoft.Storage/storageAccounts:isHnsEnabled"),
    ("Resource", _TAG),
    ("Request", _TAG),
    ("Request", _TAG.replace("Project", "project")),
    ("Request", f"{_BLOBS}/blobs/tags&$keys$&"),
    ("Request", f"{_BLOBS}/blobs:versionId"),
    ("Request", ROLE_ID),
    ("Resource", ROLE_ID),
    ("Request", PRINCIPAL_TYPE),
    ("Request", "subOperation"),
    ("Principal", "Microsoft.Directory/CustomSecurityAttributes/Id:Set_Level"),
    ("Environment", "isPrivateLink"),
    ("Environment", "UtcNow"),
    ("Resource", "HasObotoken"),
)
STRING_OPERATORS = tuple(
    f"String{no}{word}{case}"
    for no in ("", "Not")
    for word in ("Equals", "StartsWith", "Like")
    for case in ("", "IgnoreCase")
)
NUMERIC_OPERATORS = tuple(
    f"Numeric{word}"
    for word in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
)
DATE_OPERATORS = tuple(word.replace("Numeric", "DateTime") for word in NUMERIC_OPERATORS)
GUID_OPERATORS = ("GuidEquals", "GuidNotEquals")
BOOL_OPERATORS = ("BoolEquals", "BoolNotEquals", "boolequals")
QUANTIFIERS = ("ForAnyOfAnyValues", "ForAllOfAnyValues", "ForAnyOfAllValues", "ForAllOfAllValues")
_LIKE_TEXTS = ("alpha*", "*", "?lpha", r"a\*b", "a*b*", "al??a", r"it\'s", r"\\", "a*c", "ALPHA*", "*a*a*")
_BROKEN = (
    "(",
    ")",
    "AND",
    "@Resource[",
    "@Resource[a]",
    "'open",
    "ActionMatches{}",
    "ActionMatches{'*'} AND",
    "@Resource[a] StringMatches 'b'",
    "@Elsewhere[a] StringEquals 'b'",
    "Frobnicate{'x'}",
    "@Request[a] ForSomeValues:StringEquals {'b'}",
    "@Request[a] ForAnyOfAnyValues:DateTimeEquals {'2026-11-01'}",
    "@Request[a] ForAnyOfAnyValues:StringStartsWith {'b'}",
    '@Request[a] StringEquals "b"',
    "@Request[a] == 'b'",
    "()",
    "NOT",
    "true",
    "@Request[a] StringEquals {'b',}",
    "@Request[a] StringEquals",
    "ActionMatches{'*'} ActionMatches{'*'}",
    "ActionMatches{'*'}\u00a0AND ActionMatches{'*'}",
    "ActionMatches 'a'",
    "ActionMatches{1}",
    "Exists 'a'",
    "Exists(@Request[a])",
    "@Request[a]: StringEquals 'b'",
    "@ Request[a] StringEquals 'b'",
)


def conditions(choose: Choices) -> str:
    """Return one condition text; about one in six cannot be understood."""
    way = choose.below(24)
    if way < 8:
        return _usual(choose)
    if way < 20:
        return _expression(choose, 2)
    if way == 20:
        return choose.pick(_BROKEN)
    if way == 21:  # C9: AND and OR on one level
        joint = _joint(choose, "AND"), _joint(choose, "OR")
        return f"{_atom(choose)} {joint[0]} {_atom(choose)} {joint[1]} {_atom(choose)}"
    text = _expression(choose, 1)
    if way == 22:
        cut = choose.below(len(text))
        return text[:cut] + text[cut + 1 :]
    return f"{text} {choose.pick((')', 'x', 'AND', '}', chr(39)))}"


def _usual(choose: Choices) -> str:
    """C2: the form the portal writes, for one or two actions."""
    clauses = []
    for _ in range(1 + choose.below(2)):
        names = [
            f"!(ActionMatches{{'{_pattern(choose)}'}}{_without_listing(choose)})" for _ in range(1 + choose.below(2))
        ]
        clauses.append(f"(({' AND '.join(names)}) {_joint(choose, 'OR')} ({_expression(choose, 1)}))")
    return "\n AND ".join(clauses)


def _without_listing(choose: Choices) -> str:
    return choose.pick(("", "", " AND NOT SubOperationMatches{'Blob.List'}", " AND SubOperationMatches{'blob.list'}"))


def _expression(choose: Choices, depth: int) -> str:
    if depth == 0 or choose.chance(40):
        return _atom(choose)
    joint = _joint(choose, choose.pick(("AND", "OR")))
    parts = []
    for _ in range(2 + choose.below(2)):
        part = _expression(choose, depth - 1)
        parts.append(f"{choose.pick(('', '', '!', 'NOT '))}({part})")
    text = f"{choose.pick((' ', chr(10), ' ' + chr(9)))}{joint} ".join(parts)
    return f"({text})" if choose.chance(30) else text


def _joint(choose: Choices, word: str) -> str:
    return choose.pick((word, word, word.lower(), "&&" if word == "AND" else "||"))


def _pattern(choose: Choices) -> str:
    return choose.spell(choose.pick(choose.pick((CONTROL_PATTERNS, DATA_PATTERNS))))


def _attribute(choose: Choices) -> str:
    source, name = choose.pick(ATTRIBUTES)
    if choose.chance(20) and "<$" not in name:
        name = choose.spell(name)
    return f"@{choose.spell(source) if choose.chance(10) else source}[{name}]"


def _atom(choose: Choices) -> str:
    special = (_action_matches, _sub_operation, _exists, _clock, _two_attributes, _two_sets)
    return choose.pick((*special, *(_comparison,) * 7))(choose)


def _action_matches(choose: Choices) -> str:
    return f"ActionMatches{{{', '.join(repr(_pattern(choose)) for _ in range(1 + choose.below(2)))}}}"


def _sub_operation(choose: Choices) -> str:
    if choose.chance(40):
        return "@Request[subOperation] ForAnyOfAnyValues:StringEqualsIgnoreCase {'Blob.List', 'x'}"
    return f"{choose.spell('SubOperationMatches')}{{'Blob.List'}}"


def _exists(choose: Choices) -> str:
    return f"{choose.pick(('', 'NOT ', '!'))}Exists {_attribute(choose)}"


def _clock(choose: Choices) -> str:
    return f"@Environment[UtcNow] {choose.pick(DATE_OPERATORS)} '{choose.pick(TIMES)}'"


def _two_attributes(choose: Choices) -> str:
    return f"{_attribute(choose)} {choose.pick(STRING_OPERATORS)} {_attribute(choose)}"


def _two_sets(choose: Choices) -> str:
    operator = f"{choose.pick(QUANTIFIERS)}:{choose.pick(NUMERIC_OPERATORS)}"
    return f"{_set(choose, 'numeric')} {operator} {_set(choose, 'numeric')}"


def _comparison(choose: Choices) -> str:
    family, operators = choose.pick(
        (
            ("string", STRING_OPERATORS),
            ("guid", GUID_OPERATORS),
            ("numeric", NUMERIC_OPERATORS),
            ("date", DATE_OPERATORS),
            ("bool", BOOL_OPERATORS),
        )
    )
    operator = choose.pick(operators)
    if choose.chance(15):
        operator = choose.spell(operator)
    if choose.chance(8):
        family = choose.pick(("string", "guid", "numeric", "date", "bool"))
    quantified = family in ("string", "guid", "numeric") and choose.chance(50)
    if not quantified:
        value = _set(choose, family) if choose.chance(8) else _literal(choose, family, operator)
        return f"{_attribute(choose)} {operator} {value}"
    blank = choose.pick((" ", ""))
    return f"{_attribute(choose)} {choose.pick(QUANTIFIERS)}:{operator}{blank}{_set(choose, family)}"


def _set(choose: Choices, family: str) -> str:
    values = [_literal(choose, family, "") for _ in range(choose.pick((1, 2, 3, 0)))]
    return "{" + choose.pick((", ", ",")).join(values) + "}"


def _literal(choose: Choices, family: str, operator: str) -> str:
    if family == "guid":
        guid = choose.spell(choose.pick(GUIDS))
        return choose.pick((guid, guid.replace("-", ""), f"'{guid}'"))
    if family == "numeric":
        return choose.pick((str(choose.pick(NUMBERS)), str(choose.pick(NUMBERS)), "10.0", "'10'"))
    if family == "date":
        return f"'{choose.pick((*TIMES, 'tomorrow'))}'"
    if family == "bool":
        return choose.pick(("true", "false", "True", "'true'"))
    if "like" in operator.lower():
        return f"'{choose.pick(_LIKE_TEXTS)}'"
    return "'" + choose.pick(STRINGS).replace("'", "\\'") + "'"


def attributes(choose: Choices) -> dict[str, AttributeValue]:
    """Return what a call carries: some attributes, mostly of a type that conditions compare them with."""
    given: dict[str, AttributeValue] = {}
    for source, name in choose.some(ATTRIBUTES, 0, 7):
        if name == "subOperation":
            continue
        spelt = choose.spell(name) if choose.chance(20) and "<$" not in name else name
        given[f"@{choose.spell(source) if choose.chance(10) else source}[{spelt}]"] = _value(choose, name)
    return given


def _value(choose: Choices, name: str) -> AttributeValue:
    if choose.chance(12):
        return choose.pick((10, True, 1.5, "odd", (), ("alpha", "beta"), (10, 20), ("alpha", 10)))
    guid = choose.spell(choose.pick(GUIDS))
    usual: dict[str, AttributeValue] = {
        ROLE_ID: choose.pick((guid, guid.replace("-", ""), (guid, READER))),
        PRINCIPAL_TYPE: choose.pick(WORDS),
        "UtcNow": choose.pick(TIMES),
        f"{_BLOBS}/blobs:versionId": choose.pick(TIMES),
        "isPrivateLink": choose.chance(50),
        "Microsoft.Storage/storageAccounts:isHnsEnabled": choose.chance(50),
    }
    if "keys$" in name or name.endswith("Set_Level"):
        return tuple(choose.some(STRINGS, 0, 3)) if choose.chance(60) else choose.pick((9, 10, 20, (10, 20)))
    return usual[name] if name in usual else choose.pick(STRINGS)
