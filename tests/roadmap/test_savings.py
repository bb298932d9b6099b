"""Savings of the actions together, year by year, against the objective. Values worked by hand in docs/calculs.md."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from roadmap.documents.content import build_content
from roadmap.savings import (
    SavingsPath,
    SavingsYear,
    counts_from_label,
    describe_weak,
    is_weak,
    read_path,
    signed_saving,
    year_rows,
    years_before,
)
from roadmap.selectors.savings import describe_savings, savings_page
from roadmap.selectors.shares import NOTHING_ELSEWHERE
from tests.factories import make_authority
from tests.factories_inventory import make_frozen
from tests.factories_levers import make_catalogue, make_lever
from tests.factories_roadmap import NOW, make_objective, make_share, make_sheet
from tests.inventory.conftest import factor_files, reference  # noqa: F401 (fixtures of the inventory)

TWO_YEARS_MORE = {"type": "extend_lifetime", "categories": ["laptop", "screen", "smartphone"], "years": 2}
LESS_ENERGY = {"type": "reduce_energy", "categories": ["screen"], "percent": 0}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def path(*totals: float, target: float | None = None, year: int | None = None, low: float = 0.9) -> SavingsPath:
    """A path from 2025 on; each saving is between `low` times and twice its middle."""
    years = (
        SavingsYear(2025 + rank, total, totals[0] - total, low * (totals[0] - total), 2 * (totals[0] - total))
        for rank, total in enumerate(totals)
    )
    return SavingsPath(tuple(years), year, target)


# Rules ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("end_half", "years", "label"),
    [
        ("2026-S1", 0.5, "à partir du 2e semestre 2026"),
        ("2026-S2", 1.0, "à partir du 1er semestre 2027"),
        ("2028-S1", 2.5, "à partir du 2e semestre 2028"),
    ],
)
def test_an_action_counts_from_the_end_of_its_last_half_year(end_half, years, label):
    assert (years_before(end_half, 2026), counts_from_label(end_half)) == (years, label)


@pytest.mark.parametrize(
    ("percent", "low", "high", "weak"),
    [
        (1.0, 1, 2, False),
        (0.99, 1, 2, True),
        (5.0, 0, 2, True),
        (5.0, -1, 2, True),
        (5.0, 0.1, 2, False),
        (0.0, 0, 0, True),
    ],
)
def test_a_weak_action_is_under_one_percent_or_not_surely_a_gain(percent, low, high, weak):
    assert is_weak(percent, low, high, 1.0) is weak


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (path(10, 9, 8, target=8, year=2027), "Au rythme prévu, l’objectif est atteint en 2027."
         " Au bas de la plage du gain, il ne le serait pas."),
        (path(10, 9, 8, target=8, year=2027, low=1), "Au rythme prévu, l’objectif est atteint en 2027."),
        (path(10, 7, 6, target=8, year=2027), "Au rythme prévu, l’objectif est atteint en 2026, "
         "avant son échéance de 2027."),
        (path(10, 9, 8, target=8, year=2026), "Au rythme prévu, l’objectif n’est pas atteint en 2026 : "
         "il manque 1,0 t CO₂e par an ; il le serait en 2027."),
        (path(10, 9, 9, target=8, year=2027), "Au rythme prévu, l’objectif n’est pas atteint en 2027 : "
         "il manque 1,0 t CO₂e par an."),
        (path(10, 9, 8), ""),
        # Half a unit of the third figure is rounding: 8,04 is the 8 of the objective, 8,05 is not.
        (path(10, 8.04, target=8, year=2026, low=1.1), "Au rythme prévu, l’objectif est atteint en 2026."),
        (path(10, 8.05, target=8, year=2026), "Au rythme prévu, l’objectif n’est pas atteint en 2026 : "
         "il manque 0,050 t CO₂e par an."),
    ],
)  # fmt: skip
def test_the_verdict_says_whether_and_when(found, verdict):
    assert plain(found.verdict) == verdict


@pytest.mark.parametrize(("value", "text"), [(2.625, "−2,6"), (0.0, "0"), (-0.5, "+0,50")])
def test_a_saving_is_written_as_a_change(value, text):
    assert signed_saving(value) == text


def test_weak_actions_are_named_without_being_condemned():
    rows = [{"number": number, "is_weak": number != 2} for number in (1, 2, 3)]
    assert describe_weak(rows) == (
        "Les actions 1 et 3 ont un faible effet sur l’empreinte\u00a0: elles peuvent être gardées "
        "pour la loi ou pour d’autres effets."
    )
    assert describe_weak(rows[:1]).startswith("L’action 1 a un faible effet")
    assert describe_weak(rows[1:2]) == ""


def test_a_version_frozen_before_has_no_path():
    assert read_path(None) is None


# On the worked example ------------------------------------------------------------------------------------------------
@pytest.fixture
def estate(roadmap, referent, reference):  # noqa: F811 (the fixture)
    """The worked example of the inventory, in a démarche that begins in 2026."""
    make_frozen(roadmap.initiative, referent)
    return roadmap


def lever(code: str, effect):
    return make_lever(make_catalogue(), code, simulation=effect)


def described(roadmap, elsewhere=NOTHING_ELSEWHERE):
    sheets = list(roadmap.sheets.select_related("lever").order_by("number"))
    return describe_savings(roadmap, sheets, elsewhere)


def totals(found) -> dict[int, int]:
    return {year["year"]: round(year["total_kg"]) for year in found["years"]}


def test_an_action_that_ends_with_the_year_counts_the_next_year(estate):
    make_sheet(estate, lever=lever("LEV-01", TWO_YEARS_MORE), start_half="2026-S1", end_half="2026-S2")

    # One year more at the end of 2027, two at the end of 2028: 10441, then 8847 and 7816 kg.
    assert totals(described(estate)) == {2025: 10441, 2026: 10441, 2027: 8847, 2028: 7816}


def test_an_action_that_ends_in_june_has_half_a_year(estate):
    make_sheet(estate, lever=lever("LEV-01", TWO_YEARS_MORE), start_half="2026-S1", end_half="2026-S1")

    # L + 0,5: 18509 × (1/5 − 1/5,5) + 10476 × (1/6 − 1/6,5) + 6361,28 × (1/2,5 − 1/3) = 894,9; L + 1,5: 2157,6.
    found = described(estate)
    assert totals(found) == {2025: 10441, 2026: 9546, 2027: 8283, 2028: 7816}
    assert all(year["low_kg"] <= year["saving_kg"] <= year["high_kg"] for year in found["years"])


def test_actions_together_save_less_than_their_sum(estate):
    fewer = {"type": "reduce_count", "categories": ["screen"], "percent": 20}
    for code, effect in (("LEV-01", TWO_YEARS_MORE), ("LEV-02", fewer)):
        make_sheet(estate, lever=lever(code, effect), start_half="2026-S1", end_half="2026-S1")

    found = described(estate)
    assert found["alone"][0]["saving_kg"] == pytest.approx(2625, abs=0.5)
    last = found["years"][-1]["saving_kg"]
    assert max(row["saving_kg"] for row in found["alone"]) < last < sum(row["saving_kg"] for row in found["alone"])


def test_what_does_not_count_is_said(estate):
    make_sheet(estate, lever=lever("LEV-01", TWO_YEARS_MORE))
    make_sheet(estate)
    make_sheet(estate, lever=lever("LEV-02", LESS_ENERGY), end_half="2026-S1", start_half="2026-S1")
    make_sheet(estate, lever=lever("LEV-03", TWO_YEARS_MORE), status="abandoned")

    found = described(estate)
    assert (found["unplaced"], found["actions_count"]) == ([1], 1)
    assert set(totals(found).values()) == {10441}
    assert [(row["number"], row["is_weak"]) for row in found["alone"]] == [(1, False), (3, True)]
    page = savings_page(estate.initiative)
    assert [plain(note) for note in page.notes] == [
        "1 action simulée n’a pas encore de place au calendrier : elle ne compte pas dans la trajectoire.",
        "1 action n’agit pas sur le parc inventorié : son effet n’est pas calculé ici.",
    ]


def test_the_path_goes_to_the_date_of_the_objective(estate):
    make_sheet(estate, lever=lever("LEV-01", TWO_YEARS_MORE), start_half="2026-S1", end_half="2026-S2")
    make_objective(estate, baseline=Decimal("10.44"), target=Decimal("8.144"), target_on=date(2027, 6, 30))
    page = savings_page(estate.initiative)
    assert plain(page.verdict) == (
        "Au rythme prévu, l’objectif n’est pas atteint en 2027 : il manque 0,70 t CO₂e par an ; il le serait en 2028."
    )
    estate.objectives.update(target_on=date(2031, 12, 31))
    page = savings_page(estate.initiative)
    assert page.years[-1].year == 2031
    assert plain(page.verdict).startswith(
        "Au rythme prévu, l’objectif est atteint en 2028, avant son échéance de 2031."
    )


@pytest.mark.parametrize("fields", [{"unit": "%"}, {"target_on": None}, {"target": None}, {"kind": "other"}])
def test_an_objective_without_tonnes_or_date_draws_no_line(estate, fields):
    make_sheet(estate, lever=lever("LEV-01", TWO_YEARS_MORE), start_half="2026-S1", end_half="2026-S2")
    make_objective(estate, **fields)
    assert described(estate)["target"] is None


def test_the_partner_counts_its_own_equipment(estate):
    sheet = make_sheet(estate, lever=lever("LEV-01", TWO_YEARS_MORE), start_half="2026-S1", end_half="2026-S2")
    make_share(sheet, make_authority("Ville d’Exemple"), equipment="guest")
    page = savings_page(estate.initiative)
    assert page.path is None
    assert page.notes == [
        "Une action partagée n’est pas comptée ici\u00a0: son matériel est à Ville d’Exemple, qui la compte."
    ]


def test_the_snapshot_holds_the_figures_of_the_page(estate):
    make_sheet(estate, lever=lever("LEV-01", TWO_YEARS_MORE), start_half="2026-S1", end_half="2026-S2")
    content = build_content(estate, on=NOW.date(), now=NOW)
    assert year_rows(read_path(content["savings"])) == savings_page(estate.initiative).years


def test_the_page_shows_the_chart_its_table_and_each_action(estate, referent_client, authority):
    make_sheet(estate, lever=lever("LEV-01", TWO_YEARS_MORE), start_half="2026-S1", end_half="2026-S2")
    make_sheet(estate, lever=lever("LEV-02", LESS_ENERGY), start_half="2026-S1", end_half="2026-S1")
    page = plain(referent_client.get(reverse("roadmap:savings_detail", args=[authority.slug])).content.decode())
    assert '<svg class="chart"' in page
    assert "ces valeurs ne s’additionnent pas" in page
    assert page.count("Faible effet sur l’empreinte</span>") == 1
    assert "−2,6" in page


def test_an_empty_roadmap_says_what_is_needed(authority, referent_client):
    response = referent_client.get(reverse("roadmap:savings_detail", args=[authority.slug]))
    assert "Rien à calculer pour l’instant" in response.content.decode()


def test_the_page_costs_the_same_whatever_the_actions(
    estate, referent_client, authority, django_assert_max_num_queries
):
    url = reverse("roadmap:savings_detail", args=[authority.slug])
    make_sheet(estate, lever=lever("LEV-01", TWO_YEARS_MORE), start_half="2026-S1", end_half="2026-S2")
    referent_client.get(url)
    with django_assert_max_num_queries(16) as one:
        referent_client.get(url)
    for code in ("LEV-02", "LEV-03"):
        make_sheet(estate, lever=lever(code, LESS_ENERGY), start_half="2026-S1", end_half="2026-S2")
    with django_assert_max_num_queries(16) as three:
        referent_client.get(url)
    assert len(one) == len(three)
