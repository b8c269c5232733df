"""Which API a token is for: the resource that a client names, and the `aud` that a listener accepts.

>>> Audiences(arm_url="https://127.0.0.1:1", graph_url="https://127.0.0.1:2").api_of("https://graph.microsoft.com")
'graph'
"""

from __future__ import annotations

from dataclasses import dataclass

from remit_sim.call import ARM, BLOB, GRAPH, LOGS
from remit_sim.graph_permissions import GRAPH_APP_ID

_ARM = frozenset(
    {
        "https://management.core.windows.net",
        "https://management.azure.com",
        "https://management.core.usgovcloudapi.net",
        "https://management.usgovcloudapi.net",
        "https://management.core.chinacloudapi.cn",
        "https://management.chinacloudapi.cn",
        "797f4846-ba00-4fd7-ba43-dac1f8f63013",
    }
)
_GRAPH = frozenset(
    {
        "https://graph.microsoft.com",
        "https://graph.microsoft.us",
        "https://dod-graph.microsoft.us",
        "https://microsoftgraph.chinacloudapi.cn",
        GRAPH_APP_ID,
    }
)
_LOGS = frozenset(
    {
        "https://api.loganalytics.io",
        "https://api.loganalytics.us",
        "https://api.loganalytics.azure.cn",
        "ca7f3f0b-7d91-482c-8e09-c5d840d0eac5",
    }
)
_BLOB = frozenset({"https://storage.azure.com", "e406a681-f3d4-42a8-90b6-c2b029497af1"})


@dataclass(frozen=True, slots=True)
class Audiences:
    """The names of both APIs: Azure's own, and where they listen here (`localhost` is as good as the address)."""

    arm_url: str
    graph_url: str

    def api_of(self, resource: str) -> str | None:
        """Return the API of a resource or an audience, None where it is of none; a final slash does not matter."""
        name = resource.rstrip("/").lower().replace("//localhost:", "//127.0.0.1:")
        if name in _ARM or name == self.arm_url:
            return ARM
        if name in _GRAPH or name == self.graph_url:
            return GRAPH
        if name in _LOGS:
            return LOGS
        return BLOB if name in _BLOB else None
