"""Coverage of the questions by the committee."""

import pytest

from authorities.extensions import coverage_of
from authorities.extensions import dimensions_of_service as proposed_dimensions
from diagnostics.coverage import CoveragePerson, CoverageQuestion, check_coverage
from diagnostics.selectors import committee_coverage
from tests import factories
from tests.factories_diagnostics import make_dimension

MEDIATION = CoverageQuestion("TER-2", "Inclusion", "TER", ("cohesion", "action-sociale", "culture"))
OBJECTS = CoverageQuestion("TER-4", "Objets connectés", "TER", ("eau", "dsi"))
REUSE = CoverageQuestion("ACH-1", "Part issue du réemploi", "ACH", ("achats", "dsi"))
CLAUSES = CoverageQuestion("ACH-3", "Clauses", "ACH", ("achats",))
QUESTIONS = [REUSE, CLAUSES, MEDIATION, OBJECTS]


def test_a_committee_without_cohesion_leaves_the_mediation_uncovered():
    coverage = check_coverage(QUESTIONS, [CoveragePerson(1, "dsi"), CoveragePerson(2, "achats")])

    assert [gap.question.code for gap in coverage.gaps] == ["TER-2"]
    assert [invitation.service for invitation in coverage.invitations] == ["cohesion"]
    assert (coverage.covered, coverage.total) == (3, 4)
    assert [gap.question.code for gap in coverage.unknown] == ["TER-2"]


def test_somebody_who_knows_the_dimension_is_named_but_the_service_is_still_missing():
    people = [CoveragePerson(1, "dsi"), CoveragePerson(2, "achats", frozenset({"TER"}))]

    coverage = check_coverage(QUESTIONS, people)

    assert [(gap.question.code, gap.people) for gap in coverage.gaps] == [("TER-2", (2,))]
    assert coverage.unknown == ()
    territory = coverage.dimensions[1]
    assert territory.known_by == {1: 1, 2: 2}


def test_everything_is_missing_without_anybody():
    coverage = check_coverage(QUESTIONS, [])

    assert (coverage.covered, coverage.total) == (0, 4)
    # « achats » knows two of the four, « dsi » too but comes after; then each question that is left.
    assert [invitation.service for invitation in coverage.invitations] == ["achats", "cohesion", "eau"]


def test_invitations_are_few_and_cover_everything():
    coverage = check_coverage([REUSE, OBJECTS, MEDIATION], [])

    assert [(item.service, len(item.questions)) for item in coverage.invitations] == [("dsi", 2), ("cohesion", 1)]


def test_full_coverage_invites_nobody():
    coverage = check_coverage([REUSE], [CoveragePerson(1, "dsi")])

    assert (coverage.gaps, coverage.invitations) == ((), ())


@pytest.mark.django_db
def test_committee_coverage_reads_the_active_people_who_rate(initiative, people, questionnaire):
    factories.make_participant(initiative, service="cohesion", is_active=False)
    factories.make_participant(initiative, service="culture", roles=("elected",))

    committee = committee_coverage(initiative)

    assert [gap.question.code for gap in committee.coverage.gaps] == ["TER-2"]
    assert [row.participant.name for row in committee.rows] == ["Anne Achats", "Chloé Com", "Denis Dsi"]
    assert [invitation.service.code for invitation in committee.invitations] == ["cohesion"]
    assert [(cell.known, cell.total, cell.css) for cell in committee.rows[0].cells] == [
        (2, 2, "full"),
        (0, 2, "none"),
        (0, 1, "none"),
    ]
    assert [(cell.known, cell.css) for cell in committee.rows[2].cells] == [(1, "half"), (2, "full"), (0, "none")]


@pytest.mark.django_db
def test_light_track_covers_the_essential_questions_only(initiative, questionnaire):
    initiative.track = "light"

    assert committee_coverage(initiative).coverage.total == 3


@pytest.mark.django_db
def test_coverage_is_told_to_the_preparation(initiative, people, questionnaire):
    facts = coverage_of(initiative)

    assert (facts.covered, facts.total, facts.is_complete) == (4, 5, False)
    assert facts.services_to_invite == ("cohesion",)


@pytest.mark.django_db
def test_coverage_is_unknown_without_questionnaire(initiative):
    assert coverage_of(initiative) is None


@pytest.mark.django_db
def test_dimensions_that_a_service_usually_knows(questionnaire):
    assert [dimension.code for dimension in proposed_dimensions(factories.make_service("dsi"))] == ["ACH", "PAR"]
    assert proposed_dimensions(factories.make_service("juridique")) == []


@pytest.mark.django_db
def test_coverage_page_names_the_service_and_preselects_it(initiative, people, questionnaire, referent_client):
    people[0].dimensions.set([make_dimension("TER")])

    response = referent_client.get("/collectivites/pays-dexemple/diagnostics/couverture/")

    page = response.content.decode()
    assert "TER-2 n’a pas de service qui la connaisse" in page
    assert "Anne Achats connaît la dimension" in page
    assert 'href="/collectivites/pays-dexemple/preparer/comite/ajouter/?service=cohesion"' in page


@pytest.mark.django_db
def test_the_missing_service_is_chosen_already_in_the_form(initiative, questionnaire, referent_client):
    url = "/collectivites/pays-dexemple/preparer/comite/ajouter/"
    service = factories.make_service("cohesion")

    page = referent_client.get(url, {"service": "cohesion"}).content.decode()
    assert f'<option value="{service.pk}" selected>' in page
    for unknown in ("lune", "\x00", "x" * 500):
        page = referent_client.get(url, {"service": unknown}).content.decode()
        assert '<option value="" selected>Choisir un service</option>' in page


@pytest.mark.django_db
def test_coverage_page_without_questionnaire_or_people(initiative, referent_client):
    url = "/collectivites/pays-dexemple/diagnostics/couverture/"

    assert "Le questionnaire n’est pas chargé" in referent_client.get(url).content.decode()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.django_db
def test_coverage_page_query_count(initiative, questionnaire, referent_client, django_assert_num_queries, count):
    for _ in range(count):
        factories.make_participant(initiative, service="dsi").dimensions.set([make_dimension("TER")])

    with django_assert_num_queries(8):
        assert referent_client.get("/collectivites/pays-dexemple/diagnostics/couverture/").status_code == 200
