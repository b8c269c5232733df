"""How a principal is shown to people: its object id, kind and names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PrincipalName:
    """A principal with whatever names the snapshot has for it.

    Attributes:
        principal_id: lower-case object id.
        kind: user, group, servicePrincipal, device, foreignGroup or unknown.
        display_name, user_principal_name, app_id: "" where there is none.
    """

    principal_id: str
    kind: str = "unknown"
    display_name: str = ""
    user_principal_name: str = ""
    app_id: str = ""

    @property
    def label(self) -> str:
        """Return the best name there is."""
        return self.display_name or self.user_principal_name or self.principal_id
