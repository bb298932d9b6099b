"""News by mail: one grouped message a day, only to whoever accepted and wants it, reminders that stop on answer."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.enums import MailChoice
from accounts.models import MailPreference, OutboxMessage
from accounts.preferences import save_preference, unsubscribe_url
from authorities.activity import NewsLine
from authorities.enums import ReminderMoment
from authorities.mails import NewsPart, build_news, share_lines
from authorities.reminders import due_reminder, planned_reminders
from authorities.services.activity import queue_due_reminders, send_due_news
from common.emails import html_part
from levers import services
from levers.models import Ballot
from tests import factories
from tests.factories import PARIS_NOON as NOW
from tests.factories_levers import CLOSING, ballot_levers, make_ballot, make_vote

pytestmark = pytest.mark.django_db
HALF = NOW + (CLOSING - NOW) / 2


@pytest.fixture
def voter(initiative):
    return factories.make_participant(
        initiative, name="Silencieuse", email="silence@exemple.fr", accepted_at=NOW - timedelta(days=1)
    )


@pytest.fixture
def ballot(initiative, voter) -> Ballot:
    return make_ballot(initiative, voters=[voter])


def fates() -> list[tuple[str, str]]:
    return list(OutboxMessage.objects.order_by("pk").values_list("fate", "fate_reason"))


def test_reminders_are_at_half_time_and_two_days_before():
    """14 days: day 7, then day 12; four days: half time falls with the second, which is dropped."""
    fortnight = planned_reminders(NOW, NOW + timedelta(days=14))
    assert [(item.moment, item.at - NOW) for item in fortnight] == [
        (ReminderMoment.HALF_TIME, timedelta(days=7)),
        (ReminderMoment.TWO_DAYS, timedelta(days=12)),
    ]
    assert len(planned_reminders(NOW, NOW + timedelta(days=4))) == 1
    assert due_reminder(NOW, NOW + timedelta(days=14), NOW + timedelta(days=6, hours=23)) is None
    assert due_reminder(NOW, NOW + timedelta(days=14), NOW + timedelta(days=14)) is None


def test_each_reminder_is_sent_once_and_stops_on_answer(ballot, voter):
    assert queue_due_reminders(now=HALF - timedelta(seconds=1)) == 0
    assert queue_due_reminders(now=HALF) == 1
    assert queue_due_reminders(now=HALF + timedelta(hours=1)) == 0
    assert [message.to for message in mail.outbox] == [["silence@exemple.fr"]]
    make_vote(ballot, voter, ballot_levers(ballot)[0], None)
    assert queue_due_reminders(now=CLOSING - timedelta(days=1)) == 0


def test_who_accepted_after_the_hour_is_not_reminded(ballot, voter):
    type(voter).objects.update(accepted_at=HALF + timedelta(hours=1))
    assert queue_due_reminders(now=HALF + timedelta(hours=2)) == 0


def test_an_answer_given_before_the_morning_keeps_the_reminder_back(ballot, voter, referent):
    services.announce_ballot(ballot=ballot, actor=referent, now=NOW)
    services.remind_silent(ballot=ballot, actor=referent, now=NOW + timedelta(hours=1))
    assert len(mail.outbox) == 1
    make_vote(ballot, voter, ballot_levers(ballot)[0], None)

    assert send_due_news(now=NOW + timedelta(days=1)) == 0
    assert len(mail.outbox) == 1
    assert fates()[-1] == ("withheld", "La personne a voté entre-temps.")


def test_one_grouped_message_a_day_across_authorities(ballot, voter, referent, outsider):
    other = outsider.memberships.get().authority
    twin = factories.make_participant(other.initiatives.get(), name="Silencieuse", email=voter.email)
    second = make_ballot(twin.initiative, voters=[twin])
    services.announce_ballot(ballot=ballot, actor=referent, now=NOW)
    services.announce_ballot(ballot=second, actor=outsider, now=NOW + timedelta(hours=1))
    assert len(mail.outbox) == 1
    assert send_due_news(now=NOW + timedelta(hours=2)) == 0
    assert send_due_news(now=NOW + timedelta(days=1)) == 1
    assert len(mail.outbox) == 2


def news_of(authority_count: int, line_count: int) -> mail.EmailMessage:
    """Write the message of somebody who takes part in many authorities, with lines of the longest names."""
    parts = []
    for number in range(authority_count):
        authority = factories.make_authority(f"Communauté d’agglomération de la Vallée et des Plateaux {number}")
        person = factories.make_participant(authority.initiatives.get(), name="Silencieuse")
        text = f"Le scrutin de {authority.name} ferme le mardi 15 septembre 2026 à 12:00, et vous n’avez pas voté."
        lines = tuple(NewsLine(f"Sujet {rank}", f"{rank}. {text}", "Donner mon avis") for rank in range(line_count))
        url = "http://127.0.0.1:8000/invitations/" + "x" * 43 + "/"
        parts.append(NewsPart(person, (), lines, factories.make_link(person), url, None))
    return build_news(to="silence@exemple.fr", parts=parts, unsubscribe_url="http://127.0.0.1:8000/courriels/abc/")


@pytest.mark.parametrize("authority_count", [1, 5, 10, 20])
def test_grouped_message_stays_light_and_counts_what_it_does_not_say(authority_count):
    """10 lines in all; with 5 authorities: 2 of the 12 lines of each."""
    message = news_of(authority_count, 12)

    assert len(message.message().as_bytes()) < 20_000
    assert message.body.count("et vous n’avez pas voté.") == html_part(message).count("<p>") - hidden(message) == 10
    assert message.body.count("/invitations/") == authority_count
    told = sum(int(number) for number in re.findall(r"(\d+)\s(?:autres?\s)?nouvelles?", message.body))
    assert told == authority_count * 12 - 10


def hidden(message: mail.EmailMessage) -> int:
    """Count the paragraphs of the message that say how many more there are."""
    return len(re.findall(r"<p>(?:Et \d+|<a )", html_part(message)))


def test_lines_are_shared_in_turn():
    """12 for 5 parts of 12: 3, 3, 2, 2, 2; what a short part leaves goes to the others; none once all are shown."""
    assert share_lines([12, 12, 12, 12, 12], 12) == [3, 3, 2, 2, 2]
    assert share_lines([1, 20], 12) == [1, 11]
    assert share_lines([2, 1], 12) == [2, 1]
    assert share_lines([1] * 14, 12) == [1] * 12 + [0, 0]
    assert share_lines([], 12) == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"accepted_at": None}, "La personne n’a pas confirmé sa participation."),
        ({"is_active": False}, "La personne ne participe plus."),
    ],
)
def test_nobody_else_gets_news(ballot, voter, referent, fields, words):
    services.announce_ballot(ballot=ballot, actor=referent, now=NOW)
    mail.outbox.clear()
    services.remind_silent(ballot=ballot, actor=referent, now=NOW + timedelta(hours=1))
    type(voter).objects.update(**fields)
    assert send_due_news(now=NOW + timedelta(days=1)) == 0
    assert mail.outbox == []
    assert fates()[-1] == ("withheld", words)


def test_preference_is_obeyed(ballot, voter, referent):
    save_preference(email=voter.email, choice=MailChoice.NOTHING, expected_version=0)
    services.announce_ballot(ballot=ballot, actor=referent, now=NOW)
    assert mail.outbox == []
    assert fates() == [("withheld", "La personne ne veut pas de nouvelles par courriel.")]


def test_one_click_unsubscription(ballot, voter, referent):
    services.announce_ballot(ballot=ballot, actor=referent, now=NOW)
    headers = mail.outbox[0].extra_headers
    preference = MailPreference.objects.get(email=voter.email)
    url = unsubscribe_url(preference)
    assert headers["List-Unsubscribe"] == f"<{url}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = url.split("8000")[-1]
    browser = Client(enforce_csrf_checks=True)
    assert browser.get(path).status_code == 200
    assert MailPreference.objects.get().choice == MailChoice.DAILY
    assert browser.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert MailPreference.objects.get().choice == MailChoice.NOTHING
    assert browser.post(path + "x").status_code in {301, 404}
    assert browser.get(reverse("mail_unsubscribe", args=["1:faux"])).status_code == 404


def test_no_link_stays_in_the_base_and_no_authority_reads_the_other(ballot, voter, referent, referent_client, outsider):
    services.announce_ballot(ballot=ballot, actor=referent, now=NOW)
    row = OutboxMessage.objects.get()
    token = mail.outbox[0].body.split("/invitations/")[1].split("/")[0]
    stored = f"{row.subject}{row.body}{row.html}{row.headers}{row.secrets}"
    assert row.fate == "sent" and token not in stored and "[lien personnel]" in row.body
    assert unsubscribe_url(MailPreference.objects.get()) not in stored
    authority = ballot.initiative.authority
    html = referent_client.get(reverse("authorities:message_list", args=[authority.slug])).content.decode()
    assert "Silencieuse" in html and token not in html
    stranger = Client()
    stranger.force_login(outsider)
    own = outsider.memberships.get().authority
    assert "Silencieuse" not in stranger.get(reverse("authorities:message_list", args=[own.slug])).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_message_page_asks_the_same_whatever_the_rows(
    initiative, referent, referent_client, count, django_assert_max_num_queries
):
    people = [factories.make_participant(initiative, email=f"p{rank}@exemple.fr") for rank in range(count)]
    services.announce_ballot(ballot=make_ballot(initiative, voters=people), actor=referent, now=NOW)
    with django_assert_max_num_queries(8):
        response = referent_client.get(reverse("authorities:message_list", args=[initiative.authority.slug]))
    assert response.content.decode().count("<details") >= count


def test_participant_chooses_by_the_personal_link(voter):
    client = factories.participant_client(voter)
    path = reverse("authorities:participant_mail", args=[voter.pk])
    assert client.get(path).status_code == 200
    assert client.post(path, {"choice": "deadlines", "version": "0"}).status_code == 302
    assert MailPreference.objects.get(email=voter.email).choice == "deadlines"
    assert client.post(path, {"choice": "nothing", "version": "0"}).status_code == 409
