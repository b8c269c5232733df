"""Log records to observed operations, their columns, what they change, and what can be seen at all."""
