"""Writes about shortlists."""

from datetime import date, timedelta

import pytest

from authorities.models import Event
from common.errors import DomainError
from common.versioning import StaleVersionError
from levers import services
from levers.enums import ShortlistState
from levers.models import Shortlist, ShortlistedLever
from tests.factories import PARIS_NOON as NOW
from tests.factories_levers import make_ballot, make_catalogue, make_lever, make_shortlist


def validate(shortlist, referent, **changes):
    values = {
        "validated_on": date(2026, 3, 9),
        "body": "comité de pilotage",
        "note": "",
        "set_aside": {},
        "expected_version": shortlist.version,
    }
    return services.validate_shortlist(shortlist=shortlist, actor=referent, now=NOW, **{**values, **changes})


def test_shortlist_lever_creates_the_list_once_and_is_harmless_twice(initiative, catalogue, referent):
    first, second = catalogue.levers.all()[:2]

    for lever in (first, second, first):
        services.shortlist_lever(initiative=initiative, lever=lever, actor=referent, now=NOW)

    shortlist = Shortlist.objects.get()
    assert (shortlist.initiative, shortlist.number, shortlist.catalogue) == (initiative, 1, catalogue)
    assert [item.lever for item in shortlist.items.all()] == [first, second]
    assert shortlist.items.first().added_by == referent


def test_unshortlist_lever_takes_out_only_that_lever_of_that_demarche(initiative, other_initiative, catalogue):
    first, second = catalogue.levers.all()[:2]
    make_shortlist(initiative, [first, second], state=ShortlistState.DRAFT)
    make_shortlist(other_initiative, [first], state=ShortlistState.DRAFT)

    services.unshortlist_lever(initiative=initiative, lever=first)
    services.unshortlist_lever(initiative=initiative, lever=first)

    left = ShortlistedLever.objects.values_list("shortlist__initiative", "lever__code")
    assert set(left) == {(initiative.pk, "LEV-02"), (other_initiative.pk, "LEV-01")}


def test_shortlist_levers_adds_several_and_keeps_those_that_are_there(initiative, catalogue, referent):
    levers = list(catalogue.levers.all())
    make_shortlist(initiative, levers[:1], state=ShortlistState.DRAFT)

    services.shortlist_levers(initiative=initiative, levers=levers[:3], actor=referent, now=NOW)

    assert ShortlistedLever.objects.count() == 3
    assert Event.objects.get().verb == "a présélectionné 2 leviers d’un coup"


def test_lever_of_another_catalogue_is_refused(initiative, catalogue, referent):
    make_shortlist(initiative, list(catalogue.levers.all())[:1], state=ShortlistState.DRAFT)
    newer = make_lever(make_catalogue(code="essai-2"), "LEV-01")

    with pytest.raises(DomainError, match="autre version du catalogue"):
        services.shortlist_lever(initiative=initiative, lever=newer, actor=referent, now=NOW)
    with pytest.raises(DomainError):
        services.shortlist_levers(
            initiative=initiative, levers=[catalogue.levers.last(), newer], actor=referent, now=NOW
        )
    assert ShortlistedLever.objects.count() == 1


@pytest.mark.parametrize("state", [ShortlistState.SUBMITTED, ShortlistState.VALIDATED])
def test_shortlist_no_longer_changes_once_submitted(initiative, catalogue, referent, state):
    first, second = catalogue.levers.all()[:2]
    make_shortlist(initiative, [first], state=state)

    with pytest.raises(DomainError):
        services.shortlist_lever(initiative=initiative, lever=second, actor=referent, now=NOW)
    with pytest.raises(DomainError):
        services.unshortlist_lever(initiative=initiative, lever=first)
    assert ShortlistedLever.objects.count() == 1


def test_submit_needs_a_lever_and_is_recorded(initiative, catalogue, referent):
    empty = make_shortlist(initiative, [], state=ShortlistState.DRAFT)
    with pytest.raises(DomainError, match="au moins un levier"):
        services.submit_shortlist(shortlist=empty, expected_version=1, actor=referent, now=NOW)
    services.shortlist_lever(initiative=initiative, lever=catalogue.levers.first(), actor=referent, now=NOW)

    shortlist = services.submit_shortlist(shortlist=empty, expected_version=1, actor=referent, now=NOW)

    assert (shortlist.state, shortlist.submitted_at, shortlist.version) == (ShortlistState.SUBMITTED, NOW, 2)
    assert Event.objects.get().verb == "a soumis la présélection de 1 levier au comité de pilotage"


def test_submit_of_a_stale_page_is_refused(initiative, catalogue, referent):
    shortlist = make_shortlist(initiative, [catalogue.levers.first()], state=ShortlistState.DRAFT, version=3)

    with pytest.raises(StaleVersionError):
        services.submit_shortlist(shortlist=shortlist, expected_version=2, actor=referent, now=NOW)


def test_withdraw_makes_a_draft_again(initiative, catalogue, referent):
    shortlist = make_shortlist(initiative, [catalogue.levers.first()], state=ShortlistState.SUBMITTED)

    services.withdraw_shortlist(shortlist=shortlist, expected_version=1, actor=referent, now=NOW)

    assert Shortlist.objects.get().state == ShortlistState.DRAFT
    with pytest.raises(DomainError):
        services.withdraw_shortlist(shortlist=shortlist, expected_version=2, actor=referent, now=NOW)


def test_validate_keeps_the_date_the_body_and_the_reasons(initiative, catalogue, referent):
    levers = list(catalogue.levers.all())
    shortlist = make_shortlist(initiative, levers, state=ShortlistState.SUBMITTED)

    validate(shortlist, referent, note=" Unanime. ", set_aside={levers[3].pk: " Hors compétence "})

    shortlist.refresh_from_db()
    assert (shortlist.state, shortlist.validated_on, shortlist.validation_body) == (
        ShortlistState.VALIDATED,
        date(2026, 3, 9),
        "comité de pilotage",
    )
    assert (shortlist.validation_note, shortlist.validated_by) == ("Unanime.", referent)
    aside = shortlist.items.get(is_set_aside=True)
    assert (aside.lever, aside.set_aside_reason) == (levers[3], "Hors compétence")
    assert Event.objects.get().verb == "a enregistré la validation de la présélection\u00a0: 3 sur 4"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"validated_on": date(2026, 3, 11)}, "aujourd’hui ou avant"),
        ({"body": "  "}, "l’instance qui valide"),
        ({"set_aside": {"first": "  "}}, "Dites pourquoi"),
        ({"set_aside": {"first": "x" * 501}}, "500 caractères"),
        ({"set_aside": {"foreign": "hors sujet"}}, "ne figure pas"),
        ({"set_aside": {"first": "non", "second": "non"}}, "Gardez au moins un levier"),
    ],
)
def test_validate_refuses_what_would_be_false(initiative, catalogue, referent, changes, message):
    first, second, foreign = catalogue.levers.all()[:3]
    shortlist = make_shortlist(initiative, [first, second], state=ShortlistState.SUBMITTED)
    pks = {"first": first.pk, "second": second.pk, "foreign": foreign.pk}
    if "set_aside" in changes:
        changes = {"set_aside": {pks[name]: reason for name, reason in changes["set_aside"].items()}}

    with pytest.raises(DomainError, match=message):
        validate(shortlist, referent, **changes)

    shortlist.refresh_from_db()
    assert (shortlist.state, shortlist.items.filter(is_set_aside=True).count()) == (ShortlistState.SUBMITTED, 0)


def test_validate_needs_a_submitted_list_and_the_version_that_was_seen(initiative, catalogue, referent):
    shortlist = make_shortlist(initiative, [catalogue.levers.first()], state=ShortlistState.DRAFT)
    with pytest.raises(DomainError, match="Soumettez"):
        validate(shortlist, referent)
    services.submit_shortlist(shortlist=shortlist, expected_version=1, actor=referent, now=NOW)
    with pytest.raises(StaleVersionError):
        validate(shortlist, referent, expected_version=1)


def test_reopen_makes_a_new_draft_and_leaves_the_former_as_it_was(initiative, catalogue, referent):
    levers = list(catalogue.levers.all())
    shortlist = make_shortlist(initiative, levers, state=ShortlistState.SUBMITTED)
    validate(shortlist, referent, set_aside={levers[0].pk: "Hors compétence"})

    draft = services.reopen_shortlist(shortlist=shortlist, actor=referent, now=NOW)

    assert (draft.number, draft.state) == (2, ShortlistState.DRAFT)
    assert [item.lever for item in draft.items.all()] == levers[1:]
    assert shortlist.items.count() == 4
    with pytest.raises(DomainError, match="dernière présélection validée"):
        services.reopen_shortlist(shortlist=shortlist, actor=referent, now=NOW)


def test_reopen_waits_for_the_end_of_the_ballot(initiative, referent):
    ballot = make_ballot(initiative)

    with pytest.raises(DomainError, match="scrutin est ouvert"):
        services.reopen_shortlist(shortlist=ballot.shortlist, actor=referent, now=NOW)
    services.reopen_shortlist(shortlist=ballot.shortlist, actor=referent, now=ballot.closes_at + timedelta(hours=1))
