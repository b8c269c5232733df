"""What Remit is measured against: a literal loop, pycasbin, cedarpy, and Remit's own reference.

The first three start from the same `PlainTenant`, so that none of them pays for reading JSON. They answer what their
model can say: unconditional assignments and deny assignments, both planes, nested groups, management groups. Where a
condition could decide, the answer is None and the question is left out of the comparison of answers.
"""
