"""Rows of the sheets of the sample snapshot."""

from typing import Any

INDICATORS: list[dict[str, Any]] = [
    {
        "name": "Âge moyen de sortie des ordinateurs",
        "unit": "années",
        "baseline": 5,
        "baseline_year": 2023,
        "target": 7,
        "target_year": 2026,
        "source": "inventaire",
        "frequency_label": "annuelle",
    },
    {
        "name": "Charte signée",
        "unit": "oui/non",
        "baseline": 0,
        "baseline_year": 2023,
        "target": 1,
        "target_year": 2024,
        "source": "registre",
        "frequency_label": "une fois",
    },
]
SHARE = {
    "other": "Ville d’Exemple",
    "own_part": "Achète le matériel.",
    "other_part": "Forme ses agents.",
    "equipment": "own",
}


def budget_lines(total: int) -> list[dict[str, Any]]:
    """Return the budget of two years, none when the action costs nothing."""
    if not total:
        return []
    return [
        {
            "year": 2024,
            "investment_eur": total - 3000,
            "operation_eur": 1000,
            "funding_eur": 4000,
            "funding_source": "Région",
        },
        {"year": 2025, "investment_eur": 0, "operation_eur": 2000, "funding_eur": 0, "funding_source": ""},
    ]
