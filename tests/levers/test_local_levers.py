"""Local levers: what an authority adds to the catalogue, how it is chosen, and what never changes under the votes."""

import pytest

from common.errors import DomainError
from common.versioning import StaleVersionError
from levers import services
from levers.enums import LocalState, NamesVisibility, ShortlistState, Verdict
from levers.models import Lever, Shortlist
from levers.selectors import choice_summary, current_shortlist, shortlist_board
from levers.selectors.aggregate import retained_by_authority
from levers.selectors.ballots import voter_sheet
from levers.selectors.catalogue import LeverFilters, filter_catalogue, lever_page, ranked_catalogue
from levers.selectors.comparison import compare_levers
from levers.selectors.decisions import decision_board
from levers.selectors.shortlists import proposed_shortlist
from roadmap.services import create_sheets_from_decisions
from tests.factories import PARIS_NOON, make_authority, make_member, make_participant
from tests.factories_levers import (
    AFTER_CLOSING,
    CLOSING,
    fill_ballot,
    local_values,
    make_ballot,
    make_catalogue,
    make_lever,
    make_local_lever,
    make_shortlist,
)
from tests.factories_roadmap import make_decision

TODAY = PARIS_NOON.date()


def revise(lever: Lever, actor, **fields) -> Lever:
    return services.revise_local_lever(
        lever=lever, expected_version=lever.version, values=local_values(**fields), actor=actor, now=PARIS_NOON
    )


def withdraw(lever: Lever, actor) -> Lever:
    return services.withdraw_local_lever(lever=lever, actor=actor, now=PARIS_NOON)


def share(lever: Lever, actor, *authorities, name="Syndicat d’Exemple") -> list[Lever]:
    return services.share_local_lever(lever=lever, authorities=authorities, shared_as=name, actor=actor, now=PARIS_NOON)


def titles_offered(initiative, **filters) -> list[str]:
    ranked = ranked_catalogue(initiative, on=TODAY)
    return [item.lever.title for item in filter_catalogue(ranked, LeverFilters(**filters)).items]


@pytest.fixture
def lever(authority, referent) -> Lever:
    return make_local_lever(authority, author=referent)


@pytest.fixture
def adviser(authority):
    return make_member(authority, "adviser")


@pytest.fixture
def accompanied(adviser):
    """Another authority that the same accompagnateur accompanies."""
    other = make_authority(name="Pays accompagné")
    other.memberships.create(user=adviser, roles=["adviser"])
    return other


# In the catalogue -----------------------------------------------------------------------------------------------------


def test_a_local_lever_has_its_own_code_and_its_trail(lever, authority, referent):
    second = make_local_lever(authority, author=referent, title="Autre")
    assert (lever.code, second.code, lever.catalogue, lever.authority) == ("LOC-1", "LOC-2", None, authority)
    assert second.position > lever.position > max(make_catalogue().levers.values_list("position", flat=True))
    events = authority.events.filter(subject_key="LOC-1").values_list("verb", flat=True)
    assert list(events) == ["a ajouté le levier local «\u00a0Réemployer les postes\u00a0»"]


def test_a_local_lever_is_searched_filtered_ranked_and_compared_like_the_others(lever, initiative):
    twin = make_lever(
        make_catalogue(), "LEV-99", title="Jumeau publié", effort=2, impact=3, delay_months=9, perimeter="interne"
    )
    ranked = ranked_catalogue(initiative, on=TODAY)
    found = {item.lever.pk: item for item in ranked.items}
    assert found[lever.pk].score == found[twin.pk].score
    assert [reason.criterion for reason in found[lever.pk].reasons] == [
        reason.criterion for reason in found[twin.pk].reasons
    ]
    assert titles_offered(initiative, query="réemploi") == [lever.title]
    assert titles_offered(initiative, practices=frozenset({"local"})) == [lever.title]
    compared = compare_levers(initiative, [lever.pk, twin.pk], on=TODAY)
    assert [item.lever.pk for item in compared.items] == [lever.pk, twin.pk]
    assert lever_page(initiative, lever, on=TODAY).saving is None


def test_without_local_lever_there_is_no_filter_for_them(initiative, catalogue):
    groups = filter_catalogue(ranked_catalogue(initiative, on=TODAY), LeverFilters()).groups
    assert "Levier local" not in {option.label for group in groups for option in group.options}


def test_another_authority_neither_sees_nor_chooses_it(lever, other_initiative, referent):
    assert lever.title not in titles_offered(other_initiative)
    assert lever_page(other_initiative, lever, on=TODAY) is None
    assert compare_levers(other_initiative, [lever.pk], on=TODAY).items == ()
    with pytest.raises(DomainError, match="catalogue de votre démarche"):
        services.shortlist_lever(initiative=other_initiative, lever=lever, actor=referent, now=PARIS_NOON)
    assert not Shortlist.objects.for_initiative(other_initiative).exists()


def test_a_shortlist_may_begin_with_a_local_lever(lever, initiative, referent):
    services.shortlist_lever(initiative=initiative, lever=lever, actor=referent, now=PARIS_NOON)
    published = make_catalogue().levers.first()
    services.shortlist_lever(initiative=initiative, lever=published, actor=referent, now=PARIS_NOON)
    shortlist = current_shortlist(initiative)
    assert shortlist.catalogue == published.catalogue
    assert [item.lever for item in shortlist.items.all()] == [published, lever]


def test_a_local_lever_and_a_lever_of_another_version_do_not_mix(lever, initiative, referent):
    make_shortlist(initiative, [make_catalogue(1).levers.first()], state=ShortlistState.DRAFT)
    newer = make_lever(make_catalogue(code="essai-2"), "LEV-01")
    with pytest.raises(DomainError, match="autre version du catalogue"):
        services.shortlist_levers(initiative=initiative, levers=[lever, newer], actor=referent, now=PARIS_NOON)


# Its text -------------------------------------------------------------------------------------------------------------


def test_a_text_that_nobody_saw_changes_in_place(lever, referent, initiative):
    services.shortlist_lever(initiative=initiative, lever=lever, actor=referent, now=PARIS_NOON)
    written = revise(lever, referent, title="Prêter les postes")
    lever.refresh_from_db()
    assert (written.pk, lever.title, lever.version, lever.revision) == (lever.pk, "Prêter les postes", 2, 1)
    assert titles_offered(initiative, query="prêter postes") == ["Prêter les postes"]


@pytest.mark.parametrize("state", [ShortlistState.SUBMITTED, ShortlistState.VALIDATED])
def test_a_text_that_was_submitted_gets_a_new_version(lever, referent, initiative, state):
    make_shortlist(initiative, [lever], state=state)
    new = revise(lever, referent, title="Prêter les postes")
    lever.refresh_from_db()
    assert (new.code, new.revision, new.local_state) == ("LOC-1.2", 2, LocalState.PROPOSED)
    assert (lever.title, lever.local_state) == ("Réemployer les postes", LocalState.REPLACED)
    third = make_shortlist(initiative, [new], state=state, number=2)
    assert revise(new, referent).code == "LOC-1.3"
    assert [item.lever.title for item in third.items.all()] == ["Prêter les postes"]


def test_a_decided_text_of_the_light_track_gets_a_new_version(lever, referent, initiative):
    make_shortlist(initiative, [lever], state=ShortlistState.DRAFT)
    make_decision(initiative, lever)
    assert revise(lever, referent).pk != lever.pk


def test_a_replaced_version_is_changed_no_more(lever, referent, initiative):
    make_shortlist(initiative, [lever])
    revise(lever, referent)
    lever.refresh_from_db()
    for write in (revise, withdraw):
        with pytest.raises(DomainError, match="version plus récente"):
            write(lever, referent)


def test_a_stale_text_is_refused_with_what_is_stored(lever, referent):
    first = Lever.objects.get(pk=lever.pk)
    revise(lever, referent, title="Titre du premier")
    with pytest.raises(StaleVersionError) as refused:
        revise(first, referent, title="Titre de la seconde")
    assert refused.value.current.title == "Titre du premier"
    assert Lever.objects.get(pk=lever.pk).title == "Titre du premier"


def test_a_stale_text_makes_no_new_version_either(lever, referent, initiative):
    stale = Lever.objects.get(pk=lever.pk)
    revise(lever, referent, title="Titre du premier")
    make_shortlist(initiative, [lever])
    with pytest.raises(StaleVersionError):
        revise(stale, referent, title="Titre de la seconde")
    assert Lever.objects.filter(authority=initiative.authority).count() == 1


# Withdrawn ------------------------------------------------------------------------------------------------------------


def test_a_withdrawn_lever_is_no_longer_proposed(lever, referent, initiative):
    withdraw(lever, referent)
    lever.refresh_from_db()
    assert titles_offered(initiative, query="réemploi") == []
    assert lever_page(initiative, lever, on=TODAY) is None
    with pytest.raises(DomainError, match="n’est plus proposé"):
        services.shortlist_lever(initiative=initiative, lever=lever, actor=referent, now=PARIS_NOON)
    services.restore_local_lever(lever=lever, actor=referent, now=PARIS_NOON)
    assert titles_offered(initiative, query="réemploi") == [lever.title]


def test_a_withdrawn_lever_stays_where_the_demarche_chose_it(lever, referent, initiative):
    make_shortlist(initiative, [lever], state=ShortlistState.DRAFT)
    withdraw(lever, referent)
    board = shortlist_board(initiative)
    assert [item.lever for item in board.items] == [lever]
    assert lever_page(initiative, lever, on=TODAY) is not None
    assert lever.pk not in {item.recommendation.lever.pk for item in proposed_shortlist(initiative, on=TODAY).items}


def test_withdrawing_twice_changes_nothing(lever, referent, authority):
    withdraw(lever, referent)
    before = authority.events.count()
    withdraw(lever, referent)
    assert authority.events.count() == before


# Shared ---------------------------------------------------------------------------------------------------------------


def test_an_accompagnateur_shares_what_they_wrote(authority, adviser, accompanied):
    lever = make_local_lever(authority, author=adviser)
    (copy,) = share(lever, adviser, accompanied)
    lever.refresh_from_db()
    assert (copy.authority, copy.code, copy.title) == (accompanied, "LOC-1", lever.title)
    assert copy.origin == lever.origin == "Levier local, partagé par Syndicat d’Exemple"
    assert lever.title in titles_offered(accompanied.initiatives.get())
    assert accompanied.events.filter(verb__startswith="a partagé le levier local").count() == 1
    assert share(lever, adviser, accompanied) == [], "sharing twice makes no second copy"


def test_who_does_not_accompany_shares_nothing(lever, referent, adviser, accompanied, authority):
    with pytest.raises(DomainError, match="accompagnateur"):
        share(lever, referent, accompanied)
    with pytest.raises(DomainError, match="pas de vous seul"):
        share(lever, adviser, accompanied)
    own = make_local_lever(authority, author=adviser)
    with pytest.raises(DomainError, match="accompagnateur"):
        share(own, adviser, make_authority(name="Pays inconnu"))
    with pytest.raises(DomainError, match="au nom de qui"):
        share(own, adviser, accompanied, name=" ")
    assert not Lever.objects.filter(authority=accompanied).exists()


def test_a_text_that_two_people_wrote_leaves_no_authority(authority, referent, adviser, accompanied):
    lever = make_local_lever(authority, author=adviser)
    revise(lever, referent, title="Avec un mot de la collectivité")
    lever.refresh_from_db()
    assert lever.author is None
    with pytest.raises(DomainError, match="pas de vous seul"):
        share(lever, adviser, accompanied)


def test_a_shared_text_changes_everywhere_but_under_the_votes(authority, adviser, accompanied):
    lever = make_local_lever(authority, author=adviser)
    (copy,) = share(lever, adviser, accompanied)
    make_shortlist(accompanied.initiatives.get(), [copy])
    lever.refresh_from_db()
    revise(lever, adviser, title="Prêter les postes")
    copy.refresh_from_db()
    assert (copy.title, copy.local_state) == ("Réemployer les postes", LocalState.REPLACED)
    newer = Lever.objects.get(authority=accompanied, code="LOC-1.2")
    assert (newer.title, newer.origin) == ("Prêter les postes", "Levier local, partagé par Syndicat d’Exemple")
    assert Lever.objects.get(authority=authority).title == "Prêter les postes"


def test_who_receives_a_shared_lever_withdraws_it_at_home_and_does_not_rewrite_it(authority, adviser, accompanied):
    lever = make_local_lever(authority, author=adviser)
    (copy,) = share(lever, adviser, accompanied)
    other_referent = make_member(accompanied, "referent")
    with pytest.raises(DomainError, match="partagé par Syndicat d’Exemple"):
        revise(copy, other_referent)
    withdraw(copy, other_referent)
    assert Lever.objects.get(pk=copy.pk).local_state == LocalState.WITHDRAWN
    assert Lever.objects.get(pk=lever.pk).is_proposed


def test_its_author_withdraws_a_shared_lever_everywhere_they_still_accompany(authority, adviser, accompanied):
    former = make_authority(name="Pays quitté")
    former.memberships.create(user=adviser, roles=["adviser"])
    lever = make_local_lever(authority, author=adviser)
    copy, kept = share(lever, adviser, accompanied, former)
    former.memberships.filter(user=adviser).delete()
    withdraw(lever, adviser)
    states = {row.authority_id: row.local_state for row in Lever.objects.filter(title=lever.title)}
    assert states == {
        authority.pk: LocalState.WITHDRAWN,
        accompanied.pk: LocalState.WITHDRAWN,
        former.pk: LocalState.PROPOSED,
    }
    revise(kept, make_member(former, "referent"), title="Repris à notre compte")
    assert (Lever.objects.get(pk=kept.pk).title, Lever.objects.get(pk=copy.pk).title) == (
        "Repris à notre compte", "Réemployer les postes",
    )  # fmt: skip


def test_what_an_authority_withdrew_at_home_does_not_come_back_from_elsewhere(authority, adviser, accompanied):
    lever = make_local_lever(authority, author=adviser)
    (copy,) = share(lever, adviser, accompanied)
    make_shortlist(accompanied.initiatives.get(), [copy])
    withdraw(copy, make_member(accompanied, "referent"))
    lever.refresh_from_db()

    revise(lever, adviser, title="Prêter les postes")
    newer = Lever.objects.get(authority=accompanied, code="LOC-1.2")
    assert (newer.title, newer.local_state) == ("Prêter les postes", LocalState.WITHDRAWN)

    lever.refresh_from_db()
    withdraw(lever, adviser)
    services.restore_local_lever(lever=lever, actor=adviser, now=PARIS_NOON)
    assert Lever.objects.get(pk=lever.pk).is_proposed
    assert not Lever.objects.get(pk=newer.pk).is_proposed


# Votes, decisions, sheets ---------------------------------------------------------------------------------------------


@pytest.fixture
def closed(lever, initiative):
    """A closed ballot on a published lever and the local one."""
    published = make_catalogue(2).levers.first()
    ballot = make_ballot(initiative, shortlist=make_shortlist(initiative, [published, lever]))
    fill_ballot(ballot, {"LEV-01": "EPI", "LOC-1": "EEP"})
    return ballot


def test_it_is_voted_decided_and_becomes_a_sheet_prefilled_from_it(closed, lever, initiative, referent):
    board = decision_board(initiative, now=AFTER_CLOSING)
    assert [row.lever.code for row in board.rows if row.result.result.pile.label] == ["LOC-1", "LEV-01"]
    services.record_decision(
        initiative=initiative, lever=lever, verdict=Verdict.RETAINED, reason="Utile ici.", expected_version=0,
        actor=referent, now=AFTER_CLOSING,
    )  # fmt: skip
    assert choice_summary(initiative, now=AFTER_CLOSING).catalogue_count == 3, "two published levers, the local one"
    (sheet,) = create_sheets_from_decisions(initiative=initiative, actor=referent, now=AFTER_CLOSING).created
    assert (sheet.lever, sheet.title, sheet.aim, sheet.human_days) == (lever, lever.title, lever.summary, 8)
    assert [step.text for step in sheet.steps.all()] == ["Recenser", "Prêter"]
    assert [item.name for item in sheet.indicators.all()] == ["Postes prêtés"]
    assert (sheet.lead_service, sheet.saving_kgco2e) == (None, None), "no simulated gain"


def test_a_new_version_a_withdrawal_and_a_new_catalogue_leave_the_ballot_alone(closed, lever, initiative, referent):
    def told() -> tuple:
        board = decision_board(initiative, now=AFTER_CLOSING)
        rows = [
            (row.lever.code, row.lever.title, row.lever.summary, row.result.result.counts.grades) for row in board.rows
        ]
        return rows, choice_summary(initiative, now=AFTER_CLOSING)

    before = told()
    new = revise(lever, referent, title="Tout autre chose", summary="Un autre résumé.")
    withdraw(new, referent)
    newer = make_catalogue(code="essai-2", is_current=True, title="Catalogue suivant")
    make_lever(newer, "LEV-01", title="Levier récrit")
    assert told() == before
    assert current_shortlist(initiative).catalogue != newer


def test_a_new_catalogue_offers_the_local_levers_too(lever, initiative):
    newer = make_catalogue(code="essai-2", is_current=True)
    make_lever(newer, "LEV-01", title="Levier récrit")
    assert sorted(titles_offered(initiative)) == ["Levier récrit", lever.title]


def test_a_local_lever_put_off_comes_back_in_its_new_version(lever, initiative, referent):
    make_shortlist(initiative, [lever])
    make_decision(initiative, lever, Verdict.POSTPONED)
    new = revise(lever, referent, title="Prêter les postes")
    initiative.is_current = False
    initiative.save(update_fields=["is_current"])
    following = initiative.authority.initiatives.create(number=2, period_start_year=2027)
    assert [(item.lever, item.verdict) for item in shortlist_board(following).former] == [(new, Verdict.POSTPONED)]


def test_national_figures_hold_no_local_lever(lever, initiative):
    published = make_catalogue(2).levers.first()
    make_shortlist(initiative, [published, lever])
    for item in (published, lever):
        make_decision(initiative, item)
    assert retained_by_authority([initiative.authority_id]) == {initiative.authority_id: frozenset({"LEV-01"})}


def test_a_voter_of_a_service_meets_it_without_lead_service(lever, initiative):
    ballot = make_ballot(
        initiative,
        shortlist=make_shortlist(initiative, [lever]),
        voters=[make_participant(initiative)],
        closes_at=CLOSING,
        names=NamesVisibility.EVERYONE,
    )
    sheet = voter_sheet(ballot, ballot.voters.get())
    assert [(item.lever, item.concerns_service) for item in sheet.items] == [(lever, False)]


def test_the_space_goes_with_its_local_levers(closed, lever, authority, initiative):
    make_decision(initiative, lever)
    authority.delete()
    assert not Lever.objects.filter(code="LOC-1").exists()
    assert make_catalogue().levers.count() == 2
