"""Step 2: ratings on a phone, an interview, the meeting, the inventory on screen and by spreadsheet, the footprint."""

import re

from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.browser.referent.walk import Walk

RATED_ON_PHONE = 10
INTERVIEWED = 5


def open_round(walk: Walk) -> None:
    """Open the round, and take the link of a member of the committee to their phone."""
    walk.go_to_step("Diagnostiquer")
    walk.follow("Préparer le diagnostic")
    expect(walk.main).to_contain_text("Des questions n’ont pas de service qui les connaisse")
    walk.press("Enregistrer et relire")
    walk.title("Le diagnostic est prêt à ouvrir")
    walk.press("Ouvrir les avis")
    walk.told("Les avis sont ouverts")
    walk.pick_up_phone("Camille Le Gall", walk.copy_link("Camille Le Gall"))


def rate_on_phone(walk: Walk) -> None:
    """Rate ten questions on the phone; one of them is an abstention."""
    phone = walk.phones["Camille Le Gall"]
    phone.get_by_role("link", name="Commencer").click()
    phone.get_by_role("link", name="Commencer").click()
    for number in range(RATED_ON_PHONE):
        expect(phone.get_by_role("main")).to_contain_text(f"question {number % 5 + 1} sur 5")
        choice = "Je ne me prononce pas" if number == 3 else re.compile(f"^{number % 4} ")
        phone.get_by_role("radio", name=choice).check()
        phone.get_by_role("button", name="Question suivante").click()
    expect(phone.get_by_role("main")).to_contain_text("Achats et commande publique · question 1 sur 5")
    phone.get_by_role("link", name="Finir plus tard").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("10 sur 36 questions que vous connaissez")


def type_interview(walk: Walk) -> None:
    """Type what a colleague said in an interview: the ratings are theirs."""
    walk.go_to_step("Diagnostiquer")
    walk.follow("Suivre les réponses")
    walk.follow("Saisir un entretien avec Soizic Morvan")
    walk.title("Entretien avec Soizic Morvan")
    questions = walk.main.get_by_role("group", name=re.compile("^Niveau donné")).all()
    assert len(questions) == INTERVIEWED
    for question in questions:
        question.get_by_role("radio", name=re.compile("^3 ")).check()
    walk.press("Enregistrer et continuer")
    expect(walk.main).to_contain_text("Achats et commande publique")
    walk.follow("Revenir au suivi")
    expect(walk.main).to_contain_text("dont 5 en entretien")


def hold_meeting(walk: Walk) -> None:
    """Close the round, agree the levels, and read the results."""
    walk.follow("Clore les avis")
    expect(walk.main).to_contain_text("Yann Kerbrat")
    walk.press("Clore les avis")
    walk.told("Les avis sont clos")
    walk.press(re.compile("^Accepter"))
    walk.told(re.compile("acceptée"))
    to_discuss = walk.main.get_by_role("table").get_by_role("link")
    count = to_discuss.count()
    assert count > 0
    to_discuss.first.click()
    for _ in range(count):
        walk.page.get_by_label("Motif").fill("Échange en réunion de partage.")
        address = walk.page.url
        walk.press("Retenir ce niveau")
        walk.page.wait_for_url(lambda url, left=address: url != left)
    walk.title("Toutes les questions notées sont tranchées")
    walk.press("Terminer le diagnostic")
    walk.told("Le diagnostic est terminé")
    expect(walk.main).to_contain_text("9 questions répondues sur 36")
    expect(walk.main.get_by_role("img", name=re.compile("^Maturité par dimension"))).to_be_visible()
    expect(walk.main.get_by_role("region", name="Points d’attention légaux")).to_contain_text("Niveau 1, attendu 3")


def fill_inventory(walk: Walk) -> None:
    """Fill a few families on screen, then send the spreadsheet to the DSI and read it back."""
    walk.go_to("Inventaire")
    walk.follow("Commencer l’inventaire")
    walk.press("Ouvrir le lot")
    walk.told("Le lot 1 est ouvert")
    page = walk.page
    page.get_by_label("Ordinateurs portables, en service").fill("540")
    page.get_by_label("Ordinateurs portables, âge moyen").fill("3,5")
    page.get_by_label("Ordinateurs portables, confiance").select_option(label="mesuré")
    page.get_by_label("Smartphones, en service").fill("210")
    walk.press("Enregistrer")
    walk.told("Enregistré à")
    _send_spreadsheet(walk)
    walk.title("3 ajouts, 0 modification, 1 ligne refusée")
    expect(walk.main.get_by_role("table", name="Lignes refusées")).to_contain_text("Formule : remplacez-la")
    walk.press("Enregistrer ces changements")
    walk.told("3 changements")


def _send_spreadsheet(walk: Walk) -> None:
    path = walk.download("Télécharger le tableur")
    workbook = load_workbook(path)
    sheet = workbook["Équipements"]
    column = {cell.value: cell.column for cell in sheet[1]}
    row = {cells[column["Famille"] - 1].value: cells[0].row for cells in sheet.iter_rows(min_row=2)}
    assert sheet.cell(row["Ordinateurs portables"], column["Nombre en service"]).value == 540
    sheet.cell(row["Écrans 23-24 pouces"], column["Nombre en service"], 700)
    sheet.cell(row["Écrans 23-24 pouces"], column["Confiance"], "estimé")
    sheet.cell(row["Serveurs physiques"], column["Nombre en service"], 14)
    sheet.cell(row["Tablettes"], column["Nombre en service"], "=10+20")
    workbook["Chiffres clés"]["D2"] = 590
    workbook.save(path)
    walk.follow("Déposer un tableur rempli")
    walk.page.get_by_label("Fichier à lire").set_input_files(path)
    walk.press("Lire le fichier")


def freeze_inventory(walk: Walk) -> None:
    """Freeze the lot and read its footprint, as ranges, per agent, with the trace of a factor."""
    walk.follow("Figer le lot")
    walk.press("Figer le lot")
    walk.told("Le lot 1 est figé")
    expect(walk.main).to_contain_text("Par agent (590 agents)")
    expect(walk.main).to_contain_text(re.compile(r"entre \d+ et \d+"))
    walk.follow("Famille par famille")
    walk.follow("Ordinateurs portables")
    expect(walk.main).to_contain_text("540")
