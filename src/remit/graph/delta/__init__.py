"""What two graphs of one tenant differ in: nodes found again, steps opened and closed, rows that came and went."""
