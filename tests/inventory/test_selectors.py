"""What other applications read of an inventory: facts, ratios and thresholds, savings, state of the step."""

import logging
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from common.errors import DomainError
from common.steps import StepStatus
from inventory.models import FactorSet
from inventory.selectors import (
    current_inventory,
    equipment_facts,
    facts_of,
    find_datum_to_improve,
    footprint_page,
    inventory_footprint,
    inventory_state,
    overview_page,
    ratios_of,
    read_data,
    simulate_levers,
    simulate_together,
    table_pages,
    trace_page,
    working_inventory,
)
from inventory.selectors.pages import group_rows
from inventory.services import freeze_inventory
from reference.models import Duty, DutyStep
from tests.factories import PARIS_NOON
from tests.factories_inventory import fill, fill_figures, make_example, make_frozen, make_inventory


@pytest.fixture
def duties(db) -> None:
    """The two thresholds of duties.yaml that the ratios meet."""
    for code, steps in {
        "reemploi-reformes": {date(2023, 1, 1): 25, date(2024, 1, 1): 35, date(2025, 1, 1): 50},
        "achats-reemploi": {date(2024, 7, 1): 20, date(2027, 1, 1): 25},
    }.items():
        duty = Duty.objects.create(
            code=code, title=code, nature="obligation", unit="%", direction="min", legal_reference="Loi d’essai, art. 1"
        )
        for starts_on, value in steps.items():
            DutyStep.objects.create(duty=duty, starts_on=starts_on, value=value)


# Which lot -----------------------------------------------------------------------------------------------------------


def test_no_lot(initiative):
    assert current_inventory(initiative) is None
    assert working_inventory(initiative) is None


def test_figures_come_from_the_frozen_lot_and_work_goes_on_in_the_draft(reference, initiative, referent):
    draft = make_inventory(initiative)
    assert current_inventory(initiative) == draft
    fill(draft, laptop={"quantity": 3})
    frozen = freeze_inventory(
        inventory=draft, dated_on=date(2026, 3, 1), expected_version=draft.version, actor=referent, now=PARIS_NOON
    )
    following = make_inventory(initiative, copied_from=frozen)
    assert current_inventory(initiative) == frozen
    assert working_inventory(initiative) == following


def test_without_factors_a_sentence_says_what_to_do(lot):
    FactorSet.objects.update(is_current=False)
    with pytest.raises(DomainError, match="load_reference"):
        inventory_footprint(lot)


# Parameters -----------------------------------------------------------------------------------------------------------


def test_lines_become_parameters(example_lot):
    fill(
        example_lot,
        laptop={
            "lifetime_years": 5.5,
            "observed_lifetime_years": 6.0,
            "refurbished_percent": 30.0,
            "first_life_years": 3.0,
            "use_share_percent": 85,
        },
    )
    [laptop] = [line for line in read_data(example_lot).engine_lines if line.category == "laptop"]
    assert (laptop.quantity, laptop.confidence, laptop.zone) == (100, "measured", "FRA")
    assert (laptop.lifetime_years, laptop.observed_lifetime_years) == (5.5, 6)
    assert (laptop.refurbished_share, laptop.upstream_years, laptop.use_share) == (0.3, 3, 0.85)


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({}, {"server_rack": 1.6, "cloud_vm_medium": 1.6, "laptop": 1}),
        ({"room_pue": 1.3, "hosting_pue": 1.2}, {"server_rack": 1.3, "cloud_vm_medium": 1.2, "laptop": 1}),
    ],
)
def test_pue_of_the_rooms(example_lot, figures, expected):
    fill_figures(example_lot, **figures)
    found = {line.category: line.pue for line in read_data(example_lot).engine_lines}
    assert {code: found[code] for code in expected} == expected


def test_footprint_of_the_example(example_lot):
    total = inventory_footprint(example_lot)["GWP"].total
    assert (round(total.low), round(total.central), round(total.high)) == (4131, 10441, 36191)


@pytest.mark.parametrize(
    ("of_authority", "of_figures", "expected", "is_of_authority"),
    [(None, None, None, False), (420, None, 420, True), (420, 300, 300, False), (None, 300, 300, False)],
)
def test_agents_come_from_the_figures_then_from_the_authority(
    example_lot, authority, of_authority, of_figures, expected, is_of_authority
):
    authority.agent_count = of_authority
    authority.save()
    example_lot.initiative.authority = authority
    if of_figures:
        fill_figures(example_lot, agents_equipped=of_figures)
    data = read_data(example_lot)
    assert (data.agent_count, data.is_agent_count_of_authority) == (expected, is_of_authority)


# Facts and ratios -----------------------------------------------------------------------------------------------------


def test_facts(example_lot):
    fill(example_lot, laptop={"mean_age_years": 3.4, "refurbished_percent": 12.0}, monitor_24={"lifetime_years": 7.0})
    fill_figures(example_lot, agents_equipped=100, deee_kg=250, reused_purchase_percent=11)
    facts = equipment_facts(example_lot)
    # 100 laptops and 80 smartphones; 150 screens.
    assert (facts.terminals_per_agent, facts.screens_per_agent, facts.waste_kg_per_agent) == (1.8, 1.5, 2.5)
    assert (facts.reused_purchase_percent, facts.reuse_rate_percent) == (11, None)
    assert facts.unit_count == 338
    laptop, screen = facts.categories["laptop"], facts.categories["monitor_24"]
    assert (laptop.mean_age_years, laptop.refurbished_percent) == (3.4, 12)
    assert (laptop.lifetime_years, laptop.is_lifetime_declared) == (5, False)
    assert (screen.lifetime_years, screen.is_lifetime_declared) == (7, True)
    assert facts.categories["tablet"].quantity is None


def test_ratios_without_agents_are_unknown(example_lot):
    facts = equipment_facts(example_lot)
    assert (facts.terminals_per_agent, facts.screens_per_agent, facts.waste_kg_per_agent) == (None, None, None)


def test_reuse_rate_over_the_goods_retired_in_the_year(example_lot):
    fill(
        example_lot,
        laptop={"retired_last_year": 40, "reused_last_year": 14},
        monitor_24={"retired_last_year": 22, "reused_last_year": 6},
        # Copiers are no small equipment: out of the rate.
        printer_mfp={"retired_last_year": 5, "reused_last_year": 5},
    )
    # (14 + 6) / (40 + 22)
    assert equipment_facts(example_lot).reuse_rate_percent == pytest.approx(32.258, abs=0.001)


def test_reuse_rate_over_the_stock_of_january_when_it_is_known(example_lot):
    fill(example_lot, laptop={"retired_last_year": 40, "reused_last_year": 14})
    fill_figures(example_lot, retired_stock=35)
    assert equipment_facts(example_lot).reuse_rate_percent == 40


@pytest.mark.parametrize("fields", [{"retired_last_year": 40}, {"retired_last_year": 0, "reused_last_year": 0}, {}])
def test_reuse_rate_is_unknown_without_its_two_terms(example_lot, fields):
    fill(example_lot, laptop=fields)
    assert equipment_facts(example_lot).reuse_rate_percent is None


@pytest.mark.parametrize(
    ("on", "reuse", "purchases"),
    [
        (date(2022, 12, 31), "", ""),
        (date(2024, 6, 30), "35", ""),
        (date(2024, 7, 1), "35", "20"),
        (date(2025, 1, 1), "50", "20"),
        (date(2026, 12, 31), "50", "20"),
        (date(2027, 1, 1), "50", "25"),
    ],
)
def test_threshold_in_force_on_the_day(example_lot, duties, on, reuse, purchases):
    data = read_data(example_lot)
    found = {ratio.code: ratio.threshold for ratio in ratios_of(data, facts_of(data), on=on)}
    for code, value in (("reuse_rate", reuse), ("reused_purchases", purchases)):
        assert (f"seuil légal\u00a0: {value}\u202f% au moins depuis" in found[code]) == bool(value)
    assert found["terminals_per_agent"] == found["waste_per_agent"] == ""


def test_next_threshold_is_told(example_lot, duties):
    data = read_data(example_lot)
    found = {ratio.code: ratio for ratio in ratios_of(data, facts_of(data), on=date(2026, 3, 10))}
    assert found["reused_purchases"].next_threshold == "puis 25\u202f% le 1er janvier 2027"
    assert found["reuse_rate"].next_threshold == ""


@pytest.mark.parametrize(("percent", "is_point"), [(19.9, True), (20, False), (35, False)])
def test_attention_point_under_the_threshold(example_lot, duties, percent, is_point):
    fill_figures(example_lot, reused_purchase_percent=percent)
    data = read_data(example_lot)
    found = {ratio.code: ratio for ratio in ratios_of(data, facts_of(data), on=date(2026, 3, 10))}
    assert found["reused_purchases"].is_attention_point is is_point
    # What is not known is no attention point.
    assert not found["reuse_rate"].is_attention_point


# Savings --------------------------------------------------------------------------------------------------------------

LONGER = {"type": "extend_lifetime", "categories": ["laptop", "screen", "smartphone"], "years": 2}
FEWER = {"type": "reduce_count", "categories": ["laptop"], "percent": 10}


def test_savings_of_levers(example_lot):
    found = simulate_levers(example_lot, [("LEV-A", LONGER), ("LEV-B", FEWER), ("LEV-C", None)])
    assert set(found) == {"LEV-A", "LEV-B"}
    assert found["LEV-A"].kgco2e_central == pytest.approx(2624.6, abs=0.5)
    assert found["LEV-B"].kgco2e_central == pytest.approx(383.6, abs=0.1)
    assert found["LEV-A"].low < found["LEV-A"].kgco2e_central < found["LEV-A"].high


def test_savings_together(example_lot):
    found = simulate_together(example_lot, [("LEV-A", LONGER), ("LEV-B", FEWER)])
    alone = simulate_levers(example_lot, [("LEV-A", LONGER), ("LEV-B", FEWER)])
    assert found.saving.kgco2e_central < sum(item.kgco2e_central for item in alone.values())
    assert found.simulated.central == pytest.approx(found.baseline.central - found.saving.kgco2e_central)
    assert found.percent == pytest.approx(100 * found.saving.kgco2e_central / found.baseline.central)
    half = simulate_together(example_lot, [("LEV-A", LONGER)], years_after=1)
    assert half.saving.kgco2e_central == pytest.approx(1593, abs=1)


def test_effect_that_the_factors_cannot_read_is_left_out(example_lot, caplog):
    unknown = {"type": "reduce_count", "categories": ["teapot"], "percent": 10}
    with caplog.at_level(logging.WARNING):
        assert simulate_levers(example_lot, [("LEV-X", unknown)]) == {}
    assert "LEV-X" in caplog.text


def test_savings_on_an_empty_lot(lot):
    assert simulate_levers(lot, [("LEV-A", LONGER)]) == {}
    assert simulate_together(lot, [("LEV-A", LONGER)]).saving is None


# Pages ----------------------------------------------------------------------------------------------------------------


def test_finding_of_the_overview(lot):
    assert overview_page(lot, on=date(2026, 3, 10)).finding == "Aucune famille n’est encore renseignée"
    fill(lot, laptop={"quantity": 1200})
    assert overview_page(lot, on=date(2026, 3, 10)).finding == "1\u202f200 équipements en service"
    fill_figures(lot, agents_equipped=1000)
    page = overview_page(lot, on=date(2026, 3, 10))
    assert page.finding == "1\u202f200 équipements, 1,2 terminal par agent"
    assert (page.filled_count, page.line_count, page.figure_count, page.figure_total) == (1, 22, 1, 19)


def test_footprint_page_of_the_example(example_lot):
    page = footprint_page(example_lot)
    assert page.finding == "90\u202f% de l’empreinte se joue à l’achat, pas à l’usage"
    assert (page.unit, round(page.total.central, 1)) == ("t", 10.4)
    assert [bar.name for bar in page.bars] == [
        "Ordinateurs",
        "Téléphones et tablettes",
        "Écrans",
        "Serveurs et stockage",
        "Impression",
    ]
    assert sum(bar.total.central for bar in page.bars) == pytest.approx(page.total.central)
    for bar in page.bars:
        assert sum(bar.parts.values()) == pytest.approx(bar.total.central)
    assert page.maximum == max(bar.total.high for bar in page.bars)
    assert [row.code for row in page.families][0] == "laptop"
    assert len(page.criteria) == 7


def test_small_estate_is_told_in_kilograms(lot):
    fill(lot, laptop={"quantity": 2, "confidence": "measured"})
    page = footprint_page(lot)
    assert (page.unit, round(page.total.central)) == ("kg", 77)


@pytest.mark.parametrize(
    ("lines", "finding"),
    [
        ({}, "Pas encore d’empreinte"),
        ({"laptop": {"quantity": 0}}, "Un parc sans équipement en service"),
        ({"cloud_vm_medium": {"quantity": 5}}, "L’usage pèse 65\u202f% de l’empreinte"),
    ],
)
def test_other_findings(lot, lines, finding):
    fill(lot, **lines)
    assert footprint_page(lot).finding == finding


def test_observed_lifetime_is_shown_beside(example_lot):
    assert footprint_page(example_lot).observed_total is None
    fill(example_lot, laptop={"observed_lifetime_years": 7.0})
    page = footprint_page(example_lot)
    # 100 × 185,09 × (1/5 − 1/7) = 1057,7 kg less.
    assert page.total.central - page.observed_total.central == pytest.approx(1.0577, abs=0.0001)


def test_first_datum_to_improve_is_the_undeclared_lifetime(example_lot):
    found = find_datum_to_improve(read_data(example_lot))
    assert found.title == "La donnée à améliorer d’abord\u00a0: la durée d’usage (ordinateurs portables)"
    assert (found.category_code, found.group_code) == ("laptop", "ordinateurs")
    assert "5 ans, entre 3 et 7" in found.reason
    assert "11\u202f% de l’écart" in found.reason
    # The largest effect of all is a factor: 8 103 kg for the making of screens.
    assert "écrans 23-24 pouces" in found.reason


def test_declared_lifetimes_leave_the_least_sure_figure(example_lot):
    fill(
        example_lot,
        laptop={"lifetime_years": 5.0},
        monitor_24={"lifetime_years": 6.0},
        smartphone={"lifetime_years": 2.5, "confidence": "measured"},
        server_rack={"lifetime_years": 5.0},
        printer_mfp={"lifetime_years": 5.0, "confidence": "measured"},
    )
    found = find_datum_to_improve(read_data(example_lot))
    assert found.title == "La donnée à améliorer d’abord\u00a0: la quantité (écrans 23-24 pouces)"
    assert "«\u00a0estimé\u00a0»" in found.reason


def test_nothing_to_improve_when_all_is_measured_and_declared(lot):
    fill(lot, laptop={"quantity": 10, "confidence": "measured", "lifetime_years": 5.0})
    assert find_datum_to_improve(read_data(lot)) is None


def test_trace_page(example_lot):
    page = trace_page(example_lot, "server_rack")
    assert [step for step, _factor, _range in page.main.factors] == ["Fabrication", "Distribution", "Fin de vie"]
    assert page.lifetime_origin == "valeur par défaut, non déclarée"
    assert [item.label.name for item in page.others][0] == "Ressources minérales et métalliques"
    assert trace_page(example_lot, "tablet") is None
    assert trace_page(example_lot, "unheard-of") is None


def test_table_is_cut_by_groups(example_lot):
    groups = group_rows(tuple(example_lot.lines.select_related("category__group")))
    assert [len(page) for page in table_pages(groups)] == [8]
    assert [len(page) for page in table_pages(groups * 2)] == [10, 6]


# State of the step ----------------------------------------------------------------------------------------------------


def test_state_of_the_step(reference, initiative, referent, django_assert_num_queries):
    with django_assert_num_queries(1):
        state = inventory_state(initiative, now=PARIS_NOON)
    assert (state.status, state.summary) == (StepStatus.TODO, "pas commencé")
    assert state.next_action.button == "Commencer l’inventaire"
    lot = make_inventory(initiative)
    state = inventory_state(initiative, now=PARIS_NOON)
    assert (state.status, state.summary) == (StepStatus.CURRENT, "0 famille renseignée sur 22")
    assert [item.text for item in state.missing] == ["Aucune famille de l’inventaire n’est renseignée."]
    fill(lot, laptop={"quantity": 3}, tablet={"quantity": 2})
    state = inventory_state(initiative, now=PARIS_NOON)
    assert state.summary == "2 familles renseignées sur 22"
    assert [item.text for item in state.missing] == ["L’inventaire n’est pas figé."]
    freeze_inventory(
        inventory=lot, dated_on=date(2026, 3, 1), expected_version=lot.version, actor=referent, now=PARIS_NOON
    )
    with django_assert_num_queries(1):
        state = inventory_state(initiative, now=PARIS_NOON)
    assert (state.status, state.summary, state.missing, state.next_action) == (
        StepStatus.DONE,
        "lot 1 figé",
        [],
        None,
    )


def test_state_of_a_new_lot_after_a_frozen_one(reference, initiative, referent):
    frozen = make_frozen(initiative, referent)
    make_inventory(initiative, copied_from=frozen)
    state = inventory_state(initiative, now=PARIS_NOON)
    # The figures stand: nothing is missing, the new lot is in progress.
    assert (state.status, state.missing) == (StepStatus.CURRENT, [])


def test_state_knows_only_its_own_initiative(reference, initiative, outsider):
    other = outsider.memberships.get().authority.initiatives.get()
    make_example(other)
    assert inventory_state(initiative, now=PARIS_NOON).status == StepStatus.TODO


def test_line_constraints_are_said_in_french(lot):
    line = lot.lines.get(category__code="laptop")
    line.retired_last_year, line.reused_last_year = 3, 4
    with pytest.raises(ValidationError, match="comptent parmi les réformés"):
        line.full_clean()
    line.retired_last_year, line.lifetime_years = 5, Decimal(0)
    with pytest.raises(ValidationError, match="une part va de 0 à 100"):
        line.full_clean()
