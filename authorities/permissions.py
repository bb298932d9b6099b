"""Who may do what: the one dictionary of permissions, printed in `docs/architecture.md` and compared by a test."""

from collections.abc import Iterable
from enum import StrEnum

from authorities.enums import Role, Scope


class Permission(StrEnum):
    """A right in the space of an authority, asked by a view and by templates."""

    VIEW_DASHBOARD = "view_dashboard"
    VIEW_PREPARATION = "view_preparation"
    EDIT_PREPARATION = "edit_preparation"
    MANAGE_PARTICIPANTS = "manage_participants"
    REMOVE_PARTICIPANTS = "remove_participants"
    ISSUE_LINKS = "issue_links"
    MANAGE_MEMBERS = "manage_members"
    VIEW_MESSAGES = "view_messages"
    VIEW_INVENTORY = "view_inventory"
    FILL_INVENTORY = "fill_inventory"
    FREEZE_INVENTORY = "freeze_inventory"
    VIEW_RESULTS = "view_results"
    MANAGE_DIAGNOSIS = "manage_diagnosis"
    VIEW_LEVERS = "view_levers"
    EDIT_SHORTLIST = "edit_shortlist"
    VALIDATE_SHORTLIST = "validate_shortlist"
    MANAGE_BALLOT = "manage_ballot"
    DECIDE_LEVERS = "decide_levers"
    VIEW_ROADMAP = "view_roadmap"
    COMMENT_ROADMAP = "comment_roadmap"
    EDIT_ROADMAP = "edit_roadmap"
    SHARE_SHEETS = "share_sheets"
    FREEZE_ROADMAP = "freeze_roadmap"
    VALIDATE_ROADMAP = "validate_roadmap"
    MANAGE_DATA = "manage_data"
    OPEN_INITIATIVE = "open_initiative"


# All that a former démarche still allows, whatever the role.
READ_PERMISSIONS = frozenset(
    {
        Permission.VIEW_DASHBOARD,
        Permission.VIEW_PREPARATION,
        Permission.VIEW_INVENTORY,
        Permission.VIEW_RESULTS,
        Permission.VIEW_LEVERS,
        Permission.VIEW_ROADMAP,
    }
)

PERMISSIONS_BY_ROLE: dict[Role, frozenset[Permission]] = {
    Role.REFERENT: frozenset(Permission),
    Role.COMMITTEE: READ_PERMISSIONS | {Permission.COMMENT_ROADMAP},
    Role.ELECTED: READ_PERMISSIONS
    | {Permission.COMMENT_ROADMAP, Permission.VALIDATE_SHORTLIST, Permission.VALIDATE_ROADMAP},
    Role.CONTRIBUTOR: frozenset({Permission.VIEW_DASHBOARD, Permission.VIEW_INVENTORY, Permission.FILL_INVENTORY}),
    # The accompagnateur prepares; never votes, never validates, never decides, never holds a link that would.
    Role.ADVISER: READ_PERMISSIONS
    | {
        Permission.EDIT_PREPARATION,
        Permission.MANAGE_PARTICIPANTS,
        Permission.FILL_INVENTORY,
        Permission.EDIT_SHORTLIST,
        Permission.COMMENT_ROADMAP,
        Permission.EDIT_ROADMAP,
    },
}

SCOPES_BY_ROLE: dict[Role, frozenset[Scope]] = {
    Role.REFERENT: frozenset({Scope.READ, Scope.RATE, Scope.VOTE, Scope.ACTIONS}),
    Role.COMMITTEE: frozenset({Scope.READ, Scope.RATE, Scope.VOTE, Scope.ACTIONS}),
    Role.ELECTED: frozenset({Scope.READ}),
    Role.CONTRIBUTOR: frozenset({Scope.INVENTORY}),
    Role.ADVISER: frozenset({Scope.READ}),
}


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Return what somebody with these roles may do."""
    return frozenset().union(*(PERMISSIONS_BY_ROLE[role] for role in roles))


def scopes_of(roles: Iterable[Role]) -> frozenset[Scope]:
    """Return what the personal link of somebody with these roles opens."""
    return frozenset().union(*(SCOPES_BY_ROLE[role] for role in roles))
