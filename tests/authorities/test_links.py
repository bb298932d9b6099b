"""Personal links: stored hashed, confirmed by POST, revoked, expired, renewed."""

import hashlib
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutboxMessage
from authorities.access import SESSION_KEY
from authorities.enums import Role
from authorities.models import Event, Participant, PersonalLink
from authorities.services import (
    confirm_link,
    copy_link,
    deactivate_participant,
    find_link,
    invite_participants,
    issue_link,
    open_own_participation,
    renew_link_of,
    revoke_links,
    send_lost_links,
)
from authorities.services.links import LINK_LIFETIME
from common.errors import DomainError
from tests import factories
from tests.factories import PARIS_NOON
from tests.factories_authorities import client_of, verified_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(initiative) -> Participant:
    """Somebody who has not been invited yet."""
    return factories.make_participant(initiative, email="achats@exemple.fr", name="Achats", accepted_at=None)


def _invite(guest, referent, note="", now=PARIS_NOON):
    return invite_participants(initiative=guest.initiative, participants=[guest], note=note, actor=referent, now=now)


def _token(guest, **fields) -> str:
    return issue_link(participant=guest, now=fields.pop("now", timezone.now()), **fields)[1]


def _url(token: str) -> str:
    return reverse("authorities:invitation", args=[token])


# Services -----------------------------------------------------------------------------------------------------------


def test_only_the_hash_of_a_token_is_stored(guest):
    link, token = issue_link(participant=guest, now=PARIS_NOON)
    assert len(token) == 43  # 32 random bytes in base 64
    assert link.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(PersonalLink.objects.values().get())
    assert link.expires_at == PARIS_NOON + timedelta(days=90)
    assert find_link(token) == link
    assert find_link(token + "x") is None


@pytest.mark.parametrize(
    ("roles", "scopes"),
    [
        ([Role.COMMITTEE], ["actions", "rate", "read", "vote"]),
        ([Role.ELECTED], ["read"]),
        ([Role.CONTRIBUTOR], ["inventory"]),
        ([Role.CONTRIBUTOR, Role.ELECTED], ["inventory", "read"]),
        ([Role.ADVISER], ["read"]),
    ],
)
def test_a_link_opens_what_the_roles_open(guest, roles, scopes):
    guest.roles = [role.value for role in roles]
    guest.save()
    assert issue_link(participant=guest, now=PARIS_NOON)[0].scopes == scopes


def test_a_new_link_kills_the_former_ones_unless_told(guest):
    first, _ = issue_link(participant=guest, now=PARIS_NOON)
    second, _ = issue_link(participant=guest, now=PARIS_NOON, keeps_former=True)
    first.refresh_from_db()
    assert first.is_usable(PARIS_NOON) and second.is_usable(PARIS_NOON)
    third, _ = issue_link(participant=guest, now=PARIS_NOON)
    assert [link.pk for link in PersonalLink.objects.alive(PARIS_NOON)] == [third.pk]


def test_nobody_gets_a_link_after_leaving(guest, referent):
    deactivate_participant(participant=guest, actor=referent, now=PARIS_NOON)
    with pytest.raises(DomainError, match="ne participe plus"):
        copy_link(participant=guest, actor=referent, now=PARIS_NOON)


def test_a_link_ends_at_its_hour(guest):
    link, _ = issue_link(participant=guest, now=PARIS_NOON)
    assert link.is_usable(PARIS_NOON + LINK_LIFETIME - timedelta(seconds=1))
    assert not link.is_usable(PARIS_NOON + LINK_LIFETIME)
    with pytest.raises(DomainError, match="demandez-en un nouveau"):
        confirm_link(link=link, now=PARIS_NOON + LINK_LIFETIME)
    guest.refresh_from_db()
    assert guest.accepted_at is None


def test_the_invitation_holds_the_link_the_tasks_and_the_note(guest, referent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        _invite(guest, referent, note="Nous comptons sur vous.\n<b>Vraiment</b>")
    message = mail.outbox[0]
    token = message.body.split("/invitations/")[1].split("/")[0]
    assert find_link(token).participant == guest
    assert (message.to, message.reply_to) == (["achats@exemple.fr"], [referent.email])
    assert message.subject == "Pays d’Exemple vous invite à sa démarche numérique responsable"
    assert "Nous comptons sur vous." in message.body
    assert "- donner votre avis sur les leviers proposés" in message.body
    html = message.alternatives[0][0]
    assert "&lt;b&gt;Vraiment&lt;/b&gt;" in html
    assert token in html


def test_nobody_is_invited_without_address_twice_accepted_or_from_elsewhere(guest, referent, initiative):
    nameless = factories.make_participant(initiative, email="", accepted_at=None)
    accepted = factories.make_participant(initiative)
    stranger = factories.make_participant(factories.make_authority().initiatives.get(), accepted_at=None)
    for person, reason in ((nameless, "adresse"), (accepted, "déjà confirmé"), (stranger, "pas de cette démarche")):
        with pytest.raises(DomainError, match=reason):
            invite_participants(
                initiative=initiative, participants=[guest, person], note="", actor=referent, now=PARIS_NOON
            )
    guest.refresh_from_db()
    # All or nothing: the first of the list was not invited either.
    assert (guest.invitation_count, PersonalLink.objects.count(), OutboxMessage.objects.count()) == (0, 0, 0)


def test_a_mail_server_that_fails_does_not_undo_the_invitation(
    guest, referent, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def fail(self, *args, **kwargs):
        raise OSError("no server")

    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", fail)
    with django_capture_on_commit_callbacks(execute=True):
        _invite(guest, referent)
    guest.refresh_from_db()
    assert guest.invitation_count == 1
    message = OutboxMessage.objects.get()
    assert (message.fate, message.attempts, message.last_error) == ("pending", 1, "OSError")
    assert guest.email not in caplog.text


def test_a_lost_link_is_sent_again_to_the_invited_only(guest, referent, initiative, django_capture_on_commit_callbacks):
    factories.make_participant(initiative, email="jamais@exemple.fr", accepted_at=None)
    assert send_lost_links(email="jamais@exemple.fr", now=PARIS_NOON) == 0
    assert send_lost_links(email="inconnu@exemple.fr", now=PARIS_NOON) == 0
    _invite(guest, referent)
    former = guest.links.get()
    with django_capture_on_commit_callbacks(execute=True):
        assert send_lost_links(email=" Achats@Exemple.FR", now=PARIS_NOON + timedelta(days=1)) == 1
    later = PARIS_NOON + timedelta(days=1)
    former.refresh_from_db()
    # Anybody may ask for a new link: the former one goes on until its owner confirms the new one.
    assert former.is_usable(later)
    assert mail.outbox[-1].to == ["achats@exemple.fr"]
    token = mail.outbox[-1].body.split("/invitations/")[1].split("/")[0]
    confirm_link(link=find_link(token), now=later)
    former.refresh_from_db()
    assert former.revoked_at == later
    assert find_link(token).is_usable(later)


def test_a_reminder_kills_no_other_link_when_it_is_confirmed(guest):
    former, _ = issue_link(participant=guest, now=PARIS_NOON)
    reminder, _ = issue_link(participant=guest, now=PARIS_NOON, keeps_former=True)
    confirm_link(link=reminder, now=PARIS_NOON)
    former.refresh_from_db()
    assert former.is_usable(PARIS_NOON)


def test_a_link_asked_for_later_outlives_the_confirmation_of_an_earlier_one(guest):
    first, _ = issue_link(participant=guest, now=PARIS_NOON, replaces_former=True)
    later = PARIS_NOON + timedelta(minutes=6)
    second, _ = issue_link(participant=guest, now=later, replaces_former=True)
    confirm_link(link=first, now=later)
    second.refresh_from_db()
    assert second.is_usable(later)
    confirm_link(link=second, now=later)
    first.refresh_from_db()
    assert not first.is_usable(later)


def test_a_lost_link_is_not_sent_in_a_burst(guest, referent):
    _invite(guest, referent)
    later = PARIS_NOON + timedelta(hours=1)
    sent = [send_lost_links(email=guest.email, now=later + timedelta(minutes=n)) for n in (0, 1, 6, 12, 18)]
    # At once, then not under five minutes, then twice more, then not over three in a day.
    assert sent == [1, 0, 1, 1, 0]
    assert send_lost_links(email=guest.email, now=later + timedelta(days=2)) == 1


def test_a_lost_link_is_not_sent_to_somebody_who_left(guest, referent):
    _invite(guest, referent)
    token = _token(guest, now=PARIS_NOON)
    deactivate_participant(participant=guest, actor=referent, now=PARIS_NOON)
    assert renew_link_of(token=token, now=PARIS_NOON) is False
    assert send_lost_links(email=guest.email, now=PARIS_NOON) == 0


def test_confirming_is_kept_once_and_written_in_the_trail(guest):
    link, _ = issue_link(participant=guest, now=PARIS_NOON)
    confirm_link(link=link, now=PARIS_NOON + timedelta(hours=1))
    confirm_link(link=link, now=PARIS_NOON + timedelta(hours=2))
    guest.refresh_from_db()
    assert guest.accepted_at == PARIS_NOON + timedelta(hours=1)
    assert [event.verb for event in Event.objects.all()] == ["a confirmé sa participation"]


def test_confirming_while_signed_in_ties_the_account_of_the_same_verified_address(guest):
    stranger, owner = factories.make_user("autre@exemple.fr"), verified_user("achats@exemple.fr")
    link, _ = issue_link(participant=guest, now=PARIS_NOON)
    confirm_link(link=link, now=PARIS_NOON, user=stranger)
    assert Participant.objects.get(pk=guest.pk).user is None
    confirm_link(link=link, now=PARIS_NOON, user=owner)
    assert Participant.objects.get(pk=guest.pk).user == owner


def test_an_account_opens_its_own_participation_only(guest):
    # The address is typed in the account but not proved: it opens nothing.
    unproved = factories.make_user("achats@exemple.fr")
    with pytest.raises(DomainError):
        open_own_participation(user=unproved, participant=guest, now=PARIS_NOON)
    guest.user = unproved
    guest.save()
    link = open_own_participation(user=unproved, participant=guest, now=PARIS_NOON)
    guest.refresh_from_db()
    assert (link.participant, link.confirmed_at, guest.accepted_at) == (guest, PARIS_NOON, PARIS_NOON)
    with pytest.raises(DomainError):
        open_own_participation(user=verified_user("intrus@exemple.fr"), participant=guest, now=PARIS_NOON)


# Pages --------------------------------------------------------------------------------------------------------------


def test_a_mail_gateway_that_opens_the_link_ten_times_changes_nothing(guest):
    token = _token(guest)
    before = PersonalLink.objects.values().get(), Participant.objects.values().get(pk=guest.pk)
    for _ in range(10):
        response = Client().get(_url(token))
        assert response.status_code == 200
    assert (PersonalLink.objects.values().get(), Participant.objects.values().get(pk=guest.pk)) == before
    assert Event.objects.count() == 0


def test_the_page_of_a_link_stays_out_of_caches_and_referrers(guest):
    response = Client().get(_url(_token(guest)))
    assert response["Referrer-Policy"] == "strict-origin"
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    content = response.content.decode()
    assert "Achats" in content and "Donner votre avis sur les leviers proposés" in content
    assert "Confirmer et continuer" in content


def test_confirming_opens_the_participation_under_a_new_session_key(guest):
    client = Client()
    client.get(_url(_token(guest)))
    session = client.session
    session["known"] = "before"
    session.save()
    former_key = session.session_key
    client.cookies["sessionid"] = former_key
    token = _token(guest)
    response = client.post(_url(token))
    assert (response.status_code, response["Location"]) == (302, f"/participation/{guest.pk}/")
    assert response["Referrer-Policy"] == "strict-origin"
    assert client.session.session_key != former_key
    assert client.session[SESSION_KEY] == {str(guest.pk): find_link(token).pk}
    guest.refresh_from_db()
    assert guest.accepted_at is not None
    assert client.get(response["Location"]).status_code == 200
    # The token is in no later page.
    assert token not in client.get(response["Location"]).content.decode()


def test_two_participations_live_in_one_browser(guest, initiative):
    other = factories.make_participant(initiative)
    client = Client()
    client.post(_url(_token(guest)))
    client.post(_url(_token(other)))
    assert set(client.session[SESSION_KEY]) == {str(guest.pk), str(other.pk)}


def test_a_revoked_link_shuts_the_page_that_it_opened(guest, referent):
    client = Client()
    client.post(_url(_token(guest)))
    home = reverse("roadmap:participant_home", args=[guest.pk])
    assert client.get(home).status_code == 200
    revoke_links(participant=guest, now=timezone.now(), actor=referent)
    assert client.get(home).status_code == 404


def test_an_expired_link_shuts_the_page_that_it_opened(guest):
    client = Client()
    token = _token(guest)
    client.post(_url(token))
    PersonalLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1), created_at=PARIS_NOON)
    assert client.get(reverse("roadmap:participant_home", args=[guest.pk])).status_code == 404


@pytest.mark.parametrize("token", ["inconnu", "a" * 43, "é" * 300, "%00", "<script>"])
def test_an_unknown_link_says_so_and_asks_the_address(client, db, token):
    response = client.get(reverse("authorities:invitation", args=[token]))
    assert response.status_code == 404
    content = response.content.decode()
    assert "Ce lien n’existe pas" in content and 'name="email"' in content
    assert "<script>" not in content.replace("<script src=", "")
    assert client.post(reverse("authorities:invitation", args=[token])).status_code == 404


@pytest.mark.parametrize("fields", [{"revoked_at": PARIS_NOON}, {"expires_at": PARIS_NOON + timedelta(days=1)}])
def test_a_dead_link_offers_a_new_one_in_one_gesture(guest, fields, client, django_capture_on_commit_callbacks):
    token = _token(guest, now=PARIS_NOON)
    PersonalLink.objects.update(**fields)
    response = client.get(_url(token))
    assert response.status_code == 410
    assert "Ce lien ne fonctionne plus" in response.content.decode()
    assert client.post(_url(token)).status_code == 410
    renew_url = reverse("authorities:invitation_renew", args=[token])
    assert renew_url in response.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(renew_url)
    assert answer["Location"] == reverse("authorities:invitation_lost")
    assert mail.outbox[0].to == [guest.email]
    new_token = mail.outbox[0].body.split("/invitations/")[1].split("/")[0]
    assert client.get(_url(new_token)).status_code == 200
    assert find_link(new_token).replaces_former


def test_the_answer_leaves_before_the_address_is_looked_up(guest, referent, monkeypatch):
    """What is done before the reader has the answer takes the same queries whether the address is known or not."""
    _invite(guest, referent)
    jobs = []
    monkeypatch.setattr("authorities.views.invitations.do_after", lambda response, job: (jobs.append(job), response)[1])
    url = reverse("authorities:invitation_lost")
    counts = []
    for email in ("achats@exemple.fr", "inconnu@exemple.fr"):
        with CaptureQueriesContext(connection) as captured:
            assert Client().post(url, {"email": email}).status_code == 302
        counts.append([query["sql"].split(" WHERE ")[0][:60] for query in captured.captured_queries])
    assert counts[0] == counts[1]
    assert not [sql for sql in counts[0] if "participant" in sql]
    assert len(jobs) == 2 and [job() for job in jobs] == [1, 0]


def test_an_address_of_the_network_asks_ten_times_an_hour(guest, settings):
    settings.ACCOUNT_RATE_LIMITS = {"lost_link": "10/h/ip"}
    url = reverse("authorities:invitation_lost")
    statuses = [Client().post(url, {"email": f"{n}@exemple.fr"}).status_code for n in range(11)]
    assert statuses == [302] * 10 + [429]


def test_the_answer_is_the_same_whatever_the_address(guest, referent, client):
    _invite(guest, referent)
    url = reverse("authorities:invitation_lost")
    pages = [
        client.post(url, {"email": email}, follow=True).content.decode()
        for email in ("achats@exemple.fr", "inconnu@exemple.fr")
    ]
    assert pages[0].split("csrf")[0] == pages[1].split("csrf")[0]
    assert "un nouveau lien vient de partir" in pages[0]
    unknown = client.post(reverse("authorities:invitation_renew", args=["inconnu"]), follow=True).content.decode()
    assert "un nouveau lien vient de partir" in unknown


@pytest.mark.parametrize("email", ["", "sans-arobase", "a" * 500 + "@exemple.fr"])
def test_a_wrong_address_is_refused_in_french(client, db, email):
    response = client.post(reverse("authorities:invitation_lost"), {"email": email})
    assert response.status_code == 422
    assert "Indiquez une adresse électronique" in response.content.decode()


def test_a_renewal_is_a_post(client, guest):
    assert client.get(reverse("authorities:invitation_renew", args=[_token(guest)])).status_code == 405


def test_a_signed_in_person_opens_their_participation_by_one_button(guest):
    client = client_of(verified_user("achats@exemple.fr"))
    listed = client.get(reverse("roadmap:space_list")).content.decode()
    assert f'name="participant" value="{guest.pk}"' in listed
    response = client.post(reverse("authorities:own_participation_open"), {"participant": guest.pk})
    assert response["Location"] == f"/participation/{guest.pk}/"
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize("value", ["", "abc", "-1", "0", "999999", "9" * 40, "１２"])
def test_a_hostile_participation_is_not_found(client, db, value, guest):
    client = client_of(factories.make_user())
    url = reverse("authorities:own_participation_open")
    assert client.post(url, {"participant": value}).status_code == 404


def test_somebody_else_s_participation_is_not_found(guest):
    client = client_of(verified_user("intrus@exemple.fr"))
    response = client.post(reverse("authorities:own_participation_open"), {"participant": guest.pk})
    assert response.status_code == 404
    assert SESSION_KEY not in client.session
    guest.refresh_from_db()
    assert guest.accepted_at is None


def test_number_longer_than_a_key_is_not_found(client):
    assert client.get(reverse("roadmap:participant_home", args=[10**30])).status_code == 404


# What a refused page offers -----------------------------------------------------------------------------------------


def test_page_refused_to_a_participant_leads_back_to_their_home(guest):
    response = factories.participant_client(guest, scopes=["inventory"]).get(f"/participation/{guest.pk}/avis/")
    assert response.status_code == 403
    assert f'href="/participation/{guest.pk}/">Revenir à votre participation</a>' in response.content.decode()


def test_page_of_a_lost_session_tells_to_open_the_link_again(guest):
    response = Client().get(f"/participation/{guest.pk}/avis/")
    html = response.content.decode()
    assert response.status_code == 404
    assert "<h1>Ouvrez de nouveau votre lien personnel</h1>" in html
    assert f'href="{reverse("authorities:invitation_lost")}">Recevoir un nouveau lien</a>' in html
    assert guest.initiative.authority.name not in html


def test_page_refused_to_a_member_leads_back_to_the_dashboard(authority, elected_client):
    response = elected_client.get(reverse("authorities:participant_create", args=[authority.slug]))
    assert response.status_code == 403
    assert f'href="{authority.get_absolute_url()}">Revenir au tableau de bord</a>' in response.content.decode()
