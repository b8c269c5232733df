"""`/metadata/endpoints`: where a client that knows only the Resource Manager finds everything else.

From api-version 2022-09-01 on the answer is one environment, before that a list of one; what `az cloud register
--endpoint-resource-manager` reads is there. The suffixes are those of the public cloud: nothing listens there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from remit_sim.call import Answer, Call, Router

METADATA = "metadata"
NAME = "RemitSim"
_ONE_ENVIRONMENT_SINCE = "2022"


@dataclass(frozen=True, slots=True)
class Metadata:
    """Answers with the endpoints of one simulator."""

    arm_url: str
    graph_url: str
    login_url: str

    def add_routes(self, router: Router) -> None:
        """Add the route."""
        router.add(METADATA, "GET", "/metadata/endpoints", self.endpoints)

    def endpoints(self, call: Call) -> Answer:
        """Return the environment."""
        environment = self._environment(call.tenant.tenant_id)
        return Answer.of(environment if call.version >= _ONE_ENVIRONMENT_SINCE else [environment])

    def _environment(self, tenant_id: str) -> dict[str, Any]:
        return {
            "portal": "https://portal.azure.com",
            "authentication": {
                # No slash at the end: Terraform would write two.
                "loginEndpoint": self.login_url,
                "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
                "tenant": tenant_id,
                "identityProvider": "AAD",
            },
            "media": "https://rest.media.azure.net",
            "graphAudience": f"{self.graph_url}/",
            "graph": f"{self.graph_url}/",
            "name": NAME,
            "suffixes": {
                "azureDataLakeStoreFileSystem": "azuredatalakestore.net",
                "acrLoginServer": "azurecr.io",
                "sqlServerHostname": "database.windows.net",
                "azureDataLakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
                "keyVaultDns": "vault.azure.net",
                "storage": "core.windows.net",
                "azureFrontDoorEndpointSuffix": "azurefd.net",
                "storageSyncEndpointSuffix": "afs.azure.net",
                "mhsmDns": "managedhsm.azure.net",
                "mysqlServerEndpoint": "mysql.database.azure.com",
                "postgresqlServerEndpoint": "postgres.database.azure.com",
                "mariadbServerEndpoint": "mariadb.database.azure.com",
                "synapseAnalytics": "dev.azuresynapse.net",
                "attestationEndpoint": "attest.azure.net",
            },
            "batch": "https://batch.core.windows.net/",
            "resourceManager": f"{self.arm_url}/",
            "vmImageAliasDoc": "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/main/arm-compute/"
            "quickstart-templates/aliases.json",
            "activeDirectoryDataLake": "https://datalake.azure.net/",
            "sqlManagement": "https://management.core.windows.net:8443/",
            "microsoftGraphResourceId": f"{self.graph_url}/",
            "appInsightsResourceId": "https://api.applicationinsights.io",
            "appInsightsTelemetryChannelResourceId": "https://dc.applicationinsights.azure.com/v2/track",
            "attestationResourceId": "https://attest.azure.net",
            "synapseAnalyticsResourceId": "https://dev.azuresynapse.net",
            "logAnalyticsResourceId": "https://api.loganalytics.io",
            "ossrDbmsResourceId": "https://ossrdbms-aad.database.windows.net",
            "gallery": "https://gallery.azure.com/",
        }
