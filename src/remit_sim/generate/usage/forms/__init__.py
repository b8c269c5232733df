"""The forms that a log is found in: what is made of a record, and how files of many are written."""
