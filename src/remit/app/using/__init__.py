"""What was used of what is granted, what was not, and what nobody could have seen."""
