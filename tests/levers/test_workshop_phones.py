"""Second votes by phones, from the page of each voter: what is told while they vote, and what never is."""

import io
import json
import re
import zipfile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from levers.enums import Grade, NamesVisibility
from levers.models import Ballot, SecondVote, SecondVoteAnswer
from levers.views.results import EXPORTS
from roadmap.archive import build_archive
from tests.factories import make_participant, participant_client
from tests.factories_levers import ballot_levers
from tests.levers.test_exports import cells_of
from tests.levers.workshop_pages import (
    AUTOSAVE,
    FRAGMENT,
    answer_as_others,
    make_closed,
    phone_url,
    read,
    start,
    url,
    words_of,
)


@pytest.mark.parametrize(
    ("names", "others", "is_shown"),
    [
        (NamesVisibility.EVERYONE, 1, True),
        (NamesVisibility.REFERENT, 1, False),
        (NamesVisibility.NOBODY, 1, False),
        (NamesVisibility.NOBODY, 2, True),
    ],
)
def test_two_answers_say_nothing_anywhere_when_names_are_hidden(
    authority, closed, workshop, opened, voter, referent_client, names, others, is_shown
):
    Ballot.objects.update(names_visibility=names)
    phone = participant_client(voter)
    phone.post(phone_url(voter, opened), {"choice": "N", "version": "0"})
    answer_as_others(opened, voter, others)
    referent_client.post(url("phones", authority, opened.lever_id), {"is_open": "non"})

    console = read(referent_client, url("lever", authority, opened.lever_id))
    decided = {"verdict": "postponed", "reason": "Après 2027.", "version": "0"}
    referent_client.post(url("lever", authority, opened.lever_id), decided)
    referent_client.post(url("show", authority, opened.lever_id))
    pages = {
        "console": console,
        "screen": read(referent_client, url("projection", authority), headers=FRAGMENT),
        "phone": read(phone, phone_url(voter, opened)),
        "minutes": read(referent_client, url("minutes", authority)),
        **{
            extension: words_of(referent_client.get(url("document", authority, extension)).content, extension)
            for extension in ("odt", "docx", "pdf")
        },
    }
    told = {name: "réponses, trop peu pour montrer un compte" in page for name, page in pages.items()}
    assert told == dict.fromkeys(pages, not is_shown)
    assert "dirait le vote d’une personne" in pages["console"] or is_shown
    assert ("Comptez les mains levées, ou rouvrez le vote" in console) is not is_shown
    # The ballot itself said E, N and I: a second vote said N and P, which no page tells.
    second = console[console.index("Second vote, téléphones") :]
    assert ("<svg" in second[: second.index("<details")]) is is_shown
    assert ("Second vote\u00a0: 2\u00a0voix" in console) is (is_shown and others == 1)
    assert ('<table class="tally">' in pages["screen"].split("Second vote, téléphones")[1]) is is_shown
    for extension in ("minutes", "odt", "docx", "pdf"):
        assert bool(re.search(r"téléphones\)\s:\s\d\svoix", pages[extension])) is is_shown, extension
    # Few voices are told as such wherever they are counted.
    for name in ("console", "screen", "minutes", "odt", "docx", "pdf"):
        assert ("Peu de voix" in pages[name]) is (is_shown and others == 1), name
    assert voter.name not in pages["screen"]


@pytest.mark.parametrize("slug", sorted(EXPORTS))
def test_exports_of_the_ballot_never_hold_a_second_vote(closed, opened, voter, authority, referent_client, slug):
    address = reverse("levers:ballot_export", args=[authority.slug, closed.pk, slug])
    before = cells_of(referent_client.get(address).content, slug)
    participant_client(voter).post(phone_url(voter, opened), {"choice": "C", "version": "0"})
    referent_client.post(url("phones", authority, opened.lever_id), {"is_open": "non"})

    assert SecondVote.objects.get().complex == 1
    assert cells_of(referent_client.get(address).content, slug) == before


def test_phone_is_led_to_its_vote_changes_its_mind_and_the_room_sees_the_count(
    authority, closed, opened, voter, referent_client
):
    phone = participant_client(voter)
    entry = reverse("levers:workshop_entry")
    assert phone.get(entry)["Location"] == phone_url(voter, opened)

    phone.post(phone_url(voter, opened), {"choice": "E", "version": "0"})
    saved = phone.post(phone_url(voter, opened), {"choice": "C", "version": "1"}, headers=AUTOSAVE)
    assert (saved.status_code, saved["X-Version"]) == (204, "2")
    screen = read(referent_client, url("projection", authority), headers=FRAGMENT)
    assert "<b>1</b> réponse sur 3 votants" in screen
    assert "data:image/svg+xml;base64," in screen and entry in screen
    # The room sees how many, not what, until it closes.
    assert "Second vote, téléphones" not in screen
    console = url("lever", authority, opened.lever_id)
    assert "<b>1</b> réponse sur 3 votants" in read(referent_client, console, headers=FRAGMENT)
    assert "Attendez au moins 3 réponses" in read(referent_client, console).replace("\u00a0", " ")
    answer_as_others(opened, voter)
    referent_client.post(url("phones", authority, opened.lever_id), {"is_open": "non"})

    assert SecondVote.objects.get().grades == (0, 2, 0, 1, 0)
    screen = read(referent_client, url("projection", authority), headers=FRAGMENT)
    assert '<table class="tally">' in screen.split("Second vote, téléphones")[1]
    assert "Peu de voix" not in screen
    page = read(phone, phone_url(voter, opened))
    assert "Ce second vote est fermé" in page and "Le résultat est à l’écran de la salle." in page
    refused = phone.post(phone_url(voter, opened), {"choice": "E", "version": "2"})
    assert (refused.status_code, SecondVoteAnswer.objects.get(participant=voter).grade) == (422, Grade.COMPLEX)
    assert "Aucun second vote n’est ouvert" in read(phone, entry)


def test_unknown_phone_is_told_to_open_its_link(opened):
    page = read(Client(), reverse("levers:workshop_entry"))

    assert "<h1>Ouvrez d’abord votre lien personnel</h1>" in page
    assert "Levier" not in page


def test_a_revoked_link_and_a_stranger_vote_on_nothing(opened, voter, initiative, other_initiative):
    revoked = participant_client(voter)
    voter.links.update(revoked_at=timezone.now())
    assert revoked.get(reverse("levers:workshop_entry")).status_code == 200
    assert revoked.get(phone_url(voter, opened)).status_code == 404
    for person in (make_participant(initiative), make_participant(other_initiative)):
        phone = participant_client(person)
        assert phone.get(phone_url(person, opened)).status_code == 404
        assert phone.post(phone_url(person, opened), {"choice": "E", "version": "0"}).status_code == 404
    assert not SecondVoteAnswer.objects.exists()


@pytest.mark.parametrize("choice", ["", "Z"])
def test_a_bad_answer_is_refused(opened, voter, choice):
    response = participant_client(voter).post(phone_url(voter, opened), {"choice": choice, "version": "0"})

    assert (response.status_code, SecondVoteAnswer.objects.count()) == (422, 0)


def test_detached_papers_have_no_phones_and_the_console_says_why(authority, initiative, referent, referent_client):
    ballot = make_closed(initiative, voters=5, names=NamesVisibility.DETACHED, votes={})
    start(ballot, referent)
    lever = ballot_levers(ballot)[0]

    assert "garderait un lien avec son auteur" in read(referent_client, url("lever", authority, lever.pk))
    response = referent_client.post(url("phones", authority, lever.pk), {"is_open": "oui"})
    assert (response.status_code, SecondVote.objects.count()) == (422, 0)


@pytest.mark.parametrize(
    ("names", "others", "leaves"), [("referent", 2, True), ("referent", 1, False), ("nobody", 4, False)]
)
def test_the_archive_tells_no_more_than_the_pages(
    authority, closed, workshop, opened, voter, referent_client, names, others, leaves
):
    Ballot.objects.update(names_visibility=names)
    participant_client(voter).post(phone_url(voter, opened), {"choice": "N", "version": "0"})
    answer_as_others(opened, voter, others)
    referent_client.post(url("phones", authority, opened.lever_id), {"is_open": "non"})

    with zipfile.ZipFile(io.BytesIO(build_archive(authority=authority, now=timezone.now()))) as archive:
        data = json.loads(archive.read("archive.json"))

    assert bool(data["tables"]["secondvoteanswer"]) is leaves
    assert bool(data["tables"]["vote"]) is (names == "referent")
    (vote,) = data["tables"]["secondvote"]
    assert (vote["unsuitable"] > 0) is (others >= 2)
