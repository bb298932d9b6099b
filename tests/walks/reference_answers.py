"""What two people answer in each form of a draft of the reference content (see `tests/walks/test_stale.py`)."""

from typing import Any

Answers = dict[str, tuple[Any, Any]]
ENTRY = "roadmap:reference_entry_update"


def two_texts(*names: str) -> Answers:
    """Return two texts for each of these fields."""
    return {name: (f"{name} du premier", f"{name} de la seconde") for name in names}


# Name of the route, and word of the part of the entry → field → (first person, second person).
REFERENCE_ANSWERS: dict[str, Answers] = {
    "roadmap:reference_update": (
        {"code": ("essai-3", "essai-4"), **two_texts("title", "note", "scale_0", "abstention")}
    ),
    f"{ENTRY} dimension": ({"themes": (["1"], ["2", "3"]), **two_texts("name", "short_name", "phrase", "definition")}),
    f"{ENTRY} question": (
        {"flash": ([], ["on"]), "perimeter": ("interne", "territoire"), **two_texts("title", "text", "levels_0")}
    ),
    f"{ENTRY} rattachement": (
        {
            "services": (["achats"], ["archives", "dsi"]),
            "themes": (["1"], ["2", "3"]),
            "duty_codes": (["reen-strategie"], ["reen-bilan-annuel", "reen-strategie"]),
            "duty_level": ("1", "2"),
            **two_texts("reference", "sources"),
        }
    ),
    f"{ENTRY} presentation": (two_texts("title", "summary", "description", "impact_rationale")),
    f"{ENTRY} classement": (
        {
            "theme": ("1", "2"),
            "dimension": ("ACH", "PAR"),
            "secondary_dimensions": (["ACH"], ["PAR", "SEN"]),
            "perimeter": ("interne", "territoire"),
            "questions": (["ACH-1"], ["PAR-1", "PAR-2"]),
            "duty_codes": (["reen-bilan-annuel"], ["reen-bilan-annuel", "reen-strategie"]),
        }
    ),
    f"{ENTRY} mise-en-oeuvre": (
        {
            "lead_service": ("achats", "dsi"),
            "audience": (["achats"], ["archives", "dsi"]),
            "effort": ("1", "3"),
            "impact": ("1", "3"),
            "cost": ("faible", "moyen"),
            "delay_months": ("3", "4"),
            "quick_win": ([], ["on"]),
            "small_authority": ([], ["on"]),
            "prerequisites": ("LEV-GOV-02", "LEV-GOV-03"),
            "synergies": ("LEV-GOV-04", "LEV-GOV-05"),
        }
    ),
    f"{ENTRY} etapes": (two_texts("steps", "means_human", "means_budget", "means_caveat", "risks", "legal")),
    f"{ENTRY} indicateurs": (
        {
            "indicators_direction-0": ("down", ""),
            **two_texts("indicators_name-0", "indicators_unit-0", "indicators_formula-0"),
            **two_texts("indicators_baseline_hint-0", "sources_label-0", "sources_ref-0"),
        }
    ),
    f"{ENTRY} effet": (
        {
            "simulation_type": ("reduce_count", "extend_lifetime"),
            "simulation_categories": (["laptop"], ["screen", "server"]),
            "simulation_percent": ("10", "11"),
            "simulation_years": ("2", "3"),
            "simulation_fleet_share_percent": ("30", "31"),
            "simulation_first_life_years": ("4", "5"),
            "simulation_servers_share_percent": ("50", "51"),
            "simulation_pue_from": ("1,5", "1,6"),
            "simulation_pue_to": ("1,2", "1,3"),
            **two_texts("simulation_from", "simulation_to"),
        }
    ),
}
