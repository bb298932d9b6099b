"""Links printed for a meeting, sent again, changed by those who hold them; the account that finds its participation."""

import re
from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pypdfium2
import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.conf import settings
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from authorities.link_sheet import render_link_sheet
from authorities.models import Event, PersonalLink
from authorities.services import find_link
from common.qr import qr_svg
from tests import factories
from tests.pdf_readback import read_pages, read_words

pytestmark = pytest.mark.django_db


def url(initiative, route, *arguments):
    return reverse(f"authorities:{route}", args=[initiative.authority.slug, *arguments])


@pytest.fixture
def people(initiative):
    names = ("Achats", "Déchets", "Eau")
    return [factories.make_participant(initiative, name=name, email=f"p{n}@exemple.fr") for n, name in enumerate(names)]


def test_the_sheet_bears_each_person_and_a_link_of_two_days(initiative, people, referent_client):
    former = factories.make_link(people[0])
    chosen = [person.pk for person in people[:2]]
    response = referent_client.post(url(initiative, "link_sheet"), {"participants": chosen})
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in response["Cache-Control"]
    text = read_words(response.content)
    assert "Achats" in text and "Déchets" in text and "Eau" not in text
    links = PersonalLink.objects.exclude(pk=former.pk)
    assert sorted(links.values_list("participant_id", flat=True)) == sorted(chosen)
    assert {(link.expires_at - link.created_at).total_seconds() for link in links} == {48 * 3600}
    former.refresh_from_db()
    assert former.revoked_at is None
    assert Event.objects.filter(verb__contains="feuille de 2 liens personnels").count() == 1


def words_placed(content: bytes) -> list[tuple[str, float]]:
    """Return the texts of the first page of a PDF with the height, in points, at which each stands."""
    with closing(pypdfium2.PdfDocument(content)) as document:
        text_page = document[0].get_textpage()
        boxes = [text_page.get_rect(rank) for rank in range(text_page.count_rects())]
        return [(text_page.get_text_bounded(*box).strip(), box[1]) for box in boxes]


def test_the_longest_name_stays_in_its_ticket(initiative, referent_client):
    """Four rows of 60 mm, that is 170 points: the words of each ticket stand in its own row."""
    keys = [factories.make_participant(initiative, name=f"{rank}" + "W" * 149).pk for rank in range(8)]
    content = referent_client.post(url(initiative, "link_sheet"), {"participants": keys}).content
    placed = words_placed(content)
    starts = sorted({round(height, -1) for text, height in placed if re.match(r"\dW", text)}, reverse=True)
    ends = sorted({round(height, -1) for text, height in placed if "c’est vous" in text}, reverse=True)
    assert len(starts) == len(ends) == 4
    assert all(0 < start - end < 160 for start, end in zip(starts, ends, strict=True))


def test_the_sheet_says_the_first_of_a_month(initiative, people):
    link = factories.make_link(people[0], expires_at=datetime(2026, 12, 1, 9, 30, tzinfo=UTC))
    content = render_link_sheet(initiative=initiative, links=[(link, "http://x/")], created_at=timezone.now())
    assert "1er décembre à 10:30" in read_words(content)


def test_who_has_an_address_types_the_short_page_of_lost_links(initiative, people, referent_client):
    text = read_words(referent_client.post(url(initiative, "link_sheet"), {"participants": [people[0].pk]}).content)

    host = settings.SITE_URL.partition("://")[2]
    assert f"tapez{host}/invitations/puisvotreadresse" in text.replace(" ", "")


def test_who_has_none_types_their_own_address_in_full(initiative, referent_client, monkeypatch):
    person = factories.make_participant(initiative, name="Sur papier", email="")
    drawn: list[str] = []
    monkeypatch.setattr("authorities.link_sheet.qr_svg", lambda text: drawn.append(text) or qr_svg(text))

    text = read_words(referent_client.post(url(initiative, "link_sheet"), {"participants": [person.pk]}).content)

    # What is typed is what the code holds, but the scheme and the last stroke, which the site adds.
    assert drawn[0].partition("://")[2].rstrip("/") in text.replace(" ", "")
    typed = urlsplit(drawn[0]).path.rstrip("/")
    assert referent_client.get(typed, follow=True).status_code == 200


@pytest.mark.parametrize(("query", "ticked"), [("", [3]), ("?cocher=tous", [0, 1, 2, 3]), ("?cocher=personne", [])])
def test_only_whoever_no_message_reaches_is_ticked_at_first(initiative, people, referent_client, query, ticked):
    everybody = [*people, factories.make_participant(initiative, name="Sur papier", email="")]

    response = referent_client.get(f"{url(initiative, 'link_sheet')}{query}")

    assert sorted(response.context["form"].initial["participants"]) == [everybody[rank].pk for rank in ticked]
    assert len(re.findall(r"<input[^>]+checkbox[^>]+checked", response.content.decode())) == len(ticked)
    assert "(sans adresse électronique)" in response.content.decode()


def test_nine_people_take_two_pages(initiative, referent_client):
    keys = [factories.make_participant(initiative).pk for _ in range(9)]
    response = referent_client.post(url(initiative, "link_sheet"), {"participants": keys})
    assert len(read_pages(response.content)) == 2


def test_the_code_drawn_holds_the_address_of_a_living_link(initiative, people, referent_client, monkeypatch):
    drawn: list[str] = []
    monkeypatch.setattr("authorities.link_sheet.qr_svg", lambda text: drawn.append(text) or qr_svg(text))
    referent_client.post(url(initiative, "link_sheet"), {"participants": [people[0].pk]})
    token = re.fullmatch(r"http://[^/]+/invitations/([^/]+)/", drawn[0])[1]
    assert find_link(token).participant == people[0]


def test_nobody_ticked_and_somebody_else_are_refused(initiative, people, referent_client, stranger_participant):
    for chosen in ([], [stranger_participant.pk], ["x"]):
        response = referent_client.post(url(initiative, "link_sheet"), {"participants": chosen})
        assert response.status_code == 422
    assert not PersonalLink.objects.exists()


@pytest.fixture
def stranger_participant(db):
    return factories.make_participant(factories.make_authority(name="Ailleurs").initiatives.get())


def test_an_adviser_prints_no_link(initiative, people, client):
    client.force_login(factories.make_member(initiative.authority, "adviser"))
    response = client.post(url(initiative, "link_sheet"), {"participants": [people[0].pk]})
    assert response.status_code == 403
    assert not PersonalLink.objects.exists()


def test_a_link_is_sent_again_from_the_list(initiative, people, referent_client):
    page = referent_client.get(url(initiative, "participant_list")).content.decode()
    assert url(initiative, "link_send", people[0].pk) in page
    assert referent_client.post(url(initiative, "link_send", people[0].pk)).status_code == 302
    assert [message.to for message in mail.outbox] == [["p0@exemple.fr"]]
    refused = referent_client.post(url(initiative, "link_send", people[0].pk))
    assert refused.status_code == 422
    assert "a déjà reçu un nouveau lien" in refused.content.decode()
    assert len(mail.outbox) == 1


def test_a_participant_changes_their_own_link(people):
    browser = factories.participant_client(people[0])
    home = f"/participation/{people[0].pk}/"
    assert f'action="{home}lien/"' in browser.get(home).content.decode()
    assert browser.post(f"{home}lien/").status_code == 302
    assert [message.to for message in mail.outbox] == [["p0@exemple.fr"]]
    assert browser.get(home).status_code == 200, "the former link goes on until the new one is confirmed"
    assert browser.post(f"{home}lien/").status_code == 422


def test_an_address_confirmed_gives_its_participations_to_the_account(people, rf):
    user = factories.make_user("p0@exemple.fr")
    address = EmailAddress.objects.create(user=user, email="p0@exemple.fr", verified=True, primary=True)
    email_confirmed.send(sender=EmailAddress, request=rf.get("/"), email_address=address)
    people[0].refresh_from_db()
    people[1].refresh_from_db()
    assert (people[0].user, people[1].user) == (user, None)


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_sheet(initiative, referent_client, django_assert_num_queries, count):
    for _ in range(count):
        factories.make_participant(initiative)
    with django_assert_num_queries(8):
        assert referent_client.get(url(initiative, "link_sheet")).status_code == 200


def test_a_code_is_one_drawing_without_anything_that_acts():
    svg = qr_svg("https://jalons.example/invitations/" + "a" * 43 + "/")
    assert svg.startswith("<svg") and "<script" not in svg
