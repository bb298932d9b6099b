"""The committee page: who confirmed, who did not, one gesture each; the word of the référent is kept."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from authorities.models import Participant
from authorities.selectors import participants_view
from tests import factories

pytestmark = pytest.mark.django_db
NOON = factories.PARIS_NOON


def url(initiative, route, *arguments):
    return reverse(f"authorities:{route}", args=[initiative.authority.slug, *arguments])


@pytest.fixture
def people(initiative):
    """Somebody who confirmed, somebody who did not, somebody whose link is dead, and somebody new."""
    waiting = {
        "accepted_at": None,
        "invited_at": NOON,
        "invitation_count": 2,
        "invitation_note": "Merci de votre aide.",
    }
    anne = factories.make_participant(initiative, name="Anne")
    yann = factories.make_participant(initiative, name="Yann", **waiting)
    factories.make_link(yann, created_at=NOON, expires_at=NOON + timedelta(days=90), confirmed_at=None)
    luc = factories.make_participant(initiative, name="Luc", **{**waiting, "invitation_count": 3})
    zoe = factories.make_participant(initiative, name="Zoé", accepted_at=None)
    return anne, yann, luc, zoe


def test_the_state_of_each_is_said_in_words(initiative, people):
    view = participants_view(initiative, now=NOON + timedelta(days=1))
    words = {row.participant.name: row.status.replace("\u00a0", " ") for row in view.active}
    assert words["Anne"].startswith("A confirmé le")
    assert words["Yann"].endswith(", 1 rappel : lien pas encore confirmé")
    assert words["Luc"].endswith(", 2 rappels : lien expiré ou révoqué")
    assert words["Zoé"] == "Pas encore d’invitation"
    counts = (view.accepted_count, view.waiting_count, view.new_count, view.invitable_count, view.remindable_count)
    assert counts == (1, 2, 1, 1, 1)


@pytest.mark.parametrize(
    ("state", "names"),
    [("confirmees", {"Anne"}), ("attente", {"Yann", "Luc"}), ("nouvelles", {"Zoé"}), ("autre", None), ("", None)],
)
def test_tabs_list_their_people(initiative, people, referent_client, state, names):
    html = referent_client.get(url(initiative, "participant_list"), {"etat": state}).content.decode()
    assert {name for name in ("Anne", "Yann", "Luc", "Zoé") if f"<b>{name}</b>" in html} == (
        names or {"Anne", "Yann", "Luc", "Zoé"}
    )


def test_reminding_sends_the_same_word_in_one_gesture(
    initiative, people, referent_client, django_capture_on_commit_callbacks
):
    yann = people[1]
    with django_capture_on_commit_callbacks(execute=True):
        response = referent_client.post(url(initiative, "participant_remind", yann.pk))
    assert response["Location"] == url(initiative, "participant_list")
    yann.refresh_from_db()
    assert yann.invitation_count == 3
    assert [message.to for message in mail.outbox] == [[yann.email]]
    assert "Merci de votre aide." in mail.outbox[0].body
    assert referent_client.post(url(initiative, "participant_remind", yann.pk)).status_code == 422


@pytest.mark.parametrize(("rank", "reason"), [(0, "pas encore été invité"), (2, "deux rappels"), (3, "pas encore été")])
def test_a_reminder_that_may_not_leave_is_refused(initiative, people, referent_client, rank, reason):
    response = referent_client.post(url(initiative, "participant_remind", people[rank].pk))
    assert response.status_code == 422
    assert reason in response.content.decode()
    assert mail.outbox == []


def test_a_reminder_to_somebody_of_another_authority_is_not_found(initiative, people, outsider_client, outsider):
    other = outsider.memberships.get().authority.initiatives.get()
    assert outsider_client.post(url(other, "participant_remind", people[1].pk)).status_code == 404


def test_the_word_is_kept_and_proposed_again(initiative, people, referent_client):
    zoe = people[3]
    values = {"participants": [zoe.pk], "note": "Première réunion le 3 mars.", "action": "send"}
    referent_client.post(url(initiative, "participant_invite"), values)
    assert Participant.objects.get(pk=zoe.pk).invitation_note == "Première réunion le 3 mars."
    page = referent_client.get(url(initiative, "participant_update", zoe.pk)).content.decode()
    assert "Première réunion le 3 mars." in page
    again = referent_client.get(url(initiative, "participant_invite"), {"personne": people[1].pk}).content.decode()
    assert "Merci de votre aide." in again


@pytest.mark.parametrize(
    ("query", "ticked"), [({}, {"Zoé"}), ({"etat": "attente"}, {"Yann"}), ({"etat": "x"}, {"Zoé"})]
)
def test_the_invitation_ticks_those_who_were_sent_nothing(initiative, people, referent_client, query, ticked):
    form = referent_client.get(url(initiative, "participant_invite"), query).context["form"]
    names = Participant.objects.filter(pk__in=form.initial["participants"]).values_list("name", flat=True)
    assert set(names) == ticked


def test_the_list_has_pages(initiative, referent_client):
    for rank in range(17):
        factories.make_participant(initiative, name=f"P{rank:02}")
    html = referent_client.get(url(initiative, "participant_list"), {"page": "2"}).content.decode()
    assert ("<b>P00</b>" in html, "<b>P16</b>" in html) == (False, True)
