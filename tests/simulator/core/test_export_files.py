from __future__ import annotations

import gzip
import json
import time
from datetime import UTC, datetime

import pytest
from tests.simulator.core.asking import SAMPLE

from remit.model.errors import PayloadError
from remit_sim.export_files import START, UNNAMED_TENANT, load_tenant, save_tenant


def write(folder, name: str, text: bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)


def rows(tenant, list_name: str) -> list[bytes]:
    return list(tenant.table(list_name).rows())


def test_the_sample_tenant_is_saved_as_it_was_loaded(tmp_path) -> None:
    told: list[str] = []
    tenant = load_tenant(SAMPLE, warn=told.append)
    save_tenant(tenant, tmp_path)

    for path in SAMPLE.rglob("*.jsonl"):
        assert (tmp_path / path.relative_to(SAMPLE)).read_bytes() == path.read_bytes()
    assert told == ["one gap of the manifest left out: the simulated tenant has no gaps"]
    again = load_tenant(tmp_path)
    assert (again.tenant_id, again.clock.now()) == (tenant.tenant_id, tenant.clock.now())


def test_rows_keep_their_bytes_in_every_form_of_a_file(tmp_path) -> None:
    odd = b'{"id" :  "/subscriptions/A",\t"name": "\\u00fcber"}'
    write(tmp_path, "arm/resources.jsonl", b"\xef\xbb\xbf" + odd + b" \r\n\n")
    write(tmp_path, "arm/deploymentStacks.jsonl.gz", gzip.compress(odd + b"\n"))
    write(tmp_path, "arm/subscriptions.json", b'{"value": [' + odd + b', {"id":"/b"}], "count": 2}')
    write(tmp_path, "graph/USERS.json", b'[{"id": "u"} ]')

    tenant = load_tenant(tmp_path)

    assert rows(tenant, "arm/resources") == [odd]
    assert rows(tenant, "arm/deploymentStacks") == [odd]
    assert rows(tenant, "arm/subscriptions") == [odd, b'{"id":"/b"}']
    assert rows(tenant, "graph/users") == [b'{"id": "u"}']


def test_an_export_without_manifest_gets_a_tenant_and_a_time(tmp_path) -> None:
    write(tmp_path, "graph/users.jsonl", b"")
    tenant = load_tenant(tmp_path)
    assert (tenant.tenant_id, tenant.clock.now(), tenant.cloud) == (UNNAMED_TENANT, START, "AzureCloud")


def test_the_manifest_is_read(tmp_path) -> None:
    said = {"tenantId": "ABC", "collectedAt": "2026-11-01T02:00:00+02:00", "cloud": "AzureUSGovernment"}
    write(tmp_path, "manifest.json", json.dumps(said).encode())
    tenant = load_tenant(tmp_path)
    assert (tenant.tenant_id, tenant.cloud) == ("abc", "AzureUSGovernment")
    assert tenant.clock.now() == datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("graph/users.jsonl", b'{"id":"a"}\n{"name":"b"}', "users.jsonl:2: id: is missing"),
        ("graph/users.jsonl", b"{", "users.jsonl:1: is not JSON"),
        ("graph/users.json", b"{}", "has no list `value`"),
        ("graph/users.jsonl.gz", b"\x1f\x8bxx", "the gzip stream is damaged"),
        ("manifest.json", b'{"format":"other"}', "`other` is not"),
        ("manifest.json", b'{"collectedAt":"yesterday"}', "`yesterday` is not a time"),
        ("notes.txt", b"", "holds no list of a tenant export"),
    ],
)
def test_what_is_no_export_is_told_with_its_place(tmp_path, name, text, says) -> None:
    write(tmp_path, name, text)
    with pytest.raises(PayloadError) as raised:
        load_tenant(tmp_path)
    assert says in raised.value.message


def test_a_folder_that_is_not_there_is_told(tmp_path) -> None:
    with pytest.raises(PayloadError, match="does not exist"):
        load_tenant(tmp_path / "none")


def test_half_a_million_rows_would_load_in_seconds(tmp_path) -> None:
    row = b'{"id":"/subscriptions/s/resourceGroups/g/providers/p/t/%d","name":"n","properties":{"x":[1,2,3]}}\n'
    write(tmp_path, "arm/resources.jsonl", b"".join(row % number for number in range(20_000)))
    start = time.process_time()
    assert len(load_tenant(tmp_path).table("arm/resources")) == 20_000
    assert (time.process_time() - start) * 25 < 20
