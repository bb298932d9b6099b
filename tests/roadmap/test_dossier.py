"""The dossier: documents made once, in the background, taken up again where they were left, downloaded by members."""

import zipfile
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from common.errors import DomainError
from roadmap import services
from roadmap.documents import catalogue, shelf
from roadmap.documents.catalogue import DOCUMENTS, documents_of, find_document, sheet_document
from roadmap.documents.edition import draft_edition
from roadmap.models import DossierOrder
from roadmap.models.dossier import PATIENCE, SILENCE
from roadmap.services import dossier
from tests import factories
from tests.factories_roadmap import NOW, make_full_sheet, make_resolution, make_version
from tests.roadmap.sample_content import make_content

pytestmark = pytest.mark.django_db

# The full PDF of a version is there from the freezing: the rest of the registry, then one document for each sheet.
REGISTRY = len(DOCUMENTS) - 1
TO_MAKE = REGISTRY + len(make_content()["sheets"])


@pytest.fixture
def made(monkeypatch) -> list[str]:
    """Replace the layout, tested elsewhere, by a few bytes; remember which documents were made."""
    asked: list[str] = []

    def build(code):
        def write(edition, **options):
            asked.append(code)
            return f"%PDF-1.7 {code} {edition.suffix}".encode()

        return write

    monkeypatch.setattr(
        catalogue, "DOCUMENTS", tuple(replace(document, build=build(document.code)) for document in DOCUMENTS)
    )
    monkeypatch.setattr(catalogue, "build_sheet_pdf", lambda edition, *, number: build(f"fiche-{number}")(edition))
    return asked


@pytest.fixture
def version(roadmap, sheets):
    return make_version(roadmap, content=make_content(), frozen_at=timezone.now())


def url(name, authority, *arguments):
    return reverse(f"roadmap:{name}", args=[authority.slug, *arguments])


def ask(roadmap, version, actor, now=None):
    return services.ask_dossier(roadmap=roadmap, version=version, actor=actor, now=now or timezone.now())


def test_every_document_of_the_registry_is_named_and_found():
    content = make_content()
    documents = list(documents_of(content))

    codes = [document.code for document in documents]
    assert len(codes) == len(set(codes)) == len(DOCUMENTS) + 17
    assert {"feuille-de-route", "synthese-elus", "encart-rdd", "fiche-17"} <= set(codes)
    for document in documents:
        assert find_document(document.code).media_type == document.media_type
        name = document.file_name("pays", "v2")
        assert name.endswith(f"-pays-v2.{document.extension}")
    assert len({document.file_name("pays", "v2") for document in documents}) == len(documents)
    assert [find_document(word) for word in ("inconnu", "fiche-", "fiche-x", "fiche-99999", "tout")] == [None] * 5


def test_the_full_pdf_carries_its_spreadsheet(monkeypatch):
    given = {}
    monkeypatch.setattr(catalogue, "render_roadmap_pdf", lambda content, **options: given.update(options) or b"")
    catalogue.build_full_pdf(draft_edition(make_content()))
    [spreadsheet] = given["attachments"]
    assert spreadsheet.name == "donnees.xlsx"
    workbook = load_workbook(BytesIO(spreadsheet.content))
    assert workbook["Actions"].max_row >= 18


def test_a_changed_sheet_leaves_the_files_of_the_others():
    former, content = make_content(), make_content()
    content["sheets"][2]["aim"] = "Un autre but."
    before, after = draft_edition(former), draft_edition(content)

    changed = {document.code for document in documents_of(content) if document.key(before) != document.key(after)}

    assert changed == {"fiche-3", *(document.code for document in DOCUMENTS)}


def test_the_key_follows_the_logo_the_day_and_what_became_of_the_version():
    content = make_content()
    document = sheet_document(1)
    key = document.key(draft_edition(content))
    later = {**content, "on": "2030-01-01"}
    other_logo = {**content, "authority": {**content["authority"], "logo": {"type": "image/png", "data": "x"}}}

    assert len({key, document.key(draft_edition(later)), document.key(draft_edition(other_logo))}) == 3
    assert key == document.key(draft_edition(make_content()))
    assert key != document.key(replace(draft_edition(content), version_number=1))


@pytest.mark.django_db(transaction=True)
def test_the_dossier_is_made_in_the_background_once(roadmap, sheets, referent, made):
    order = ask(roadmap, None, referent)

    order.refresh_from_db()
    assert (order.done, order.total, order.failures) == (REGISTRY + 3, REGISTRY + 3, [])
    assert order.ended_at is not None
    # The whole document, which takes longest, comes last.
    short = [document.code for document in DOCUMENTS[1:]]
    assert made == [*short, "fiche-1", "fiche-2", "feuille-de-route"]
    ask(roadmap, None, referent)
    assert len(made) == REGISTRY + 3


def test_work_left_half_way_goes_on_from_its_files(roadmap, version, made):
    order = DossierOrder.objects.create(roadmap=roadmap, version=version, asked_at=timezone.now())
    looks = iter([False] * 4 + [True])

    left = services.carry_out(order.pk, is_time_over=lambda: next(looks))

    assert (left.done, left.total, left.ended_at, len(made)) == (4, TO_MAKE, None, 4)
    services.carry_out(order.pk)
    order.refresh_from_db()
    assert (order.done, order.total, len(made)) == (TO_MAKE, TO_MAKE, TO_MAKE)
    assert services.carry_out(order.pk) is None


def test_a_document_that_fails_is_named_and_stops_no_other(roadmap, version, made, monkeypatch):
    def fail(edition):
        raise DomainError("Il manque une bibliothèque.")

    documents = (replace(catalogue.DOCUMENTS[1], build=fail), *catalogue.DOCUMENTS[2:])
    monkeypatch.setattr(catalogue, "DOCUMENTS", documents)
    order = DossierOrder.objects.create(roadmap=roadmap, version=version, asked_at=timezone.now())

    order = services.carry_out(order.pk)

    assert order.failures == ["Synthèse pour les élus : Il manque une bibliothèque."]
    assert (order.done, order.total) == (TO_MAKE - 1, TO_MAKE)


def test_a_bug_in_a_document_is_logged_and_said(roadmap, version, made, monkeypatch, caplog):
    def fail(edition):
        raise ZeroDivisionError

    monkeypatch.setattr(catalogue, "DOCUMENTS", (replace(catalogue.DOCUMENTS[1], build=fail),))
    order = DossierOrder.objects.create(roadmap=roadmap, version=version, asked_at=timezone.now())

    assert services.carry_out(order.pk).failures == ["Synthèse pour les élus"]
    assert "could not be made: synthese-elus" in caplog.text
    caplog.clear()


def test_an_order_under_way_is_not_doubled_and_a_dead_one_gives_way(roadmap, sheets, referent, made):
    first = ask(roadmap, None, referent, NOW)
    assert ask(roadmap, None, referent, NOW + PATIENCE / 2) == first
    first.beat_at = NOW
    first.save()
    assert ask(roadmap, None, referent, NOW + SILENCE / 2) == first
    assert ask(roadmap, None, referent, NOW + 2 * SILENCE).pk != first.pk
    assert DossierOrder.objects.count() == 1


def test_nothing_is_prepared_without_a_sheet(roadmap, referent):
    with pytest.raises(DomainError, match="Créez les fiches actions"):
        ask(roadmap, None, referent)


def test_the_page_says_what_is_ready_and_leads_to_it(referent_client, authority, roadmap, version, made):
    page = referent_client.get(url("version_dossier", authority, 1)).content.decode()
    assert "Préparer le dossier" in page
    assert page.count("à préparer") == TO_MAKE

    order = DossierOrder.objects.create(roadmap=roadmap, version=version, asked_at=timezone.now())
    services.carry_out(order.pk)

    page = referent_client.get(url("version_dossier", authority, 1)).content.decode()
    assert "Tout télécharger" in page
    assert "à préparer" not in page
    made.clear()
    link = page.partition(f"{url('version_document', authority, 1, 'fiche-2')}")[2].partition('"')[0]
    response = referent_client.get(url("version_document", authority, 1, "fiche-2") + link)
    assert response.content == b"%PDF-1.7 fiche-2 v1"
    assert response["Content-Disposition"] == 'attachment; filename="fiche-02-pays-dexemple-v1.pdf"'
    assert made == []


def test_a_document_is_made_when_it_is_asked_for(referent_client, authority, roadmap, version, made):
    for _ in range(2):
        response = referent_client.get(url("version_document", authority, 1, "synthese-elus"))
        assert response.content == b"%PDF-1.7 synthese-elus v1"
    assert made == ["synthese-elus"]
    # A file that has gone since is made again from the same address.
    response = referent_client.get(url("version_file", authority, 1, "synthese-elus", "0" * 32))
    assert response.content == b"%PDF-1.7 synthese-elus v1"


def test_the_whole_pdf_of_a_version_is_the_one_that_was_kept(referent_client, authority, version, made):
    assert referent_client.get(url("version_document", authority, 1, "feuille-de-route")).content == b"%PDF-1.7 test"
    make_resolution(version)
    assert referent_client.get(url("version_document", authority, 1, "feuille-de-route")).content == b"%PDF-1.7 voted"
    assert made == []


@pytest.mark.parametrize("code", ["inconnu", "fiche-99", "fiche-x"])
def test_an_unknown_document_is_not_found(referent_client, authority, version, made, code):
    assert referent_client.get(url("version_document", authority, 1, code)).status_code == 404
    assert referent_client.get(url("version_document", authority, 7, "synthese-elus")).status_code == 404


def test_all_in_one_file_once_it_is_whole(referent_client, authority, roadmap, version, made):
    response = referent_client.get(url("dossier_zip", authority), follow=True)
    assert "Tous les documents ne sont pas prêts" in response.content.decode()
    order = DossierOrder.objects.create(roadmap=roadmap, version=version, asked_at=timezone.now())
    services.carry_out(order.pk)

    response = referent_client.get(url("version_dossier_zip", authority, 1))

    assert response["Content-Disposition"] == 'attachment; filename="dossier-pays-dexemple-v1.zip"'
    with zipfile.ZipFile(BytesIO(response.content)) as archive:
        assert len(archive.namelist()) == TO_MAKE + 1
        assert archive.read("feuille-de-route-pays-dexemple-v1.pdf") == b"%PDF-1.7 test"
        assert archive.read("fiche-17-pays-dexemple-v1.pdf") == b"%PDF-1.7 fiche-17 v1"


def test_without_a_worker_the_page_says_it_and_goes_on_here(referent_client, authority, roadmap, version, made):
    DossierOrder.objects.create(roadmap=roadmap, version=version, asked_at=timezone.now() - timedelta(minutes=5))
    page = referent_client.get(url("version_dossier", authority, 1)).content.decode()
    assert "La préparation attend" in page
    assert "Continuer" in page

    response = referent_client.post(url("version_dossier_go_on", authority, 1), follow=True)

    assert "Tout télécharger" in response.content.decode()
    assert len(made) == TO_MAKE


def test_progress_is_told_to_the_page(referent_client, authority, roadmap, version):
    here = url("version_dossier", authority, 1)
    order = DossierOrder.objects.create(
        roadmap=roadmap, version=version, asked_at=timezone.now(), beat_at=timezone.now(), total=20, done=5
    )
    ask_progress = {"headers": {"X-Progress": "1"}}
    assert referent_client.get(here, **ask_progress).json() == {"percent": 25, "is_read": False}
    order.ended_at = timezone.now()
    order.save()
    assert referent_client.get(here, **ask_progress).json()["is_read"] is True


def test_a_get_writes_nothing_and_the_draft_names_itself(referent_client, authority, roadmap, sheets, made):
    response = referent_client.get(url("dossier_document", authority, "synthese-elus"))
    assert response["Content-Disposition"] == 'attachment; filename="synthese-elus-pays-dexemple-projet.pdf"'
    assert not DossierOrder.objects.exists()


def test_preparing_is_refused_in_words_without_a_sheet(referent_client, authority, roadmap):
    response = referent_client.post(url("dossier_prepare", authority))
    assert response.status_code == 422
    assert "Créez les fiches actions" in response.content.decode()


def test_old_files_and_orders_are_pruned(roadmap, version, made, media_folder):
    order = DossierOrder.objects.create(roadmap=roadmap, version=version, asked_at=timezone.now())
    services.carry_out(order.pk)
    now = timezone.now()
    assert services.prune_dossiers(now=now, age=timedelta(days=60)) == 0
    assert services.prune_dossiers(now=now + timedelta(days=61), age=timedelta(days=60)) == TO_MAKE
    assert not DossierOrder.objects.exists()
    # The frozen document is not a file of the dossier.
    assert len([path for path in media_folder.rglob("*") if path.is_file()]) == 1


def test_files_of_an_erased_authority_go(
    authority, roadmap, version, made, media_folder, django_capture_on_commit_callbacks
):
    services.take_document(
        roadmap=roadmap, edition=services.edition_of_version(version), document=find_document("fiche-1")
    )
    assert len(list(media_folder.rglob("fiche-1.*"))) == 1
    with django_capture_on_commit_callbacks(execute=True):
        dossier.forget_dossiers(authority)
    assert list(media_folder.rglob("fiche-1.*")) == []


def test_files_that_name_an_erased_person_go(
    initiative, authority, roadmap, sheets, referent, made, media_folder, django_capture_on_commit_callbacks
):
    person = factories.make_participant(initiative, name="Zébulon Particulier")
    services.carry_out(ask(roadmap, None, referent).pk)
    assert len(list(media_folder.rglob("fiche-1.*"))) == 1
    with django_capture_on_commit_callbacks(execute=True):
        services.erase_person(participant=person, actor=referent, now=timezone.now())
    assert list(media_folder.rglob("fiche-1.*")) == []


def test_an_order_that_goes_while_it_is_carried_out_leaves_nothing(roadmap, version, made, media_folder):
    order = DossierOrder.objects.create(roadmap=roadmap, version=version, asked_at=timezone.now())
    looks = iter([False, False])

    def look() -> bool:
        if next(looks, None) is None:
            DossierOrder.objects.all().delete()
        return False

    assert services.carry_out(order.pk, is_time_over=look) is None
    assert list(media_folder.rglob("dossier/**/*.*")) == []


def test_the_page_asks_as_many_queries_for_one_sheet_as_for_three(
    referent_client, authority, roadmap, django_assert_num_queries
):
    make_full_sheet(roadmap)
    with django_assert_num_queries(42):
        referent_client.get(url("dossier_detail", authority))
    make_full_sheet(roadmap)
    make_full_sheet(roadmap)
    with django_assert_num_queries(42):
        referent_client.get(url("dossier_detail", authority))


def test_a_file_that_cannot_be_written_costs_no_document(roadmap, version, made, monkeypatch):
    def fail(path, content):
        raise OSError("disk full")

    monkeypatch.setattr(shelf, "_write", fail)
    edition = services.edition_of_version(version)
    content = services.take_document(roadmap=roadmap, edition=edition, document=find_document("fiche-1"))
    assert content == b"%PDF-1.7 fiche-1 v1"


def test_a_personal_link_opens_the_documents_of_the_last_version(initiative, roadmap, version, made):
    person = factories.make_participant(initiative, name="Élue", roles=["elected"])
    client = factories.participant_client(person)

    page = client.get(reverse("roadmap:participant_roadmap", args=[person.pk])).content.decode()
    assert "Synthèse pour les élus" in page
    response = client.get(reverse("roadmap:participant_document", args=[person.pk, "synthese-elus"]))
    assert response.content == b"%PDF-1.7 synthese-elus v1"
    assert response["Content-Disposition"] == 'attachment; filename="synthese-elus-pays-dexemple-v1.pdf"'
    for code in ("inconnu", "fiche-99"):
        assert client.get(reverse("roadmap:participant_document", args=[person.pk, code])).status_code == 404


def test_a_link_that_does_not_read_opens_no_document(initiative, version, made):
    person = factories.make_participant(initiative)
    client = factories.participant_client(person, scopes=["rate"])
    assert client.get(reverse("roadmap:participant_document", args=[person.pk, "fiche-1"])).status_code == 403
    assert made == []
