"""Step 3: the proposal, the opinion of the steering committee, the ballot by phone and on paper, the decisions."""

import re

from playwright.sync_api import Page, expect

from tests.browser.referent.walk import TODAY, Walk

KEPT = "Piloter la feuille de route avec dix indicateurs au plus"
REJECTED = "Passer chaque projet numérique au filtre de l’utilité et de l’impact"
SET_ASIDE = "Tenir un inventaire unique et fiable du parc numérique"
# The proposal holds about 35 levers; a dozen would say nothing more here.
PRESELECTED = [
    KEPT,
    REJECTED,
    SET_ASIDE,
    "Faire porter la démarche par un binôme élu et direction générale",
    "Nommer un référent et animer un réseau de correspondants dans les services",
    "Présenter chaque année le bilan de la stratégie et le rendre public",
    "Articuler la feuille de route avec le schéma directeur, le PCAET et le budget",
    "Atteindre et dépasser les quotas de matériel issu du réemploi",
]
VOTED_COUNT = len(PRESELECTED) - 1


def preselect(walk: Walk) -> None:
    """Take the proposal, shortened; every line says why it is there."""
    walk.go_to("Leviers")
    walk.follow("Présélection")
    walk.follow("Voir une proposition")
    walk.title("36 leviers proposés, à vous de choisir")
    proposed = walk.main.get_by_role("group", name="Leviers à présélectionner").get_by_role("listitem")
    titles = [text.strip().splitlines()[0] for text in proposed.all_inner_texts()]
    assert set(PRESELECTED) <= set(titles)
    reason = re.compile(r"la question «\sPortage\s» est au niveau 0 sur 4")
    expect(proposed.filter(has_text=PRESELECTED[3]).get_by_role("checkbox")).to_have_accessible_name(reason)
    for title, line in zip(titles, proposed.all(), strict=True):
        if title not in PRESELECTED:
            line.get_by_role("checkbox").uncheck()
    walk.press("Présélectionner ces leviers")
    walk.title(f"{len(PRESELECTED)} leviers présélectionnés")
    walk.press("Soumettre au comité de pilotage")
    walk.follow("Enregistrer l’avis du comité")
    walk.page.get_by_label(SET_ASIDE).check()
    walk.press("Continuer")
    walk.title(f"{VOTED_COUNT} leviers validés sur {len(PRESELECTED)}")
    walk.page.get_by_label("Date de la réunion").fill(TODAY.isoformat())
    walk.page.get_by_label("Pourquoi écarter").fill("À reprendre après l’adoption.")
    walk.press("Enregistrer la validation")
    walk.told("Présélection validée")


def open_ballot(walk: Walk) -> None:
    """Open the ballot; nothing of the votes shows before it closes."""
    walk.follow("Ouvrir un scrutin")
    walk.press("Ouvrir le scrutin")
    walk.told("Scrutin ouvert")
    walk.title("0 personne a voté sur 4")


def vote(walk: Walk) -> None:
    """Vote by phone as two members of the committee, and type the paper of a third one."""
    camille = walk.phones["Camille Le Gall"]
    camille.get_by_role("banner").get_by_role("link", name="Jalons").click()
    _vote_on_phone(camille, "Essentiel")
    walk.press("Copier un lien pour Yann Kerbrat")
    yann = walk.pick_up_phone("Yann Kerbrat", walk.page.get_by_label("Lien personnel").input_value())
    _vote_on_phone(yann, "Prioritaire")
    walk.go_to_step("Prioriser")
    walk.follow("Scrutin")
    walk.follow("Scrutin 1")
    walk.follow("Saisir un bulletin pour Soizic Morvan")
    for row in walk.main.get_by_role("row").all()[1:]:
        grade = "Inapproprié" if REJECTED in row.inner_text() else "Essentiel"
        row.get_by_role("radio", name=grade).check()
    walk.press("Enregistrer")
    walk.title("3 personnes ont voté sur 4")


def _vote_on_phone(phone: Page, grade: str) -> None:
    phone.get_by_role("link", name="Voter").click()
    phone.get_by_role("link", name="Commencer").click()
    for number in range(1, VOTED_COUNT + 1):
        expect(phone.get_by_role("main")).to_contain_text(f"levier {number} sur {VOTED_COUNT}")
        title = phone.get_by_role("heading", level=1).inner_text()
        phone.get_by_role("radio", name="Inapproprié" if title == REJECTED else grade).check()
        phone.get_by_role("button", name="Levier suivant" if number < VOTED_COUNT else "Terminer").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(f"Vous avez répondu sur les {VOTED_COUNT} leviers")


def close_ballot(walk: Walk) -> None:
    """Close the ballot: the piles appear only now."""
    expect(walk.main).not_to_contain_text("Consensus")
    walk.follow("Fermer maintenant")
    walk.page.get_by_label("Je ferme le scrutin maintenant").check()
    walk.press("Fermer le scrutin")
    walk.told("Scrutin clos")
    favourable = walk.main.get_by_role("region", name="Consensus favorable")
    expect(favourable.get_by_role("heading")).to_contain_text(str(VOTED_COUNT - 1))
    expect(walk.main.get_by_role("region", name="Consensus défavorable")).to_contain_text(REJECTED)


def decide(walk: Walk) -> None:
    """Decide one lever with its own reason, then confirm the others together."""
    walk.follow("Décider")
    walk.follow(KEPT)
    walk.page.get_by_role("radio", name="Retenu").check()
    walk.page.get_by_label("Raison").fill("Le conseil veut un tableau de bord court.")
    walk.press("Enregistrer la décision")
    walk.title(f"1 levier retenu sur {VOTED_COUNT}")
    walk.follow(re.compile("^Confirmer les"))
    walk.press("Confirmer ces décisions")
    walk.title(f"{VOTED_COUNT - 1} leviers retenus sur {VOTED_COUNT}")
