"""A complete snapshot of an invented roadmap, as `build_content` makes it, for the tests of the documents."""

import copy
from typing import Any

from tests.roadmap.sample_rows import INDICATORS, SAVINGS, SHARE, budget_lines

DIMENSIONS = [
    ("GOV", "Stratégie, gouvernance et mesure", "Stratégie", [2, 1, 1, 1, 2]),
    ("SEN", "Sensibilisation et formation", "Sensibilisation", [1, 1, 1, 2, 1]),
    ("ACH", "Achats et commande publique", "Achats", [2, 2, 2, 1, 2]),
    ("PAR", "Parc et cycle de vie du matériel", "Parc", [2, 1, 2, 1, 3]),
    ("INF", "Infrastructures, données et usages", "Infrastructures", [3, 2, 1, 2, 2]),
    ("SER", "Services numériques", "Services", [1, 0, 1, 2, None]),
    ("TER", "Territoire, citoyens et inclusion", "Territoire", [1, 1, 1, 2, None, 2]),
]
KNOWN_TEXT = {"is_later_text": False, "is_next_later_text": False, "note": "", "to_verify": ""}
WEAKEST = {"family": "Écrans", "is_lifetime": False, "share_percent": 21.4}
FAMILIES = [
    ("Ordinateurs portables", 310, 11480, 410, 8900, 22000, "mesuré"),
    ("Écrans", 520, 6050, 1750, 5500, 39000, "estimé"),
    ("Smartphones", 190, 6040, 40, 2500, 6700, "mesuré"),
    ("Ordinateurs fixes", 140, 4930, 990, 3900, 10000, "mesuré"),
    ("Serveurs et stockage", 11, 2850, 1470, 2200, 11000, "mesuré"),
    ("Objets connectés et caméras", 1044, 530, 50, 300, 3600, "inconnu"),
]
LEVERS = [
    ("LEV-GOV-01", "Faire porter la démarche par un binôme élu et direction générale", "GOV", 4, "Direction générale"),
    ("LEV-GOV-03", "Tenir un inventaire unique et fiable du parc numérique", "GOV", 2, "DSI"),
    ("LEV-GOV-05", "Piloter la feuille de route avec dix indicateurs au plus", "GOV", 4, "Référente"),
    ("LEV-GOV-06", "Présenter chaque année le bilan de la stratégie", "GOV", 5, "Transition écologique"),
    ("LEV-ACH-01", "Atteindre et dépasser les quotas de matériel issu du réemploi", "ACH", 1, "Achats"),
    ("LEV-ACH-02", "Noter la réparabilité et la durabilité dans tous les marchés", "ACH", 1, "Achats"),
    ("LEV-ACH-04", "Contractualiser garantie longue, pièces détachées, mises à jour", "ACH", 1, "Achats"),
    ("LEV-EQP-01", "Allonger de deux ans la durée d’usage des ordinateurs", "PAR", 2, "DSI"),
    ("LEV-EQP-02", "Garder les écrans jusqu’à la panne", "PAR", 2, "DSI"),
    ("LEV-EQP-04", "Définir des dotations au juste besoin par profil de métier", "PAR", 2, "DSI"),
    ("LEV-EQP-10", "Donner ou vendre le matériel réformé fonctionnel", "PAR", 2, "DSI"),
    ("LEV-USA-01", "Régler la veille et l’extinction automatiques des postes", "INF", 4, "DSI"),
    ("LEV-WEB-01", "Cartographier les sites et applications puis fermer les inutiles", "SER", 3, "Communication"),
    ("LEV-WEB-05", "Rendre les services accessibles et tenir le schéma pluriannuel", "SER", 3, "Communication"),
    (
        "LEV-SEN-01",
        "Sensibiliser les élus aux impacts et à leurs leviers de décision",
        "SEN",
        4,
        "Transition écologique",
    ),
    ("LEV-SEN-04", "Former les métiers décisifs", "SEN", 4, "Ressources humaines"),
    ("LEV-TER-05", "Ajouter la sobriété aux actions de médiation numérique", "TER", 5, "Cohésion territoriale"),
]
THEMES = [
    (1, "Commande publique locale et durable", "Commande publique durable"),
    (2, "Gestion durable et de proximité du cycle de vie du matériel informatique", "Cycle de vie du matériel"),
    (3, "Écoconception des sites et des services numériques", "Écoconception des services"),
    (4, "Sensibilisation au numérique responsable et à la sécurité informatique", "Sensibilisation et sécurité"),
    (5, "Démarche numérique responsable pour tous", "Citoyens et inclusion"),
    (6, "Territoire connecté et durable", "Territoire connecté et données"),
]
HALF_YEARS = ["2024-S1", "2024-S2", "2025-S1", "2025-S2", "2026-S1", "2026-S2"]


def make_content(**changes: Any) -> dict[str, Any]:
    """Return a fresh snapshot; `changes` replace its sections."""
    content = copy.deepcopy(_CONTENT)
    content.update(copy.deepcopy(changes))
    return content


def make_empty_content(**changes: Any) -> dict[str, Any]:
    """Return the snapshot of an authority that has only just begun."""
    empty: dict[str, Any] = {
        "is_demonstration": False,
        "meetings": [],
        "committee": [],
        "actors": [],
        "source_documents": [],
        "diagnosis": None,
        "savings": None,
        "inventory": None,
        "choice": None,
        "objectives": [],
        "sheets": [],
        "abandoned": [],
        "loads": [],
        "foreword": {"text": "", "author": ""},
        "governance": {"text": "", "committee_per_year": None, "steering_per_year": None, "council_per_year": None},
        "completeness": [],
        "sources": [],
    }
    content = make_content(**empty)
    content["authority"].update(population=None, agent_count=None, siren="", member_communes_count=None)
    content["initiative"].update(
        territory_follow_up="", uses_summary="", engaged_actions="", actors_involvement="", council_on=None
    )
    content.update(changes)
    return content


def _questions(code: str, levels: list[int | None]) -> list[dict[str, Any]]:
    return [
        {
            "code": f"{code}-{rank}",
            "title": f"Question {rank}",
            "level": level,
            "level_text": "Une règle écrite est appliquée en partie.",
            "reason": "" if level is not None else "Un seul avis : question renvoyée au diagnostic suivant.",
            "ratings": 5,
            "abstentions": 1,
            "low": 0 if rank == 2 else 1,
            "high": 3 if rank == 2 else 2,
            "is_dispersed": rank == 2,
            "is_attention": code == "PAR" and rank == 4,
        }
        for rank, level in enumerate(levels, start=1)
    ]


def _dimension(row: tuple[str, str, str, list[int | None]]) -> dict[str, Any]:
    code, name, short_name, levels = row
    known = [level for level in levels if level is not None]
    return {
        "code": code,
        "name": name,
        "short_name": short_name,
        "definition": "Ce que la collectivité sait faire dans ce domaine.",
        "score": round(sum(known) / len(known), 3),
        "answered": len(known),
        "total": len(levels),
        "low": 0,
        "high": 3,
        "questions": _questions(code, levels),
    }


def _family(row: tuple[str, int, int, int, int, int, str]) -> dict[str, Any]:
    name, quantity, embodied, use, low, high, confidence = row
    return {
        "name": name,
        "quantity": quantity,
        "confidence": confidence,
        "embodied_kg": embodied,
        "use_kg": use,
        "low_kg": low,
        "high_kg": high,
    }


def _group(row: tuple[str, int, int, int, int, int, str]) -> dict[str, Any]:
    return {name: value for name, value in _family(row).items() if name != "confidence"}


def _sheet(number: int, row: tuple[str, str, str, int, str]) -> dict[str, Any]:
    code, title, dimension, theme, lead = row
    first = (number - 1) % 4
    is_carbon = dimension in {"ACH", "PAR"}
    return {
        "number": number,
        "title": title,
        "short_title": title[:38],
        "lever_code": code,
        "dimension": next(name for key, name, _, _ in DIMENSIONS if key == dimension),
        "theme": theme,
        "perimeter": "territoire" if dimension == "TER" else "interne",
        "perimeter_label": "territoire" if dimension == "TER" else "fonctionnement interne",
        "commitment_label": "réalisation",
        "is_quick_win": number % 3 == 0,
        "status_label": "à lancer",
        "validated_on": "2024-01-10" if number == 1 else None,
        "validation_body": "le comité de pilotage" if number == 1 else "",
        "objective": (number - 1) % 3 + 1,
        "objectives": [(number - 1) % 3 + 1],
        "context": (
            "La part issue du réemploi est de 11 % sur les trois derniers exercices, suivie à la main. La question "
            "« Durée d’usage » du diagnostic est au niveau 1."
        ),
        "aim": f"Objectif de l’action {number} : atteindre la cible fixée d’ici à fin 2026.",
        "description": "",
        "lead": lead,
        "lead_service": lead,
        "lead_detail": lead,
        "elected_lead": "Vice-présidence chargée du numérique",
        "associated": ["Finances", "Achats"],
        "partners": ["Une ressourcerie", "Le syndicat d’énergie"],
        "target_public": "Tous les agents",
        "human_means": [{"role": "Chef de projet", "days": 20}, {"role": "Technicien", "days": 10}],
        "budget_lines": budget_lines(18000 if number % 2 else 0),
        "human_days": 30,
        "days_by_half_year": {HALF_YEARS[first]: 20, HALF_YEARS[first + 1]: 10},
        "human_note": "dont 20 la première année",
        "budget_eur": 18000 if number % 2 else 0,
        "budget_note": "pièces et batteries sur trois ans",
        "funding": "Crédits d’équipement existants",
        "start_half": HALF_YEARS[first],
        "end_half": HALF_YEARS[first + 1],
        "effort": 3,
        "impact": 5 if is_carbon else 2,
        "expected_effect": "Complet deux ans après la décision.",
        "saving_kg": 4500 if is_carbon else None,
        "saving_low_kg": 3500 if is_carbon else None,
        "saving_high_kg": 8000 if is_carbon else None,
        "rebound": ["Une économie dépensée en équipements supplémentaires."] if is_carbon else [],
        "risks": ["Postes lents qui dégradent le travail.", "Disponibilité insuffisante de configurations homogènes."],
        "shares": [SHARE] if is_carbon else [],
        "mitigation": ["Un poste de remplacement prêt dans chaque service."],
        "legal": ["Loi AGEC, art. 58", "Décret n° 2024-134 du 21 février 2024"],
        "links": ["Schéma directeur du système d’information"],
        "steps": [
            {"text": "Mesurer l’âge réel de sortie par catégorie", "who": lead, "due_label": "1er semestre 2024"},
            {
                "text": "Fixer la cible et supprimer le renouvellement automatique",
                "who": "Finances",
                "due_label": "2e semestre 2024",
            },
            {"text": "Suivre l’âge moyen et les exceptions", "who": lead, "due_label": "1er semestre 2025"},
        ],
        "indicators": copy.deepcopy(INDICATORS),
        "votes": [4, 1, 1, 0, 0],
    }


def _objective(number: int, title: str, unit: str, baseline: float, target: float, kind: str) -> dict[str, Any]:
    return {
        "number": number,
        "kind": kind,
        "title": title,
        "indicator": title,
        "unit": unit,
        "baseline": baseline,
        "baseline_low": 28 if kind == "reduction" else None,
        "baseline_high": 120 if kind == "reduction" else None,
        "baseline_year": 2023,
        "target": target,
        "target_low": None,
        "target_high": None,
        "target_on": "2026-12-31",
        "source": "inventaire annuel",
        "frequency_label": "annuelle",
        "note": "L’écart visé se calcule à facteurs constants." if kind == "reduction" else "",
    }


_CHECKS = [f"C-{number:02}" for number in range(1, 30)]
_BLOCKING = {"C-03", "C-04", "C-05", "C-06", "C-07", "C-09", "C-10", "C-11", "C-12", "C-22", "C-25", "C-27"}
_YEARLY = {"C-22", "C-23", "C-24", "C-25"}

_CONTENT: dict[str, Any] = {
    "format": "jalons-feuille-de-route/1",
    "on": "2024-01-12",
    "is_demonstration": True,
    "authority": {
        "name": "Pays d’Exemple",
        "slug": "pays-d-exemple",
        "kind": "epci_fp",
        "kind_label": "EPCI à fiscalité propre",
        "nature": "communauté d’agglomération",
        "siren": "200000000",
        "population": 94873,
        "population_total": 97077,
        "agent_count": 430,
        "member_communes_count": 25,
        "logo": None,
        "color": "",
        "department_code": "74",
    },
    "initiative": {
        "number": 1,
        "period_label": "2024–2026",
        "period_start_year": 2024,
        "period_end_year": 2026,
        "track": "standard",
        "track_label": "parcours standard",
        "perimeter": "interne",
        "perimeter_label": "fonctionnement interne",
        "territory_follow_up": "Le volet territorial sera examiné au 1er semestre 2026.",
        "council_on": "2024-01-30",
        "uses_summary": "Fibre disponible pour 92 % des locaux ; 14 lieux de médiation.",
        "engaged_actions": "Serveurs virtualisés à 85 %.\nDéchets électroniques remis à un éco-organisme agréé.",
        "actors_involvement": "Réunis en octobre pour relire l’état des lieux.",
    },
    "meetings": [
        {"label": "COPIL de lancement", "kind_label": "comité de pilotage", "planned_on": "2023-09-05"},
        {"label": "COTECH : notes retenues", "kind_label": "comité technique", "planned_on": "2023-10-12"},
        {"label": "Atelier de priorisation", "kind_label": "atelier", "planned_on": "2023-11-16"},
        {"label": "Adoption en assemblée", "kind_label": "assemblée", "planned_on": "2024-01-30"},
    ],
    "committee": [
        {"service": "Direction des systèmes d’information", "function": "Service numérique", "is_elected": False},
        {"service": "Prévention et gestion des déchets", "function": "Prévention", "is_elected": False},
        {"service": "Élus et cabinet", "function": "Vice-présidence chargée du numérique", "is_elected": True},
    ],
    "actors": [
        {"name": "Communes membres", "nature_label": "acteur public", "involvement": "Consultées en octobre"},
        {"name": "Deux ressourceries", "nature_label": "association", "involvement": ""},
    ],
    "source_documents": [
        {"kind": "Schéma directeur", "title": "Schéma directeur 2022–2026", "year": 2022, "implication": "À revoir."}
    ],
    "duties": [
        {
            "code": "reen-strategie",
            "title": "Stratégie numérique responsable",
            "nature": "obligation",
            "binding": "bound",
            "binding_label": "obligatoire",
            "is_in_force": True,
            "value": None,
            "unit": "",
            "direction": "",
            "since_on": "2025-01-01",
            "next_value": None,
            "next_on": None,
            "legal_reference": "Loi REEN n° 2021-1485, art. 35",
            **KNOWN_TEXT,
            "populations_disagree": False,
            "actions": [],
        },
        {
            "code": "achats-reemploi",
            "title": "Part des achats issue du réemploi",
            "nature": "obligation",
            "binding": "bound",
            "binding_label": "obligatoire",
            "is_in_force": False,
            "value": None,
            "unit": "% de la dépense annuelle hors taxes",
            "direction": "min",
            "since_on": None,
            "next_value": 20,
            "next_on": "2024-07-01",
            "legal_reference": "Loi AGEC n° 2020-105, art. 58 ; décret n° 2024-134",
            **KNOWN_TEXT,
            "is_next_later_text": True,
            "populations_disagree": False,
            "actions": [5, 6],
        },
    ],
    "themes": [
        {
            "number": number,
            "name": name,
            "short_name": short_name,
            "reason": "Les capteurs seront d’abord inventoriés." if number == 6 else "",
        }
        for number, name, short_name in THEMES
    ],
    "diagnosis": {
        "number": 1,
        "questionnaire": "Diagnostic de maturité (proposition 1)",
        "agreed_on": "2023-10-12",
        "rater_count": 6,
        "rating_count": 180,
        "abstention_count": 30,
        "headline": "Une démarche engagée, un retard sur les services",
        "overall": {"score": 1.47, "answered": 34, "total": 36},
        "scale": [
            "Rien n’est engagé",
            "Initiatives isolées",
            "Démarche engagée",
            "Pratique généralisée",
            "Piloté et amélioré",
        ],
        "dimensions": [_dimension(row) for row in DIMENSIONS],
        "strengths": [{"title": "Serveurs", "level": 3, "text": "Virtualisation presque complète."}],
        "weaknesses": [{"title": "Écoconception", "level": 0, "text": "Aucun projet n’a suivi de référentiel."}],
        "attention_points": [
            {"title": "Réemploi", "level": 1, "expected": 3, "text": "Réemploi des matériels réformés."}
        ],
    },
    "inventory": {
        "number": 1,
        "dated_on": "2023-09-29",
        "is_frozen": True,
        "agent_count": 430,
        "unit_count": 2215,
        "total": {"central_kg": 50000, "low_kg": 28000, "high_kg": 120000, "embodied_percent": 87},
        "per_agent": {"central_kg": 116, "low_kg": 65, "high_kg": 280},
        "groups": [_group(row) for row in FAMILIES],
        "families": [_family(row) for row in FAMILIES],
        "criteria": [
            {
                "name": "Épuisement des ressources minérales",
                "unit": "g Sb éq",
                "central": 4.2,
                "low": 2,
                "high": 9,
                "embodied_percent": 99,
            }
        ],
        "weakest": {**WEAKEST, "source_family": "Ordinateurs portables", "source_share_percent": 37},
        "not_evaluated": ["Enceintes de conférence"],
        "figures": [{"name": "Salles serveurs", "value": 2, "unit": "", "confidence": "mesuré"}],
        "counted_elsewhere": {"count": 0, "names": []},
        "simulated": {"central_kg": 9000, "low_kg": 6000, "high_kg": 22000, "actions_count": 5},
    },
    "choice": {
        "catalogue": "Catalogue de leviers, version 1",
        "catalogue_count": 81,
        "shortlisted_count": 35,
        "validated_count": 33,
        "validated_on": "2023-10-17",
        "validation_body": "Comité de pilotage",
        "ballot": {
            "opened_on": "2023-10-18",
            "closed_on": "2023-11-03",
            "voter_count": 6,
            "voted_count": 6,
        },
        "levers": [
            {
                "code": row[0],
                "title": row[1],
                "votes": [4, 1, 1, 0, 0],
                "abstentions": 0,
                "median": "essentiel",
                "pile": "Consensus favorable",
                "verdict": "retained",
                "verdict_label": "retenu",
                "reason": "Gain rapide et consensus.",
            }
            for row in LEVERS
        ]
        + [
            {
                "code": "LEV-SEN-03",
                "title": "Animer des fresques du numérique",
                "votes": [1, 2, 2, 1, 0],
                "abstentions": 0,
                "median": "intéressant",
                "pile": "À débattre",
                "verdict": "postponed",
                "verdict_label": "reporté",
                "reason": "Formateurs à trouver.",
            },
            {
                "code": "LEV-TER-09",
                "title": "Regrouper les salles serveurs",
                "votes": [0, 0, 1, 4, 1],
                "abstentions": 0,
                "median": "trop complexe",
                "pile": "Consensus défavorable",
                "verdict": "dismissed",
                "verdict_label": "écarté",
                "reason": "Gain faible, coût élevé.",
            },
        ],
        "set_aside": [{"title": "Réseau bas débit mutualisé", "reason": "Hors période."}],
    },
    "savings": SAVINGS,
    "objectives": [
        _objective(1, "Réduire l’empreinte annuelle du parc", "t CO2e par an", 50, 41, "reduction"),
        _objective(2, "Acheter issu du réemploi", "% des dépenses", 11, 27, "other"),
        _objective(3, "Rendre les services en ligne accessibles", "% de critères", 48, 75, "other"),
    ],
    "half_years": HALF_YEARS,
    "sheets": [_sheet(number, row) for number, row in enumerate(LEVERS, start=1)],
    "abandoned": [],
    "loads": [
        {"lead": "DSI", "capacity": 30, "days": [20, 34, 30, 20, 10, 0]},
        {"lead": "Achats", "capacity": 20, "days": [20, 20, 10, 0, 0, 0]},
        {"lead": "Transition écologique et développement durable", "capacity": 20, "days": [0, 0, 12.5, 7.5, 0, 0]},
    ],
    "governance": {
        "text": "Le comité technique garde la même composition que pour le diagnostic.",
        "committee_per_year": 4,
        "steering_per_year": 2,
        "council_per_year": 1,
    },
    "foreword": {
        "text": "Le numérique a un poids, que l’on ne voit pas.\n\nCette feuille de route commence par nous-mêmes.",
        "author": "Vice-présidence chargée du numérique",
    },
    "completeness": [
        {
            "code": code,
            "text": f"Point de contrôle {code}",
            "level": "B" if code in _BLOCKING else "R",
            "is_yearly": code in _YEARLY,
            "is_met": code not in _YEARLY and code != "C-21",
            "gaps": [] if code not in _YEARLY and code != "C-21" else ["À remplir au premier bilan."],
        }
        for code in _CHECKS
    ],
    "is_reen_usable": True,
    "sources": [
        {"name": "Équipements", "source": "ADEME, Base Empreinte", "version": "2.2.0", "licence": "MIT"},
        {
            "name": "Questionnaire",
            "source": "Sept dimensions, trente-six questions",
            "version": "proposition-1",
            "licence": "",
        },
    ],
}
