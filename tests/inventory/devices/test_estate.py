"""Counting of rows and figures of families: every expected value worked by hand."""

from datetime import date
from decimal import Decimal

import pytest

from inventory.devices.cells import month_of
from inventory.devices.estate import estate_of, figures_of
from inventory.devices.tally import MAX_QUANTITY_ROWS, Tally, TallyMaker, TallyRefused
from inventory.devices.vocabulary import vocabulary

MARCH_2026 = month_of(date(2026, 3, 1))
DEVICES = ["type", "model", "serial", "state", "purchased_on", "inventoried_on", "retired_on"]


def count(fields: list[str], *rows: list) -> Tally:
    maker = TallyMaker(fields, {name: name for name in fields}, vocabulary(), on_month=MARCH_2026)
    maker.add(list(enumerate(rows, start=2)))
    return maker.finish()


def estate(tally: Tally, **lifetimes: float):
    groups = [("laptop", group) for group in tally.groups]
    (found,) = estate_of(groups, on_month=MARCH_2026, lifetimes=lifetimes).values()
    return figures_of(found, fields=tally.fields, on_month=MARCH_2026), found


def test_ages_states_purchases_and_observed_lifetime():
    tally = count(
        DEVICES,
        ["Portable", "A", "S001", "En service", "2022-03-10", "", ""],  # 4 years
        ["Portable", "A", "S002", "En service", "2018-03-10", "", ""],  # 8 years
        ["Portable", "B", "S003", "En service", "", "2025-03-10", ""],  # 1 year, by its inventory
        ["Portable", "B", "S004", "", "", "", ""],  # no date: counted, without age
        ["Portable", "B", "S005", "En stock", "2025-01-01", "", ""],
        ["Portable", "B", "S006", "Réformé", "2019-03-10", "", "2025-03-10"],  # 6 years at the end
        ["Portable", "B", "S007", "Mis au rebut", "2019-03-10", "", ""],  # no date of end: no lifetime
    )
    figures, found = estate(tally, laptop=5.0)
    assert figures == {
        "quantity": 4,
        "stock_quantity": 1,
        "mean_age_years": Decimal("4.3"),  # (4 + 8 + 1) / 3
        "observed_lifetime_years": Decimal("6.0"),  # (max(4, 5) + max(8, 5) + max(1, 5) + 6) / 4
        "bought_last_year": 1,
        "retired_last_year": 1,
    }
    assert dict(found.purchases) == {2018: 1, 2019: 2, 2022: 1, 2025: 1}


def test_duplicates_are_counted_once_and_complete_each_other():
    tally = count(
        DEVICES,
        ["Portable", "A", "SER-001", "En service", "", "2024-05-01", ""],
        ["Portable", "A", "ser 001", "En service", "2021-05-01", "2022-05-01", ""],
        ["Portable", "A", "N/A", "En service", "", "", ""],
        ["Portable", "A", "N/A", "En service", "", "", ""],
        ["Portable", "A", "0000000", "En service", "", "", ""],
        ["Portable", "A", "0000000", "En service", "", "", ""],
    )
    assert (tally.device_count, tally.duplicate_count, tally.duplicates) == (5, 1, [(3, 2)])
    assert [(cell.month, cell.is_purchase) for cell in tally.groups[0].cells if cell.month > 0] == [
        (month_of(date(2021, 5, 1)), True)
    ]


def test_first_inventory_of_a_serial_gives_the_age():
    tally = count(
        DEVICES,
        ["Portable", "A", "S001", "", "", "2024-05-01", ""],
        ["Portable", "A", "S001", "", "", "2020-05-01", ""],
        ["Portable", "A", "S001", "", "", "2022-05-01", ""],
    )
    assert [cell.month for cell in tally.groups[0].cells] == [month_of(date(2020, 5, 1))]


def test_dates_that_cannot_be_are_told_and_the_device_is_counted():
    tally = count(
        DEVICES,
        ["Portable", "A", "", "", "31/02/2020", "", ""],
        ["Portable", "A", "", "", "2031-01-01", "", ""],
    )
    assert tally.device_count == 2
    assert [(row, column) for row, column, _advice in tally.remarks] == [(2, "purchased_on"), (3, "purchased_on")]
    assert "31/12/2020 ou 2020-12-31" in tally.remarks[0][2]
    assert "postérieure" in tally.remarks[1][2]


def test_unknown_states_are_in_service_and_told():
    tally = count(
        DEVICES, ["Portable", "A", "", "En vadrouille", "", "", ""], ["Portable", "A", "", "En vadrouille", "", "", ""]
    )
    assert tally.unknown_states == {"En vadrouille": 2}
    assert estate(tally)[0]["quantity"] == 2


def test_types_and_models_that_differ_by_case_are_one_group():
    tally = count(DEVICES, ["Portable", "X1", "", "", "", "", ""], ["PORTABLE", " x1 ", "", "", "", "", ""])
    assert [(group.type, group.count) for group in tally.groups] == [("Portable", 2)]


def test_rows_with_a_quantity():
    fields = ["type", "quantity", "mean_age_years", "refurbished_percent", "lifetime_years", "stock_quantity"]
    tally = count(
        fields,
        ["Portables", "30", "2", "10", "5", "4"],
        ["Portables", "10", "6", "50", "7", ""],
        ["Portables", "", "", "", "", ""],
        ["Portables", "-3", "", "", "", ""],
        ["", "40", "", "", "", ""],
        ["", "", "", "", "", ""],
    )
    assert [(row, column) for row, column, _reason in tally.refused] == [(4, "quantity"), (5, "quantity"), (6, "type")]
    figures, _found = estate(tally)
    assert figures == {
        "quantity": 40,
        "mean_age_years": Decimal("3.0"),  # (30 × 2 + 10 × 6) / 40
        "refurbished_percent": Decimal("20.0"),  # (30 × 10 + 10 × 50) / 40
        "lifetime_years": Decimal("5.5"),  # (30 × 5 + 10 × 7) / 40
        "stock_quantity": 4,
    }


def test_year_of_purchase_with_a_quantity():
    tally = count(["type", "quantity", "purchased_on"], ["Écran", 30, 2022], ["Écran", 10, "2025"])
    figures, found = estate(tally)
    assert dict(found.purchases) == {2022: 30, 2025: 10}
    assert (figures["quantity"], figures["bought_last_year"]) == (40, 10)
    # From July 2022 and July 2025 to March 2026: 44 and 8 months; (30 × 44 + 10 × 8) / 40 / 12 = 2.9 years.
    assert figures["mean_age_years"] == Decimal("2.9")


def test_too_many_rows_with_a_quantity():
    rows = [["Écran", 1]] * (MAX_QUANTITY_ROWS + 1)
    with pytest.raises(TallyRefused, match="5 000 lignes avec une quantité"):
        count(["type", "quantity"], *rows)


def test_too_many_models(monkeypatch):
    monkeypatch.setattr("inventory.devices.tally.MAX_GROUPS", 3)
    with pytest.raises(TallyRefused, match="numéro de série"):
        count(["model"], ["A"], ["B"], ["C"], ["D"])


def test_a_tally_is_the_same_after_its_json():
    tally = count(DEVICES, ["Portable", "A", "S001", "Réformé", "2019-03-10", "", "2025-03-10"])
    assert Tally.from_json(tally.as_json) == tally
