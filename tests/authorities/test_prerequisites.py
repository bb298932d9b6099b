"""What ticks itself: one row of the table for each rule, passing and failing."""

from dataclasses import replace

import pytest

from authorities.prerequisites import DERIVED_CODES, PreparationFacts, derive

# A committee of three in a standard track, everything done.
DONE = PreparationFacts(
    is_light=False,
    is_obliged=True,
    participant_count=5,
    service_count=4,
    referent_names=("Référente",),
    elected_names=("Vice-présidence",),
    committee_count=3,
    accepted_count=2,
    invited_count=3,
    unreached_names=(),
    meeting_count=13,
    has_council_date=True,
    document_count=1,
    actor_count=2,
    is_internal_only=True,
    has_territory_follow_up=True,
    written_text_count=3,
    coverage_total=36,
    coverage_done=36,
)


@pytest.mark.parametrize("code", sorted(DERIVED_CODES))
def test_everything_done_is_done(code):
    assert derive(code, DONE).is_done


@pytest.mark.parametrize(
    ("code", "changes", "detail"),
    [
        ("referent", {"referent_names": ()}, "Personne n’a le rôle de référent dans le comité."),
        ("elu", {"elected_names": ()}, "Personne n’a le rôle d’élu dans le comité."),
        (
            "perimetre",
            {"has_territory_follow_up": False},
            "Fonctionnement interne seulement\u00a0: dites quand le territoire suivra, ou élargissez.",
        ),
        (
            "cotech",
            {"committee_count": 2},
            "2\u00a0personnes donnent leur avis, 4\u00a0services en tout. Il en faut au moins 3.",
        ),
        ("couverture", {"coverage_done": 35}, "35 questions ont un service qui connaît la réponse, sur 36."),
        ("couverture", {"coverage_total": None}, "La couverture n’est pas encore calculée."),
        ("calendrier", {"has_council_date": False}, "La date du conseil n’est pas fixée."),
        (
            "calendrier",
            {"meeting_count": 0},
            "La date du conseil est fixée\u202f; le calendrier n’est pas encore calculé.",
        ),
        ("invitations", {"participant_count": 1}, "Le comité n’est pas encore composé."),
        (
            "invitations",
            {"unreached_names": ("Achats", "Eau", "Voirie", "Archives")},
            "4\u00a0personnes ne sont pas invitées\u00a0: Achats, Eau, Voirie…",
        ),
        ("invitations", {"unreached_names": ("Achats",)}, "1\u00a0personne n’est pas invitée\u00a0: Achats"),
        ("acteurs", {"actor_count": 0}, "Aucun acteur recensé."),
    ],
)
def test_what_is_missing_is_not_done_and_says_why(code, changes, detail):
    state = derive(code, replace(DONE, **changes))
    assert (state.is_done, state.detail) == (False, detail)


def test_the_territory_in_the_perimeter_needs_no_follow_up():
    assert derive("perimetre", replace(DONE, is_internal_only=False, has_territory_follow_up=False)).is_done


def test_one_person_is_a_committee_in_the_light_track():
    light = replace(DONE, is_light=True, committee_count=1)
    assert derive("cotech", light).is_done
    assert not derive("cotech", replace(light, committee_count=0)).is_done


def test_a_prerequisite_that_only_people_know_is_not_derived():
    assert derive("lancement", DONE) is None
    assert derive("copil", DONE) is None
