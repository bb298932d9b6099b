"""Step 4: sheets, objectives, schedule, one sheet completed, themes and texts."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.referent.walk import COUNCIL_ON, Walk

SHEET = "Atteindre et dépasser les quotas de matériel issu du réemploi"
YEAR = COUNCIL_ON.year


def create_sheets(walk: Walk) -> None:
    """Create a sheet for each lever retained, already filled from the catalogue."""
    walk.follow("Construire les fiches actions")
    walk.press("Créer les fiches")
    walk.told("6 fiches créées")
    walk.title("0 fiche complète sur 6")


def set_objectives(walk: Walk) -> None:
    """Take the objective worked out from the inventory, and write another one that the other sheets serve."""
    walk.follow("Objectifs")
    walk.follow("Proposer un objectif de réduction")
    page = walk.page
    assert page.get_by_label("Unité").input_value() == "t CO₂e par an"
    baseline = float(page.get_by_label("Valeur de départ").input_value().replace(",", "."))
    assert 0 < float(page.get_by_label("Cible", exact=True).input_value().replace(",", ".")) < baseline
    walk.press("Enregistrer")
    expect(walk.main).to_contain_text("Réduire l’empreinte annuelle du parc numérique")
    walk.follow("Ajouter un objectif")
    page.get_by_label("Objectif", exact=True).fill("Faire vivre la démarche dans tous les services")
    page.get_by_label("Indicateur", exact=True).fill("Services qui ont un correspondant")
    page.get_by_label("Unité").fill("services")
    page.get_by_label("Fréquence").select_option(label="annuelle")
    page.get_by_label("Source de la donnée").fill("Liste tenue par la référente")
    page.get_by_label("Valeur de départ").fill("4")
    page.get_by_label("Année de départ").fill(str(YEAR))
    page.get_by_label("Cible", exact=True).fill("20")
    page.get_by_label("Échéance").fill(f"{YEAR + 2}-12-31")
    for box in walk.main.get_by_role("checkbox").all()[:-1]:
        box.check()
    walk.press("Enregistrer")
    expect(walk.main).to_contain_text("Faire vivre la démarche dans tous les services")


def schedule(walk: Walk) -> None:
    """Read the schedule proposed, with the reason of each place, and apply it."""
    walk.follow("Calendrier")
    walk.follow("Proposer un calendrier")
    walk.title("Le calendrier proposé déplace 6 actions")
    expect(walk.main.get_by_role("table", name=re.compile("^Place proposée"))).to_contain_text("Gain rapide")
    walk.press("Appliquer ce calendrier")
    expect(walk.main).to_contain_text("6 actions placées sur 6 semestres")
    placed = re.compile(rf"{re.escape(SHEET)}.*semestre {YEAR}$")
    expect(walk.main.get_by_role("row", name=placed)).to_be_visible()


def complete_sheet(walk: Walk) -> None:
    """Complete one sheet, part by part, until nothing is missing."""
    walk.follow("Fiches")
    walk.follow(SHEET)
    walk.title(SHEET)
    page = walk.page
    walk.follow("Modifier le pilote")
    page.get_by_label("Personne pilote").select_option(label="Yann Kerbrat")
    page.get_by_label("Partenaires").fill("Recyclerie de la baie")
    walk.press("Enregistrer")
    walk.follow("Modifier le constat")
    page.get_by_label("Objectif de l’action").fill(
        "Un ordinateur acheté sur trois est reconditionné dès la première année."
    )
    walk.press("Enregistrer")
    walk.follow("Modifier les étapes")
    for step in _filled_groups(walk, "Étape", "Quoi"):
        step.get_by_label("Qui").fill("Commande publique")
        step.get_by_label("Quand").select_option(f"{YEAR}-S1")
    walk.press("Enregistrer")
    walk.follow("Modifier les indicateurs")
    for indicator in _filled_groups(walk, "Indicateur", "Nom"):
        indicator.get_by_label("Départ", exact=True).fill("8,5")
        indicator.get_by_label("Année du départ").fill(str(YEAR - 1))
        indicator.get_by_label("Cible", exact=True).fill("33")
        indicator.get_by_label("Année de la cible").fill(str(YEAR + 2))
        indicator.get_by_label("Source").fill("Logiciel de gestion financière")
    walk.press("Enregistrer")
    walk.follow("Modifier le budget")
    page.get_by_label("Budget en euros").fill("12 000")
    page.get_by_label("Financements recherchés").fill("Budget de la DSI")
    walk.press("Enregistrer")
    expect(walk.main).to_contain_text("12 000 €")
    expect(walk.main).not_to_contain_text("Il manque")


def _filled_groups(walk: Walk, name: str, field: str) -> list[Locator]:
    groups = walk.main.get_by_role("group", name=re.compile(rf"^{name} \d")).all()
    assert groups
    assert all(group.get_by_label(field, exact=True).input_value() for group in groups)
    return groups


def write_texts(walk: Walk) -> None:
    """Explain the themes without an action, and write the foreword."""
    walk.go_to_step("Construire")
    walk.follow("Thèmes")
    walk.page.get_by_label("2° Cycle de vie").fill(
        "La durée d’usage est déjà au schéma directeur, jusqu’à sa révision."
    )
    walk.page.get_by_label("3° Écoconception").fill("Le site sera refait après cette feuille de route.")
    walk.press("Enregistrer les motifs")
    walk.title("6 thèmes couverts ou expliqués sur 6")
    walk.follow("Textes")
    walk.page.get_by_label("Mot de l’élu").fill("Morlaix Communauté choisit un numérique sobre et utile à tous.")
    walk.page.get_by_label("Qualité de la personne qui signe").fill("Vice-présidence chargée du numérique")
    walk.press("Enregistrer")
    expect(walk.main.get_by_role("status").first).to_be_visible()
