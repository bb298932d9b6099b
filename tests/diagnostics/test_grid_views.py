"""Pages of the interview grids: nothing is written before the confirmation, nobody's answer is lost or shown."""

import io
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from authorities.models import Event
from diagnostics.models import Diagnosis, GridImport, Rating
from tests import factories
from tests.factories_diagnostics import get_question, make_rating

pytestmark = pytest.mark.django_db

HUB = "/collectivites/pays-dexemple/diagnostics/"


def page(diagnosis, rest="") -> str:
    return f"{HUB}{diagnosis.pk}/grilles/{rest}"


def download(client, diagnosis, choice, extension="xlsx"):
    return client.get(page(diagnosis, "fichier/?") + urlencode({"grille": choice, "format": extension}))


def fill(content: bytes, answers: dict[str, tuple]) -> SimpleUploadedFile:
    """Type answers in a grid of one person: code → (level, comment)."""
    workbook = load_workbook(io.BytesIO(content))
    sheet = workbook["Grille"]
    head = [cell.value for cell in sheet[3]]
    for row in sheet.iter_rows(min_row=4):
        if row[0].value in answers:
            level, comment = answers[row[0].value]
            row[head.index("Niveau")].value, row[head.index("Commentaire")].value = level, comment
    target = io.BytesIO()
    workbook.save(target)
    return SimpleUploadedFile("grille.xlsx", target.getvalue())


def send(client, diagnosis, person, answers):
    """Download the grid of a person, fill it and send it back."""
    content = download(client, diagnosis, f"personne-{person.pk}").content
    return client.post(page(diagnosis), {"file": fill(content, answers)})


def confirm(client, diagnosis, token, **choices):
    waiting = GridImport.objects.get()
    return client.post(page(diagnosis, f"{waiting.pk}/confirmer/"), {"token": token, **choices})


def shown_token(client, diagnosis) -> str:
    waiting = GridImport.objects.get()
    return client.get(page(diagnosis, f"{waiting.pk}/")).context["preview"].token


def test_a_grid_goes_out_and_comes_back(open_round, people, referent, referent_client):
    response = send(
        referent_client, open_round, people[0], {"ACH-1": (3, "Marché"), "TER-2": ("Je ne me prononce pas", None)}
    )
    waiting = GridImport.objects.get()

    assert response.url == page(open_round, f"{waiting.pk}/")
    assert not Rating.objects.exists()
    shown = referent_client.get(response.url)
    assert "<h1>2 réponses nouvelles</h1>" in shown.content.decode()
    done = confirm(referent_client, open_round, shown.context["preview"].token)
    assert done.url == f"{HUB}{open_round.pk}/suivi/"
    assert [
        (r.question.code, r.level, r.comment, r.entered_by, r.participant) for r in Rating.objects.order_by("pk")
    ] == [
        ("ACH-1", 3, "Marché", referent, people[0]),
        ("TER-2", None, "", referent, people[0]),
    ]
    assert [event.verb for event in Event.objects.all()] == [
        "a enregistré 2\u00a0réponses d’entretien de Anne Achats, d’une grille déposée"
    ]
    waiting.refresh_from_db()
    assert (waiting.answers, waiting.applied_at is None) == ([], False)
    assert confirm(referent_client, open_round, shown.context["preview"].token).status_code == 422


@pytest.mark.parametrize(("extension", "start"), [("xlsx", b"PK"), ("ods", b"PK"), ("pdf", b"%PDF")])
def test_every_format_is_sent_as_a_file(open_round, people, referent_client, extension, start):
    response = download(referent_client, open_round, f"personne-{people[0].pk}", extension)

    assert response.content.startswith(start)
    name = f"grille-pays-dexemple-diagnostic-1-personne-{people[0].pk}.{extension}"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_an_unknown_grid_is_refused_on_the_page(open_round, people, stranger, referent_client):
    for choice in ("", f"personne-{stranger.pk}", "dimension-XXX"):
        response = download(referent_client, open_round, choice)
        assert response.status_code == 422
        assert "Remplir les avis hors ligne" in response.content.decode()


def test_an_answer_given_alone_is_kept_and_hidden_unless_the_grid_is_chosen(open_round, people, referent_client):
    send(referent_client, open_round, people[0], {"ACH-1": (3, "de la grille"), "ACH-2": (1, None)})
    make_rating(open_round, people[0], "ACH-1", 0, "secret")
    waiting = GridImport.objects.get()
    low = referent_client.get(page(open_round, f"{waiting.pk}/")).content.decode()

    assert "secret" not in low
    assert "<h1>1 réponse nouvelle, 1 à choisir</h1>" in low
    confirm(referent_client, open_round, shown_token(referent_client, open_round))
    kept = Rating.objects.get(question=get_question("ACH-1"))
    assert (kept.level, kept.comment, kept.entered_by) == (0, "secret", None)
    assert Rating.objects.get(question=get_question("ACH-2")).level == 1


def test_the_answer_of_the_grid_replaces_another_when_it_is_chosen(open_round, people, referent, referent_client):
    make_rating(open_round, people[0], "ACH-1", 0, "secret")
    send(referent_client, open_round, people[0], {"ACH-1": (3, None)})

    confirm(
        referent_client,
        open_round,
        shown_token(referent_client, open_round),
        **{f"choix-{people[0].pk}-ACH-1": "grille"},
    )

    rating = Rating.objects.get()
    assert (rating.level, rating.comment, rating.entered_by, rating.version) == (3, "", referent, 2)
    assert Event.objects.get().verb.endswith("d’une grille déposée, dont 1 à la place d’une réponse déjà donnée")


def test_an_identical_hidden_answer_is_not_told_to_be_identical(open_round, people, referent_client):
    rating = make_rating(open_round, people[0], "ACH-1", 3)
    send(referent_client, open_round, people[0], {"ACH-1": (3, None)})
    url = page(open_round, f"{GridImport.objects.get().pk}/")
    same = referent_client.get(url).context["preview"]
    Rating.objects.filter(pk=rating.pk).update(level=0)
    other = referent_client.get(url).context["preview"]

    assert [len(same.conflicts), same.unchanged_count, same.token] == [
        len(other.conflicts), other.unchanged_count, other.token,
    ]  # fmt: skip


def test_own_entries_are_shown_before_and_after_or_as_a_conflict(open_round, people, referent, referent_client):
    for code, level in (("ACH-1", 1), ("ACH-2", 2)):
        make_rating(open_round, people[0], code, level, entered_by=referent, entered_by_label="Référente")
    content = download(referent_client, open_round, f"personne-{people[0].pk}").content
    Rating.objects.filter(question=get_question("ACH-2")).update(level=4, version=2)
    referent_client.post(page(open_round), {"file": fill(content, {"ACH-1": (3, None), "ACH-2": (0, None)})})

    preview = referent_client.get(page(open_round, f"{GridImport.objects.get().pk}/"))

    assert [change.question.code for change in preview.context["preview"].changed] == ["ACH-1"]
    assert [change.question.code for change in preview.context["preview"].conflicts] == ["ACH-2"]
    text = preview.content.decode()
    assert "niveau 1 → niveau 3" in text
    assert "Niveau 4, saisie par Référente" in text


def test_a_confirmation_is_shown_again_when_an_answer_changed_since(open_round, people, referent_client):
    send(referent_client, open_round, people[0], {"ACH-1": (3, None)})
    token = shown_token(referent_client, open_round)
    make_rating(open_round, people[0], "ACH-1", 1)

    response = confirm(referent_client, open_round, token)

    assert response.status_code == 409
    assert "Des réponses ont changé depuis l’aperçu" in response.content.decode()
    assert Rating.objects.get().level == 1


def test_nothing_is_read_nor_written_after_the_closing(open_round, people, referent_client):
    content = download(referent_client, open_round, f"personne-{people[0].pk}").content
    send(referent_client, open_round, people[0], {"ACH-1": (3, None)})
    token = shown_token(referent_client, open_round)
    Diagnosis.objects.update(closes_at=open_round.opened_at)

    late = referent_client.post(page(open_round), {"file": fill(content, {"ACH-1": (3, None)})})
    confirmed = confirm(referent_client, open_round, token)

    assert (late.status_code, confirmed.status_code) == (422, 422)
    for response in (late, confirmed):
        assert "Les avis sont clos" in response.content.decode()
    assert download(referent_client, open_round, "vierge").status_code == 409
    assert not Rating.objects.exists()


def test_the_grid_of_a_colleague_is_not_found(open_round, people, authority, referent_client, client):
    send(referent_client, open_round, people[0], {"ACH-1": (3, None)})
    client.force_login(factories.make_member(authority, "referent"))

    assert client.get(page(open_round, f"{GridImport.objects.get().pk}/")).status_code == 404


def test_a_grid_is_abandoned(open_round, people, referent_client):
    send(referent_client, open_round, people[0], {"ACH-1": (3, None)})

    response = referent_client.post(page(open_round, f"{GridImport.objects.get().pk}/confirmer/"), {"discard": "1"})

    assert response.url == page(open_round)
    assert not GridImport.objects.exists()


def test_lines_that_cannot_be_read_are_listed_with_what_to_do(open_round, people, referent_client):
    send(referent_client, open_round, people[0], {"ACH-1": (7, None), "ACH-2": (2, None)})

    text = referent_client.get(page(open_round, f"{GridImport.objects.get().pk}/")).content.decode()

    assert "Grille, ligne 4, Niveau" in text
    assert "Choisissez un niveau de 0 à 4" in text


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (SimpleUploadedFile("grille.xlsx", b"hello"), "Ce fichier est un texte"),
        (SimpleUploadedFile("grille.xlsx", b""), "vide"),
        (SimpleUploadedFile("grille.pdf", b"%PDF-1.7"), "Ce fichier est un PDF"),
    ],
)
def test_a_file_that_is_no_grid_is_refused(open_round, referent_client, file, message):
    file.seek(0)
    response = referent_client.post(page(open_round), {"file": file})

    assert response.status_code == 422
    assert message in response.content.decode()


def test_an_empty_grid_is_refused(open_round, people, referent_client):
    response = send(referent_client, open_round, people[0], {})

    assert response.status_code == 422
    assert "Cette grille est vide" in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_of_a_preview_do_not_depend_on_its_answers(
    open_round, people, referent_client, count, django_assert_num_queries
):
    codes = ["ACH-1", "ACH-2", "PAR-1"][:count]
    for code in codes:
        make_rating(open_round, people[0], code, 1)
    send(referent_client, open_round, people[0], dict.fromkeys(codes, (2, None)))
    url = page(open_round, f"{GridImport.objects.get().pk}/")

    with django_assert_num_queries(QUERIES):
        referent_client.get(url)


QUERIES = 9
