"""What two people answer in each form that edits something, and why the others have no such two answers."""

from dataclasses import dataclass, field
from typing import Any

from roadmap.desk import LEAD_PARTS
from tests.walks.reference_answers import REFERENCE_ANSWERS
from tests.walks.stale_inventory import CHANGE, FIGURES, GROUP, HOSTING, LINE, SCENARIO

Answers = dict[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Edit:
    """What two people answer in a form: field → (first person, second person).

    `moment`: when the page shows the form. `kept`: fields that both leave as they are, each with its reason.
    """

    answers: Answers
    moment: str = "finished"
    kept: dict[str, str] = field(default_factory=dict)


SHEET = "roadmap:sheet_update"
AGREED = Edit({"level": ("2", "3"), "reason": ("Motif du premier", "Motif de la seconde")}, "closed")
MAIL = {"choice": ("deadlines", "nothing")}

# Name of the route, and its word when each word has its own form.
EDITS: dict[str, Edit] = {
    "mail_preferences": Edit(MAIL),
    "authorities:participant_mail": Edit(MAIL),
    "authorities:authority_update": Edit(
        {
            "agent_count": ("440", "450"),
            "member_communes_count": ("26", "27"),
            "has_it_department": ("non", "oui"),
        },
        kept={"population": "that of the national list"},
    ),
    "authorities:color_update": Edit({"color": ("#1d4f91", "#7a1f3d")}),
    "authorities:initiative_update": Edit(
        {
            "perimeter": ("territoire", "les_deux"),
            "territory_follow_up": ("Suivi du premier", "Suivi de la seconde"),
            "council_on": ("2024-02-06", "2024-02-13"),
        },
        kept={
            "period_start_year": "the sheets are placed in the period",
            "period_years": "the sheets are placed in the period",
            "track": "the questions answered are those of the track",
        },
    ),
    "authorities:state_of_play_update": Edit(
        {
            name: (f"{name} du premier", f"{name} de la seconde")
            for name in ("uses_summary", "engaged_actions", "actors_involvement")
        }
    ),
    "authorities:participant_update": Edit(
        {
            "name": ("Premier", "Seconde"),
            "email": ("premier@exemple.fr", "seconde@exemple.fr"),
            "service": ("1", "2"),
            "function": ("Fonction du premier", "Fonction de la seconde"),
            "roles": (["committee"], ["contributor", "committee"]),
            "dimensions": (["1"], ["2", "3"]),
        }
    ),
    "authorities:committee_import_line": Edit(
        {
            "name": ("Premier", "Seconde"),
            "email": ("premier@exemple.fr", "seconde@exemple.fr"),
            "service": ("achats", "archives"),
            "function": ("Fonction du premier", "Fonction de la seconde"),
            "role": ("contributor", "elected"),
        }
    ),
    "authorities:calendar_plan": Edit({"preset": ("2", "3"), "council_on": ("2024-02-06", "2024-02-13")}),
    "authorities:meeting_update": Edit(
        {
            "label": ("Réunion du premier", "Réunion de la seconde"),
            "start_time": ("09:00", "10:00"),
            "duration_minutes": ("60", "90"),
            "place": ("Salle du premier", "Salle de la seconde"),
        },
        kept={"kind": "the assembly stays one", "planned_on": "the date of the assembly is that of the calendar"},
    ),
    "authorities:prerequisite_update": Edit(
        {"is_done": ([], ["on"]), "note": ("Note du premier", "Note de la seconde")}
    ),
    "authorities:document_update": Edit(
        {
            "kind": ("1", "2"),
            "title": ("Titre du premier", "Titre de la seconde"),
            "year": ("2019", "2020"),
            "implication": ("Portée du premier", "Portée de la seconde"),
        }
    ),
    "authorities:actor_update": Edit(
        {
            "name": ("Acteur du premier", "Acteur de la seconde"),
            "nature": ("public", "association"),
            "involvement": ("Rôle du premier", "Rôle de la seconde"),
        }
    ),
    "inventory:line_update": Edit(LINE),
    "inventory:group_update": Edit(GROUP),
    "inventory:figure_update": Edit(FIGURES),
    "inventory:hosting_update": Edit(HOSTING),
    "inventory:scenario_update": Edit(
        SCENARIO, kept=dict.fromkeys(("target_percent", "target_year"), "goes with the target")
    ),
    "inventory:electricity_update": Edit({"zone": ("DEU", "BEL"), "hosting_zone": ("SWE", "POL")}),
    "inventory:change_update": Edit(CHANGE),
    "inventory:participant_line_update": Edit(LINE),
    "inventory:participant_group_update": Edit(GROUP),
    "inventory:participant_figure_update": Edit(FIGURES),
    "inventory:participant_hosting_update": Edit(HOSTING),
    "diagnostics:interview_update": Edit(
        {"GOV-1-level": ("1", "2"), "GOV-1-comment": ("Propos du premier", "Propos de la seconde")}, "open"
    ),
    "diagnostics:rating_update": Edit(
        {"level": ("1", "2"), "comment": ("Avis du premier", "Avis de la seconde")}, "open"
    ),
    "diagnostics:agreement_update": AGREED,
    "diagnostics:projection_update": AGREED,
    "diagnostics:minutes_update": Edit(
        {
            "held_on": ("2026-04-01", "2026-04-02"),
            "starts_at": ("09:00", "09:30"),
            "ends_at": ("11:00", "11:30"),
            "place": ("Salle du premier", "Salle de la seconde"),
            "other_people": ("Invité du premier", "Invitée de la seconde"),
            "decisions": ("Décision du premier", "Décision de la seconde"),
            "notes": ("Note du premier", "Note de la seconde"),
            "are_names_written": ([], ["on"]),
        },
        kept={"present": "a list of people ticked: both tick the same"},
    ),
    "levers:vote_update": Edit({"choice": ("E", "P"), "reason": ("Raison du premier", "Raison de la seconde")}, "open"),
    "levers:decision_update": Edit(
        {"verdict": ("postponed", "dismissed"), "reason": ("Motif du premier", "Motif de la seconde")}
    ),
    "levers:workshop_lever": Edit(
        {"verdict": ("postponed", "dismissed"), "reason": ("Motif du premier", "Motif de la seconde")}
    ),
    "levers:workshop_minutes": Edit(
        {
            "place": ("Salle du premier", "Salle de la seconde"),
            "other_people": ("Invité du premier", "Invitée de la seconde"),
            "notes": ("Note du premier", "Note de la seconde"),
        },
        kept={"present": "a list of people ticked: both tick the same"},
    ),
    "levers:local_lever_update": Edit(
        {
            "perimeter": ("territoire", "les_deux"),
            "effort": ("1", "4"),
            "impact": ("1", "4"),
            "cost": ("nul", "eleve"),
            "delay_months": ("3", "4"),
            "theme": ("2", "3"),
            "dimension": ("2", "3"),
            "question": ("GOV-1", "GOV-2"),
            "lead_service": ("2", "3"),
            "audience": (["2"], ["3"]),
            "is_quick_win": ([], ["on"]),
            "is_for_small_authority": ([], ["on"]),
            "steps": ("Étape du premier", "Étape de la seconde"),
            "risks": ("Risque du premier", "Risque de la seconde"),
            "indicators": ("Indicateur du premier (%)", "Indicateur de la seconde (%)"),
        }
        | {
            name: (f"{name} du premier", f"{name} de la seconde")
            for name in ("title", "summary", "description", "impact_rationale", "human", "budget")
        }
    ),
    "levers:second_vote_update": Edit({"choice": ("E", "P")}),
    "roadmap:sheet_place": Edit({"start_half": ("2024-S1", "2024-S2"), "end_half": ("2024-S2", "2025-S1")}),
    "roadmap:objective_update": Edit(
        {
            "title": ("Objectif du premier", "Objectif de la seconde"),
            "kind": ("other", "reduction"),
            "indicator_name": ("Indicateur du premier", "Indicateur de la seconde"),
            "unit": ("kWh", "kg"),
            "frequency": ("once", "quarterly"),
            "source": ("Source du premier", "Source de la seconde"),
            "baseline": ("52,3", "53,3"),
            "baseline_year": ("2022", "2021"),
            "baseline_low": ("20", "21"),
            "baseline_high": ("157", "158"),
            "target": ("41", "40"),
            "target_on": ("2026-06-30", "2025-12-31"),
            "target_low": ("10", "11"),
            "target_high": ("100", "101"),
            "note": ("Note du premier", "Note de la seconde"),
            "sheets": (["1", "2"], ["3"]),
        }
    ),
    "roadmap:capacity_update": Edit(
        {
            "default_days": ("21", "22"),
            "service_2": ("5", "6"),
            "ceiling_2024": ("1000", "2000"),
            "has_firm_ceilings": ([], ["on"]),
            "has_firm_capacities": ([], ["on"]),
            "has_firm_end": ([], ["on"]),
        }
    ),
    "roadmap:theme_list": Edit({"theme_6": ("Thème du premier", "Thème de la seconde")}),
    "roadmap:texts_update": Edit(
        {
            "foreword": ("Mot du premier", "Mot de la seconde"),
            "foreword_author": ("Signé du premier", "Signé de la seconde"),
            "governance": ("Suivi du premier", "Suivi de la seconde"),
            "committee_meetings_per_year": ("5", "6"),
            "steering_meetings_per_year": ("3", "4"),
            "council_reports_per_year": ("2", "3"),
        }
    ),
    f"{SHEET} identite": Edit(
        {
            "title": ("Titre du premier", "Titre de la seconde"),
            "short_title": ("Court du premier", "Court de la seconde"),
            "objectives": (["2"], ["2", "3"]),
            "target_public": ("Public du premier", "Public de la seconde"),
            "dimension": ("2", "3"),
            "theme": ("1", "2"),
            "perimeter": ("interne", "territoire"),
            "commitment": ("experimentation", "reflexion"),
            "status": ("ongoing", "blocked"),
            "is_quick_win": ([], ["on"]),
        }
    ),
    f"{SHEET} constat": Edit(
        {name: (f"{name} du premier", f"{name} de la seconde") for name in ("context", "aim", "description")}
    ),
    f"{SHEET} equipe": Edit(
        {
            "lead_participant": ("1", "2"),
            "lead_name": ("Pilote du premier", "Pilote de la seconde"),
            "elected_lead": ("Élue du premier", "Élue de la seconde"),
            "associated_note": ("Appuis du premier", "Appuis de la seconde"),
            "partners": ("Partenaires du premier", "Partenaires de la seconde"),
            "associated_services": (["10"], ["11", "12"]),
        },
        kept={"lead_service": "that of the participant who leads"},
    ),
    f"{SHEET} avancement": Edit({"status": ("ongoing", "blocked"), "progress-0": ("ongoing", "done")}),
    f"{SHEET} etapes": Edit(
        {
            "text-0": ("Étape du premier", "Étape de la seconde"),
            "who-0": ("Qui du premier", "Qui de la seconde"),
            "due_half-0": ("2025-S1", "2025-S2"),
            "due_on-0": ("2025-02-01", "2025-09-01"),
        }
    ),
    f"{SHEET} indicateurs": Edit(
        {
            "name-0": ("Indicateur du premier", "Indicateur de la seconde"),
            "unit-0": ("kWh", "kg"),
            "direction-0": ("down", "up"),
            "baseline-0": ("3", "4"),
            "baseline_year-0": ("2022", "2021"),
            "target-0": ("1", "2"),
            "target_year-0": ("2025", "2024"),
            "frequency-0": ("yearly", "quarterly"),
            "source-0": ("Source du premier", "Source de la seconde"),
            "note-0": ("Note du premier", "Note de la seconde"),
        }
    ),
    f"{SHEET} moyens": Edit(
        {
            "days_2024-S1": ("5", "6"),
            "role-0": ("Rôle du premier", "Rôle de la seconde"),
            "days-0": ("15", "16"),  # the half-years that the form keeps make ten
            "human_note": ("Temps du premier", "Temps de la seconde"),
        },
        kept={"human_days": "empty as soon as the days are told by half-year or by role"},
    ),
    f"{SHEET} budget": Edit(
        {
            "investment_eur_2024": ("1000", "2000"),
            "operation_eur_2024": ("100", "200"),
            "funding_eur_2024": ("10", "20"),
            "funding_source_2024": ("Financeur du premier", "Financeur de la seconde"),
            "budget_note": ("Budget du premier", "Budget de la seconde"),
            "funding": ("Aide du premier", "Aide de la seconde"),
        },
        kept={"budget_eur": "empty as soon as the budget is told by year"},
    ),
    f"{SHEET} vigilance": Edit(
        {
            "effort": ("1", "3"),
            "impact": ("1", "3"),
            "links": ("https://premier.exemple.fr", "https://seconde.exemple.fr"),
        }
        | {
            name: (f"{name} du premier", f"{name} de la seconde")
            for name in ("expected_effect", "rebound", "risks", "mitigation", "legal_references")
        }
    ),
    **{key: Edit(answers) for key, answers in REFERENCE_ANSWERS.items()},
}
# Whoever leads an action writes some of its parts, in the same form.
LED = "roadmap:participant_sheet_update"
EDITS |= {f"{LED} {part}": EDITS[f"{SHEET} {part}"] for part in LEAD_PARTS if f"{SHEET} {part}" in EDITS}
EDITS[f"{LED} moyens"] = Edit(
    {"days_2024-S1": ("5", "6"), "human_note": ("Temps du premier", "Temps de la seconde")},
    kept={"human_days": "empty as soon as the days are told by half-year", "role-0": "as it is", "days-0": "as it is"},
)
# Forms of a date that only goes later: `test_extensions` has them.
EXTENSIONS = {"diagnostics:diagnosis_extend", "levers:ballot_extend"}
# Forms that carry a version and do not show the two texts.
NO_TWO_TEXTS = {
    "authorities:committee_import_confirm": "a lone button: refused with 409, nothing is typed",
    "authorities:committee_import_detail": "a list being read: what one person chose is asked no more",
    "authorities:logo_update": "a file: the page asks for it again, the stored image is shown",
    "inventory:inventory_freeze": "freezing is final: whoever comes second is led to the frozen lot",
    "levers:ballot_close": "a box that confirms: closing is final",
    "levers:paper_ballot": "a table of votes: what is stored is told on its row, and the page may be sent again",
    "levers:vote_table": "a table of votes: what is stored is told on its row, and the page may be sent again",
    "roadmap:schedule_detail": "a bar that is moved: refused with 409, the page shows where it is now",
    "roadmap:sheet_restore": "a lone button: refused with 409, the page shows what would change",
    "roadmap:sheet_release": "a lone button: refused with 409, nothing is typed",
    "roadmap:sheet_unplace": "a lone button: refused with 409, nothing is typed",
}
# Forms with answers and without version: they edit no versioned object.
NO_VERSION = {
    "account": "one’s own account",
    "account_": "one’s own account, and the doors",
    "mfa_": "one’s own account",
    "authorities:authority_create_manual": "creates",
    "authorities:invitation_lost": "asks for a message",
    "authorities:link_sheet": "a choice of people: makes links",
    "authorities:participant_invite": "sends messages",
    "authorities:committee_import": "creates",
    "authorities:member_update": "boxes of the roles of one account, no text; each change is in the trail",
    "authorities:membership_request_": "creates, or answers once",
    "inventory:category_add": "adds a line",
    "inventory:participant_category_add": "adds a line",
    "inventory:inventory_create": "creates",
    "inventory:inventory_copy": "creates",
    "inventory:inventory_import": "a file",
    "inventory:participant_inventory_import": "a file",
    "inventory:import_columns": "what a waiting file holds: nothing of the inventory is written",
    "inventory:participant_import_columns": "what a waiting file holds: nothing of the inventory is written",
    "inventory:import_families": "families of a waiting file: each box is told apart, what is not touched is not sent",
    "inventory:participant_import_families": "families of a waiting file: as for the référent",
    "inventory:trial_adopt": "creates",
    "inventory:change_move": "a lone button: the order changes no figure",
    "levers:scenario_lever_list": "adds to a list; what is there already stays",
    "diagnostics:rater_add": "adds somebody",
    "diagnostics:grid_import": "a file; its confirmation bears the mark of the answers that it was compared with",
    "diagnostics:interview_evidence": "joins a piece, edits none",
    "diagnostics:agreement_evidence": "joins a piece, edits none",
    "diagnostics:participant_evidence": "joins a piece, edits none",
    "diagnostics:diagnosis_agree": "a box that confirms: closing the meeting is refused when a level changed",
    "levers:local_lever_create": "creates",
    "roadmap:share_decline": "answers once",
    "roadmap:share_end": "ends once",
    "roadmap:sheet_notes": "adds a note",
    "roadmap:participant_sheet_notes": "adds a note",
    "roadmap:sheet_files": "joins a file or a link, edits none",
    "roadmap:participant_sheet_files": "joins a file or a link, edits none",
    "roadmap:sheet_return": "gives back a sheet that waits, once",
    "roadmap:sheets_update": "each ticked sheet bears the version that was seen: the one saved in between is named",
    "levers:local_lever_share": "makes copies; what is shared already stays",
    "levers:shortlist_": "adds to a list and takes from it; what is there already stays",
    "levers:ballot_create": "creates",
    "levers:voter_create": "adds somebody",
    "levers:workshop_hands": "a count bears its rank: the same one is counted once",
    "levers:workshop_park": "a lone button, which says the state that is wanted",
    "levers:workshop_phones": "a lone button, which says the state that is wanted",
    "levers:workshop_end": "a lone button, which says the state that is wanted",
    "levers:workshop_detail": "begins the workshop, once",
    "levers:workshop_confirm": "decides what nobody decided",
    "roadmap:authority_erase": "the name typed again, to confirm",
    "roadmap:initiative_create": "creates",
    "roadmap:sheet_exchange": "a file; its confirmation bears the mark of the sheets that it was compared with",
    "roadmap:schedule_propose": "a proposal, refused when the schedule changed in between",
    "roadmap:schedule_release": "a lone button, which says the state that is wanted",
    "roadmap:reference_": "creates, or a file and a lone button that are refused when the draft changed",
    "roadmap:version_": "freezes, validates, adopts: each once",
}
