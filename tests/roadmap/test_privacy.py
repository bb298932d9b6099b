"""Retention: what is past its age goes, what is not stays; the public page says the rule that is applied."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.mail import EmailMultiAlternatives
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.enums import MailReason
from accounts.models import OutboxMessage
from accounts.outbox import post
from authorities.models import AuthorityMessage, CommitteeImport, Draft, MembershipRequest, PersonalLink
from authorities.selectors.messages import message_row, messages_of
from authorities.services.retention import forget_old_messages
from roadmap.selectors.privacy import days, kept_data
from roadmap.services.retention import prune_data
from tests.factories import PARIS_NOON, make_link, make_participant, make_user

NOW = PARIS_NOON


def aged(count: int, *, seconds: int = 0):
    return NOW - timedelta(days=count, seconds=seconds)


def test_drafts_and_lists_go_at_their_age(authority, initiative, referent, settings):
    settings.DRAFT_RETENTION_DAYS, settings.IMPORT_RETENTION_DAYS = 3, 2
    for seconds in (0, 1):
        Draft.objects.create(
            user=referent, authority=authority, path="/x/", key=str(seconds), saved_at=aged(3, seconds=seconds)
        )
        CommitteeImport.objects.create(initiative=initiative, source="liste", read_at=aged(2, seconds=seconds))
    counts = prune_data(now=NOW)
    assert (counts["brouillons"], counts["listes de personnes"]) == (1, 1)
    assert Draft.objects.get().key == "0" and CommitteeImport.objects.count() == 1


def test_requests_go_a_year_after_their_answer(authority, settings):
    settings.REQUEST_RETENTION_DAYS = 10
    made = {"authority": authority, "created_at": aged(30)}
    old = {"state": "refused", "answered_at": aged(20)}
    for fields in (old, {"state": "accepted", "answered_at": aged(5)}, {}):
        request = MembershipRequest.objects.create(user=make_user(), **{**made, **fields})
        MembershipRequest.objects.filter(pk=request.pk).update(created_at=aged(30))
    assert prune_data(now=NOW)["demandes d’accès"] == 2
    assert MembershipRequest.objects.get().state == "accepted"


def test_dead_links_go_living_ones_stay(initiative, settings):
    settings.LINK_RETENTION_DAYS = 10
    person = make_participant(initiative)
    dates = {"created_at": aged(100), "expires_at": NOW + timedelta(days=1)}
    alive = make_link(person, **dates)
    make_link(person, **{**dates, "revoked_at": aged(11)})
    make_link(person, **{**dates, "expires_at": aged(11)})
    recent = make_link(person, **{**dates, "expires_at": aged(9)})
    prune_data(now=NOW)
    assert set(PersonalLink.objects.all()) == {alive, recent}


def test_sessions_go_with_their_trace(db):
    user = make_user()
    for key, expires_at in (("vieille", aged(1)), ("vivante", NOW + timedelta(days=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=expires_at)
        UserSession.objects.create(user=user, session_key=key, ip="192.0.2.1", user_agent="x")
    prune_data(now=NOW)
    assert Session.objects.get().session_key == UserSession.objects.get().session_key == "vivante"


def test_command_tells_what_it_erased(db, capsys):
    call_command("prune_data")
    assert "Brouillons : 0." in capsys.readouterr().out


@pytest.mark.parametrize("is_waiting", [False, True])
def test_old_messages_forget_words_and_names_on_both_sides(authority, initiative, is_waiting):
    person = make_participant(initiative, name="Zoé Brun")
    message = EmailMultiAlternatives(subject="Bonjour", body="Texte", to=["zoe@exemple.fr"])
    row = post(message, reason=MailReason.ACTIVITY, now=aged(10), withheld="" if is_waiting else "Essai.")
    OutboxMessage.objects.filter(pk=row.pk).update(fate="pending" if is_waiting else "withheld")
    for participant in (person, None):
        AuthorityMessage.objects.create(
            authority=authority, participant=participant, message=row, recipient="zoe@exemple.fr", part="Texte"
        )
    assert forget_old_messages(before=aged(5)) == (0 if is_waiting else 1)
    shown = {message_row(tie).recipient for tie in messages_of(authority)}
    assert shown == ({"zoe@exemple.fr"} if is_waiting else {"Zoé Brun", "Destinataire oublié"})
    assert all(bool(tie.part) is is_waiting for tie in messages_of(authority))


def test_page_is_public_and_says_the_settings(db, settings, django_assert_num_queries):
    settings.MAIL_RETENTION_DAYS, settings.DRAFT_RETENTION_DAYS, settings.LINK_RETENTION_DAYS = 41, 42, 43
    settings.REQUEST_RETENTION_DAYS, settings.IMPORT_RETENTION_DAYS, settings.SESSION_COOKIE_AGE = 44, 1, 86_400 * 45
    html = Client().get(reverse("privacy")).content.decode()
    for count in (41, 42, 43, 44, 45, 90):
        assert f"{count}\u00a0jours" in html, count
    assert "1\u00a0jour au plus" in html
    assert days(1) == "1\u00a0jour"
    assert len(kept_data()) == html.count('scope="row"')


def test_every_page_leads_to_it(db):
    assert reverse("privacy") in Client().get(reverse("home")).content.decode()
