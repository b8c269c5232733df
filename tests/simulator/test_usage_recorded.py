"""Generated logs held against real ones: how many rows operations have, which keys, which casing, how late they come.

The real records are few, and of few tenants; each tolerance is written beside its figure. Where they are absent, the
tests are skipped. docs/simulator-generate.md repeats the tolerances.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from statistics import median

import pytest
from tests.simulator.usage_world import Past, make_past

from remit.model.usage import LogKind, Normalised
from remit.usage.records import normalise
from remit.usage.spellings import read_time

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[2].parent / "shared" / "data")) / "logs"
TRAINING = DATA / "sentinel-training-lab" / "azure_activity.csv"

pytestmark = pytest.mark.skipif(not TRAINING.is_file(), reason="needs the public log records: set REMIT_TEST_DATA")

SHARE_TOLERANCE = 0.08
"""Of shares of operations by their number of rows; 160 real operations give a standard error of 0.04."""
CASING_TOLERANCE = 0.25
"""Of shares of casings; 30 real records of two tenants or so."""
DELAY_FACTOR = 2.5
"""Of the median and of both ends of the delay from an event to its submission."""
KEY_SHARE = 0.9
"""A key that all real records of a category have stands in so many of the generated ones."""
FEWEST = 4
"""Real records that a category must have to say anything."""


@pytest.fixture(scope="module")
def past(tmp_path_factory) -> Past:
    """Much of everything, as diagnostic settings write it and as the portal exports it."""
    folder = tmp_path_factory.mktemp("recorded")
    asked = {
        "size": 300,
        "identities": 60,
        "packing": "none",
        "duplicates": 0.0,
        "old_exports": 0.0,
        "logged": 0.8,
        "begun": 0.0,
    }
    return make_past(folder / "tenant", 7, forms=("diagnostic",), **asked)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> list[dict[str, str]]:
    """AzureActivity as the portal exports it."""
    made = make_past(
        tmp_path_factory.mktemp("csv") / "tenant", 7, forms=("csv",), packing="none", duplicates=0.0, refused=0.0
    )
    return rows(next(path for path in made.files() if path.name.startswith("AzureActivity")))


def rows(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def shares_of_rows(found: list[dict[str, str]]) -> dict[str, float]:
    """Shares of operations with one, two, three and more rows; what policies and health tell is no operation."""
    counts: Counter[tuple[str, ...]] = Counter()
    for row in found:
        # The real export holds no refusal, and a refusal is one row.
        if row["Category"] == "Administrative" and "AuthorizationFailed" not in row["Properties"]:
            name = row.get("OperationNameValue") or row["OperationName"]
            counts[row["CorrelationId"], name.lower(), row["ResourceId"].lower()] += 1
    sizes = Counter(min(count, 4) for count in counts.values())
    whole = sum(sizes.values())
    return {name: sizes[size] / whole for size, name in ((1, "one"), (2, "two"), (3, "three"), (4, "more"))}


def test_operations_have_as_many_rows_as_real_ones(exported) -> None:
    real, made = shares_of_rows(rows(TRAINING)), shares_of_rows(exported)
    assert real["two"] > 0.5
    for name, share in real.items():
        assert made[name] == pytest.approx(share, abs=SHARE_TOLERANCE), (name, real, made)


def delays(found: list[dict[str, str]]) -> list[float]:
    return sorted(
        ((read_time(row["EventSubmissionTimestamp [UTC]"]) or 0) - (read_time(row["TimeGenerated [UTC]"]) or 0)) / 1e6
        for row in found
    )


def test_rows_are_submitted_about_as_long_after_the_event_as_real_ones(exported) -> None:
    real, made = delays(rows(TRAINING)), delays(exported)
    for of in (lambda all_: all_[len(all_) // 50], median, lambda all_: all_[-1 - len(all_) // 50]):
        assert of(real) / DELAY_FACTOR < of(made) < of(real) * DELAY_FACTOR


def test_every_column_of_the_real_export_is_in_the_generated_one(exported) -> None:
    assert set(rows(TRAINING)[0]) - set(exported[0]) <= {"ActivitySubstatus", "ResourceProvider", "Resource"}


@cache
def real_records() -> dict[str, list[dict[str, object]]]:
    """Every real diagnostic record that is no rule test, by category."""
    found: dict[str, list[dict[str, object]]] = defaultdict(list)
    seen = set()
    for path in sorted(DATA.glob("*/*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines() if "panther" not in path.parent.name else ():
            row = json.loads(line)
            raw = row.get("raw", row.get("event", row)) if isinstance(row, dict) else None
            text = raw if isinstance(raw, str) else json.dumps(raw)
            try:
                record = json.loads(text)
            except json.JSONDecodeError:
                continue
            if (
                isinstance(record, dict)
                and {"category", "operationName", "resourceId"} <= set(record)
                and text not in seen
            ):
                seen.add(text)
                if isinstance(record["category"], str):
                    found[record["category"]].append(record)
    return found


@pytest.fixture(scope="module")
def made(past) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = defaultdict(list)
    for _, line in past.records():
        record = json.loads(line)
        if isinstance(normalise(line), Normalised):
            found[record["category"]].append(record)
    return found


CATEGORIES = (
    "ManagedIdentitySignInLogs",
    "ServicePrincipalSignInLogs",
    "NonInteractiveUserSignInLogs",
    "SignInLogs",
    "AuditLogs",
    "MicrosoftGraphActivityLogs",
    "AuditEvent",
)


def keys(record: dict[str, object]) -> set[str]:
    inner = record.get("properties")
    return set(record) | {f"properties.{name}" for name in (inner if isinstance(inner, dict) else {})}


@pytest.mark.parametrize("category", CATEGORIES)
def test_keys_that_every_real_record_has_stand_in_the_generated_ones(made, category) -> None:
    real, found = real_records()[category], made[category]
    assert len(real) >= FEWEST
    assert found
    always = set.intersection(*map(keys, real))
    for name in sorted(always):
        share = sum(name in keys(record) for record in found) / len(found)
        assert share >= KEY_SHARE, (name, share)


@pytest.mark.parametrize("category", CATEGORIES)
def test_no_key_is_invented(made, category) -> None:
    """What a generated record has stands in a real one, or is a column of a table."""
    columns = {
        name.lower()
        for table in json.loads((DATA / "schemas" / "sentinel_tables.json").read_text()).values()
        for name in table
    }
    real = {
        name.rpartition(".")[2].lower() for records in real_records().values() for one in records for name in keys(one)
    }
    invented = {name for record in made[category] for name in keys(record)}
    documented = {"isrbacauthorized", "appliedassignmentid", "isaddressauthorized", "addrauthtype"}
    assert not {name for name in invented if name.rpartition(".")[2].lower() not in columns | real | documented}


def casing(records: list[dict[str, object]]) -> dict[str, float]:
    found = [str(record["resourceId"]) for record in records]
    upper = sum(text == text.upper() for text in found)
    lower = sum(text == text.lower() for text in found)
    return {"upper": upper / len(found), "lower": lower / len(found)}


@pytest.mark.parametrize("category", CATEGORIES)
def test_resource_ids_are_cased_as_real_ones(made, category) -> None:
    real, found = casing(real_records()[category]), casing(made[category])
    for name, share in real.items():
        assert found[name] == pytest.approx(share, abs=CASING_TOLERANCE), (name, real, found)


def test_machines_have_no_address_and_evidence_stands_on_some_rows_only(past) -> None:
    read = [one for _, found in past.read if isinstance(found, Normalised) for one in found.operations]
    machines = [one for one in read if one.log is LogKind.MANAGED_IDENTITY_SIGN_IN]
    assert machines
    assert not [one for one in machines if one.address]
    told = Counter(bool(one.assignment_id) for one in read if one.log is LogKind.ACTIVITY)
    assert 0.3 < told[True] / told.total() < 0.85
