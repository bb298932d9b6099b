"""Each participant sees first the questions that they know; « vos questions » and « les autres » are counted apart."""

import pytest
from django.utils import timezone

from authorities.models import Participant
from diagnostics.selectors import rating_overview, rating_progress
from tests import factories
from tests.factories_diagnostics import make_rating

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomer(open_round):
    """Somebody of the round whose service knows no question, and who says nothing of what they know."""
    person = factories.make_participant(open_round.initiative, service="sports", name="Zoé")
    open_round.raters.add(person)
    return person


def page_of(participant: Participant, path: str = "") -> str:
    client = factories.participant_client(participant)
    return client.get(f"/participation/{participant.pk}/avis/{path}").content.decode().replace("\u00a0", " ")


def test_own_questions_and_the_others_are_counted_apart(open_round, people):
    anne = people[0]
    overview = rating_overview(open_round, anne, now=timezone.now())
    make_rating(open_round, anne, overview.known_items[0].question.code, level=2)
    make_rating(open_round, anne, overview.other_items[0].question.code, level=1)
    overview = rating_overview(open_round, anne, now=timezone.now())
    counts = (overview.known_answered, overview.other_answered, overview.answered)
    assert counts == (1, 1, 2)
    page = page_of(anne)
    assert f"Vos questions : 1 sur {len(overview.known_items)}" in page
    assert f"Les autres : 1 sur {len(overview.other_items)}" in page
    assert rating_progress(anne, timezone.now()).other_answered == 1
    assert ", et 1 parmi les autres" in page_of(anne, f"{open_round.pk}/fin/")
    home = factories.participant_client(anne).get(f"/participation/{anne.pk}/").content.decode()
    assert ", et 1 parmi les autres" in home


def test_the_others_are_folded_for_somebody_who_knows_something(open_round, people):
    own, others = page_of(people[0]).split('id="autres"')
    assert '<details class="fold" open>' in own
    assert '<details class="fold" open>' not in others


def test_somebody_known_for_nothing_sees_every_question(open_round, newcomer):
    overview = rating_overview(open_round, newcomer, now=timezone.now())
    assert (overview.known_items, len(overview.other_items)) == ([], len(overview.items))
    assert overview.next_item == overview.items[0]
    page = page_of(newcomer)
    assert f"Toutes les questions : 0 sur {len(overview.items)}" in page
    assert "tout vous est proposé" in page
    assert "Commencer" in page
    assert page.count('<details class="fold" open>') == len(overview.others)


def test_what_they_answer_leads_to_the_next_question_of_all(open_round, newcomer):
    overview = rating_overview(open_round, newcomer, now=timezone.now())
    first, second = overview.items[:2]
    make_rating(open_round, newcomer, first.question.code, level=2)
    assert rating_overview(open_round, newcomer, now=timezone.now()).next_item.question == second.question
    assert "1 question a votre réponse" in page_of(newcomer, f"{open_round.pk}/fin/")


def test_a_dimension_is_enough_to_know_its_questions(open_round, newcomer):
    dimension = open_round.asked_questions().first().dimension
    newcomer.dimensions.set([dimension])
    overview = rating_overview(open_round, newcomer, now=timezone.now())
    assert {item.question.dimension for item in overview.known_items} == {dimension}
    assert dimension not in {item.question.dimension for item in overview.other_items}
