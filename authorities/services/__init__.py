"""Writes of the authorities application, one module for each noun."""

from authorities.services.authorities import AuthorityExistsError, create_authority, save_authority
from authorities.services.calendar import add_meeting, delete_meeting, plan_calendar, save_meeting
from authorities.services.copies import copy_preparation
from authorities.services.initiatives import save_initiative, save_state_of_play
from authorities.services.links import (
    confirm_link,
    copy_link,
    find_link,
    invite_participants,
    issue_link,
    issue_sheet_links,
    open_own_participation,
    personal_url,
    renew_link_of,
    revoke_links,
    rotate_own_link,
    send_lost_links,
    send_rotated_link,
    tie_participations,
)
from authorities.services.logos import remove_logo, save_color, save_logo
from authorities.services.memberships import (
    answer_membership_request,
    change_roles,
    remove_membership,
    request_membership,
)
from authorities.services.participants import (
    add_participant,
    deactivate_participant,
    reactivate_participant,
    save_participant,
)
from authorities.services.preparation import (
    add_actor,
    add_document,
    delete_actor,
    delete_document,
    save_actor,
    save_checklist_item,
    save_document,
)

__all__ = [
    "AuthorityExistsError",
    "add_actor",
    "add_document",
    "add_meeting",
    "add_participant",
    "answer_membership_request",
    "change_roles",
    "confirm_link",
    "copy_link",
    "copy_preparation",
    "create_authority",
    "deactivate_participant",
    "delete_actor",
    "delete_document",
    "delete_meeting",
    "find_link",
    "invite_participants",
    "issue_link",
    "issue_sheet_links",
    "open_own_participation",
    "personal_url",
    "plan_calendar",
    "reactivate_participant",
    "remove_logo",
    "remove_membership",
    "renew_link_of",
    "request_membership",
    "revoke_links",
    "rotate_own_link",
    "save_actor",
    "save_authority",
    "save_checklist_item",
    "save_document",
    "save_initiative",
    "save_color",
    "save_logo",
    "save_meeting",
    "save_participant",
    "save_state_of_play",
    "send_lost_links",
    "send_rotated_link",
    "tie_participations",
]
