"""The faster reading of records, whole lists at a time; `remit.usage.records` says what is right."""
