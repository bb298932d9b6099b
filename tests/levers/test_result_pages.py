"""Pages of the results: by service, reasons by grade, totals, profiles with their table, withheld papers."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from levers.enums import Grade, NamesVisibility
from levers.models import Ballot
from tests.factories import make_participant
from tests.factories_levers import ballot_levers, fill_ballot, make_ballot, make_vote
from tests.levers.result_readers import CROWDED, READERS, client_of, closed_ballot, lone_services, sees_names
from tests.levers.test_budgets import count_elements

PAGES = ["ballot_agenda", "ballot_ranking", "ballot_table", "ballot_services", "ballot_comments"]


def url(name: str, ballot: Ballot, *args) -> str:
    return reverse(f"levers:{name}", args=[ballot.initiative.authority.slug, ballot.pk, *args])


def text_of(response) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def closing() -> dict:
    now = timezone.now()
    return {"opens_at": now - timezone.timedelta(days=9), "closes_at": now - timezone.timedelta(days=1)}


# By service -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("names", list(NamesVisibility))
def test_services_are_those_that_the_rule_lets_this_reader_see(authority, initiative, names, reader):
    ballot = closed_ballot(initiative, names=names, now=timezone.now())

    page = text_of(client_of(authority, reader).get(url("ballot_services", ballot)))

    lone = [service for service in lone_services(5) if service in page]
    if sees_names(names, reader):
        assert lone == lone_services(5) and f"{CROWDED} (5)" in page and "2 leviers divisent les services" in page
    elif names == NamesVisibility.DETACHED:
        assert lone == [] and CROWDED not in page and "ne dit pas de quel service il vient" in page
    else:
        assert lone == [] and f"{CROWDED} (5)" in page and "Autres services (5)" in page
    assert "Nom secret" not in page


@pytest.mark.parametrize("names", [NamesVisibility.REFERENT, NamesVisibility.NOBODY])
def test_services_too_small_to_hide_one_another_hide_the_large_one(initiative, elected_client, names):
    ballot = closed_ballot(initiative, names=names, now=timezone.now(), crowd=6, lone=1)

    page = text_of(elected_client.get(url("ballot_services", ballot)))

    assert "Rien à montrer par service" in page and "aucun service n’est assez nombreux" in page
    assert CROWDED not in page and "Service seul" not in page


def test_what_divides_services_comes_first(initiative, referent_client):
    ballot = make_ballot(
        initiative, voters=[make_participant(initiative, service=s) for s in ("eau", "rh")], **closing()
    )
    fill_ballot(ballot, {"LEV-01": "EE", "LEV-02": "EN", "LEV-03": "EP"})

    page = text_of(referent_client.get(url("ballot_services", ballot)))

    assert re.findall(r"Levier LEV-\d\d", page) == ["Levier LEV-02", "Levier LEV-03", "Levier LEV-01"]
    assert "1 levier divise les services" in page


def test_a_lone_service_has_nobody_to_differ_from(initiative, referent_client):
    ballot = make_ballot(initiative, **closing())
    fill_ballot(ballot, {"LEV-01": "EEN"})

    assert "il n’y a rien à comparer" in text_of(referent_client.get(url("ballot_services", ballot)))


# Reasons --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (NamesVisibility.EVERYONE, ["B essentiel", "D essentiel", "A inapproprié", "C sans avis"]),
        (NamesVisibility.NOBODY, ["B essentiel", "D essentiel", "A inapproprié", "C sans avis"]),
    ],
)
def test_reasons_of_a_lever_go_from_the_best_grade_to_the_worst(initiative, referent_client, names, order):
    ballot = make_ballot(initiative, voters=4, names=names, **closing())
    lever = ballot_levers(ballot)[0]
    said = [(Grade.UNSUITABLE, order[2]), (Grade.ESSENTIAL, order[0]), (None, order[3]), (Grade.ESSENTIAL, order[1])]
    for voter, (grade, reason) in zip(ballot.voters.order_by("pk"), said, strict=True):
        make_vote(ballot, voter, lever, grade, reason=reason)

    page = text_of(referent_client.get(url("ballot_comments", ballot)))

    assert re.findall(r"<dd>(.*?)<", page) == order
    assert re.findall(r"<dt class=\"\w?\">(.*?)<", page) == ["Essentiel", "Inapproprié", "Sans avis"]


def test_reasons_too_many_for_a_page_are_in_the_file(initiative, referent_client):
    ballot = make_ballot(initiative, voters=21, levers=1, **closing())
    for voter in ballot.voters.all():
        make_vote(ballot, voter, ballot_levers(ballot)[0], Grade.PRIORITY, reason="Oui")

    page = text_of(referent_client.get(url("ballot_comments", ballot)))

    assert page.count("<dd>Oui") == 20 and "Lire les 21 raisons dans le fichier" in page


# Figures --------------------------------------------------------------------------------------------------------------


def test_the_table_has_its_totals_on_every_page(initiative, referent_client):
    ballot = make_ballot(initiative, levers=21, **closing())
    fill_ballot(ballot, {f"LEV-{number:02d}": "EN-" for number in range(1, 22)})

    for page in ("1", "2"):
        text = text_of(referent_client.get(url("ballot_table", ballot), {"page": page}))
        foot = text.split("<tfoot>")[1].split("</tfoot>")[0]
        # E, P, I, C, N, voices, abstentions
        assert re.findall(r"<td class=\"num\">(.*?)</td>", foot) == ["21", "0", "0", "0", "21", "42", "21", "–"]
        assert "Les 21 leviers" in foot


def test_each_profile_is_a_drawing_with_its_words_and_its_table(initiative, referent_client):
    ballot = make_ballot(initiative, **closing())
    fill_ballot(ballot, {"LEV-01": "EPP", "LEV-02": "EEN", "LEV-03": "---"})

    page = text_of(referent_client.get(url("ballot_ranking", ballot)))

    titles = re.findall(r'<svg class="merit" role="img"><title>(.*?)</title>', page)
    assert titles == [
        "3 voix : essentiel 2, inapproprié 1",
        "3 voix : essentiel 1, prioritaire 2",
        "Aucune voix exprimée",
    ]
    rows = re.findall(r'<th scope="row">(\d)\. Levier (LEV-\d\d)</th>', page)
    assert rows == [("1", "LEV-02"), ("2", "LEV-01"), ("3", "LEV-03")]
    # Open and scrolled with the keyboard.
    assert "<summary>Les mêmes voix en tableau</summary>" in page
    assert 'role="region" aria-label="Voix de cette page" tabindex="0"' in page


def test_heaviest_pages_stay_light(initiative, referent_client):
    """33 levers, nine people, each of a service of their own, who give every grade and a reason."""
    voters = [make_participant(initiative, service=f"service-{rank}") for rank in range(9)]
    ballot = make_ballot(initiative, voters=voters, levers=33, **closing())
    fill_ballot(ballot, {f"LEV-{number:02d}": "EEPPIICCN" for number in range(1, 34)})
    ballot.votes.update(reason="Parce que.")

    counts = {name: count_elements(referent_client.get(url(name, ballot))) for name in PAGES}

    assert {name: count for name, count in counts.items() if count > 400} == {}


# Withheld papers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_papers_too_few_send_to_the_page_that_says_why(initiative, referent_client, name):
    ballot = closed_ballot(initiative, names=NamesVisibility.DETACHED, now=timezone.now(), crowd=4, lone=0)

    response = referent_client.get(url(name, ballot))

    assert (response.status_code, response["Location"]) == (302, url("ballot_results", ballot))
    page = text_of(referent_client.get(response["Location"]))
    assert "Moins de cinq bulletins détachés" in page and url(name, ballot) not in page
