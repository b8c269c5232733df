"""The escalation graph for BloodHound: OpenGraph payloads and the definition of their kinds. See docs/bloodhound.md."""
