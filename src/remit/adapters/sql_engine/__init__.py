"""Engines that run the statements over usage: DuckDB on this machine, Spark on a cluster."""
