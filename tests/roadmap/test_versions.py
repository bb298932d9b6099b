"""Frozen versions: made whole or not at all, never changed, validated then adopted; their files are private."""

import hashlib
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from authorities.models import Event
from common.errors import DomainError
from common.pdf import PdfError
from roadmap import services
from roadmap.documents import catalogue, shelf
from roadmap.enums import PublicationStatus
from roadmap.models import CouncilResolution, RoadmapVersion, SteeringValidation
from roadmap.services import versions as version_services
from tests import factories
from tests.factories_roadmap import NOW, make_full_sheet, make_roadmap, make_version

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)


@pytest.fixture
def drawn(monkeypatch):
    """Replace the layout, tested elsewhere, by a few bytes; remember what was asked."""
    asked = []

    def render(content, **options):
        asked.append({"content": content, **options})
        return b"%PDF-1.7 " + repr(sorted(options)).encode() + str(len(asked)).encode()

    monkeypatch.setattr(catalogue, "render_roadmap_pdf", render)
    return asked


def freeze(roadmap, actor, **fields):
    values = {"now": NOW, "accepts_no_foreword": True, **fields}
    return services.freeze_version(roadmap=roadmap, actor=actor, **values)


def adopt(version, actor, **fields):
    values = {"adopted_on": DAY, "reference": "2026-03-01", "actor": actor, "now": NOW, **fields}
    return services.record_adoption(version=version, **values)


def test_freezing_keeps_the_content_the_file_and_its_digest(roadmap, referent, drawn):
    make_full_sheet(roadmap)
    version = freeze(roadmap, referent, note="Première lecture")
    stored = RoadmapVersion.objects.get()
    assert (stored.number, stored.note, stored.frozen_by_label) == (1, "Première lecture", str(referent))
    with stored.pdf.open("rb") as file:
        data = file.read()
    assert hashlib.sha256(data).hexdigest() == stored.pdf_sha256
    assert len(data) == stored.pdf_size_bytes
    assert stored.content["sheets"][0]["title"] == "Action 1"
    assert drawn[0]["status"] == PublicationStatus.FROZEN
    assert drawn[0]["version_number"] == 1
    assert stored.status == PublicationStatus.FROZEN
    assert version.pdf.name.startswith("feuilles-de-route/pays-dexemple-1/v1-")
    assert Event.objects.filter(verb="a figé la version 1 de la feuille de route").count() == 1


def test_the_files_lie_in_the_private_folder_only(roadmap, referent, drawn, media_folder):
    make_full_sheet(roadmap)
    version = freeze(roadmap, referent)
    assert [path.name for path in media_folder.rglob("*.pdf")] == [version.pdf.name.rsplit("/", 1)[-1]]


def test_a_frozen_content_ignores_later_changes(roadmap, referent, drawn):
    sheet = make_full_sheet(roadmap)
    freeze(roadmap, referent)
    services.save_sheet(sheet=sheet, expected_version=1, changes={"title": "Autre"}, actor=referent, now=NOW)
    assert RoadmapVersion.objects.get().content["sheets"][0]["title"] == "Action 1"
    assert freeze(roadmap, referent).number == 2


def test_blocking_gaps_withhold_the_label_without_forbidding(roadmap, referent, drawn):
    make_full_sheet(roadmap)
    assert freeze(roadmap, referent).is_reen_usable is False


def test_freezing_an_empty_roadmap_says_what_to_do(roadmap, referent, drawn):
    with pytest.raises(DomainError, match="Créez les fiches actions"):
        freeze(roadmap, referent)
    assert drawn == []


def test_a_failed_layout_leaves_nothing(roadmap, referent, monkeypatch, media_folder):
    def fail(content, **options):
        raise PdfError("Installez Pango.")

    monkeypatch.setattr(catalogue, "render_roadmap_pdf", fail)
    make_full_sheet(roadmap)
    with pytest.raises(DomainError, match="Installez Pango"):
        freeze(roadmap, referent)
    assert not RoadmapVersion.objects.exists()
    assert list(media_folder.rglob("*.pdf")) == []


def test_two_freezings_at_once_leave_one_version_and_one_file(roadmap, referent, drawn, monkeypatch, media_folder):
    make_full_sheet(roadmap)
    make_version(roadmap)
    # The number was worked out before somebody else froze version 1.
    numbers = iter([1, 2])
    monkeypatch.setattr(version_services, "_next_number", lambda roadmap: next(numbers))
    with pytest.raises(DomainError, match="vient d’être figée"):
        freeze(roadmap, referent)
    assert RoadmapVersion.objects.count() == 1
    assert len(list(media_folder.rglob("*.pdf"))) == 1


def test_a_frozen_version_refuses_to_be_changed(roadmap):
    version = make_version(roadmap)
    version.note = "Autre"
    with pytest.raises(DomainError, match="ne change plus"):
        version.save()
    with pytest.raises(DomainError, match="ne change plus"):
        version.delete()
    with pytest.raises(DomainError, match="ne change plus"):
        RoadmapVersion.objects.update(note="Autre")
    with pytest.raises(DomainError, match="ne change plus"):
        RoadmapVersion.objects.filter(pk=version.pk).delete()
    assert RoadmapVersion.objects.get().note == ""


@pytest.mark.parametrize("field", ["frozen_by_label", "pdf", "pdf_sha256"])
def test_the_base_refuses_a_version_without_author_or_file(roadmap, field):
    version = make_version(roadmap)
    copy = RoadmapVersion(
        roadmap=roadmap, number=2, content={}, pdf=version.pdf.name, pdf_sha256="a" * 64, pdf_size_bytes=1,
        frozen_at=NOW, frozen_by_label="x",
    )  # fmt: skip
    setattr(copy, field, "")
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()


def test_the_base_refuses_two_versions_with_one_number(roadmap):
    make_version(roadmap)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_version(roadmap)


def test_an_authority_and_its_versions_can_be_erased(authority, roadmap):
    make_version(roadmap)
    authority.delete()
    assert not RoadmapVersion.objects.exists()


# Validation and adoption ----------------------------------------------------------------------------------------------


def validate(version, actor, **fields):
    values = {"validated_on": DAY, "body": "Comité de pilotage", "note": "", "actor": actor, "now": NOW, **fields}
    return services.record_steering_validation(version=version, **values)


def test_the_steering_committee_validates_once(roadmap, elected_official):
    version = make_version(roadmap)
    validate(version, elected_official, note="Sans réserve")
    assert RoadmapVersion.objects.get().validation_or_none.note == "Sans réserve"
    with pytest.raises(DomainError, match="déjà validée"):
        validate(RoadmapVersion.objects.get(), elected_official)
    assert SteeringValidation.objects.count() == 1


@pytest.mark.parametrize("day", [DAY - timedelta(days=2), DAY + timedelta(days=1)])
def test_dates_lie_between_the_freezing_and_today(roadmap, referent, day, drawn):
    version = make_version(roadmap)
    with pytest.raises(DomainError, match="entre le 9 mars 2026.*et le 10 mars 2026"):
        validate(version, referent, validated_on=day)
    with pytest.raises(DomainError, match="entre le 9 mars 2026.*et le 10 mars 2026"):
        adopt(version, referent, adopted_on=day)
    assert not SteeringValidation.objects.exists()
    assert not CouncilResolution.objects.exists()


def test_adoption_adds_a_file_and_leaves_the_snapshot(roadmap, referent, drawn):
    version = make_version(roadmap)
    frozen = version.content
    resolution = adopt(version, referent, body="Conseil communautaire")
    stored = RoadmapVersion.objects.get()
    assert (stored.adopted_on, stored.resolution_reference) == (DAY, "2026-03-01")
    assert stored.status == PublicationStatus.ADOPTED
    assert (stored.content, stored.pdf_sha256) == (frozen, "a" * 64)
    asked = drawn[0]
    assert (asked["status"], asked["version_number"]) == (PublicationStatus.ADOPTED, 1)
    assert (asked["adoption"].reference, asked["adoption"].body) == ("2026-03-01", "Conseil communautaire")
    with resolution.pdf.open("rb") as file:
        assert hashlib.sha256(file.read()).hexdigest() == resolution.pdf_sha256
    assert resolution.pdf.name != stored.pdf.name


def test_adoption_needs_a_reference_and_happens_once(roadmap, referent, drawn):
    version = make_version(roadmap)
    with pytest.raises(DomainError, match="Indiquez la référence"):
        adopt(version, referent, reference=" ")
    adopt(version, referent)
    with pytest.raises(DomainError, match="déjà adoptée"):
        adopt(RoadmapVersion.objects.get(), referent)


# Screens --------------------------------------------------------------------------------------------------------------


def url(name, authority, *args):
    return reverse(f"roadmap:{name}", args=[authority.slug, *args])


@pytest.fixture
def version_today(roadmap):
    """A version frozen yesterday by the clock of the machine, as the pages read it."""
    return make_version(roadmap, frozen_at=timezone.now() - timedelta(days=1))


def test_the_page_freezes_and_shows_the_version(referent_client, authority, roadmap, drawn):
    make_full_sheet(roadmap)
    assert "Des points bloquants manquent" in referent_client.get(url("version_freeze", authority)).content.decode()
    response = referent_client.post(
        url("version_freeze", authority), {"note": "Pour le comité", "accepts_no_foreword": "on"}, follow=True
    )
    text = response.content.decode()
    assert response.redirect_chain[0][0] == url("version_detail", authority, 1)
    assert "Sans la mention «\u00a0utilisable comme stratégie REEN\u00a0»" in text or "Sans la mention" in text
    assert "Pour le comité" in text


def test_the_page_refuses_to_freeze_nothing(referent_client, authority, roadmap):
    response = referent_client.post(url("version_freeze", authority), {"note": "", "accepts_no_foreword": "on"})
    assert response.status_code == 422
    assert "Créez les fiches actions avant de figer" in response.content.decode()


def test_the_file_is_sent_under_its_name(referent_client, authority, version_today):
    response = referent_client.get(url("version_pdf", authority, 1))
    assert response.content == b"%PDF-1.7 test"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="feuille-de-route-pays-dexemple-v1.pdf"'


def test_a_lost_file_is_not_found_and_logged(referent_client, authority, version_today, caplog):
    version_today.pdf.storage.delete(version_today.pdf.name)
    assert referent_client.get(url("version_pdf", authority, 1)).status_code == 404
    assert "missing from the storage" in caplog.text


def test_the_draft_is_sent_and_nothing_is_kept(referent_client, authority, roadmap, drawn):
    make_full_sheet(roadmap)
    response = referent_client.get(url("draft_pdf", authority))
    assert response["Content-Disposition"] == 'attachment; filename="feuille-de-route-pays-dexemple-projet.pdf"'
    assert drawn[0]["status"] == PublicationStatus.DRAFT
    assert not RoadmapVersion.objects.exists()


def test_a_second_look_at_the_draft_lays_nothing_out(referent_client, authority, roadmap, drawn, media_folder):
    sheet = make_full_sheet(roadmap)
    first = referent_client.get(url("draft_pdf", authority))
    again = referent_client.get(url("draft_pdf", authority))
    assert (len(drawn), again.content) == (1, first.content)
    services.save_sheet(
        sheet=sheet, expected_version=1, changes={"title": "Autre"}, actor=factories.make_user(), now=NOW
    )
    changed = referent_client.get(url("draft_pdf", authority))
    assert (len(drawn), changed.content == first.content) == (2, False)
    # Only the last draft is kept.
    assert len(list(media_folder.rglob("dossier/projet/*"))) == 1


def test_a_draft_is_laid_out_anew_when_the_layout_changes(roadmap, drawn, monkeypatch):
    make_full_sheet(roadmap)
    services.render_draft_pdf(roadmap=roadmap, now=NOW)
    monkeypatch.setattr(shelf, "layout_digest", lambda: "another release")
    services.render_draft_pdf(roadmap=roadmap, now=NOW)
    assert len(drawn) == 2


def test_a_disk_that_cannot_be_written_costs_no_draft(roadmap, drawn, monkeypatch):
    def fail(path, pdf):
        raise OSError("disk full")

    make_full_sheet(roadmap)
    monkeypatch.setattr(shelf, "_write", fail)
    assert services.render_draft_pdf(roadmap=roadmap, now=NOW).startswith(b"%PDF")


def test_the_layout_reads_its_sources():
    files = {path.name for path in shelf._layout_files()}
    assert {"content.py", "roadmap.css", "roadmap.html", "pdf.py", "print_schedule.py"} <= files
    assert len(shelf.layout_digest()) == 64


def test_a_blank_foreword_is_accepted_knowingly(referent_client, authority, roadmap, referent, drawn):
    make_full_sheet(roadmap)
    with pytest.raises(DomainError, match="Le mot de l’élu est vide"):
        freeze(roadmap, referent, accepts_no_foreword=False)
    assert "n’a pas d’avant-propos" in referent_client.get(url("validation_detail", authority)).content.decode()
    assert "Figer sans mot de l’élu" in referent_client.get(url("version_freeze", authority)).content.decode()
    response = referent_client.post(url("version_freeze", authority), {"note": ""})
    assert response.status_code in {409, 422}
    assert "Le mot de l’élu est vide" in response.content.decode()
    assert not RoadmapVersion.objects.exists()


def test_a_written_foreword_is_frozen_without_a_word(referent_client, authority, roadmap, drawn):
    make_full_sheet(roadmap)
    type(roadmap).objects.update(foreword="Un mot.")
    assert "Figer sans mot de l’élu" not in referent_client.get(url("version_freeze", authority)).content.decode()
    assert referent_client.post(url("version_freeze", authority), {"note": ""}).status_code == 302
    assert RoadmapVersion.objects.get().content["foreword"]["text"] == "Un mot."


def test_a_draft_that_cannot_be_made_says_why(referent_client, authority, roadmap, monkeypatch):
    def fail(content, **options):
        raise PdfError("Installez Pango.")

    monkeypatch.setattr(catalogue, "render_roadmap_pdf", fail)
    make_full_sheet(roadmap)
    response = referent_client.get(url("draft_pdf", authority), follow=True)
    assert "Installez Pango." in response.content.decode()


def test_the_elected_official_validates_then_the_vote_is_recorded(elected_client, authority, version_today, drawn):
    today = timezone.localdate().isoformat()
    response = elected_client.post(
        url("version_validate", authority, 1), {"validated_on": today, "body": "COPIL", "note": ""}, follow=True
    )
    assert "Validation de la version 1 enregistrée." in response.content.decode()
    response = elected_client.post(
        url("version_adopt", authority, 1), {"adopted_on": today, "reference": "2026-42", "body": ""}, follow=True
    )
    assert "adoptée le" in response.content.decode()
    file = elected_client.get(url("version_adopted_pdf", authority, 1))
    assert file["Content-Disposition"] == 'attachment; filename="feuille-de-route-pays-dexemple-v1.pdf"'
    board = elected_client.get(url("validation_detail", authority)).content.decode()
    assert "Adoptée" in board


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"adopted_on": "demain", "reference": "x"}, "Indiquez une date"),
        ({"adopted_on": "1999-01-01", "reference": "x"}, "Indiquez une date entre le"),
        ({"adopted_on": "", "reference": "x"}, "Indiquez une date"),
        ({"reference": ""}, "Complétez ce champ"),
        ({"adopted_on": "2026-01-01", "reference": "x" * 101}, "100 caractères au plus"),
    ],
)
def test_a_bad_adoption_is_told_and_written_nowhere(referent_client, authority, version_today, data, message):
    response = referent_client.post(url("version_adopt", authority, 1), data)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not CouncilResolution.objects.exists()


def test_an_unadopted_version_has_no_adopted_file(referent_client, authority, version_today):
    assert referent_client.get(url("version_adopted_pdf", authority, 1)).status_code == 404


@pytest.mark.parametrize("role", ["committee", "adviser"])
@pytest.mark.parametrize("name", ["version_validate", "version_adopt"])
def test_only_the_referent_and_the_elected_record_votes(client, authority, version_today, role, name):
    client.force_login(factories.make_member(authority, role))
    assert client.get(url(name, authority, 1)).status_code == 403


@pytest.mark.parametrize("name", ["version_detail", "version_pdf", "version_validate", "version_adopt"])
def test_the_versions_of_others_do_not_exist(outsider_client, outsider, authority, version_today, name):
    own = outsider.memberships.get().authority
    make_roadmap(own.initiatives.get())
    assert outsider_client.get(url(name, own, 1)).status_code == 404
    assert outsider_client.get(url(name, authority, 1)).status_code == 404
