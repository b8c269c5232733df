"""Edges of Azure RBAC, in bulk: who holds what a kind of edge needs, where, and which resources that reaches.

Kinds that reach the same side of the same resource type under the same guards are one class (`classes`). What is held
is a node for each class and scope; inheritance is an edge from scope to scope (`tree`), so that an assignment at a
subscription is one edge and not one for each resource. Where a deny assignment or a lock cuts inheritance, holders
are found one by one (`regions`).
"""
