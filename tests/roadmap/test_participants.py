"""The home behind a personal link: what is asked, how far, until when; nothing of others."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authorities.access import ParticipantAccess
from authorities.enums import Scope
from levers.enums import Grade
from levers.services import answer_second_vote, close_phones, open_phones, start_workshop
from roadmap.models import ActionSheet
from roadmap.selectors.participant import participant_home
from tests import factories, factories_levers
from tests.factories_diagnostics import make_diagnosis, make_rating, relative_round
from tests.factories_roadmap import make_full_sheet, make_resolution, make_roadmap, make_version
from tests.roadmap.test_dashboard import VOTED

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(initiative):
    return factories.make_participant(initiative, name="Responsable du parc")


def home(participant, *scopes: Scope, now=None):
    access = ParticipantAccess(
        participant.initiative.authority, participant.initiative, participant, frozenset(scopes or Scope)
    )
    return participant_home(access, now=now or timezone.now())


def task(found, title):
    return next(item for item in found.tasks if item.title.startswith(title))


def page(participant, name="participant_home", *args, **link):
    client = factories.participant_client(participant, **link)
    return client.get(reverse(f"roadmap:{name}", args=[participant.pk, *args]))


def test_nothing_is_asked_before_the_rounds_open(person):
    found = home(person, Scope.RATE, Scope.VOTE, Scope.READ)
    assert found.asked == []
    assert [item.badge_text for item in found.others] == ["Pas ouvert", "Pas ouvert", "À venir"]
    assert "Rien ne vous est demandé aujourd’hui" in page(person).content.decode()


def test_rating_says_how_far_and_until_when(person, initiative):
    diagnosis = make_diagnosis(initiative, [person], **relative_round(timezone.now()))
    asked = task(home(person), "Donner votre avis")
    # Known by the service « dsi »: ACH-1, PAR-1, PAR-2.
    assert (asked.badge_text, asked.button, asked.done, asked.total) == ("À faire", "Commencer", 0, 3)
    assert " à " in asked.deadline
    make_rating(diagnosis, person, "PAR-1", 2)
    asked = task(home(person), "Donner votre avis")
    assert (asked.badge_text, asked.done) == ("En cours", 1)
    for code in ("PAR-2", "ACH-1"):
        make_rating(diagnosis, person, code, None)
    assert task(home(person), "Donner votre avis").badge_text == "Fait"
    assert home(person).asked[:1] != [task(home(person), "Donner votre avis")]
    assert page(person).status_code == 200


def test_a_closed_round_thanks(person, initiative):
    make_diagnosis(initiative, [person], **relative_round(timezone.now(), days_left=-1))
    assert task(home(person), "Donner votre avis").badge_text == "Clos"


def test_voting_says_how_far_and_never_how(person, initiative):
    now = timezone.now()
    ballot = factories_levers.make_ballot(
        initiative, voters=[person], levers=2, opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1)
    )
    assert task(home(person), "Voter").button == "Voter"
    lever = factories_levers.ballot_levers(ballot)[0]
    factories_levers.make_vote(ballot, person, lever, Grade.ESSENTIAL)
    asked = task(home(person), "Voter")
    assert (asked.badge_text, asked.done, asked.total) == ("En cours", 1, 2)
    text = page(person).content.decode()
    assert "1 sur 2" in text
    assert "essentiel" not in text.casefold()
    assert task(home(person, now=now + timedelta(days=2)), "Voter").badge_text == "Clos"


@pytest.fixture
def second_vote(person, initiative, referent):
    """A second vote that is open in the workshop of a closed ballot; somebody else votes too."""
    now = timezone.now()
    ballot = factories_levers.make_ballot(
        initiative,
        voters=[person, factories.make_participant(initiative)],
        opens_at=now - timedelta(days=9),
        closes_at=now - timedelta(days=1),
    )
    workshop = start_workshop(ballot=ballot, planned_minutes=90, actor=referent, now=now)
    return open_phones(workshop=workshop, lever=factories_levers.ballot_levers(ballot)[1], actor=referent, now=now)


def test_an_open_second_vote_is_told_first_with_one_link_until_it_closes(person, initiative, referent, second_vote):
    title = "Un second vote est ouvert en atelier\u00a0: Levier LEV-02"
    address = reverse("levers:second_vote_update", args=[person.pk, second_vote.pk])
    found = home(person).asked[0]
    assert (found.title, found.badge_text, found.url) == (title, "À faire", address)
    text = page(person).content.decode()
    assert (text.count(title), text.count(f'href="{address}"')) == (1, 1)
    # Who does not vote, and who may not vote by this link, see nothing of it.
    outsider = factories.make_participant(initiative)
    assert "Un second vote" not in page(outsider).content.decode()
    assert "Un second vote" not in page(person, scopes=["rate"]).content.decode()

    answer_second_vote(
        second_vote=second_vote, participant=person, grade=Grade.PRIORITY, expected_version=0, now=timezone.now()
    )
    answered = task(home(person), "Un second vote")
    assert (answered.badge_text, answered.is_asked) == ("Répondu", False)
    text = page(person).content.decode()
    assert text.count(f'href="{address}"') == 1
    assert "prioritaire" not in text.casefold()

    close_phones(second_vote=second_vote, actor=referent, now=timezone.now())
    assert "Un second vote" not in page(person).content.decode()


def test_the_inventory_is_asked_of_contributors_only(initiative):
    person = factories.make_participant(initiative, roles=("contributor",))
    text = page(person).content.decode()
    assert "Remplir l’inventaire" in text
    assert "Voter sur les leviers" not in text


def test_the_published_roadmap_is_read_and_downloaded(person, roadmap):
    make_full_sheet(roadmap)
    assert page(person, "participant_roadmap").status_code == 404
    assert page(person, "participant_roadmap_pdf").status_code == 404
    make_version(roadmap)
    assert "Version 1, figée le" in page(person, "participant_roadmap").content.decode()
    file = page(person, "participant_roadmap_pdf")
    assert file.content == b"%PDF-1.7 test"
    assert file["Content-Disposition"] == 'attachment; filename="feuille-de-route-pays-dexemple-v1.pdf"'


def test_the_document_is_the_main_action_when_nothing_else_is_asked(person, roadmap):
    make_full_sheet(roadmap)
    version = make_version(roadmap)
    found = home(person, Scope.READ)
    assert found.reading.title == "Lire la version 1 de la feuille de route"
    assert found.figures == ()
    make_resolution(version)
    found = home(person, Scope.READ)
    assert found.reading.button == "Télécharger le document adopté (PDF)"
    assert found.reading.url == reverse("roadmap:participant_roadmap_pdf", args=[person.pk])
    assert found.others == []
    assert "La feuille de route est adoptée" in page(person, scopes=["read"]).content.decode()


def test_the_home_shows_the_two_figures_of_the_adopted_document(person, roadmap):
    make_full_sheet(roadmap)
    make_resolution(make_version(roadmap, content=VOTED))
    text = page(person, scopes=["read"]).content.decode()
    assert "Les deux chiffres du document" in text
    assert "Réduction visée en 2026" in text


def test_a_link_that_does_not_read_shows_no_document(person, roadmap):
    make_full_sheet(roadmap)
    make_resolution(make_version(roadmap, content=VOTED))
    found = home(person, Scope.RATE)
    assert (found.reading, found.figures) == (None, ())


def test_what_is_asked_comes_before_the_document(person, initiative, roadmap):
    make_full_sheet(roadmap)
    make_version(roadmap)
    make_diagnosis(initiative, [person], **relative_round(timezone.now()))
    found = home(person)
    assert found.reading is None
    assert task(found, "Lire").badge_text == "À lire"
    assert task(found, "Lire") in found.others


def test_own_actions_are_listed_and_no_other(person, roadmap):
    own = make_full_sheet(roadmap, lead_participant=person)
    other = make_full_sheet(roadmap)
    text = page(person).content.decode()
    assert "1. Action 1" in text
    assert "2. Action 2" not in text
    detail = page(person, "participant_sheet_detail", own.pk)
    assert detail.status_code == 200
    assert "Modifier l’identité" not in detail.content.decode()
    assert "Modifier les étapes" in detail.content.decode()
    assert page(person, "participant_sheet_detail", other.pk).status_code == 404


def test_the_action_of_another_demarche_does_not_exist(person, outsider):
    foreign = make_full_sheet(make_roadmap(outsider.memberships.get().authority.initiatives.get()))
    ActionSheet.objects.filter(pk=foreign.pk).update(lead_participant=person)
    assert page(person, "participant_sheet_detail", foreign.pk).status_code == 404


@pytest.mark.parametrize("name", ["participant_home", "participant_roadmap", "participant_roadmap_pdf"])
def test_nothing_opens_without_the_link(person, roadmap, name):
    make_version(roadmap)
    assert Client().get(reverse(f"roadmap:{name}", args=[person.pk])).status_code == 404
    other = factories.make_participant(person.initiative)
    stranger = factories.participant_client(other)
    assert stranger.get(reverse(f"roadmap:{name}", args=[person.pk])).status_code == 404


@pytest.mark.parametrize(("name", "scopes"), [("participant_roadmap", ["rate"]), ("participant_roadmap_pdf", ["vote"])])
def test_a_narrow_link_opens_only_what_it_says(person, roadmap, name, scopes):
    make_version(roadmap)
    assert page(person, name, scopes=scopes).status_code == 403


def test_an_open_second_vote_costs_the_home_no_query_more(person, second_vote, django_assert_max_num_queries):
    client = factories.participant_client(person)
    with django_assert_max_num_queries(13):
        client.get(reverse("roadmap:participant_home", args=[person.pk]))


def test_the_home_stays_within_its_queries(person, initiative, roadmap, django_assert_max_num_queries):
    now = timezone.now()
    make_diagnosis(initiative, [person], **relative_round(now))
    factories_levers.make_ballot(initiative, voters=[person], opens_at=now, closes_at=now + timedelta(days=1))
    make_full_sheet(roadmap, lead_participant=person)
    make_version(roadmap)
    client = factories.participant_client(person)
    address = reverse("roadmap:participant_home", args=[person.pk])
    with django_assert_max_num_queries(13) as one:
        client.get(address)
    make_full_sheet(roadmap, lead_participant=person)
    make_full_sheet(roadmap, lead_participant=person)
    with django_assert_max_num_queries(13) as three:
        client.get(address)
    assert len(one) == len(three)


def test_home_of_who_is_signed_in_leads_back_to_the_account(initiative):
    user = factories.make_user()
    person = factories.make_participant(initiative, user=user)
    client = factories.participant_client(person)
    url = reverse("roadmap:participant_home", args=[person.pk])
    by_link = client.get(url).content.decode()
    client.force_login(user)
    by_account = client.get(url).content.decode()

    told = ("Ce lien est personnel", "Recevoir un nouveau lien", reverse("roadmap:space_list"))
    assert [words in by_link for words in told] == [True, True, False]
    assert [words in by_account for words in told] == [False, False, True]
    assert by_link.count(person.name) == by_account.count(person.name) == 1
