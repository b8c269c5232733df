"""Where usage is kept: a folder of Parquet parts named by one manifest; and, for tests, memory."""
