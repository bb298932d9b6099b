"""Detached papers: the base says who voted and what was voted, and nothing ties the two."""

import io
import zipfile
from datetime import timedelta
from itertools import permutations

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import OutboxMessage
from authorities.drafts import SESSION_KEY
from authorities.models import Event
from common.errors import DomainError
from levers import selectors, services
from levers.enums import Grade, NamesVisibility
from levers.models import Ballot, BallotPaper, Turnout, Vote
from levers.papers import new_secret, paper_key, unlinked
from levers.selectors.results import tally_of
from levers.services import VotePaper
from roadmap.archive import build_archive
from tests.factories import PARIS_NOON as NOW
from tests.factories import make_participant, participant_client
from tests.factories_levers import AFTER_CLOSING, ballot_levers, fill_ballot, make_ballot, make_shortlist
from tests.levers.test_views_votes import text_of, url

GRADES = {grade.letter: grade for grade in Grade} | {"A": None}


@pytest.fixture
def detached(initiative):
    return make_ballot(initiative, voters=6, names=NamesVisibility.DETACHED)


def vote(ballot, voter, letters: str, *, secret: str, reason: str | None = None, now=NOW) -> None:
    """Cast one letter per lever, « - » for no answer."""
    papers = [
        VotePaper(lever, GRADES[letter], reason)
        for lever, letter in zip(ballot_levers(ballot), letters, strict=True)
        if letter != "-"
    ]
    services.cast_votes(ballot=ballot, participant=voter, papers=papers, secret=secret, now=now)


def fill(ballot, answers: list[str]) -> dict[int, str]:
    """Let the voters vote in their order; return the secret of each."""
    kept = {}
    for voter, letters in zip(ballot.voters.order_by("pk"), answers, strict=False):
        kept[voter.pk] = new_secret()
        vote(ballot, voter, letters, secret=kept[voter.pk])
    return kept


def in_stored_order(model, column: str) -> list:
    """Return a column in the order in which the base stores its rows."""
    place = "rowid" if connection.vendor == "sqlite" else "ctid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {model._meta.db_table} ORDER BY {place}")  # noqa: S608 (names of ours)
        return [row[0] for row in cursor.fetchall()]


# What the base holds --------------------------------------------------------------------------------------------------


def test_no_column_ties_a_paper_to_a_person_or_to_an_hour():
    assert {field.name for field in BallotPaper._meta.get_fields()} == {"key", "ballot", "answers"}
    assert {field.name for field in Turnout._meta.get_fields()} == {"id", "ballot", "participant", "is_on_paper"}


@pytest.mark.parametrize("order", list(permutations(range(3)))[1:])
def test_the_order_of_the_rows_is_not_that_of_the_votes(detached, order):
    voters = list(detached.voters.order_by("pk"))
    secrets = [new_secret() for _ in order]
    for rank in order:
        vote(detached, voters[rank], "EP-", secret=secrets[rank])
    for rank in reversed(order):  # each comes back, in another order
        vote(detached, voters[rank], "--N", secret=secrets[rank])
    assert in_stored_order(Turnout, "participant_id") == sorted(voters[rank].pk for rank in order)
    assert in_stored_order(BallotPaper, "key") == sorted(map(paper_key, secrets))
    assert not Vote.objects.exists()


def test_answers_lie_in_the_order_of_the_levers(detached):
    secret, voter = new_secret(), detached.voters.first()
    for lever in reversed(ballot_levers(detached)):
        services.cast_vote(ballot=detached, participant=voter, lever=lever, grade=Grade.COMPLEX, secret=secret, now=NOW)
    assert list(BallotPaper.objects.get().answers) == [lever.code for lever in ballot_levers(detached)]


def test_neither_the_trail_nor_a_message_says_when_somebody_voted(detached):
    events, messages = Event.objects.count(), OutboxMessage.objects.count()
    fill(detached, ["EEE"] * 6)
    assert (Event.objects.count(), OutboxMessage.objects.count()) == (events, messages)


# Voting ---------------------------------------------------------------------------------------------------------------


def test_the_secret_opens_the_paper_again_and_keeps_the_other_answers(detached):
    voter, secret = detached.voters.first(), new_secret()
    vote(detached, voter, "EP-", secret=secret, reason="Parce que.")
    vote(detached, voter, "N--", secret=secret)  # a table gives no reason: the one written stays
    first, second, third = ballot_levers(detached)
    assert BallotPaper.objects.get().answers == {
        first.code: {"grade": 1, "reason": "Parce que."},
        second.code: {"grade": 4, "reason": "Parce que."},
    }
    sheet = selectors.voter_sheet(detached, voter, secret)
    assert [item.letter for item in sheet.items] == ["N", "P", ""]
    assert (sheet.has_turned_out, sheet.has_paper, sheet.last_saved_at) == (True, True, None)


@pytest.mark.parametrize("secret", [new_secret(), "x" * 43])
def test_another_browser_neither_reads_nor_changes_the_paper(detached, secret):
    voter = detached.voters.first()
    vote(detached, voter, "EEE", secret=new_secret())
    with pytest.raises(DomainError, match="autre navigateur"):
        vote(detached, voter, "NNN", secret=secret)
    assert {answer["grade"] for answer in BallotPaper.objects.get().answers.values()} == {5}
    assert selectors.voter_sheet(detached, voter, secret).is_elsewhere


def test_the_secret_of_somebody_else_votes_for_nobody(detached):
    first, second = list(detached.voters.order_by("pk"))[:2]
    secret = new_secret()
    vote(detached, first, "EEE", secret=secret)
    with pytest.raises(DomainError):
        vote(detached, second, "NNN", secret=secret)
    assert Turnout.objects.get().participant == first
    assert {answer["grade"] for answer in BallotPaper.objects.get().answers.values()} == {5}


def test_without_a_paper_nobody_votes(detached):
    with pytest.raises(DomainError, match="Prenez d’abord votre bulletin"):
        vote(detached, detached.voters.first(), "EEE", secret="")
    assert not Turnout.objects.exists()


def test_after_the_closing_nothing_changes(detached):
    with pytest.raises(DomainError, match="clos"):
        vote(detached, detached.voters.first(), "EEE", secret=new_secret(), now=AFTER_CLOSING)
    assert not BallotPaper.objects.exists()


def test_a_paper_typed_by_the_referent_is_marked_on_the_turnout_alone(detached, referent):
    voter = detached.voters.first()
    papers = [VotePaper(lever, Grade.PRIORITY) for lever in ballot_levers(detached)]
    services.cast_votes(ballot=detached, participant=voter, papers=papers, entered_by=referent, now=NOW)
    assert Turnout.objects.get().is_on_paper
    with pytest.raises(DomainError, match="a déjà voté"):
        services.cast_votes(ballot=detached, participant=voter, papers=papers, entered_by=referent, now=NOW)


# Opening --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "names", "quorum", "sentence"), [
    (4, NamesVisibility.DETACHED, None, "au moins 5 votants"),
    (5, NamesVisibility.REFERENT, 6, "quorum de 1 à 5"),
    (5, NamesVisibility.REFERENT, 0, "quorum de 1 à 5"),
])  # fmt: skip
def test_rules_that_cannot_hold_are_refused(initiative, catalogue, referent, count, names, quorum, sentence):
    shortlist = make_shortlist(initiative, list(catalogue.levers.all()))
    voters = [make_participant(initiative) for _ in range(count)]
    with pytest.raises(DomainError, match=sentence):
        services.open_ballot(
            initiative=initiative, shortlist=shortlist, voters=voters, closes_at=NOW + timedelta(days=3),
            names_visibility=names, quorum=quorum, actor=referent, now=NOW,
        )  # fmt: skip
    assert not Ballot.objects.exists()


# Counting -------------------------------------------------------------------------------------------------------------


def test_the_count_is_that_of_named_votes(detached, initiative):
    answers = ["ENP", "EAP", "ECI", "PNN", "-II"]
    fill(detached, answers)
    named = make_ballot(initiative, number=2, shortlist=detached.shortlist, voters=6)
    columns = ("".join(column) for column in zip(*answers, strict=True))
    codes = (lever.code for lever in ballot_levers(named))
    fill_ballot(
        named, {code: column.replace("-", " ").replace("A", "-") for code, column in zip(codes, columns, strict=True)}
    )
    assert tally_of(detached, AFTER_CLOSING) == tally_of(named, AFTER_CLOSING)


def test_four_papers_are_never_shown(detached, referent_client, settings):
    fill(detached, ["EEE"] * 4)
    results = selectors.ballot_results(detached, now=AFTER_CLOSING, is_referent=True)
    assert (results.is_withheld, results.voted_count, results.comment_count) == (True, 4, 0)
    assert all(row.result.counts.expressed == 0 for row in results.rows)
    Ballot.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    page = referent_client.get(f"/collectivites/{detached.initiative.authority.slug}/votes/{detached.pk}/resultats/")
    assert "Moins de cinq bulletins détachés" in text_of(page)


def test_five_papers_are_counted_without_names_nor_services(detached):
    for voter in list(detached.voters.order_by("pk"))[:5]:
        vote(detached, voter, "EEE", secret=new_secret(), reason="Une raison.")
    results = selectors.ballot_results(detached, now=AFTER_CLOSING, is_referent=True)
    assert (results.is_withheld, results.are_names_shown, results.comment_count) == (False, False, 15)
    assert {comment.author for row in results.rows for comment in row.comments} == {""}
    assert all(row.hearing is None for row in results.rows)


def test_participation_says_who_never_how_far(detached):
    fill(detached, ["E--", "EEE"])
    follow_up = selectors.ballot_follow_up(detached)
    assert [(state.has_voted, state.answered) for state in follow_up.voters] == [(False, 0)] * 4 + [(True, 0)] * 2
    assert (follow_up.voted_count, follow_up.missing_to_show, len(follow_up.silent)) == (2, 3, 4)
    assert detached.voted_pks() == {state.participant.pk for state in follow_up.voters if state.has_voted}


def test_the_step_awaits_those_who_have_no_paper(detached, initiative):
    fill(detached, ["E--", "EEE"])
    state = selectors.prioritisation_state(initiative, now=NOW)
    assert len(state.awaited) == 4
    assert state.summary == "Scrutin ouvert, 2 sur 6 ont voté"


# Leaving --------------------------------------------------------------------------------------------------------------


def papers_in_archive(authority, now) -> str:
    with zipfile.ZipFile(io.BytesIO(build_archive(authority=authority, now=now))) as archive:
        name = next(name for name in archive.namelist() if name.endswith("-ballotpaper.csv"))
        return archive.read(name).decode()


@pytest.mark.parametrize(("papers", "now"), [(6, NOW), (4, AFTER_CLOSING)])
def test_papers_that_nobody_sees_leave_with_nobody(detached, authority, papers, now):
    fill(detached, ["EEE"] * papers)
    assert "grade" not in papers_in_archive(authority, now)


def test_papers_leave_dealt_anew_and_without_their_keys(detached, authority):
    secrets = fill(detached, ["ENN", "NEE", "EEE", "NNN", "AAE"])
    content = papers_in_archive(authority, AFTER_CLOSING)
    assert content.count('"grade"') + content.count("grade") >= 15
    assert not any(paper_key(secret) in content for secret in secrets.values())


answers = st.dictionaries(
    st.sampled_from(["LEV-01", "LEV-02", "LEV-03"]),
    st.fixed_dictionaries({"grade": st.none() | st.integers(1, 5), "reason": st.sampled_from(["", "a", "b"])}),
)


@given(st.lists(answers, max_size=6), st.randoms(use_true_random=False))
def test_dealing_keeps_the_count_and_forgets_the_papers(papers, random):
    dealt = unlinked(papers)
    shuffled = list(papers)
    random.shuffle(shuffled)
    assert unlinked(shuffled) == dealt == unlinked(dealt)
    for code in ("LEV-01", "LEV-02", "LEV-03"):
        before = sorted(str(paper[code]) for paper in papers if code in paper)
        assert sorted(str(paper[code]) for paper in dealt if code in paper) == before


# Pages ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def open_ballot(initiative):
    now = timezone.now()
    return make_ballot(
        initiative, voters=6, names=NamesVisibility.DETACHED, opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=1),
    )  # fmt: skip


def test_whole_path_in_one_browser_then_in_another(open_ballot):
    voter = open_ballot.voters.order_by("pk").first()
    lever = ballot_levers(open_ballot)[0]
    client = participant_client(voter)
    assert client.get(url("vote_list", voter, open_ballot)).url == url("paper_take", voter, open_ballot)
    assert client.get(url("vote_update", voter, open_ballot, lever.pk)).status_code == 302
    assert "aucun lien entre vous" in text_of(client.get(url("paper_take", voter, open_ballot)))
    assert not client.cookies.get(f"bulletin-{open_ballot.pk}-{voter.pk}")

    taken = client.post(url("paper_take", voter, open_ballot))
    cookie = taken.cookies[f"bulletin-{open_ballot.pk}-{voter.pk}"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", f"/participation/{voter.pk}/")
    assert not Turnout.objects.exists(), "a paper that is taken is not yet a vote"
    page = text_of(client.get(url("vote_update", voter, open_ballot, lever.pk)))
    assert "détaché de votre nom" in page and "data-draft" not in page
    form = {"choice": "P", "reason": "Parce que.", "version": 0}
    assert client.post(url("vote_update", voter, open_ballot, lever.pk), form).status_code == 302
    assert Turnout.objects.get().participant == voter
    assert "Prioritaire" in text_of(client.get(url("vote_list", voter, open_ballot)))
    assert client.get(url("paper_take", voter, open_ballot)).url == url("vote_list", voter, open_ballot)

    other = participant_client(voter)
    page = text_of(other.get(url("vote_list", voter, open_ballot)))
    assert "Vous avez voté" in page and "Prioritaire" not in page
    refused = other.post(url("vote_update", voter, open_ballot, lever.pk), form)
    assert refused.status_code == 422 and "depuis un autre navigateur" in text_of(refused)


def test_what_a_lost_session_sends_is_kept_nowhere(open_ballot):
    """A kept text says whose it is: a detached answer is sent again by its page, or lost."""
    voter = open_ballot.voters.first()
    client = participant_client(voter)
    client.post(url("paper_take", voter, open_ballot))
    session = client.session
    session.clear()
    session.save()
    lever = ballot_levers(open_ballot)[0]
    answer = client.post(url("vote_update", voter, open_ballot, lever.pk), {"choice": "P", "reason": "Secret."})
    assert answer.status_code == 404
    assert SESSION_KEY not in client.session


def test_a_paper_is_typed_at_once_and_never_again(open_ballot, referent_client):
    voter = open_ballot.voters.first()
    page = f"/collectivites/{open_ballot.initiative.authority.slug}/votes/{open_ballot.pk}/votants/{voter.pk}/"
    assert "rendu sans nom" in text_of(referent_client.get(page))
    assert referent_client.post(page, {f"g{lever.pk}": "E" for lever in ballot_levers(open_ballot)}).status_code == 302
    assert len(BallotPaper.objects.get().answers) == 3
    assert "Cette personne a voté" in text_of(referent_client.get(page))


@pytest.mark.parametrize(("count", "is_offered"), [(4, False), (5, True)])
def test_detached_papers_are_offered_from_five_voters_up(initiative, catalogue, referent_client, count, is_offered):
    make_shortlist(initiative, list(catalogue.levers.all()))
    for _ in range(count):
        make_participant(initiative)
    page = text_of(referent_client.get(f"/collectivites/{initiative.authority.slug}/votes/nouveau/"))
    assert ('value="detached"' in page) is is_offered


def test_quorum_is_told_before_and_after(initiative, referent_client):
    now = timezone.now()
    ballot = make_ballot(initiative, closes_at=now + timedelta(days=1), quorum=2)
    fill_ballot(ballot, {"LEV-01": "EE "})
    page = f"/collectivites/{initiative.authority.slug}/votes/{ballot.pk}/"
    assert "Quorum : 2 votants, atteint" in text_of(referent_client.get(page))
    Ballot.objects.update(closes_at=now - timedelta(minutes=1), quorum=3)
    assert "quorum de 3 non atteint" in text_of(referent_client.get(page + "resultats/"))
