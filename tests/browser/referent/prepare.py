"""Steps 0 and 1: the account, the authority, the démarche, people, dates, prerequisites."""

import re

from playwright.sync_api import expect

from tests.browser.referent.walk import AUTHORITY, COUNCIL_ON, Walk

EMAIL = "referente@morlaix.example"
PASSWORD = "les-galets-de-la-baie"
COMMITTEE = {
    "Camille Le Gall": "Direction des systèmes d’information",
    "Yann Kerbrat": "Commande publique et achats",
    "Soizic Morvan": "Ressources humaines",
}
ELECTED = "Nolwenn Prigent"


def sign_up(walk: Walk) -> None:
    """Create the account; the code is read where development keeps its mail."""
    page = walk.page
    page.goto(walk.url)
    walk.follow("Créer un compte")
    page.get_by_label("Nom affiché").fill("Anne Guivarch")
    page.get_by_label("Adresse électronique").fill(EMAIL)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_label("Le même mot de passe").fill(PASSWORD)
    walk.press("Créer mon compte")
    walk.title("Recopiez le code reçu")
    page.get_by_label("Code reçu").fill(_read_code(walk))
    walk.press("Vérifier")
    walk.title("Vos collectivités")


def _read_code(walk: Walk) -> str:
    outbox = walk.page.context.new_page()
    outbox.goto(f"{walk.url}/developpement/courrier/")
    letter = outbox.get_by_role("region", name="Votre code pour Jalons").filter(has_text=EMAIL).first
    found = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", letter.inner_text())
    outbox.close()
    assert found, "the message holds no code"
    return found.group()


def open_space(walk: Walk) -> None:
    """Find the authority in the list; its duty is worked out before anything is typed."""
    walk.follow("Chercher ma collectivité")
    walk.page.get_by_label("Nom, SIREN ou code INSEE").fill("morlaix communaute")
    walk.press("Chercher")
    walk.follow(AUTHORITY)
    walk.title(AUTHORITY)
    expect(walk.main).to_contain_text("obligatoire pour vous")
    walk.page.get_by_label("Nombre d’agents").fill("620")
    walk.page.get_by_role("radio", name="Oui").check()
    walk.press("Ouvrir l’espace")
    walk.title("Régler la démarche")
    walk.page.get_by_label("Première année de la feuille de route").fill(str(COUNCIL_ON.year))
    assert walk.page.get_by_label("Durée en années").input_value() == "3"
    walk.page.get_by_role("radio", name="Fonctionnement interne et territoire").check()
    walk.page.get_by_label("Date du conseil").fill(COUNCIL_ON.isoformat())
    walk.press("Enregistrer")
    walk.told("Démarche enregistrée")


def gather_committee(walk: Walk) -> None:
    """Add three members of the committee and an elected official; the coverage names whom to invite."""
    walk.follow("Le comité")
    for name, service in COMMITTEE.items():
        _add_person(walk, name, service)
    _add_person(walk, ELECTED, "Élus et cabinet", is_elected=True)
    walk.title("5 personnes au comité, 5 services")
    walk.follow("Vérifier la couverture")
    expect(walk.main).to_contain_text("Cohésion territoriale et médiation numérique")


def _add_person(walk: Walk, name: str, service: str, *, is_elected: bool = False) -> None:
    walk.follow("Ajouter une personne")
    walk.page.get_by_label("Nom et prénom").fill(name)
    walk.page.get_by_label("Adresse électronique").fill(f"{name.split()[0].lower()}@morlaix.example")
    walk.page.get_by_label("Service", exact=True).select_option(label=service)
    if is_elected:
        walk.page.get_by_role("checkbox", name=re.compile("^Élu")).check()
        walk.page.get_by_role("checkbox", name=re.compile("^Comité technique")).uncheck()
    walk.press("Enregistrer la personne")
    walk.told(f"{name} est dans le comité")


def plan_meetings(walk: Walk) -> None:
    """Plan backwards from the council date, and take the dates to a diary."""
    walk.go_to_step("Préparer")
    walk.follow("Le calendrier")
    walk.follow("Planifier")
    walk.page.get_by_role("radio", name="Six mois").check()
    assert walk.page.get_by_label("Date du conseil").input_value() == COUNCIL_ON.isoformat()
    walk.press("Planifier")
    walk.told("Calendrier planifié")
    diary = walk.download("Télécharger le calendrier").read_text()
    assert diary.startswith("BEGIN:VCALENDAR")
    assert diary.count("BEGIN:VEVENT") == 13
    assert f"DTSTART;VALUE=DATE:{COUNCIL_ON:%Y%m%d}" in diary


def tick_prerequisites(walk: Walk) -> None:
    """Tick by hand what the site cannot know, and write what the law asks for."""
    walk.go_to_step("Préparer")
    walk.follow("Les prérequis")
    walk.follow(re.compile("Marquer comme fait.*comité de pilotage"))
    walk.page.get_by_label("C’est fait").check()
    walk.page.get_by_label("Note").fill("Bureau communautaire élargi")
    walk.press("Enregistrer")
    walk.told("Prérequis enregistré")
    walk.follow(re.compile("Compléter.*acteurs publics et privés"))
    for name, kind in (("Recyclerie de la baie", "Association"), ("Syndicat d’énergie du Finistère", "Acteur public")):
        walk.follow("Ajouter un acteur")
        walk.page.get_by_label("Nom", exact=True).fill(name)
        walk.page.get_by_role("radio", name=kind).check()
        walk.page.get_by_label("Comment il est associé").fill("Entretien en octobre, puis relecture.")
        walk.press("Enregistrer")
        expect(walk.main).to_contain_text(name)
    walk.go_to_step("Préparer")
    walk.follow("L’état des lieux")
    for number, area in enumerate(walk.main.get_by_role("textbox").all(), start=1):
        area.fill(f"Texte {number} de l’état des lieux, écrit avec les services de l’agglomération.")
    walk.press("Enregistrer")
    walk.told("État des lieux enregistré")


def invite(walk: Walk) -> None:
    """Read the invitation again and send it: the messages wait in the mail of development."""
    walk.go_to("Tableau de bord")
    expect(walk.main.get_by_role("region", name="Inviter le comité")).to_be_visible()
    walk.follow("Relire l’invitation")
    walk.press("Envoyer")
    walk.told("Invitation envoyée à Camille Le Gall")
