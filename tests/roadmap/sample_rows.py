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
SAVINGS = {
    "years": [
        {"year": 2023, "total_kg": 59000.0, "saving_kg": 0.0, "low_kg": 0.0, "high_kg": 0.0},
        {"year": 2024, "total_kg": 56000.0, "saving_kg": 3000.0, "low_kg": 2000.0, "high_kg": 7000.0},
        {"year": 2025, "total_kg": 52000.0, "saving_kg": 7000.0, "low_kg": 5000.0, "high_kg": 17000.0},
        {"year": 2026, "total_kg": 50000.0, "saving_kg": 9000.0, "low_kg": 6000.0, "high_kg": 22000.0},
    ],
    "target": {"year": 2026, "value_kg": 48000.0, "objective": 1},
    "actions_count": 5,
    "unplaced": [],
    "low_yield_percent": 1.0,
    "alone": [
        {
            "number": 7,
            "title": "Garder les postes plus longtemps",
            "end_half": "2025-S2",
            "saving_kg": 4500.0,
            "low_kg": 3500.0,
            "high_kg": 8000.0,
            "percent": 7.6,
            "is_weak": False,
        }
    ],
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
