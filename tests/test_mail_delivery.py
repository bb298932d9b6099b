"""Every kind of message that the site sends, made by its own gesture and read from a real mail server."""

import re
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client

from accounts.services import create_confirmed_account
from authorities.enums import Role
from authorities.models import Initiative
from authorities.services import invite_participants, request_membership
from authorities.services.activity import queue_due_reminders
from authorities.services.arbitration import arbitrate_membership_request
from authorities.services.links import send_lost_links
from authorities.services.memberships import answer_membership_request
from roadmap.services import export_archive, plan_erasure
from tests import factories
from tests.factories import PARIS_NOON as NOW
from tests.factories_levers import CLOSING, make_ballot
from tests.factories_roadmap import make_roadmap, make_share, make_sheet

pytestmark = pytest.mark.django_db
TO = "claude@exemple.fr"
PASSWORD = "tortue-parapluie-lundi"
NEW_PASSWORD = "lundi-parapluie-tortue"
MAX_BYTES = 20_000
WORD_LENGTH = 5


def _account():
    return create_confirmed_account(email=TO, password=PASSWORD, full_name="Claude")


def _sign_up(initiative: Initiative) -> None:
    fields = {"full_name": "Claude", "email": TO, "password1": PASSWORD, "password2": PASSWORD}
    Client().post("/compte/inscription/", fields)


def _sign_up_again(initiative: Initiative) -> None:
    _account()
    _sign_up(initiative)


def _ask_for_a_code(initiative: Initiative) -> None:
    _account()
    Client().post("/compte/connexion/code/", {"email": TO})


def _forget_an_unknown_password(initiative: Initiative) -> None:
    Client().post("/compte/mot-de-passe/oublie/", {"email": TO})


def _forget_the_password(initiative: Initiative) -> None:
    _account()
    _forget_an_unknown_password(initiative)


def _change_the_password(initiative: Initiative) -> None:
    client = Client()
    client.force_login(_account())
    fields = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post("/compte/mot-de-passe/", fields)


def _invite(initiative: Initiative) -> None:
    participant = factories.make_participant(initiative, email=TO, accepted_at=None)
    actor = factories.make_member(initiative.authority, "referent")
    invite_participants(
        initiative=initiative, participants=[participant], note="Merci de votre aide.", actor=actor, now=NOW
    )


def _lose_the_link(initiative: Initiative) -> None:
    factories.make_participant(initiative, email=TO)
    send_lost_links(email=TO, now=NOW)


def _ask_to_join(initiative: Initiative, user=None):
    user = user or factories.make_user("demande@exemple.fr")
    return request_membership(authority=initiative.authority, user=user, message="Bonjour", now=NOW)


def _be_asked(initiative: Initiative) -> None:
    _referent(initiative)
    _ask_to_join(initiative)


def _referent(initiative: Initiative):
    user = factories.make_member(initiative.authority, "referent")
    user.email = TO
    user.save()
    return user


def _be_answered(initiative: Initiative) -> None:
    request = _ask_to_join(initiative, _account())
    answer_membership_request(
        request=request, is_accepted=True, roles=[Role.COMMITTEE], actor=factories.make_user(), now=NOW
    )


def _be_told_of_an_arbitration(initiative: Initiative) -> None:
    _referent(initiative)
    arbitrate_membership_request(
        request=_ask_to_join(initiative),
        is_accepted=True,
        roles=[Role.COMMITTEE],
        reason="Arrêté lu.",
        actor=factories.make_user(is_staff=True),
        now=NOW + timedelta(days=8),
    )


def _be_told_of_an_erasure(initiative: Initiative) -> None:
    referent = _referent(initiative)
    export_archive(authority=initiative.authority, actor=referent, now=NOW)
    plan_erasure(authority=initiative.authority, actor=referent, now=NOW)


def _be_reminded(initiative: Initiative) -> None:
    voter = factories.make_participant(initiative, email=TO, accepted_at=NOW - timedelta(days=1))
    make_ballot(initiative, voters=[voter])
    queue_due_reminders(now=NOW + (CLOSING - NOW) / 2)


def _be_proposed_an_action(initiative: Initiative) -> None:
    _referent(initiative)
    other = factories.make_authority("Autre Pays")
    make_share(make_sheet(make_roadmap(other.initiatives.get())), initiative.authority, accepted=False)


# Name of the templates of a message → the gesture that sends it.
GESTURES: dict[str, Callable[[Initiative], object]] = {
    "account_code": _sign_up,
    "account_exists": _sign_up_again,
    "account_login_code": _ask_for_a_code,
    "account_notice": _change_the_password,
    "account_unknown": _forget_an_unknown_password,
    "erasure": _be_told_of_an_erasure,
    "invitation": _invite,
    "membership_answer": _be_answered,
    "membership_arbitrated": _be_told_of_an_arbitration,
    "membership_request": _be_asked,
    "new_link": _lose_the_link,
    "news": _be_reminded,
    "password_reset": _forget_the_password,
    "shared_action": _be_proposed_an_action,
}
SUBJECTS = Path(django_settings.BASE_DIR) / "templates" / "emails"


def _words_of_the_subject(name: str) -> list[str]:
    """Return what the subject of a message always says, between its variables."""
    template = (SUBJECTS / f"{name}_subject.txt").read_text()
    pieces = re.split(r"{[{%].*?[}%]}", template)
    return [piece.strip() for piece in pieces if len(piece.strip()) >= WORD_LENGTH and "Rappel" not in piece]


def _read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def test_every_message_of_the_site_has_its_gesture():
    assert set(GESTURES) == {path.name.removesuffix("_subject.txt") for path in SUBJECTS.glob("*_subject.txt")}


@pytest.mark.parametrize("name", GESTURES)
def test_the_message_arrives_whole_light_and_readable(initiative, smtp_server, name):
    GESTURES[name](initiative)
    raw = [raw for raw in smtp_server.received if _read(raw)["To"] == TO][-1]
    message = _read(raw)
    said = _words_of_the_subject(name)
    subject = message["Subject"].replace("\u00a0", " ")
    assert not said or any(words.replace("\u00a0", " ") in subject for words in said)
    text, html = message.get_body(("plain",)).get_content(), message.get_body(("html",)).get_content()
    assert len(raw) < MAX_BYTES
    assert '<html lang="fr">' in html
    assert not re.search(r"<(img|script|iframe|link)\b", html)
    # What the buttons open is written out in the text, for whoever reads it without its layout.
    for address in re.findall(r'href="(https?://[^"]+)"', html):
        assert address.replace("&amp;", "&") in text
    assert message["Auto-Submitted"] == "auto-generated"
    assert ("List-Unsubscribe-Post" in message) is (name == "news")
