"""Evidence: who joins, who reads, who removes, and when."""

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from authorities.models import Event
from diagnostics.models import Diagnosis, Evidence, Rating
from tests import factories
from tests.factories_authorities import client_of
from tests.factories_diagnostics import get_question, make_agreed_level, make_diagnosis, make_rating

pytestmark = pytest.mark.django_db

HUB = "/collectivites/pays-dexemple/diagnostics/"
PDF = b"%PDF-1.7 contenu"


@pytest.fixture(autouse=True)
def documents(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def own_page(diagnosis, person, code="ACH-1") -> str:
    return f"/participation/{person.pk}/avis/{diagnosis.pk}/{code}/pieces/"


def own_file(person, evidence, rest="") -> str:
    return f"/participation/{person.pk}/avis/pieces/{evidence.pk}/{rest}"


def member_file(evidence, rest="") -> str:
    return f"{HUB}pieces/{evidence.pk}/{rest}"


def pdf(name="Marché.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="text/html")


def join(client, page, **fields):
    return client.post(page, {"label": "Le marché", **(fields or {"file": pdf()})})


def close(diagnosis) -> None:
    Diagnosis.objects.filter(pk=diagnosis.pk).update(closes_at=diagnosis.opened_at)


@pytest.fixture
def joined(open_round, people) -> Evidence:
    """A file that the first person joined to an answer."""
    make_rating(open_round, people[0], "ACH-1", 3)
    join(factories.participant_client(people[0]), own_page(open_round, people[0]))
    return Evidence.objects.get()


def test_a_participant_joins_a_file_and_gets_it_back_as_a_file(open_round, people, joined):
    client = factories.participant_client(people[0])
    response = client.get(own_file(people[0], joined))

    assert (joined.label, joined.file_name, joined.size_bytes, joined.added_by) == ("Le marché", "Marché.pdf", 16, None)
    assert joined.file.name.startswith("pieces/pays-dexemple/")
    assert response.content == PDF
    assert {name: response.headers[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")} == {
        "Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store",
    }  # fmt: skip
    assert response.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''March%C3%A9.pdf")
    assert "1 pièce jointe" in client.get(own_page(open_round, people[0]).removesuffix("pieces/")).content.decode()
    assert not Event.objects.exists()


def test_a_link_is_kept_as_an_address(open_round, people):
    make_rating(open_round, people[0], "ACH-1", 3)
    client = factories.participant_client(people[0])

    join(client, own_page(open_round, people[0]), url="https://exemple.fr/marche")

    text = client.get(own_page(open_round, people[0])).content.decode()
    assert '<a href="https://exemple.fr/marche" rel="noopener noreferrer">' in text
    assert client.get(own_file(people[0], Evidence.objects.get())).status_code == 404


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"label": ""}, "Complétez ce champ"),
        ({"url": ""}, "Donnez une adresse ou un fichier."),
        ({"url": "javascript:alert(1)"}, "Indiquez une adresse web complète"),
        ({"url": "ftp://exemple.fr/a"}, "Indiquez une adresse web complète"),
        ({"url": "https://moi:secret@exemple.fr/"}, "Retirez de cette adresse"),
        ({"url": "https://exemple.fr", "file": "pdf"}, "pas les deux"),
        ({"file": "html"}, "pas accepté"),
    ],
)
def test_what_cannot_be_joined_is_refused(open_round, people, fields, message):
    make_rating(open_round, people[0], "ACH-1", 3)
    files = {"pdf": pdf(), "html": SimpleUploadedFile("a.html", b"<script>")}
    data = {name: files.get(value, value) if name == "file" else value for name, value in fields.items()}

    response = join(factories.participant_client(people[0]), own_page(open_round, people[0]), **data)

    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Evidence.objects.exists()


def test_an_answer_comes_first_and_three_pieces_are_enough(open_round, people):
    client = factories.participant_client(people[0])
    page = own_page(open_round, people[0])

    assert "Répondez d’abord" in join(client, page).content.decode()
    make_rating(open_round, people[0], "ACH-1", 3)
    assert [join(client, page).status_code for _ in range(4)] == [302, 302, 302, 422]
    assert Evidence.objects.count() == 3


def test_before_the_closing_nobody_but_its_author_reads_it(open_round, people, joined, referent_client, authority):
    elected = client_of(factories.make_member(authority, "elected"))
    other = factories.participant_client(people[1])

    assert referent_client.get(member_file(joined)).status_code == 404
    assert elected.get(member_file(joined)).status_code == 404
    assert other.get(own_file(people[1], joined)).status_code == 404
    assert other.get(own_file(people[0], joined)).status_code == 404
    for page in ("", f"{open_round.pk}/suivi/", f"{open_round.pk}/entretiens/{people[0].pk}/ACH/"):
        assert "Le marché" not in referent_client.get(HUB + page).content.decode()
    page = f"{HUB}{open_round.pk}/entretiens/{people[0].pk}/ACH-1/pieces/"
    assert "Le marché" not in referent_client.get(page).content.decode()
    assert referent_client.get(f"{HUB}{open_round.pk}/reunion/questions/ACH-1/pieces/").status_code == 409


def test_after_the_closing_the_meeting_reads_it_then_the_members(
    open_round, people, joined, referent_client, authority
):
    elected = client_of(factories.make_member(authority, "elected"))
    close(open_round)

    text = referent_client.get(f"{HUB}{open_round.pk}/reunion/questions/ACH-1/").content.decode()
    assert "Le marché" in text
    assert "jointe par Anne Achats" in text
    assert (referent_client.get(member_file(joined)).status_code, elected.get(member_file(joined)).status_code) == (
        200,
        404,
    )
    Diagnosis.objects.update(agreed_at=open_round.closes_at)
    assert elected.get(member_file(joined)).content == PDF
    assert "1 pièce<" in elected.get(f"{HUB}{open_round.pk}/resultats/questions/").content.decode()
    page = elected.get(f"{HUB}{open_round.pk}/resultats/questions/ACH-1/pieces/").content.decode()
    assert "Le marché" in page


def test_the_rule_of_names_holds_for_evidence(open_round, people, joined, referent_client):
    Diagnosis.objects.update(are_names_shown=False)
    close(open_round)

    text = referent_client.get(f"{HUB}{open_round.pk}/reunion/questions/ACH-1/").content.decode()

    assert "Le marché" in text
    assert "Anne Achats" not in text


def test_its_author_removes_it_until_the_closing_and_the_file_goes(
    open_round, people, joined, django_capture_on_commit_callbacks
):
    client = factories.participant_client(people[0])
    close(open_round)
    client.post(own_file(people[0], joined, "retirer/"))
    assert Evidence.objects.exists()
    Diagnosis.objects.update(closes_at=open_round.closes_at)

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(own_file(people[0], joined, "retirer/"))

    assert response.url == own_page(open_round, people[0])
    assert not Evidence.objects.exists()
    assert not default_storage.exists(joined.file.name)


def test_nothing_is_joined_after_the_closing(open_round, people):
    make_rating(open_round, people[0], "ACH-1", 3)
    close(open_round)

    response = join(factories.participant_client(people[0]), own_page(open_round, people[0]))

    assert response.status_code == 422
    assert "Les avis sont clos" in response.content.decode()


def test_the_referent_joins_to_their_own_interview_only(open_round, people, referent, referent_client):
    make_rating(open_round, people[0], "ACH-1", 3, entered_by=referent, entered_by_label="Référente")
    make_rating(open_round, people[0], "ACH-2", 3)
    page = f"{HUB}{open_round.pk}/entretiens/{people[0].pk}/ACH-1/pieces/"

    assert join(referent_client, page).url == page
    refused = join(referent_client, page.replace("ACH-1", "ACH-2"))
    evidence = Evidence.objects.get()

    assert refused.status_code == 422
    assert (evidence.added_by, evidence.rating.question) == (referent, get_question("ACH-1"))
    assert referent_client.get(member_file(evidence)).content == PDF
    # The answer is the participant's: so is the right to read what supports it, not to remove it.
    client = factories.participant_client(people[0])
    assert client.get(own_file(people[0], evidence)).content == PDF
    client.post(own_file(people[0], evidence, "retirer/"))
    assert Evidence.objects.count() == 1
    assert referent_client.post(member_file(evidence, "retirer/")).url == page
    assert [event.verb for event in Event.objects.all()] == ["a joint une pièce à l’entretien de Anne Achats"]


def test_an_agreed_level_has_its_evidence_until_the_end_of_the_meeting(closed_round, referent, referent_client):
    page = f"{HUB}{closed_round.pk}/reunion/questions/ACH-1/pieces/"
    assert "Retenez d’abord un niveau" in join(referent_client, page).content.decode()
    make_agreed_level(closed_round, "ACH-1", 2)

    assert join(referent_client, page).url == page
    evidence = Evidence.objects.get()
    Diagnosis.objects.update(agreed_at=closed_round.closes_at)
    assert join(referent_client, page).status_code == 422
    referent_client.post(member_file(evidence, "retirer/"))
    assert Evidence.objects.count() == 1
    Diagnosis.objects.update(agreed_at=None)
    referent_client.post(member_file(evidence, "retirer/"))

    assert not Evidence.objects.exists()
    assert {event.verb for event in Event.objects.all()} == {
        "a joint une pièce au niveau retenu pour la question ACH-1",
        "a retiré une pièce du niveau retenu pour la question ACH-1",
    }


def test_nobody_removes_the_evidence_of_a_colleague(closed_round, referent_client, authority):
    make_agreed_level(closed_round, "ACH-1", 2)
    colleague = client_of(factories.make_member(authority, "referent"))
    join(colleague, f"{HUB}{closed_round.pk}/reunion/questions/ACH-1/pieces/")

    assert referent_client.post(member_file(Evidence.objects.get(), "retirer/")).status_code == 404


def test_a_missing_file_is_not_found(open_round, people, joined, caplog):
    default_storage.delete(joined.file.name)

    assert factories.participant_client(people[0]).get(own_file(people[0], joined)).status_code == 404
    assert "missing from the storage" in caplog.text
    caplog.clear()


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_depend_on_the_count(initiative, people, referent_client, count, django_assert_num_queries):
    diagnosis = make_diagnosis(initiative, people, agreed_at="2026-03-25T12:00:00+01:00")
    for person in people[:count]:
        rating: Rating = make_rating(diagnosis, person, "ACH-1", 2)
        Evidence.objects.create(
            diagnosis=diagnosis, rating=rating, label="L", url="https://a.fr", added_at=rating.rated_at
        )

    with django_assert_num_queries(PAGE_QUERIES):
        referent_client.get(f"{HUB}{diagnosis.pk}/resultats/questions/ACH-1/pieces/")


PAGE_QUERIES = 7
