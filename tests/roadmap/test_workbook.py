"""The spreadsheet of everything: its sheets, and values that a spreadsheet can count."""

import io
import re
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from common.xlsx import Kind
from roadmap.documents.office.workbook import LONGEST_CELL, build_workbook_ods, build_workbook_xlsx, roadmap_sheets
from tests.roadmap.sample_content import make_content, make_empty_content

SHEETS = [
    *("Lisez-moi", "Actions", "Fiches", "Étapes", "Indicateurs", "Moyens", "Budget", "Objectifs", "Leviers"),
    *("Notes de maturité", "Inventaire", "Empreinte", "Obligations", "Contrôles", "Sources"),
]


@pytest.fixture(scope="module")
def workbook():
    return openpyxl.load_workbook(io.BytesIO(build_workbook_xlsx(make_content())))


def _rows(workbook, name: str) -> list[dict[str, object]]:
    header, *rows = workbook[name].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


@pytest.mark.parametrize("make", [make_content, make_empty_content])
def test_sheets_are_the_same_whatever_is_known(make):
    assert [sheet.title for sheet in roadmap_sheets(make())] == SHEETS


def test_the_readme_tells_every_sheet(workbook):
    told = [row[0].value for row in workbook["Lisez-moi"].iter_rows(min_row=3)]

    assert [text for text in told if text.startswith("Feuille «")] == [
        f"Feuille «\u00a0{name}\u00a0»" for name in SHEETS[1:]
    ]


def test_headers_stay_in_sight(workbook):
    assert {name: workbook[name].freeze_panes for name in ("Lisez-moi", "Actions", "Contrôles")} == {
        "Lisez-moi": "B3",
        "Actions": "C2",
        "Contrôles": "B2",
    }


def test_numbers_are_numbers_and_dates_are_dates(workbook):
    first = _rows(workbook, "Actions")[0]

    assert {key: first[key] for key in ("N°", "Début", "Fin", "Jours d’agents", "Dépenses (€)", "Gain rapide")} == {
        "N°": 1,
        "Début": datetime(2024, 1, 1),
        "Fin": datetime(2024, 12, 31),
        "Jours d’agents": 30,
        "Dépenses (€)": 18000,
        "Gain rapide": "non",
    }
    assert _rows(workbook, "Objectifs")[0]["Échéance"] == datetime(2026, 12, 31)


def test_what_is_unknown_is_empty_never_zero(workbook):
    savings = [row["Gain (kg CO₂e/an)"] for row in _rows(workbook, "Actions")]

    assert savings.count(None) == 10
    assert 0 not in savings


def test_steps_indicators_and_days_are_one_row_each(workbook):
    content = make_content()

    assert len(_rows(workbook, "Étapes")) == sum(len(sheet["steps"]) for sheet in content["sheets"])
    assert len(_rows(workbook, "Indicateurs")) == sum(len(sheet["indicators"]) for sheet in content["sheets"])
    days = _rows(workbook, "Moyens")[0]
    assert (days["Total des jours"], days["S1 2024"], days["S2 2024"], days["S1 2025"]) == (30, 20, 10, None)


def test_budget_has_a_row_for_each_year_when_years_are_known():
    content = make_content()
    content["sheets"] = content["sheets"][:2]
    content["sheets"][0]["budget_lines"] = [
        {"year": 2024, "investment_eur": 1000, "operation_eur": 200, "funding_eur": 500, "funding_source": "État"},
        {"year": 2025, "investment_eur": 0, "operation_eur": 300, "funding_eur": None, "funding_source": ""},
    ]
    content["sheets"][1].update(budget_lines=[], budget_eur=4000)

    rows = _rows(openpyxl.load_workbook(io.BytesIO(build_workbook_xlsx(content))), "Budget")

    assert [(row["N°"], row["Année"], row["Total (€)"], row["Recette (€)"], row["Financeur"]) for row in rows] == [
        (1, "2024", 1200, 500, "État"),
        (1, "2025", 300, None, None),
        (2, None, 4000, None, "Crédits d’équipement existants"),
    ]


def test_votes_are_counts_and_come_only_after_the_ballot(workbook):
    first = _rows(workbook, "Leviers")[0]
    content = make_content()
    content["choice"]["ballot"] = None

    without = next(sheet for sheet in roadmap_sheets(content) if sheet.title == "Leviers")

    assert [first[name] for name in ("Essentiel", "Prioritaire", "Intéressant", "Trop complexe", "Inapproprié")] == (
        content["choice"]["levers"][0]["votes"]
    )
    assert [column.header for column in without.columns] == ["Levier", "Intitulé", "Décision", "Motif"]


def test_the_footprint_has_its_range(workbook):
    first = _rows(workbook, "Empreinte")[0]

    assert (first["Nom"], first["Valeur centrale"], first["Bas de la plage"], first["Haut de la plage"]) == (
        "Parc numérique",
        50000,
        28000,
        120000,
    )


def test_a_text_that_no_cell_holds_is_cut_and_says_so():
    content = make_content()
    content["sheets"][0]["aim"] = "x" * 50_000

    sheets = {sheet.title: sheet for sheet in roadmap_sheets(content)}
    column = next(column for column in sheets["Fiches"].columns if column.header == "But")
    written = column.value(content["sheets"][0])

    assert written.startswith("x" * LONGEST_CELL + " […]")
    assert len(written) < 32_000


def test_the_ods_holds_the_same_cells_and_the_same_bytes_each_time(workbook):
    content = make_content()
    made = build_workbook_ods(content)

    text = zipfile.ZipFile(io.BytesIO(made)).read("content.xml").decode()

    assert re.findall(r'<table:table table:name="([^"]+)"', text) == SHEETS
    values = re.findall(r'office:value="([^"]+)"', text)
    numbers = [
        cell.value
        for sheet in workbook
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, int | float)
    ]
    assert len(values) == len(numbers) > 400
    assert sorted(map(float, values)) == sorted(map(float, numbers))
    assert 'office:date-value="2026-12-31"' in text
    assert build_workbook_ods(content) == made


def test_every_column_of_dates_and_numbers_is_typed():
    for sheet in roadmap_sheets(make_content()):
        for column in sheet.columns:
            for row in sheet.rows:
                value = column.value(row)
                if isinstance(value, date):
                    assert column.kind is Kind.DATE, (sheet.title, column.header)
                if isinstance(value, float):
                    assert column.kind is not Kind.TEXT, (sheet.title, column.header)
