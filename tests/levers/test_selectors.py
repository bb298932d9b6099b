"""Composed reads: catalogue, results that stay hidden, decisions, summary, state of the step."""

from dataclasses import asdict
from datetime import date, timedelta

import pytest

from authorities.enums import Track
from common.errors import DomainError
from common.steps import StepStatus
from levers import selectors, services
from levers.enums import Grade, NamesVisibility, ShortlistState, Verdict
from levers.models import Decision
from levers.selectors.catalogue import LeverFilters, filter_catalogue, lever_page, ranked_catalogue
from levers.selectors.results import tally_of
from levers.selectors.shortlists import proposed_shortlist, shortlist_head
from levers.tally import Pile
from tests.factories import PARIS_NOON as NOW
from tests.factories import make_participant
from tests.factories_levers import (
    AFTER_CLOSING,
    CLOSING,
    ballot_levers,
    fill_ballot,
    make_ballot,
    make_catalogue,
    make_lever,
    make_shortlist,
    make_vote,
)

TODAY = date(2026, 3, 10)


@pytest.fixture
def varied(db):
    """A catalogue on which every filter tells levers apart."""
    catalogue = make_catalogue()
    make_lever(catalogue, "A", title="Garder les écrans jusqu’à la panne", theme=2, effort=1, is_quick_win=True)
    make_lever(catalogue, "B", title="Réparer les écrans", theme=2, dimension="ACH", effort=3, impact=5)
    make_lever(
        catalogue, "C", title="Aider les habitants", theme=5, perimeter="territoire", effort=5, dimension="TER",
        is_for_small_authority=False,
    )  # fmt: skip
    return catalogue


def found(initiative, **fields) -> list[str]:
    ranked = ranked_catalogue(initiative, on=TODAY)
    return [item.lever.code for item in filter_catalogue(ranked, LeverFilters(**fields)).items]


# Catalogue ------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({}, ["A", "B", "C"]),
        ({"query": "ECRAN"}, ["A", "B"]),
        ({"query": "écrans panne"}, ["A"]),
        ({"query": "repar"}, ["B"]),
        ({"query": "fusée"}, []),
        ({"themes": frozenset({"5"})}, ["C"]),
        ({"themes": frozenset({"2", "5"})}, ["A", "B", "C"]),
        ({"dimensions": frozenset({"ACH"})}, ["B"]),
        ({"perimeters": frozenset({"territoire"})}, ["C"]),
        ({"efforts": frozenset({"1"})}, ["A"]),
        ({"efforts": frozenset({"1", "4"})}, ["A", "C"]),
        ({"practices": frozenset({"rapide"})}, ["A"]),
        ({"practices": frozenset({"petite"})}, ["A", "B"]),
        ({"practices": frozenset({"petite", "rapide"})}, ["A"]),
        ({"query": "ecran", "efforts": frozenset({"3"})}, ["B"]),
        ({"themes": frozenset({"x"}), "efforts": frozenset({"'; --"})}, ["A", "B", "C"]),
        ({"sort": "impact"}, ["B", "A", "C"]),
    ],
)
def test_catalogue_is_searched_and_filtered(initiative, varied, fields, codes):
    assert found(initiative, **fields) == codes


def test_counts_of_a_group_keep_the_other_groups(initiative, varied):
    ranked = ranked_catalogue(initiative, on=TODAY)

    groups = filter_catalogue(ranked, LeverFilters(query="écran", themes=frozenset({"5"})), frozenset()).groups

    counts = {(group.name, option.value): option.count for group in groups for option in group.options}
    # The theme does not hide the counts of its own group; the query and the other groups do count.
    assert (counts["th", "2"], counts["th", "5"]) == (2, 0)
    assert counts["ef", "1"] == 0


def test_recommendations_rank_every_lever_and_say_what_is_missing(initiative, varied):
    items = selectors.recommendations(initiative, on=TODAY)

    assert [item.rank for item in items] == [1, 2, 3]
    assert all(reason.value in reason.clause and reason.url for item in items for reason in item.reasons)
    missing = ranked_catalogue(initiative, on=TODAY).known.missing
    assert [item.label for item in missing] == ["Aller au diagnostic", "Aller à l’inventaire"]


def test_recommendations_without_population_say_that_duties_are_not_known(initiative, varied):
    initiative.authority.population = None

    missing = ranked_catalogue(initiative, on=TODAY).known.missing

    assert missing[-1].text == "Sans population, les obligations légales ne sont pas connues."


def test_recommendations_without_catalogue_say_so(initiative):
    with pytest.raises(DomainError, match="n’est pas chargé"):
        selectors.recommendations(initiative, on=TODAY)


def test_a_demarche_keeps_its_catalogue_when_a_newer_one_is_published(initiative, other_initiative, varied):
    make_shortlist(initiative, list(varied.levers.all())[:1], state=ShortlistState.DRAFT)
    newer = make_catalogue(code="essai-2", published_on=date(2027, 1, 1))
    lever = make_lever(newer, "A2")

    assert selectors.catalogue_of(initiative) == varied
    assert selectors.catalogue_of(other_initiative) == newer
    assert lever_page(initiative, lever, on=TODAY) is None
    assert lever_page(other_initiative, lever, on=TODAY).recommendation.rank == 1


def test_lever_page_gathers_its_neighbours(initiative, varied):
    lever = varied.levers.get(code="A")
    lever.prerequisite_codes, lever.synergy_codes, lever.audience_codes = ["B"], ["C", "Z"], ["dsi", "inconnu"]
    lever.save()

    page = lever_page(initiative, lever, on=TODAY)

    assert [item.code for item in page.prerequisites] == ["B"]
    assert [item.code for item in page.synergies] == ["C"]
    assert page.audience == ("dsi", "inconnu")


# Shortlist ------------------------------------------------------------


def test_shortlist_head_gives_the_last_shortlist_and_what_it_keeps(initiative, catalogue):
    levers = list(catalogue.levers.all())
    assert shortlist_head(initiative) == (None, frozenset())
    make_shortlist(initiative, levers, number=1)
    last = make_shortlist(initiative, levers[:2], number=2, state=ShortlistState.DRAFT)
    last.items.filter(lever=levers[0]).update(is_set_aside=True, set_aside_reason="non")

    assert shortlist_head(initiative) == (last, frozenset({levers[1].pk}))


def test_empty_shortlist_has_a_head(initiative):
    empty = make_shortlist(initiative, [], state=ShortlistState.DRAFT)

    assert shortlist_head(initiative) == (empty, frozenset())


def test_shortlist_board_groups_by_theme_and_links_its_advice(initiative, varied):
    make_shortlist(initiative, list(varied.levers.all())[:2], state=ShortlistState.DRAFT)

    board = selectors.shortlist_board(initiative)

    assert [item.lever.code for item in board.items] == ["A", "B"]
    theme = next(line for line in board.advice if "Thème du décret" in line.text)
    assert theme.url == f"/collectivites/{initiative.authority.slug}/leviers/?th=5"


def test_proposal_says_why_and_marks_what_is_there(initiative, varied):
    make_shortlist(initiative, [varied.levers.get(code="A")], state=ShortlistState.DRAFT)

    proposal = proposed_shortlist(initiative, on=TODAY)

    assert {item.recommendation.lever.code: item.is_shortlisted for item in proposal.items} == {
        "A": True,
        "B": False,
        "C": False,
    }
    assert all(item.why for item in proposal.items)


# Nothing is revealed before the closing ------------------------------------------------------------


def test_no_read_reveals_a_grade_before_the_closing(ballot):
    fill_ballot(ballot, {"LEV-01": "EEE"})

    for read in (
        lambda: selectors.ballot_results(ballot, now=CLOSING - timedelta(seconds=1)),
        lambda: tally_of(ballot, CLOSING - timedelta(seconds=1)),
    ):
        with pytest.raises(DomainError, match="restent cachés") as caught:
            read()
        assert "essentiel" not in str(caught.value)
    assert selectors.ballot_results(ballot, now=CLOSING).voted_count == 3


def test_follow_up_tells_who_and_how_many_never_what(ballot):
    fill_ballot(ballot, {"LEV-01": "EN ", "LEV-02": "E- ", "LEV-03": "P  "})

    follow_up = selectors.ballot_follow_up(ballot)

    assert [(state.answered, state.total) for state in follow_up.voters] == [(0, 3), (2, 3), (3, 3)]
    assert (follow_up.voted_count, follow_up.complete_count, len(follow_up.silent)) == (2, 1, 1)
    fields = {name for state in follow_up.voters for name in vars(state)}
    assert fields == {"participant", "answered", "total", "on_paper", "has_turned_out"}


def test_summary_and_state_say_nothing_of_an_open_ballot(ballot, initiative):
    fill_ballot(ballot, {"LEV-01": "EEE", "LEV-02": "NNN"})

    summary = selectors.choice_summary(initiative, now=NOW)
    state = selectors.prioritisation_state(initiative, now=NOW)

    assert (summary.closed_on, summary.voted_count, summary.pile_counts) == (None, 0, {})
    assert all(choice.counts is None and choice.gauge_label == "" for choice in summary.choices)
    assert "essentiel" not in str(asdict(state)) and "consensus" not in str(asdict(state)).lower()


def test_votes_of_another_ballot_are_not_counted(ballot, initiative):
    voters, levers = list(ballot.voters.all()), ballot_levers(ballot)
    older = make_ballot(
        initiative, shortlist=ballot.shortlist, voters=voters, number=0, closes_at=NOW + timedelta(days=1)
    )
    make_vote(older, voters[0], levers[0], Grade.UNSUITABLE)
    fill_ballot(ballot, {"LEV-01": "EEE"})

    results = selectors.ballot_results(ballot, now=AFTER_CLOSING)

    assert results.rows[0].result.counts.grades == (3, 0, 0, 0, 0)
    assert [state.answered for state in selectors.ballot_follow_up(ballot).voters] == [1, 1, 1]


# Results ------------------------------------------------------------


def test_results_are_ranked_piled_and_ordered_for_the_workshop(initiative):
    ballot = make_ballot(initiative, voters=4, levers=4)
    fill_ballot(ballot, {"LEV-01": "EENN", "LEV-02": "EEPE", "LEV-03": "NNCN", "LEV-04": "IIPC"})

    results = selectors.ballot_results(ballot, now=AFTER_CLOSING)

    assert [row.lever.code for row in results.pile(Pile.FAVOURABLE)] == ["LEV-02"]
    assert [row.lever.code for row in results.pile(Pile.UNFAVOURABLE)] == ["LEV-03"]
    assert [row.lever.code for row in results.agenda] == ["LEV-01", "LEV-04"]
    assert (results.voter_count, results.voted_count) == (4, 4)


@pytest.mark.parametrize(
    ("names", "is_referent", "are_shown"),
    [
        (NamesVisibility.EVERYONE, False, True),
        (NamesVisibility.EVERYONE, True, True),
        (NamesVisibility.REFERENT, True, True),
        (NamesVisibility.REFERENT, False, False),
        (NamesVisibility.NOBODY, True, False),
        (NamesVisibility.NOBODY, False, False),
    ],
)
def test_names_follow_the_rule_fixed_at_the_opening(initiative, names, is_referent, are_shown):
    ballot = make_ballot(initiative, names=names, levers=1)
    voters, lever = list(ballot.voters.all()), ballot_levers(ballot)[0]
    make_vote(ballot, voters[0], lever, Grade.ESSENTIAL, reason="Utile")
    make_vote(ballot, voters[1], lever, Grade.UNSUITABLE, reason="Trop cher")

    results = selectors.ballot_results(ballot, now=AFTER_CLOSING, is_referent=is_referent)

    (row,) = results.rows
    assert results.are_names_shown is are_shown
    assert {comment.text for comment in row.comments} == {"Utile", "Trop cher"}
    assert all(bool(comment.author) is are_shown for comment in row.comments)
    assert (row.hearing is not None) is are_shown


def test_comments_are_grouped_by_lever_the_most_commented_first(ballot):
    voters, levers = list(ballot.voters.all()), ballot_levers(ballot)
    make_vote(ballot, voters[0], levers[0], Grade.ESSENTIAL, reason="Un")
    make_vote(ballot, voters[0], levers[1], None, reason="Deux")
    make_vote(ballot, voters[1], levers[1], Grade.COMPLEX, reason="Trois")
    make_vote(ballot, voters[1], levers[2], Grade.COMPLEX)

    rows = selectors.lever_comments(selectors.ballot_results(ballot, now=AFTER_CLOSING))

    assert [(row.lever.code, len(row.comments)) for row in rows] == [("LEV-02", 2), ("LEV-01", 1)]


# The voter's own sheet ------------------------------------------------------------


def test_sheet_puts_the_own_service_first_and_only_own_votes(initiative, other_initiative):
    catalogue = make_catalogue(3)
    last = catalogue.levers.get(code="LEV-03")
    last.audience_codes = ["rh"]
    last.save()
    lead = make_lever(catalogue, "LEV-04", service="rh")
    voter = make_participant(initiative, service="rh")
    other = make_participant(initiative)
    ballot = make_ballot(
        initiative, shortlist=make_shortlist(initiative, list(catalogue.levers.all())), voters=[voter, other]
    )
    make_vote(ballot, voter, lead, Grade.PRIORITY)
    make_vote(ballot, other, last, Grade.UNSUITABLE)

    sheet = selectors.voter_sheet(ballot, voter)

    assert [item.lever.code for item in sheet.items] == ["LEV-04", "LEV-03", "LEV-01", "LEV-02"]
    assert [item.concerns_service for item in sheet.items] == [True, True, False, False]
    assert [item.letter for item in sheet.items] == ["P", "", "", ""]
    assert (sheet.answered, sheet.remaining, sheet.first_unanswered.lever) == (1, 3, last)
    before, after = sheet.neighbours(sheet.items[1])
    assert (before.lever, after.lever.code) == (lead, "LEV-01")
    assert sheet.neighbours(sheet.items[0])[0] is None and sheet.neighbours(sheet.items[3])[1] is None


def test_voting_progress_is_that_of_the_participant(ballot, initiative):
    voter = ballot.voters.first()
    make_vote(ballot, voter, ballot_levers(ballot)[0], None)

    progress = selectors.voting_progress(voter, NOW)

    assert (progress.answered, progress.total, progress.remaining, progress.is_open) == (1, 3, 2, True)
    assert progress.url == f"/participation/{voter.pk}/votes/{ballot.pk}/"
    assert selectors.voting_progress(voter, CLOSING).is_open is False
    assert selectors.voting_progress(make_participant(initiative), NOW) is None


# Decisions and summary ------------------------------------------------------------


def decide(initiative, lever, verdict, referent, now=AFTER_CLOSING):
    return services.record_decision(
        initiative=initiative, lever=lever, verdict=verdict, reason="Oui", expected_version=0, actor=referent, now=now
    )


def test_decision_board_waits_for_the_closing(ballot, initiative):
    board = selectors.decision_board(initiative, now=NOW)

    assert (board.rows, board.results) == ((), None)
    assert "encore ouvert" in board.locked_reason
    assert selectors.decision_board(initiative, now=AFTER_CLOSING).locked_reason == ""


def test_decision_board_of_the_light_track_needs_no_ballot(initiative, catalogue):
    initiative.track = Track.LIGHT
    initiative.save()
    assert "Présélectionnez" in selectors.decision_board(initiative, now=NOW).locked_reason
    make_shortlist(initiative, list(catalogue.levers.all())[:2], state=ShortlistState.DRAFT)

    board = selectors.decision_board(initiative, now=NOW)

    assert ([row.lever.code for row in board.rows], board.locked_reason) == (["LEV-01", "LEV-02"], "")


def test_consensual_levers_are_those_that_nobody_decided_about(initiative, referent):
    ballot = make_ballot(initiative)
    fill_ballot(ballot, {"LEV-01": "EEE", "LEV-02": "EEP", "LEV-03": "NNN"})
    decide(initiative, ballot_levers(ballot)[0], Verdict.POSTPONED, referent)

    board = selectors.decision_board(initiative, now=AFTER_CLOSING)

    assert [row.lever.code for row in board.consensual(Pile.FAVOURABLE)] == ["LEV-02"]
    assert [row.lever.code for row in board.consensual(Pile.UNFAVOURABLE)] == ["LEV-03"]
    assert (len(board.postponed), len(board.undecided)) == (1, 2)


def test_retained_decisions_come_with_their_lever(initiative, referent, django_assert_num_queries):
    ballot = make_ballot(initiative)
    for lever, verdict in zip(ballot_levers(ballot), Verdict, strict=True):
        decide(initiative, lever, verdict, referent)

    with django_assert_num_queries(1):
        found_titles = [
            (decision.lever.title, decision.lever.theme.name) for decision in selectors.retained_decisions(initiative)
        ]
    assert found_titles == [("Levier LEV-01", "thème 1")]


def test_summary_tells_the_whole_choice(initiative, referent):
    catalogue = make_catalogue(5)
    levers = list(catalogue.levers.all())[:4]
    shortlist = make_shortlist(initiative, levers)
    shortlist.items.filter(lever=levers[3]).update(is_set_aside=True, set_aside_reason="Hors compétence")
    ballot = make_ballot(initiative, shortlist=shortlist)
    fill_ballot(ballot, {"LEV-01": "NNC", "LEV-02": "EEP", "LEV-03": "E-N"})
    decide(initiative, levers[1], Verdict.RETAINED, referent)

    summary = selectors.choice_summary(initiative, now=AFTER_CLOSING)

    assert (summary.catalogue_count, summary.shortlisted_count, summary.validated_count) == (5, 4, 3)
    assert [(item.lever.code, item.reason) for item in summary.set_aside] == [("LEV-04", "Hors compétence")]
    assert (summary.opened_on, summary.closed_on) == (date(2026, 3, 10), date(2026, 3, 24))
    assert (summary.retained_count, summary.postponed_count, summary.dismissed_count) == (1, 0, 0)
    assert summary.pile_counts == {
        "Consensus favorable": 1,
        "À débattre": 0,
        "Consensus défavorable": 1,
        "Peu de voix": 1,
    }
    first = summary.choices[0]
    assert (first.lever.code, first.rank, first.counts, first.verdict) == (
        "LEV-02",
        1,
        (2, 1, 0, 0, 0),
        Verdict.RETAINED,
    )
    assert (summary.voter_count, summary.voted_count) == (3, 3)


def test_summary_of_an_empty_demarche_is_empty(initiative):
    summary = selectors.choice_summary(initiative, now=NOW)

    assert (summary.shortlisted_count, summary.choices, summary.validated_on) == (0, (), None)


# State of the step ------------------------------------------------------------


def state_of(initiative, now=NOW):
    return selectors.prioritisation_state(initiative, now=now)


def test_state_follows_the_choice_from_nothing_to_the_last_decision(initiative, catalogue, referent):
    slug = initiative.authority.slug
    assert (state_of(initiative).status, state_of(initiative).next_action.url) == (
        StepStatus.TODO,
        f"/collectivites/{slug}/preselection/proposition/",
    )

    shortlist = make_shortlist(initiative, list(catalogue.levers.all())[:2], state=ShortlistState.DRAFT)
    assert (state_of(initiative).status, state_of(initiative).summary) == (
        StepStatus.CURRENT,
        "2 leviers présélectionnés",
    )

    services.submit_shortlist(shortlist=shortlist, expected_version=1, actor=referent, now=NOW)
    assert state_of(initiative).status is StepStatus.REVIEW

    services.validate_shortlist(
        shortlist=shortlist, expected_version=2, validated_on=TODAY, body="comité de pilotage", set_aside={},
        actor=referent, now=NOW,
    )  # fmt: skip
    assert state_of(initiative).next_action.button == "Ouvrir le scrutin"

    voters = [make_participant(initiative, name="Achats"), make_participant(initiative, name="Eau")]
    ballot = services.open_ballot(
        initiative=initiative, shortlist=shortlist, voters=voters, closes_at=CLOSING,
        names_visibility=NamesVisibility.REFERENT, actor=referent, now=NOW,
    )  # fmt: skip
    fill_ballot(ballot, {"LEV-01": "E ", "LEV-02": "E "})
    voting = state_of(initiative)
    assert [(who.name, who.status, who.has_started) for who in voting.awaited] == [("Eau", "Pas commencé", False)]
    assert voting.next_action.before == "24 mars 2026"

    closed = state_of(initiative, AFTER_CLOSING)
    assert (closed.status, closed.next_action.url) == (StepStatus.CURRENT, f"/collectivites/{slug}/decisions/")

    for lever in ballot_levers(ballot):
        decide(initiative, lever, Verdict.RETAINED, referent)
    done = state_of(initiative, AFTER_CLOSING)
    assert (done.status, done.summary, done.next_action) == (StepStatus.DONE, "2 leviers retenus", None)


def test_step_is_not_done_when_everything_is_dismissed(initiative, referent):
    ballot = make_ballot(initiative, levers=1)
    decide(initiative, ballot_levers(ballot)[0], Verdict.DISMISSED, referent)

    state = state_of(initiative, AFTER_CLOSING)

    assert (state.status, state.missing[0].text) == (StepStatus.CURRENT, "Aucun levier n’est retenu")


def test_state_of_the_light_track_goes_straight_to_the_decisions(initiative, catalogue, referent):
    initiative.track = Track.LIGHT
    initiative.save()
    levers = list(catalogue.levers.all())[:1]
    make_shortlist(initiative, levers, state=ShortlistState.DRAFT)

    assert state_of(initiative).next_action.title == "Décidez des leviers avec l’élu"
    decide(initiative, levers[0], Verdict.RETAINED, referent, now=NOW)
    assert state_of(initiative).status is StepStatus.DONE


@pytest.mark.parametrize("voters", [1, 3])
def test_state_takes_two_queries_at_most(initiative, voters, django_assert_num_queries):
    ballot = make_ballot(initiative, voters=voters)
    fill_ballot(ballot, {"LEV-01": "EEE"})

    with django_assert_num_queries(2):
        state_of(initiative)


def test_decisions_are_those_of_the_demarche_alone(initiative, other_initiative, referent, catalogue):
    ballot = make_ballot(initiative)
    decide(initiative, ballot_levers(ballot)[0], Verdict.RETAINED, referent)

    assert selectors.retained_decisions(other_initiative) == []
    assert Decision.objects.for_initiative(other_initiative).count() == 0
