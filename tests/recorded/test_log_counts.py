"""Every public record is normalised or set aside, as many as docs/logs.md says."""

import pytest
from tests.docs.log_counts import DATA, PAGE, between, counted, files, framed, rendered

from remit.usage.records import normalise


@pytest.fixture(scope="module")
def data():
    if not DATA.exists():
        pytest.skip("no test data")
    return DATA


@pytest.mark.usefixtures("data")
def test_the_table_of_counts_is_what_is_counted():
    assert between(PAGE.read_text("utf-8")).strip() == rendered().strip(), (
        "write it anew: python -m tests.docs.log_counts"
    )


@pytest.mark.usefixtures("data")
def test_nothing_is_lost_and_no_reader_fails():
    for path in files():
        counts = counted(path)
        assert counts.read == counts.normalised + counts.set_aside.total()
        assert not [reason for reason in counts.set_aside if reason.startswith("cannot be read")]


@pytest.mark.parametrize(
    ("file", "records"),
    [
        ("wazuh-azure-tests/storage_events_json.json", 2),
        ("wazuh-azure-tests/storage_events_inline.ndjson", 2),
        ("wazuh-azure-tests/log_analytics_events.json", 2),
        ("wazuh-azure-tests/graph_events.json", 2),
        ("sumologic-azure-function/blob_fixtures.json", 8),
        ("otel-azurelogs/log-maximum.json", 3),
        ("sentinel-training-lab/azure_activity.csv", 325),
        ("sentinel-training-lab/office_activity.csv", 266),
        ("msticpy-testdata/aad_logons.csv", 86),
        ("invictus-o365/entra_ual_early.jsonl", 809),
    ],
)
def test_a_file_is_cut_into_the_records_that_it_holds(data, file, records):
    assert len(list(framed((data / file).read_bytes()))) == records


def test_one_event_in_two_transport_forms_says_the_same(data):
    folder = data / "wazuh-azure-tests"
    array, lines = (
        [normalise(record) for record in framed((folder / name).read_bytes())]
        for name in ("storage_events_json.json", "storage_events_inline.ndjson")
    )
    told = [[(one.time, one.action, one.principal_id) for one in found.operations] for found in array]
    assert told == [[(one.time, one.action, one.principal_id) for one in found.operations] for found in lines]
