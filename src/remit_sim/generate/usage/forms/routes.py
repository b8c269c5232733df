"""Which file a record goes to: by its log, its place, and the form in which that place is exported."""

from __future__ import annotations

from pathlib import Path

from remit_sim.generate.dice import Dice
from remit_sim.generate.usage.calls import ACTIVITY, AKS, COSMOS, KEY_VAULT, STORAGE
from remit_sim.generate.usage.forms import shapes, sinks, tables
from remit_sim.generate.usage.observing import AAD_GRAPH, AUDIT, GRAPH, TENANT
from remit_sim.generate.usage.operations import Fields, Record
from remit_sim.generate.usage.settings import UsageSettings

OVERLAP = "overlap"
"""Folder of the second, overlapping export."""
_CONTAINERS = {
    ACTIVITY: "insights-activity-logs",
    KEY_VAULT: "insights-logs-auditevent",
    COSMOS: "insights-logs-dataplanerequests",
    AKS: "insights-logs-kube-audit",
    AUDIT: "insights-logs-auditlogs",
    GRAPH: "insights-logs-microsoftgraphactivitylogs",
    AAD_GRAPH: "insights-logs-azureadgraphactivitylogs",
}
_FORWARDERS = ("beats", "splunk", "datadog", "wazuh")


class Routes:
    """All files of a tenant's logs."""

    def __init__(self, folder: Path, settings: UsageSettings, tenant_id: str) -> None:
        self._folder = folder
        self._settings = settings
        self._tenant_id = tenant_id
        self._sinks: dict[tuple[str, ...], sinks.Sink] = {}
        self._dice = Dice(settings.seed, "usage/forms")

    def write(self, record: Record, form: str) -> None:
        """Write a record in a form."""
        again = OVERLAP if record.again else ""
        key: tuple[str, ...] = (form, again)
        if form in _FORWARDERS:
            made = self._forwarded(record, form)
        elif form in {"csv", "query"}:
            made = tables.row(record)
            key = (form, again, made["Type"])
        else:
            made = self._plain(record, form)
            if form != "eventHub":
                # Only sign-ins and Storage have a container for each category; two streams into one file would mix.
                apart = form not in {"api", "unified"} and record.log not in _CONTAINERS
                category = str(made["category"]) if apart else ""
                key = (form, again, record.log, record.place, category)
        sink = self._sinks.get(key)
        if sink is None:
            sink = self._sinks[key] = self._opened(record, key, made)
        sink.add(record.arrived, made)

    def close(self) -> None:
        """End every file."""
        for sink in self._sinks.values():
            sink.close()

    def _opened(self, record: Record, key: tuple[str, ...], made: Fields) -> sinks.Sink:
        form, again = key[:2]
        if form in _FORWARDERS:
            return sinks.Sink(*self._at("forwarded", again), f"{form}.jsonl", *self._cut(form))
        if form in {"csv", "query"}:
            return self._table(form, again, made)
        return self._stream(record, form, again, key[-1])

    def _forwarded(self, record: Record, form: str) -> Fields:
        fields = shapes.diagnostic(record, self._dice)
        return shapes.wazuh(fields, record.time) if form == "wazuh" else _AROUND[form](fields)

    def _plain(self, record: Record, form: str) -> Fields:
        if form == "api":
            return shapes.api(record)
        if form == "unified":
            return shapes.unified(record, self._tenant_id)
        return shapes.diagnostic(record, self._dice)

    def _at(self, name: str, again: str) -> tuple[Path]:
        return (self._folder / again / name if again else self._folder / name,)

    def _cut(self, name: str) -> tuple[str, str]:
        packing = self._settings.packing
        if packing == "mixed":
            packing = Dice(self._settings.seed, f"usage/packing/{name}").pick(("none", "gz", "zst"))
        return self._settings.chunk, packing

    def _stream(self, record: Record, form: str, again: str, category: str) -> sinks.Sink:
        cut = self._cut(record.place)
        if form == "eventHub":
            return sinks.Messages(*self._at("event-hub", again), "insights-logs.jsonl", *cut)
        if form == "unified":
            return sinks.Sink(*self._at("unified-audit", again), "audit-data.jsonl", *cut)
        if form == "api":
            if record.log == ACTIVITY:
                place = record.place.rpartition("/")[2]
                url = f"https://management.azure.com{record.place}/providers/Microsoft.Insights/eventtypes/management/values"
                return sinks.Pages(*self._at("activity-log", again), place, cut[1], ("nextLink", url))
            name = "directoryAudits" if record.log == AUDIT else "signIns"
            url = f"https://graph.microsoft.com/v1.0/auditLogs/{name}"
            return sinks.Pages(*self._at("graph", again), name, cut[1], ("@odata.nextLink", url))
        container = _CONTAINERS.get(record.log) or f"insights-logs-{category.lower()}"
        where = f"tenantId={self._tenant_id}" if record.place == TENANT else f"resourceId={self._upper(record)}"
        kind = sinks.Array if form == "records" else sinks.Blobs
        return kind(self._at(container, again)[0] / where, "PT1H.json", *cut)

    def _upper(self, record: Record) -> str:
        service = "/blobServices/default" if record.log == STORAGE else ""
        return (record.place + service).upper()

    def _table(self, form: str, again: str, made: Fields) -> sinks.Sink:
        name = made["Type"]
        columns = tuple(_wide(made))
        if form == "csv":
            return sinks.Sheet(*self._at("log-analytics", again), f"{name}.csv", *self._cut(name), columns)
        return sinks.Answers(*self._at("queries", again), f"{name}.json", *self._cut(name), columns)


_AROUND = {"beats": shapes.beats, "splunk": shapes.splunk, "datadog": shapes.datadog}
_SOMETIMES = (
    "UserId", "ServicePrincipalId", "SignInActivityId", "TokenIssuedAt", "ResultDescription", "Location", "Identity",
    "ServicePrincipalCredentialKeyId", "FederatedCredentialId", "ClientCredentialType",
)  # fmt: skip


def _wide(made: Fields) -> Fields:
    """Return the columns of a table: those of its first row, and those that not every row has."""
    return dict.fromkeys((*made, *_SOMETIMES)) if made["Type"].startswith(("AAD", "Signin", "Microsoft")) else made
