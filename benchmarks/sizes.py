"""How large the generated tenants are: S, M and L of the benchmark table, and a tiny one for tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """What a tenant of one size holds.

    Attributes:
        name: XS, S, M or L.
        principals: users, groups and service principals together.
        subscriptions: subscriptions.
        resources: resources, resource groups not counted.
        assignments: active role assignments; deny assignments, eligible ones and so on are shares of it.
        management_groups: the tenant root group included.
        custom_roles: custom role definitions.
        operations: operations of the catalogue, both planes together.
        providers: resource providers of the catalogue.
    """

    name: str
    principals: int
    subscriptions: int
    resources: int
    assignments: int
    management_groups: int
    custom_roles: int
    operations: int = 22_000
    providers: int = 300

    @property
    def resource_groups(self) -> int:
        """One resource group for about sixteen resources."""
        return max(self.subscriptions, self.resources // 16)

    @property
    def groups(self) -> int:
        """Eighteen of a hundred principals are groups."""
        return self.principals * 18 // 100

    @property
    def service_principals(self) -> int:
        """Twelve of a hundred principals are service principals, managed identities among them."""
        return self.principals * 12 // 100

    @property
    def users(self) -> int:
        """The rest are users."""
        return self.principals - self.groups - self.service_principals

    @property
    def denies(self) -> int:
        """Deny assignments: 1 % of the assignments."""
        return self.assignments // 100

    @property
    def conditions(self) -> int:
        """Assignments that carry a condition: 2 %."""
        return self.assignments // 50

    @property
    def windows(self) -> int:
        """Assignments that are in force in a window only: 2 %."""
        return self.assignments // 50

    @property
    def eligible(self) -> int:
        """Eligible assignments, beside the active ones: 3 %."""
        return self.assignments * 3 // 100


SIZES = {
    size.name: size
    for size in (
        Size("XS", 200, 6, 600, 500, 5, 6, operations=900, providers=45),
        Size("S", 1_000, 50, 20_000, 5_000, 12, 30),
        Size("M", 100_000, 1_000, 1_000_000, 500_000, 120, 300),
        Size("L", 1_000_000, 10_000, 10_000_000, 5_000_000, 1_200, 2_000),
    )
}
