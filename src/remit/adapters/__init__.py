"""The outside: readers of exports, az and AzureHound output, snapshot stores, the clock."""
