"""What holds for a whole ballot, whatever the votes: neutrality, anonymity, monotony, total order, order of arrival."""

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from levers.tally import GRADES, Counts, LeverVotes, Paper, Tally, tally

# For each lever, what each voter says in turn: few grades and few voters make many ties.
answers = st.lists(st.sampled_from([*GRADES, None]), max_size=6)
ballots = st.lists(answers, min_size=1, max_size=6)
FEW = settings(max_examples=80)


def written(rows, *, codes: list[str] | None = None) -> list[LeverVotes]:
    codes = codes or [f"L{rank}" for rank in range(len(rows))]
    return [
        LeverVotes(code, tuple(Paper(voter, f"service {voter % 3}", grade) for voter, grade in enumerate(grades)))
        for code, grades in zip(codes, rows, strict=True)
    ]


def rank_of(counted: Tally, code: str) -> int:
    return next(result.rank for result in counted.results if result.code == code)


@given(ballots, st.randoms(use_true_random=False))
@FEW
def test_renaming_the_levers_permutes_the_results(rows, shuffler):
    """Neutrality. The code only parts levers that received exactly the same votes: those may change places."""
    before = tally(written(rows))
    old = [f"L{rank}" for rank in range(len(rows))]
    new = shuffler.sample(old, len(old))

    after = tally(written(rows, codes=new))

    assert [result.counts.grades for result in after.results] == [result.counts.grades for result in before.results]
    shared = Counter(result.counts.grades for result in before.results)
    renamed = {result.code: result for result in after.results}
    for result in before.results:
        found = replace(renamed[new[old.index(result.code)]], code=result.code)
        assert replace(found, rank=result.rank) == result
        assert found.rank == result.rank or shared[result.counts.grades] > 1


@given(ballots, st.permutations(range(6)))
@FEW
def test_exchanging_the_voters_changes_nothing(rows, order):
    """Anonymity: neither who votes, nor from which service."""
    votes = written(rows)
    exchanged = [
        LeverVotes(
            lever.code,
            tuple(Paper(order[paper.voter], f"service {order[paper.voter]}", paper.grade) for paper in lever.papers),
        )
        for lever in votes
    ]

    assert tally(exchanged) == tally(votes)


@given(ballots, st.data())
@FEW
def test_raising_a_grade_never_lowers_the_lever(rows, data):
    """Monotony, from any grade to any better one, against every other lever of the ballot."""
    votes = written(rows)
    raisable = [
        (place, rank)
        for place, lever in enumerate(votes)
        for rank, paper in enumerate(lever.papers)
        if paper.grade is not None and paper.grade is not GRADES[0]
    ]
    if not raisable:
        return
    place, rank = data.draw(st.sampled_from(raisable))
    papers = list(votes[place].papers)
    better = data.draw(st.sampled_from([grade for grade in GRADES if grade > papers[rank].grade]))
    papers[rank] = replace(papers[rank], grade=better)
    raised = [*votes[:place], LeverVotes(votes[place].code, tuple(papers)), *votes[place + 1 :]]

    code = votes[place].code
    before, after = tally(votes), tally(raised)

    assert rank_of(after, code) <= rank_of(before, code)
    # The others keep their order among themselves.
    assert [r.code for r in after.results if r.code != code] == [r.code for r in before.results if r.code != code]


@given(ballots, st.data())
@FEW
def test_an_abstention_changes_nothing_but_its_own_count(rows, data):
    votes = written(rows)
    place = data.draw(st.integers(0, len(votes) - 1))
    abstaining = (*votes[place].papers, Paper(99, "service 99", None))
    more = [*votes[:place], LeverVotes(votes[place].code, abstaining), *votes[place + 1 :]]

    before, after = tally(votes), tally(more)

    def without_abstentions(counted: Tally) -> list[object]:
        return [replace(result, counts=Counts(result.counts.grades)) for result in counted.results]

    assert without_abstentions(after) == without_abstentions(before)
    assert after.voters == before.voters
    assert [r.code for r in after.agenda()] == [r.code for r in before.agenda()]


@given(answers, st.integers(2, 6))
@FEW
def test_no_two_ranks_are_equal_even_when_every_lever_received_the_same_votes(grades, count):
    results = tally(written([grades] * count)).results

    assert [result.rank for result in results] == list(range(1, count + 1))
    assert [result.code for result in results] == [f"L{rank}" for rank in range(count)]


@given(ballots, st.randoms(use_true_random=False))
@FEW
def test_the_order_of_arrival_changes_nothing(rows, shuffler):
    votes = written(rows)
    arrived = [
        LeverVotes(lever.code, tuple(shuffler.sample(lever.papers, len(lever.papers))))
        for lever in shuffler.sample(votes, len(votes))
    ]

    assert tally(arrived) == tally(votes)
    assert tally(arrived).agenda() == tally(votes).agenda()
