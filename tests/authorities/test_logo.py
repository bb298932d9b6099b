"""The logo of an authority: chosen, shown to those who may see the space, replaced, removed."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from authorities.models import Authority, Event
from authorities.services import remove_logo, save_logo
from common.versioning import StaleVersionError
from tests import factories
from tests.factories import PARIS_NOON

pytestmark = pytest.mark.django_db
GREEN, RED = (11, 79, 74), (180, 83, 9)


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def upload(color=GREEN, size=(600, 200), kind="PNG", name="logo.png") -> SimpleUploadedFile:
    stream = BytesIO()
    Image.new("RGB", size, color).save(stream, kind)
    return SimpleUploadedFile(name, stream.getvalue())


def keep_logo(authority, actor, color=GREEN, size=(600, 200)) -> Authority:
    authority.refresh_from_db()
    return save_logo(
        authority=authority,
        expected_version=authority.version,
        image=Image.new("RGB", size, color),
        actor=actor,
        now=PARIS_NOON,
    )


def url(name: str, authority) -> str:
    return reverse(f"authorities:{name}", args=[authority.slug])


def test_a_chosen_image_is_kept_in_two_sizes_and_shown(authority, referent_client):
    page = url("logo_update", authority)
    response = referent_client.post(page, {"file": upload(), "version": authority.version}, follow=True)
    assert response.status_code == 200 and "Logo enregistré" in response.content.decode()
    authority.refresh_from_db()
    with authority.logo.open() as printed, authority.logo_screen.open() as shown:
        assert (Image.open(printed).size, Image.open(shown).size) == ((600, 200), (400, 133))
    assert (authority.logo_width_px, authority.logo_height_px, authority.version) == (400, 133, 2)
    image = (
        f'<img class="logo" src="{url("authority_logo", authority)}" alt="{authority.name}" width="200" height="66">'
    )
    assert image in response.content.decode()
    dashboard = referent_client.get(reverse("roadmap:dashboard", args=[authority.slug])).content.decode()
    assert image in dashboard
    assert Event.objects.filter(authority=authority, verb__contains="logo").count() == 1


def test_without_a_logo_no_page_asks_for_one(authority, referent_client):
    dashboard = referent_client.get(reverse("roadmap:dashboard", args=[authority.slug])).content.decode()
    assert 'class="logo"' not in dashboard
    assert referent_client.get(url("authority_logo", authority)).status_code == 404
    assert "Retirer le logo" not in referent_client.get(url("logo_update", authority)).content.decode()


def test_the_image_is_sent_as_an_image_and_nothing_else(authority, referent, referent_client):
    keep_logo(authority, referent)
    response = referent_client.get(url("authority_logo", authority))
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response.headers["Cache-Control"]
    assert response.content.startswith(b"\x89PNG")


def test_a_participant_sees_it_by_their_own_gate(authority, initiative, referent):
    keep_logo(authority, referent)
    participant = factories.make_participant(initiative)
    browser = factories.participant_client(participant)
    address = reverse("authorities:participant_logo", args=[participant.pk])
    home = browser.get(reverse("roadmap:participant_home", args=[participant.pk])).content.decode()
    assert f'<img class="logo" src="{address}" alt="{authority.name}"' in home
    assert browser.get(address).headers["Content-Type"] == "image/png"


def test_strangers_do_not_get_it_and_others_do_not_change_it(authority, referent, outsider_client, elected_client):
    keep_logo(authority, referent)
    assert outsider_client.get(url("authority_logo", authority)).status_code == 404
    assert elected_client.get(url("authority_logo", authority)).status_code == 200
    assert elected_client.post(url("logo_update", authority), {"file": upload()}).status_code == 403
    assert elected_client.post(url("logo_delete", authority)).status_code == 403


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (SimpleUploadedFile("logo.png", b""), "est vide"),
        (SimpleUploadedFile("logo.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "pas une image PNG ou JPEG"),
        (SimpleUploadedFile("logo.png", b"\x00" * (1024 * 1024 + 1)), "dépasse 1"),
        (upload(kind="GIF"), "pas une image PNG ou JPEG"),
    ],
)
def test_a_bad_file_is_refused_with_a_sentence(authority, referent_client, file, words):
    response = referent_client.post(url("logo_update", authority), {"file": file, "version": authority.version})
    assert response.status_code == 422 and words in response.content.decode()
    authority.refresh_from_db()
    assert not authority.logo and authority.version == 1


def test_no_file_is_asked_for(authority, referent_client):
    response = referent_client.post(url("logo_update", authority), {"version": 1})
    assert response.status_code == 422 and "Choisissez un fichier." in response.content.decode()


def test_a_stale_page_asks_for_the_image_again_then_keeps_it(authority, referent, referent_client):
    keep_logo(authority, referent)
    page = url("logo_update", authority)
    response = referent_client.post(page, {"file": upload(RED), "version": 1})
    content = response.content.decode()
    assert response.status_code == 409 and "Choisissez l’image de nouveau." in content
    assert 'name="version" value="2"' in content
    assert referent_client.post(page, {"file": upload(RED), "version": 2}).status_code == 302


def test_a_stale_save_writes_nothing(authority, referent):
    keep_logo(authority, referent)
    before = default_storage.listdir(f"logos/{authority.slug}")
    with pytest.raises(StaleVersionError):
        save_logo(
            authority=authority, expected_version=1, image=Image.new("RGB", (90, 90)), actor=referent, now=PARIS_NOON
        )
    assert default_storage.listdir(f"logos/{authority.slug}") == before


def test_another_logo_replaces_the_files(authority, referent, django_capture_on_commit_callbacks):
    keep_logo(authority, referent)
    with django_capture_on_commit_callbacks(execute=True):
        keep_logo(authority, referent, RED)
    assert len(default_storage.listdir(f"logos/{authority.slug}")[1]) == 2


def test_removing_it_is_one_gesture(authority, referent, referent_client, django_capture_on_commit_callbacks):
    keep_logo(authority, referent)
    with django_capture_on_commit_callbacks(execute=True):
        response = referent_client.post(url("logo_delete", authority))
    assert response.status_code == 302
    authority.refresh_from_db()
    assert not authority.logo and not authority.logo_screen and authority.logo_width_px is None
    assert default_storage.listdir(f"logos/{authority.slug}")[1] == []
    assert referent_client.post(url("logo_delete", authority)).status_code == 302
    assert Event.objects.filter(verb="a retiré le logo de la collectivité").count() == 1


def test_a_lost_file_is_a_missing_page_and_not_an_error(authority, referent, referent_client, caplog):
    kept = keep_logo(authority, referent)
    default_storage.delete(kept.logo_screen.name)
    assert referent_client.get(url("authority_logo", authority)).status_code == 404
    assert "missing from the storage" in caplog.text


def test_correcting_the_facts_leaves_the_logo(authority, referent, referent_client):
    keep_logo(authority, referent)
    referent_client.post(
        url("authority_update", authority),
        {"population": "61000", "agent_count": "", "has_it_department": "oui", "version": 2},
    )
    authority.refresh_from_db()
    assert authority.logo and authority.population == 61_000


def test_removing_nothing_writes_nothing(authority, referent):
    remove_logo(authority=authority, actor=referent, now=PARIS_NOON)
    authority.refresh_from_db()
    assert authority.version == 1 and not Event.objects.exists()
