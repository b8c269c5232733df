"""Version 1 of the public JSON: what `remit … --json` writes and what `remit ask` reads. See docs/json.md.

Fields are camelCase in the order their struct declares them; a field that has no value is left out. Object ids are
lower case, scopes and assignment ids are in Azure's spelling, times are ISO 8601 with `Z`.
"""
