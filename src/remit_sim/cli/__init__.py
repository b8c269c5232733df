"""The command `remit-sim`."""
