"""What a person takes away: everything of theirs, and no secret answer by the hands of the référent."""

import csv
import io
import json
import zipfile
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from authorities.models import Draft, Event, Participant
from levers.enums import Grade, NamesVisibility
from levers.models import SecondVote, SecondVoteAnswer, Workshop
from roadmap.selectors.person_copy import build_person_copy, person_tables
from roadmap.services import erase_person
from tests import factories
from tests.factories_diagnostics import make_diagnosis, make_rating, relative_round
from tests.factories_levers import ballot_levers, make_ballot, make_vote
from tests.factories_roadmap import make_roadmap, make_sheet

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def person(initiative) -> Participant:
    return factories.make_participant(initiative, name="Maëlys O’Brien", function="Cheffe du parc")


def answer(person: Participant, now: datetime, *, days_left: int, names: str = "referent", shown: bool = True) -> None:
    """Give a rating with a comment and a vote with a reason, beside those of somebody else."""
    other = factories.make_participant(person.initiative, name="Quelqu’un d’autre")
    diagnosis = make_diagnosis(person.initiative, [person, other], **relative_round(now, days_left=days_left))
    diagnosis.are_names_shown = shown
    diagnosis.save()
    question = diagnosis.asked_questions()[0]
    make_rating(diagnosis, person, question.code, 3, comment="Avis de Maëlys")
    make_rating(diagnosis, other, question.code, 1, comment="Avis d’autrui")
    ballot = make_ballot(
        person.initiative, voters=[person, other], opens_at=now - 20 * DAY, closes_at=now + days_left * DAY
    )
    ballot.names_visibility = names
    ballot.save()
    lever = ballot_levers(ballot)[0]
    make_vote(ballot, person, lever, Grade.ESSENTIAL, reason="Raison de Maëlys")
    make_vote(ballot, other, lever, Grade.UNSUITABLE, reason="Raison d’autrui")


def words_of(content: bytes) -> str:
    archive = zipfile.ZipFile(io.BytesIO(content))
    return "\n".join(archive.read(name).decode("utf-8-sig") for name in archive.namelist())


def counts(content: bytes) -> tuple[int, int]:
    """Return how many ratings and votes a file holds."""
    data = json.loads(zipfile.ZipFile(io.BytesIO(content)).read("donnees.json"))
    return len(data["Avis"]), len(data["Votes"])


def test_person_takes_everything_of_theirs_while_all_is_open(person, now):
    answer(person, now, days_left=3, names=NamesVisibility.NOBODY, shown=False)
    factories.make_link(person)
    make_sheet(make_roadmap(person.initiative), lead_participant=person, title="Réduire le parc")
    Draft.objects.create(participant=person, path="/x/", key="k" * 22, fields={"note": ["Un brouillon"]}, saved_at=now)
    Event.objects.create(
        authority=person.initiative.authority, actor_participant=person, actor_label=person.name,
        verb="a confirmé sa participation", kind="committee", occurred_at=now,
    )  # fmt: skip
    client = factories.participant_client(person)

    response = client.get(reverse("roadmap:participant_download", args=[person.pk]))

    assert (response.status_code, response["Content-Type"]) == (200, "application/zip")
    assert "donnees-maelys-obrien-" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    words = words_of(response.content)
    for told in (
        person.email, "Cheffe du parc", "Avis de Maëlys", "Raison de Maëlys", "essentiel", "Réduire le parc",
        "Un brouillon", "a confirmé sa participation",
    ):  # fmt: skip
        assert told in words
    assert "autrui" not in words and "Quelqu’un d’autre" not in words
    assert counts(response.content) == (1, 1)


@pytest.mark.parametrize(
    ("days_left", "names", "shown", "expected"),
    [
        (3, "everyone", True, (0, 0)),
        (-1, "everyone", True, (1, 1)),
        (-1, "referent", True, (1, 1)),
        (-1, "nobody", True, (1, 0)),
        (-1, "referent", False, (0, 1)),
    ],
)
def test_referent_never_hands_over_a_secret_answer(person, now, days_left, names, shown, expected):
    answer(person, now, days_left=days_left, names=names, shown=shown)
    content = build_person_copy(person, is_self=False, now=now)
    assert counts(content) == expected
    words = words_of(content)
    assert ("Avis de Maëlys" in words, "Raison de Maëlys" in words) == (expected[0] == 1, expected[1] == 1)
    assert ("Des avis n’y sont pas" in words, "Des votes n’y sont pas" in words) == (expected[0] == 0, expected[1] == 0)


def test_referent_takes_the_file_and_the_trail_says_so(person, referent_client, initiative):
    Draft.objects.create(
        participant=person, path="/x/", key="k" * 22, fields={"note": ["Un brouillon"]}, saved_at=timezone.now()
    )
    url = reverse("roadmap:person_download", args=[initiative.authority.slug, person.pk])
    page = referent_client.get(reverse("authorities:participant_update", args=[initiative.authority.slug, person.pk]))
    assert f'action="{url}"' in page.content.decode()
    assert referent_client.get(url).status_code == 405

    response = referent_client.post(url)

    assert response.status_code == 200
    words = words_of(response.content)
    assert person.email in words and "Un brouillon" not in words
    assert Event.objects.filter(verb="a téléchargé ce qui concerne Maëlys O’Brien").count() == 1


def test_only_the_referent_hands_over(person, elected_client, outsider_client, initiative, referent, referent_client):
    url = reverse("roadmap:person_download", args=[initiative.authority.slug, person.pk])
    assert elected_client.post(url).status_code == 403
    assert outsider_client.post(url).status_code == 404
    erase_person(participant=person, actor=referent, now=timezone.now())
    assert referent_client.post(url).status_code == 422


def test_nobody_takes_what_is_somebody_elses(person, initiative):
    client = factories.participant_client(factories.make_participant(initiative))
    assert client.get(reverse("roadmap:participant_download", args=[person.pk])).status_code == 404


def test_a_cell_is_never_a_formula(person, now):
    person.function = "=1+1"
    person.save()
    archive = zipfile.ZipFile(io.BytesIO(build_person_copy(person, is_self=True, now=now)))
    rows = dict(csv.reader(io.StringIO(archive.read("identite.csv").decode("utf-8-sig")), delimiter=";"))
    assert rows["Fonction"] == "'=1+1"


@pytest.mark.parametrize("times", [1, 3])
def test_the_file_takes_the_same_queries_whatever_the_rows(person, now, times):
    answer(person, now, days_left=-1)
    for _ in range(times):
        factories.make_link(person)
    found = Participant.objects.select_related("initiative__authority", "service").get(pk=person.pk)
    with CaptureQueriesContext(connection) as queries:
        person_tables(found, is_self=True, now=now)
    assert len(queries) == 11


@pytest.mark.parametrize(
    ("names", "is_closed", "is_self", "expected"),
    [
        ("referent", True, False, 1),
        ("referent", False, False, 0),
        ("nobody", True, False, 0),
        ("nobody", False, True, 1),
    ],
)
def test_a_second_vote_is_handed_over_as_a_vote_is(person, now, names, is_closed, is_self, expected):
    ballot = make_ballot(person.initiative, voters=[person], names=names)
    workshop = Workshop.objects.create(ballot=ballot, started_at=now, planned_minutes=90)
    vote = SecondVote.objects.create(
        workshop=workshop, lever=ballot.shortlist.items.first().lever, number=1, means="phones", opened_at=now,
        closed_at=now if is_closed else None,
    )  # fmt: skip
    SecondVoteAnswer.objects.create(second_vote=vote, participant=person, grade=Grade.ESSENTIAL)

    table = next(item for item in person_tables(person, is_self=is_self, now=now) if item.name == "Seconds votes")

    assert len(table.rows) == expected
    assert bool(table.kept_back) is not bool(expected)
