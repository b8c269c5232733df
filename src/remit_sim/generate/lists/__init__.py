"""The lists of the export: each function yields the rows that surround what was planted, one by one."""
