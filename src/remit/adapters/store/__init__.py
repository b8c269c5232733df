"""Snapshot stores: in memory, and as Parquet files read by DuckDB."""
