"""Writes of the roadmap application, by noun."""

from roadmap.services.authority_erasure import (
    cancel_erasure,
    erase_due_authorities,
    export_archive,
    plan_erasure,
)
from roadmap.services.dossier import (
    ask_dossier,
    carry_out,
    edition_of_draft,
    edition_of_version,
    go_on_here,
    pack,
    prune_dossiers,
    read_kept_pdf,
    render_draft_pdf,
    shelf_of,
    take_document,
)
from roadmap.services.exchange import confirm_exchange, discard_exchange, prepare_exchange
from roadmap.services.initiatives import open_initiative, resume_initiative
from roadmap.services.objectives import ObjectiveValues, create_objective, delete_objective, save_objective
from roadmap.services.person_copies import take_person_copy
from roadmap.services.person_erasure import erase_person, require_not_erased
from roadmap.services.placement import (
    LimitValues,
    apply_schedule,
    can_undo_placement,
    place_sheet,
    propose_schedule,
    release_all,
    release_sheet,
    save_limits,
    undo_placement,
)
from roadmap.services.publications import close_public_page, publish_version
from roadmap.services.roadmaps import ensure_roadmap, save_roadmap_texts, save_theme_explanations
from roadmap.services.sheet_groups import duplicate_sheet, update_sheets
from roadmap.services.sheet_life import add_note, join_file, remove_file, remove_note
from roadmap.services.sheet_review import confirm_catalogue_texts, return_sheet, submit_sheet, validate_sheets
from roadmap.services.sheet_shares import ShareValues, accept_share, decline_share, end_share, propose_share
from roadmap.services.sheets import (
    CreationReport,
    create_sheets_from_decisions,
    delete_sheet,
    refresh_savings,
    restore_sheet,
    save_sheet,
)
from roadmap.services.versions import (
    freeze_version,
    record_adoption,
    record_steering_validation,
)
from roadmap.sheet_rows import BudgetLineValues, HumanMeansValues, IndicatorValues, StepValues

__all__ = [
    "BudgetLineValues",
    "CreationReport",
    "HumanMeansValues",
    "IndicatorValues",
    "LimitValues",
    "ObjectiveValues",
    "ShareValues",
    "StepValues",
    "accept_share",
    "add_note",
    "close_public_page",
    "confirm_catalogue_texts",
    "confirm_exchange",
    "discard_exchange",
    "duplicate_sheet",
    "join_file",
    "remove_file",
    "remove_note",
    "return_sheet",
    "submit_sheet",
    "update_sheets",
    "validate_sheets",
    "apply_schedule",
    "can_undo_placement",
    "ask_dossier",
    "carry_out",
    "edition_of_draft",
    "edition_of_version",
    "go_on_here",
    "pack",
    "prune_dossiers",
    "read_kept_pdf",
    "shelf_of",
    "take_document",
    "publish_version",
    "cancel_erasure",
    "create_objective",
    "create_sheets_from_decisions",
    "decline_share",
    "delete_objective",
    "delete_sheet",
    "end_share",
    "ensure_roadmap",
    "erase_due_authorities",
    "erase_person",
    "export_archive",
    "freeze_version",
    "open_initiative",
    "place_sheet",
    "plan_erasure",
    "prepare_exchange",
    "propose_schedule",
    "propose_share",
    "record_adoption",
    "record_steering_validation",
    "refresh_savings",
    "release_all",
    "release_sheet",
    "render_draft_pdf",
    "require_not_erased",
    "restore_sheet",
    "resume_initiative",
    "save_limits",
    "save_objective",
    "save_roadmap_texts",
    "save_sheet",
    "take_person_copy",
    "save_theme_explanations",
    "undo_placement",
]
