"""French words of the footprint: criteria, steps, parameters, qualities."""

from dataclasses import dataclass

from inventory.footprint.factors import DISTRIBUTION, EMBODIED, END_OF_LIFE, MANUFACTURING, USE


@dataclass(frozen=True)
class CriterionLabel:
    """Name of a criterion, its yearly unit, what it tells, and its unit in plain words."""

    name: str
    unit: str
    meaning: str
    gloss: str


CRITERION_LABELS: dict[str, CriterionLabel] = {
    "GWP": CriterionLabel(
        "Changement climatique", "kg CO₂e", "gaz à effet de serre", "tous les gaz, comptés comme du CO₂"
    ),
    "ADPE": CriterionLabel(
        "Ressources minérales et métalliques",
        "kg Sb éq.",
        "épuisement des métaux et des minéraux",
        "la rareté d’un kilogramme d’antimoine, le métal qui sert de mesure",
    ),
    "PE": CriterionLabel(
        "Énergie primaire", "MJ", "toute l’énergie prélevée dans la nature", "le mégajoule, soit 0,28 kWh"
    ),
    "ADPF": CriterionLabel(
        "Ressources fossiles", "MJ", "charbon, pétrole, gaz et uranium prélevés", "le mégajoule, soit 0,28 kWh"
    ),
    "AP": CriterionLabel(
        "Acidification", "mol H+ éq.", "pluies et sols acides", "une mole d’ions hydrogène, ce qui rend l’eau acide"
    ),
    "IR": CriterionLabel(
        "Radiations ionisantes",
        "kBq U235 éq.",
        "exposition due surtout à l’électricité nucléaire",
        "la radioactivité de mille becquerels d’uranium 235",
    ),
    "PM": CriterionLabel(
        "Particules fines",
        "cas de maladie",
        "effet sur la santé de l’air pollué",
        "le nombre de maladies attendues, toutes personnes comprises",
    ),
}

STEP_LABELS: dict[str, str] = {
    MANUFACTURING: "Fabrication",
    DISTRIBUTION: "Distribution",
    USE: "Utilisation",
    END_OF_LIFE: "Fin de vie",
    EMBODIED: "Fabrication, distribution et fin de vie (non ventilé)",
}

LIFETIME_ORIGINS: dict[str, str] = {
    "default": "valeur par défaut, non déclarée",
    "declared": "durée visée que vous avez déclarée",
    "observed": "durée observée dans votre parc",
}
