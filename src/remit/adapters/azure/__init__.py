"""A live tenant, read from Azure Resource Manager, Resource Graph and Microsoft Graph. Nothing here writes to Azure."""
