"""French words of the footprint: criteria, steps, parameters, qualities."""

from dataclasses import dataclass

from inventory.footprint.factors import DISTRIBUTION, EMBODIED, END_OF_LIFE, MANUFACTURING, USE


@dataclass(frozen=True)
class CriterionLabel:
    """Name of a criterion, its yearly unit, and what it tells."""

    name: str
    unit: str
    meaning: str


CRITERION_LABELS: dict[str, CriterionLabel] = {
    "GWP": CriterionLabel("Changement climatique", "kg CO₂e", "gaz à effet de serre"),
    "ADPE": CriterionLabel("Ressources minérales et métalliques", "kg Sb éq.", "épuisement des métaux et des minéraux"),
    "PE": CriterionLabel("Énergie primaire", "MJ", "toute l’énergie prélevée dans la nature"),
    "ADPF": CriterionLabel("Ressources fossiles", "MJ", "charbon, pétrole, gaz et uranium prélevés"),
    "AP": CriterionLabel("Acidification", "mol H+ éq.", "pluies et sols acides"),
    "IR": CriterionLabel("Radiations ionisantes", "kBq U235 éq.", "exposition due surtout à l’électricité nucléaire"),
    "PM": CriterionLabel("Particules fines", "cas de maladie", "effet sur la santé de l’air pollué"),
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
