"""What people on the staff may do. Standard library only: the command line asks before anything else is imported."""

from enum import StrEnum, unique


@unique
class Role(StrEnum):
    """From the least to the most: each may do what those before it may."""

    VIEWER = "viewer"  # sees how the library is doing
    EDITOR = "editor"  # changes records, and starts work on the index
    ADMINISTRATOR = "administrator"  # also looks after accounts and keys

    def includes(self, needed: "Role") -> bool:
        """Whether somebody in this role may do what the other one is needed for."""
        order = list(Role)
        return order.index(self) >= order.index(needed)
