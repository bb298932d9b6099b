"""Pages of the workbook of action sheets: nothing is written before the confirmation, nobody's text is lost."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from authorities.models import Event
from roadmap.enums import SheetReview
from roadmap.exchange.preview import around_difference
from roadmap.models import ActionSheet, SheetImport
from roadmap.services import StepValues
from roadmap.services.exchange import MOVED
from roadmap.services.retention import prune_data
from tests.factories import make_initiative, make_participant, make_service
from tests.factories_roadmap import NOW, make_full_sheet, make_roadmap, make_sheet, save_as

pytestmark = pytest.mark.django_db
PAGE = "/collectivites/pays-dexemple/feuille-de-route/fiches/hors-ligne/"


def download(client, extension="xlsx") -> bytes:
    return client.get(f"{PAGE}tableur/?format={extension}").content


def edit(content: bytes, *cells: tuple[str, int, str, object]) -> bytes:
    """Type in a workbook: sheet, row under the headers, header, value."""
    workbook = load_workbook(io.BytesIO(content))
    for title, row, header, value in cells:
        sheet = workbook[title]
        column = [cell.value for cell in sheet[1]].index(header) + 1
        sheet.cell(row + 1, column).value = value
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def send(client, content: bytes, name="fiches.xlsx"):
    return client.post(PAGE, {"file": SimpleUploadedFile(name, content)})


def preview_of(client):
    return client.get(f"{PAGE}{SheetImport.objects.get().pk}/")


def confirm(client, token: str, **choices):
    return client.post(f"{PAGE}{SheetImport.objects.get().pk}/confirmer/", {"token": token, **choices})


def told(client) -> list[str]:
    return [str(message) for message in client.get(PAGE).context["messages"]]


@pytest.fixture
def sheet(roadmap) -> ActionSheet:
    return make_full_sheet(roadmap, title="Allonger la durée")


@pytest.mark.parametrize(
    ("extension", "kind"),
    [
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ],
)
def test_the_workbook_is_sent_as_a_file(sheet, referent_client, extension, kind):
    response = referent_client.get(f"{PAGE}tableur/?format={extension}")
    name = f"fiches-pays-dexemple-demarche-1.{extension}"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert (response.headers["Content-Type"], response.content[:2]) == (kind, b"PK")


def test_the_list_leads_there_for_who_may_write(sheet, referent_client, elected_client):
    home = "/collectivites/pays-dexemple/feuille-de-route/"
    assert f'href="{PAGE}">Travailler hors ligne</a>' in referent_client.get(home).content.decode()
    assert "Travailler hors ligne" not in elected_client.get(home).content.decode()
    assert elected_client.get(PAGE).status_code == 403


def test_added_and_changed_sheets_are_shown_then_written_with_their_trail(sheet, referent, referent_client):
    person = make_participant(sheet.roadmap.initiative, name="Anne Achats", service="achats")
    content = edit(
        download(referent_client),
        ("Fiches", 1, "Objectif de l’action", "Deux ans de plus"),
        ("Fiches", 1, "Personne pilote", "Anne Achats"),
        ("Étapes", 1, "Avancement", "fait"),
        ("Étapes", 2, "N° de fiche", 1),
        ("Étapes", 2, "Étape", "Mesurer"),
        ("Fiches", 2, "Intitulé", "Former les agents"),
        ("Fiches", 2, "Moyens humains, en jours", "2,5"),
        ("Indicateurs", 2, "N° de fiche", "Former les agents"),
        ("Indicateurs", 2, "Indicateur", "Agents formés"),
        ("Indicateurs", 2, "Cible", "1 200"),
    )

    response = send(referent_client, content)

    waiting = SheetImport.objects.get()
    assert response.url == f"{PAGE}{waiting.pk}/"
    assert [item.aim for item in ActionSheet.objects.all()] == ["Réduire de 10 %."]
    assert not Event.objects.exists()
    shown = referent_client.get(response.url)
    html = shown.content.decode()
    assert "<h1>1 fiche ajoutée, 1 fiche modifiée</h1>" in html
    assert "Réduire de 10 %. → Deux ans de plus" in html
    assert [(change.label, change.before) for change in shown.context["preview"].field_changes] == [
        ("objectif de l’action", "Réduire de 10 %."),
        ("personne pilote", ""),
        ("étape 1", "Commencer\nQui\u00a0: DSI\nSemestre\u00a0: 1er semestre 2026\nAvancement\u00a0: à faire"),
        ("étape de plus", ""),
    ]
    done = confirm(referent_client, shown.context["preview"].token)
    assert done.url == "/collectivites/pays-dexemple/feuille-de-route/"
    first, second = ActionSheet.objects.order_by("number")
    assert (first.aim, first.lead_participant, first.lead_service) == (
        "Deux ans de plus",
        person,
        make_service("achats"),
    )
    assert [(step.text, step.progress) for step in first.steps.all()] == [("Commencer", "done"), ("Mesurer", "todo")]
    assert (second.number, second.title, str(second.human_days)) == (2, "Former les agents", "2.5")
    assert [(item.name, int(item.target)) for item in second.indicators.all()] == [("Agents formés", 1200)]
    assert [event.verb for event in Event.objects.order_by("pk")] == [
        "a modifié la fiche 1, «\u00a0Allonger la durée\u00a0»",
        "a créé la fiche 2, «\u00a0Former les agents\u00a0», d’un tableur",
        "a modifié la fiche 2, «\u00a0Former les agents\u00a0»",
        "a enregistré 2\u00a0fiches d’après un tableur déposé",
    ]
    waiting.refresh_from_db()
    assert (waiting.content, waiting.applied_at is None) == ([], False)
    again = confirm(referent_client, shown.context["preview"].token)
    assert again.status_code == 422
    assert ActionSheet.objects.count() == 2


def conflicting(client, referent, sheet) -> None:
    """Change the same text and the same step on the site and in a workbook, and another text in the workbook only."""
    content = edit(
        download(client),
        ("Fiches", 1, "Objectif de l’action", "Celui du tableur"),
        ("Fiches", 1, "Description", "Décrite hors ligne"),
        ("Étapes", 1, "Étape", "Commencer hors ligne"),
    )
    steps = [StepValues("Commencer sur le site")]
    save_as(referent, ActionSheet.objects.get(pk=sheet.pk), aim="Celui du site", steps=steps)
    assert send(client, content).status_code == 302


def test_a_text_that_the_site_changed_is_kept_unless_the_other_is_chosen(sheet, referent, referent_client):
    conflicting(referent_client, referent, sheet)
    shown = preview_of(referent_client)
    html = shown.content.decode()

    assert "<h1>1 fiche modifiée, 2 textes à choisir</h1>" in html
    assert [
        (change.key, change.before, change.after.split("\n")[0]) for change in shown.context["preview"].conflicts
    ] == [
        ("1-aim", "Celui du site", "Celui du tableur"),
        ("1-steps.1", "Commencer sur le site\nAvancement\u00a0: à faire", "Commencer hors ligne"),
    ]
    assert html.count("checked") == 2
    confirm(referent_client, shown.context["preview"].token)
    sheet.refresh_from_db()
    assert (sheet.aim, sheet.description) == ("Celui du site", "Décrite hors ligne")
    assert [step.text for step in sheet.steps.all()] == ["Commencer sur le site"]


def test_the_text_of_the_workbook_is_taken_when_it_is_chosen(sheet, referent, referent_client):
    conflicting(referent_client, referent, sheet)
    token = preview_of(referent_client).context["preview"].token

    choices = {"choix-1-aim": "tableur", "choix-1-steps.1": "tableur"}
    assert confirm(referent_client, token, **choices).status_code == 302

    sheet.refresh_from_db()
    assert sheet.aim == "Celui du tableur"
    assert [step.text for step in sheet.steps.all()] == ["Commencer hors ligne"]


def test_an_impossible_choice_is_refused_on_the_page(sheet, referent, referent_client):
    conflicting(referent_client, referent, sheet)
    token = preview_of(referent_client).context["preview"].token
    response = confirm(referent_client, token, **{"choix-1-aim": "les deux"})
    assert response.status_code == 422
    assert "Choisissez de garder le texte du site ou celui du tableur." in response.content.decode()


def test_a_step_removed_from_the_site_comes_back_only_if_chosen(sheet, referent, referent_client):
    content = edit(download(referent_client), ("Étapes", 1, "Qui", "Les achats"))
    save_as(referent, ActionSheet.objects.get(pk=sheet.pk), steps=[])
    send(referent_client, content)

    shown = preview_of(referent_client)
    (change,) = shown.context["preview"].conflicts
    assert (change.label, change.before) == ("étape (plus sur le site)", "")
    assert confirm(referent_client, shown.context["preview"].token).status_code == 422
    assert told_refusal(referent_client, shown.context["preview"].token) == (
        "Rien n’est à enregistrer\u00a0: choisissez un texte du tableur, ou abandonnez-le."
    )
    confirm(referent_client, shown.context["preview"].token, **{f"choix-{change.key}": "tableur"})
    assert [(step.text, step.who) for step in sheet.steps.all()] == [("Commencer", "Les achats")]


def told_refusal(client, token: str) -> str:
    return str(next(iter(confirm(client, token).context["messages"])))


def test_steps_that_moved_on_the_site_are_still_found(sheet, referent, referent_client):
    content = edit(download(referent_client), ("Étapes", 1, "Qui", "Les achats"))
    stored = ActionSheet.objects.get(pk=sheet.pk).steps.get()
    first = StepValues(text="Avant tout")
    moved = StepValues(text=stored.text, who=stored.who, due_half=stored.due_half)
    save_as(referent, ActionSheet.objects.get(pk=sheet.pk), steps=[first, moved])
    send(referent_client, content)

    preview = preview_of(referent_client).context["preview"]

    assert preview.conflicts == []
    confirm(referent_client, preview.token)
    assert [(step.text, step.who) for step in sheet.steps.all()] == [("Avant tout", ""), ("Commencer", "Les achats")]


def test_a_sheet_that_changed_after_the_preview_stops_everything(sheet, roadmap, referent, referent_client):
    make_sheet(roadmap, title="Une autre")
    content = edit(
        download(referent_client),
        ("Fiches", 1, "Description", "Décrite hors ligne"),
        ("Fiches", 2, "Description", "Celle-ci aussi"),
    )
    send(referent_client, content)
    token = preview_of(referent_client).context["preview"].token
    save_as(referent, ActionSheet.objects.get(pk=sheet.pk), description="Entre-temps")

    response = confirm(referent_client, token)

    assert response.status_code == 409
    assert str(next(iter(response.context["messages"]))) == MOVED.replace(" :", "\u00a0:")
    assert list(ActionSheet.objects.order_by("number").values_list("description", flat=True)) == ["Entre-temps", ""]
    assert [change.key for change in response.context["preview"].conflicts] == ["1-description"]


def test_what_could_not_be_saved_is_refused_before_the_confirmation(sheet, referent_client):
    sheet.human_means.create(position=1, role="Chef de projet", days=12)
    content = edit(
        download(referent_client),
        ("Fiches", 1, "Moyens humains, en jours", 40),
        ("Budget", 1, "N° de fiche", 1),
        ("Budget", 1, "Année", 2026),
        ("Budget", 2, "N° de fiche", 1),
        ("Budget", 2, "Année", 2026),
    )
    send(referent_client, content)

    waiting = SheetImport.objects.get()
    assert waiting.content == []
    assert [(line["sheet"], line["row"], line["reason"]) for line in waiting.refused] == [
        (
            "Fiches", 2,
            "Fiche 1\u00a0: le nombre de jours se calcule depuis son détail. Changez le détail, ou videz-le.",
        ),
    ]  # fmt: skip
    assert not Event.objects.exists()
    assert "<h1>Rien à enregistrer</h1>" in preview_of(referent_client).content.decode()


def test_the_same_workbook_sent_twice_adds_nothing_twice(sheet, referent_client):
    content = edit(
        download(referent_client),
        ("Étapes", 2, "N° de fiche", 1),
        ("Étapes", 2, "Étape", "Mesurer"),
        ("Fiches", 1, "Description", "Décrite hors ligne"),
    )
    send(referent_client, content)
    confirm(referent_client, preview_of(referent_client).context["preview"].token)
    SheetImport.objects.all().delete()
    send(referent_client, content)

    preview = preview_of(referent_client).context["preview"]
    assert (preview.added, preview.changed, preview.unchanged_count) == ([], [], 1)
    assert sheet.steps.count() == 2


def test_a_validated_sheet_says_that_it_will_be_validated_again(sheet, referent_client):
    ActionSheet.objects.update(review_state=SheetReview.VALIDATED, validated_on=NOW.date(), validation_body="COPIL")
    send(referent_client, edit(download(referent_client), ("Fiches", 1, "Description", "Décrite hors ligne")))
    shown = preview_of(referent_client)

    assert "Des fiches validées vont changer" in shown.content.decode()
    confirm(referent_client, shown.context["preview"].token)
    sheet.refresh_from_db()
    assert sheet.review_state == SheetReview.REVISED


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("fiches.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "l’ancien format xls"),
        ("fiches.xlsx", b"", "vide"),
        ("fiches.xlsx", b"a;b\n1;2\n", "Ce fichier est un texte"),
        ("fiches.xlsx", b"PK\x03\x04" + b"\x00" * 200, "abîmé"),
        ("fiches.pdf", b"%PDF-1.7", "Ce fichier est un PDF"),
    ],
)
def test_a_file_that_is_not_a_workbook_is_refused(sheet, referent_client, name, content, reason):
    response = send(referent_client, content, name)
    assert response.status_code == 422
    assert reason in response.content.decode()
    assert not SheetImport.objects.exists()


@pytest.mark.parametrize(("name", "reason"), [("fiches.xlsm", "macros"), ("fiches.odt", "finit par .xlsx ou .ods")])
def test_a_workbook_under_another_name_is_refused(sheet, referent_client, name, reason):
    response = send(referent_client, download(referent_client), name)
    assert response.status_code == 422
    assert reason in response.content.decode()


def test_an_ods_named_xlsx_is_read_for_what_it_is(sheet, referent_client):
    assert send(referent_client, download(referent_client, "ods"), "fiches.xlsx").status_code == 302
    assert SheetImport.objects.get().untouched_count == 1


def test_the_workbook_of_another_authority_is_refused(sheet, referent_client, authority):
    content = download(referent_client)
    authority.slug = "autre-pays"
    authority.save()
    response = referent_client.post(
        PAGE.replace("pays-dexemple", "autre-pays"), {"file": SimpleUploadedFile("fiches.xlsx", content)}
    )
    assert response.status_code == 422
    assert "Ce tableur est celui d’une autre collectivité" in response.content.decode()


def test_the_workbook_of_a_former_initiative_is_refused(sheet, referent_client, authority):
    content = download(referent_client)
    authority.initiatives.update(is_current=False)
    later = make_initiative(authority, number=2)
    make_roadmap(later)
    response = send(referent_client, content)
    assert response.status_code == 422
    assert "Ce tableur vient d’une autre démarche" in response.content.decode()


def test_a_workbook_is_given_up(sheet, referent_client):
    send(referent_client, edit(download(referent_client), ("Fiches", 1, "Description", "Décrite hors ligne")))
    waiting = SheetImport.objects.get()
    response = referent_client.post(f"{PAGE}{waiting.pk}/confirmer/", {"discard": "1"})
    assert response.url == PAGE
    assert told(referent_client) == ["Le tableur est abandonné\u00a0: rien n’a changé."]
    assert not SheetImport.objects.exists()
    assert ActionSheet.objects.get().description == ""


def test_a_hostile_text_is_shown_as_it_is_written(sheet, referent_client):
    content = edit(download(referent_client), ("Fiches", 1, "Description", "<script>alert(1)</script> \u202e@x"))
    send(referent_client, content)
    html = preview_of(referent_client).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert" not in html


def test_a_preview_is_light_and_counts_its_queries(roadmap, referent_client, django_assert_num_queries):
    def read_preview(count: int) -> str:
        SheetImport.objects.all().delete()
        cells = [("Fiches", row, "Description", f"Texte {row}") for row in range(1, count + 1)]
        cells += [("Fiches", count + row, "Intitulé", f"Une de plus {row}") for row in range(1, 19)]
        send(referent_client, edit(download(referent_client), *cells))
        return f"{PAGE}{SheetImport.objects.get().pk}/"

    make_full_sheet(roadmap)
    one = read_preview(1)
    with django_assert_num_queries(12):
        referent_client.get(one)
    for _ in range(29):
        make_full_sheet(roadmap)
    thirty = read_preview(30)
    with django_assert_num_queries(12):
        html = referent_client.get(thirty).content.decode()
    assert "Et 5 autres changements" in html
    assert html.count("<") - html.count("</") <= 400


def test_what_is_shown_of_two_long_texts_is_where_they_differ():
    shared = "mot " * 200
    assert around_difference(f"{shared}avant", f"{shared}après") == f"…{shared[-59:]}avant"
    assert around_difference("Étape\nQui\u00a0: DSI", "Étape") == "Étape · Qui : DSI"
    assert around_difference("", "Étape") == ""
    assert around_difference("x" * 500, "") == "x" * 400 + "…"


def test_old_workbooks_are_erased(sheet, referent, roadmap):
    for days in (0, 40):
        SheetImport.objects.create(
            initiative=roadmap.initiative,
            file_name=f"{days}.xlsx",
            read_at=NOW - timedelta(days=days),
            created_by=referent,
        )
    assert prune_data(now=NOW)["tableurs de fiches"] == 1
    assert [waiting.file_name for waiting in SheetImport.objects.all()] == ["0.xlsx"]
