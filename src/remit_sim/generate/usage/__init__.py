"""The past of a tenant: what everybody did, and the logs that tell some of it, in every form that logs have."""

from remit_sim.generate.usage.labels import UsageLabel, UsageTotals, read_totals, read_usage
from remit_sim.generate.usage.settings import FORMS, UsageSettings
from remit_sim.generate.usage.writing import write_usage

__all__ = ["FORMS", "UsageLabel", "UsageSettings", "UsageTotals", "read_totals", "read_usage", "write_usage"]
