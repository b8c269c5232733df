"""The logs of the sample tenant that Remit bundles, Halden Freight: a story that a demonstration can tell.

    files = sample_logs(Path("src/remit/sample/tenant"))

- ci-release may contribute everywhere, and only ever deploys to two resource groups.
- Lena Fischer, on call, activated Contributor for one night and restarted the gateway.
- Alex Kim (the second one) was a developer until September, and was refused afterwards.
- Developers work in their own group; two of them asked for more and were refused.
- cargo-assistant reads the whole subscription and some blobs; no log tells of either. Ines Duarte only reads, too.
- backup-runner never does anything.
- The vault is logged since 1 September; the storage account is not.

`python -m remit_sim.generate.usage.sample TENANT OUT` writes the files; a test holds what is bundled against this.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from remit_sim import places
from remit_sim.generate.dice import Dice, Ids
from remit_sim.generate.usage.calls import ACTIVITY, KEY_VAULT
from remit_sim.generate.usage.facts import Facts
from remit_sim.generate.usage.forms import shapes, tables
from remit_sim.generate.usage.forms.sinks import told
from remit_sim.generate.usage.labels import UsageLabel, label_of
from remit_sim.generate.usage.observing import AUDIT, GRAPH, SIGN_INS
from remit_sim.generate.usage.operations import Operation, Record
from remit_sim.generate.usage.records import activity, data_planes, entra_audit, graph_calls, sign_ins
from remit_sim.generate.usage.sample_story import SEED, Story

_DELAY_US = 360_000_000


@dataclass(frozen=True, slots=True)
class SampleLogs:
    """The files by name, and what happened."""

    files: dict[str, bytes]
    labels: list[UsageLabel]


def sample_logs(tenant: Path) -> SampleLogs:
    """Return the logs of the sample tenant.

    Args:
        tenant: folder of its export.
    """
    story = Story(tenant)
    teller = _Teller(story.facts, story.ids)
    records: list[Record] = []
    labels: list[UsageLabel] = []
    for one in story.operations():
        found = [] if one.hidden else teller.records(one)
        records += found
        labels.append(label_of(one, "" if one.hidden else "sample", (len(found), 0), known=True))
    records.sort(key=lambda one: (one.arrived, one.operation, one.time))
    return SampleLogs(dict(teller.files(records)), labels)


def write_sample(tenant: Path, out: Path) -> None:
    """Write the files of the sample's logs into a folder."""
    for name, data in sample_logs(tenant).files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(data)


class _Teller:
    def __init__(self, facts: Facts, ids: Ids) -> None:
        self.facts = facts
        self._ids = ids
        self._dice = Dice(SEED, "sample")

    def records(self, one: Operation) -> list[Record]:
        place, arrived = places.subscription_of(places.key(one.scope)), one.time + _DELAY_US
        if one.log == ACTIVITY:
            chain = [step.rpartition("/")[2] for step in reversed(self.facts.above.get(place, ()))]
            names = (self.facts.tenant_id, "/".join([*chain, place.rpartition("/")[2]]))
            made = activity.rows(one, self._dice, self._ids, names, 0.85)
            return [
                Record(ACTIVITY, place, row["micros"], arrived + row["micros"] - one.time, row, one.number)
                for row in made
            ]
        fields: dict[str, Any]
        if one.log == KEY_VAULT:
            fields = data_planes.key_vault(one, self._ids, self.facts.tenant_id)
        elif one.log == AUDIT:
            fields = entra_audit.record(one, self._ids, self.facts.tenant_id)
        elif one.log == GRAPH:
            fields = graph_calls.record(one, self._dice, self._ids, self.facts.tenant_id)
        else:
            fields = sign_ins.record(one, self._dice, self.facts.tenant_id, old=False)
        return [Record(one.log, place, one.time, arrived, fields, one.number)]

    # The files

    def files(self, records: Sequence[Record]) -> Iterator[tuple[str, bytes]]:
        """Yield a file for each log, each in another form."""
        encode = msgspec.json.encode
        lines = [encode(shapes.diagnostic(one, self._dice)) for one in records if one.log == ACTIVITY]
        yield "activity.jsonl", b"\n".join(lines) + b"\n"
        vault = [encode(one.fields) for one in records if one.log == KEY_VAULT]
        yield "key-vault.json", b'{"records":[\n' + b",\n".join(vault) + b"\n]}\n"
        signed = [encode(one.fields) for one in records if one.log in SIGN_INS]
        messages = [b'{"records":[' + b",".join(signed[at : at + 5]) + b"]}\n" for at in range(0, len(signed), 5)]
        yield "sign-ins-event-hub.jsonl", b"".join(messages)
        audit = [encode(shapes.api(one)) for one in records if one.log == AUDIT]
        context = (
            b'{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#auditLogs/directoryAudits","value":[\n'
        )
        yield "directory-audits.json", context + b",\n".join(reversed(audit)) + b"\n]}\n"
        calls = [tables.row(one) for one in records if one.log == GRAPH]
        columns = tuple(dict.fromkeys(name for row in calls for name in row))
        answer = b",\n".join(encode(told(columns, row)) for row in calls)
        head = encode([{"name": name, "type": "string"} for name in columns])
        yield (
            "graph-query.json",
            b'{"tables":[{"name":"PrimaryResult","columns":' + head + b',"rows":[\n' + answer + b"\n]}]}\n",
        )


if __name__ == "__main__":
    write_sample(Path(sys.argv[1]), Path(sys.argv[2]))
