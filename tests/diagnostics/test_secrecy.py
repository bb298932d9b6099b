"""Before the closing nobody learns a level: the same pages whatever the ratings, for everybody but their author."""

import re

import pytest
from django.utils import timezone

from authorities.models import Event
from common.errors import DomainError
from diagnostics.models import AgreedLevel, Rating
from diagnostics.selectors import diagnosis_results, diagnosis_state, follow_up, meeting, meeting_page
from tests import factories
from tests.factories_diagnostics import (
    BEFORE_CLOSING,
    CLOSING,
    QUESTIONS,
    make_diagnosis,
    make_rating,
    relative_round,
)

pytestmark = pytest.mark.django_db

HUB = "/collectivites/pays-dexemple/diagnostics/"
CHANGING = re.compile(r'name="(?:csrfmiddlewaretoken|draft)" value="[^"]+"|<!--.*?-->|Cette page pèse[^<]*', re.DOTALL)


def written(response) -> str:
    return f"{response.status_code} {CHANGING.sub('', response.content.decode())}"


def authority_pages(diagnosis, people) -> list[str]:
    key = diagnosis.pk
    return [
        HUB,
        f"{HUB}couverture/",
        f"{HUB}{key}/suivi/",
        f"{HUB}{key}/clore/",
        f"{HUB}{key}/prolonger/",
        f"{HUB}{key}/reunion/",
        f"{HUB}{key}/reunion/questions/ACH-1/",
        f"{HUB}{key}/reunion/projection/",
        f"{HUB}{key}/reunion/projection/ACH-1/",
        f"{HUB}{key}/reunion/compte-rendu/",
        *(f"{HUB}{key}/reunion/compte-rendu.{extension}" for extension in ("odt", "docx", "pdf")),
        f"{HUB}{key}/reunion/coherence/",
        f"{HUB}{key}/resultats/",
        f"{HUB}{key}/resultats/questions/",
        *(f"{HUB}{key}/resultats/{path}/" for path in ("coherence", "progres", "comparaison", "comparables")),
        f"{HUB}{key}/resultats/dimensions/ACH/",
        *(f"{HUB}{key}/entretiens/{person.pk}/{code}/" for person in people for code in ("ACH", "PAR", "TER")),
        "/collectivites/pays-dexemple/journal/",
    ]


def test_pages_of_the_authority_do_not_depend_on_the_ratings(open_round, people, referent_client):
    for person in people:
        for code in QUESTIONS:
            make_rating(open_round, person, code, 0, "secret bas")
    pages = authority_pages(open_round, people)

    low = [written(referent_client.get(page)) for page in pages]
    Rating.objects.update(level=4, comment="secret haut")
    high = [written(referent_client.get(page)) for page in pages]

    assert low == high
    assert "secret" not in "".join(low)


def test_refused_gestures_do_not_depend_on_the_ratings(open_round, people, referent_client):
    for person in people:
        make_rating(open_round, person, "ACH-1", 0)
    gestures = (
        "reunion/consensus/",
        "reunion/terminer/",
        "reunion/reprendre/",
        "reunion/questions/ACH-1/",
        "reunion/projection/ACH-1/",
    )

    low = [written(referent_client.post(f"{HUB}{open_round.pk}/{path}")) for path in gestures]
    Rating.objects.update(level=4)
    high = [written(referent_client.post(f"{HUB}{open_round.pk}/{path}")) for path in gestures]

    assert low == high
    assert not AgreedLevel.objects.exists()


def test_another_referent_does_not_see_an_interview(open_round, people, referent, authority, client):
    make_rating(open_round, people[0], "ACH-1", 0, "secret", entered_by=referent, entered_by_label="Référente A")
    client.force_login(factories.make_member(authority, "referent"))
    url = f"{HUB}{open_round.pk}/entretiens/{people[0].pk}/ACH/"

    low = written(client.get(url))
    Rating.objects.update(level=4)

    assert written(client.get(url)) == low
    assert "Référente A a déjà répondu à cette question" in low
    assert "secret" not in low


def test_the_author_of_an_interview_sees_it(open_round, people, referent, referent_client):
    make_rating(open_round, people[0], "ACH-1", 3, "noté", entered_by=referent, entered_by_label="Référente")

    page = referent_client.get(f"{HUB}{open_round.pk}/entretiens/{people[0].pk}/ACH/").content.decode()

    assert 'value="3" checked' in page
    assert "noté" in page


def test_the_author_of_an_interview_no_longer_sees_what_the_participant_corrected(open_round, people, referent_client):
    url = f"{HUB}{open_round.pk}/entretiens/{people[0].pk}/ACH/"
    referent_client.post(url, {"ACH-1-level": "3", "ACH-1-version": "0", "ACH-2-version": "0"})
    own = factories.participant_client(people[0])
    own.post(f"/participation/{people[0].pk}/avis/{open_round.pk}/ACH-1/", {"level": "1", "version": "1"})

    page = referent_client.get(url).content.decode()

    assert "Anne Achats a déjà répondu à cette question" in page
    assert " checked" not in page


def test_pages_of_another_participant_do_not_depend_on_the_ratings(open_round, people):
    for code in QUESTIONS:
        make_rating(open_round, people[1], code, 0, "secret")
    client = factories.participant_client(people[0])
    base = f"/participation/{people[0].pk}/avis/"
    pages = [base, f"{base}{open_round.pk}/fin/", *(f"{base}{open_round.pk}/{code}/" for code in QUESTIONS)]

    low = [written(client.get(page)) for page in pages]
    Rating.objects.update(level=4)

    assert [written(client.get(page)) for page in pages] == low


def test_reads_refuse_or_ignore_the_levels_until_the_closing(diagnosis, initiative, people):
    make_rating(diagnosis, people[0], "ACH-1", 0)
    reads = (
        lambda: diagnosis_results(diagnosis, on=BEFORE_CLOSING.date()),
        lambda: follow_up(diagnosis, now=BEFORE_CLOSING),
        lambda: diagnosis_state(initiative, now=BEFORE_CLOSING),
    )
    low = [repr(read()) for read in reads]
    Rating.objects.update(level=4)

    assert [repr(read()) for read in reads] == low
    with pytest.raises(DomainError, match="avant la clôture"):
        meeting(diagnosis, now=BEFORE_CLOSING)
    with pytest.raises(DomainError, match="avant la clôture"):
        meeting_page(diagnosis, "ACH-1", now=BEFORE_CLOSING)
    assert meeting(diagnosis, now=CLOSING).items


def test_the_journal_never_holds_a_level(open_round, people, referent_client):
    url = f"{HUB}{open_round.pk}/entretiens/{people[0].pk}/ACH/"
    referent_client.post(
        url, {"ACH-1-level": "3", "ACH-1-comment": "secret", "ACH-1-version": "0", "ACH-2-version": "0"}
    )

    assert [event.verb for event in Event.objects.all()] == ["a saisi une réponse d’entretien pour Anne Achats"]


@pytest.mark.parametrize("are_names_shown", [True, False])
def test_the_rule_of_names_holds_in_the_meeting(initiative, people, referent, referent_client, are_names_shown):
    dates = relative_round(timezone.now(), days_left=-1)
    diagnosis = make_diagnosis(initiative, people, are_names_shown=are_names_shown, **dates)
    make_rating(diagnosis, people[1], "ACH-1", 3, "Un mot")
    make_rating(diagnosis, people[0], "ACH-1", 1, entered_by=referent, entered_by_label="La saisie de Zoé")

    page = referent_client.get(f"{HUB}{diagnosis.pk}/reunion/questions/ACH-1/").content.decode()

    assert "Un mot" in page
    assert [name in page for name in ("Anne Achats", "Denis Dsi", "Zoé")] == [are_names_shown] * 3
