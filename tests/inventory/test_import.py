"""The spreadsheet of a lot: what we send, what comes back, line by line."""

import io
from datetime import datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from common.errors import DomainError
from inventory.models import Inventory, InventoryLine
from inventory.selectors import preview_import
from inventory.services import confirm_import, prepare_import
from inventory.spreadsheet import build_inventory_workbook
from tests.factories import PARIS_NOON
from tests.factories_inventory import fill


def sent(workbook: Workbook, name: str = "parc.xlsx") -> SimpleUploadedFile:
    target = io.BytesIO()
    workbook.save(target)
    return SimpleUploadedFile(name, target.getvalue())


def book(*rows: list, title: str = "Parc") -> Workbook:
    workbook = Workbook()
    workbook.active.title = title
    for row in rows:
        workbook.active.append(row)
    return workbook


def preview(lot: Inventory, *rows: list):
    return preview_import(lot, sent(book(*rows)))


HEAD = ["Famille", "Nombre en service", "Durée d’usage visée (ans)", "Confiance", "Source"]


def reasons(found) -> list[tuple[int, str, str]]:
    return [(item.row, item.column, item.reason) for item in found.refused]


# What we send ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def template(example_lot) -> Workbook:
    fill(example_lot, laptop={"lifetime_years": 5.5, "source": "=console", "refurbished_percent": 12.0})
    return load_workbook(io.BytesIO(build_inventory_workbook(example_lot, now=PARIS_NOON)))


def test_template_has_every_family_and_the_values_of_the_lot(template):
    assert template.sheetnames == ["Lisez-moi", "Équipements", "Chiffres clés"]
    rows = list(template["Équipements"].iter_rows(values_only=True))
    headers, by_family = rows[0], {row[2]: row for row in rows[1:]}
    assert len(by_family) == 42
    laptop = dict(zip(headers, by_family["Ordinateurs portables"], strict=True))
    assert (laptop["Code"], laptop["Groupe"], laptop["Nombre en service"]) == ("laptop", "Ordinateurs", 100)
    assert (laptop["Durée d’usage visée (ans)"], laptop["Part reconditionnée (%)"]) == (5.5, 12)
    assert (laptop["Confiance"], laptop["Source"]) == ("mesuré", "=console")
    assert laptop["Durée prise par défaut (ans)"] == 5
    empty = dict(zip(headers, by_family["Clients légers"], strict=True))
    assert (empty["Nombre en service"], empty["Confiance"]) == (None, None)


def test_template_is_protected_with_lists_and_limits(template):
    sheet = template["Équipements"]
    assert sheet.protection.sheet
    locked = {cell.value: sheet.cell(2, cell.column).protection.locked for cell in sheet[1]}
    assert locked["Famille"]
    assert not locked["Nombre en service"]
    lists = [rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert lists == ['"mesuré,estimé,inconnu"']
    assert sheet.column_dimensions["A"].hidden


def test_template_names_units_and_help_of_the_figures(template):
    rows = {row[1]: row for row in template["Chiffres clés"].iter_rows(values_only=True, min_row=2)}
    assert rows["Électricité des salles serveurs"][2] == "kWh/an"
    assert "éco-organisme" in rows["Déchets d’équipements remis"][6]


def test_template_sent_back_untouched_changes_nothing(example_lot):
    fill(example_lot, laptop={"lifetime_years": 5.5, "source": "Console", "refurbished_percent": 12.0})
    data = build_inventory_workbook(example_lot, now=PARIS_NOON)
    found = preview_import(example_lot, SimpleUploadedFile("parc.xlsx", data))
    assert (found.changes, found.refused, found.ignored_columns) == ({"lines": {}, "figures": {}}, [], [])
    assert found.unchanged_count == 5


def test_template_filled_in_comes_back(lot):
    workbook = load_workbook(io.BytesIO(build_inventory_workbook(lot, now=PARIS_NOON)))
    sheet = workbook["Équipements"]
    headers = [cell.value for cell in sheet[1]]
    row = next(r for r in range(2, sheet.max_row + 1) if sheet.cell(r, 3).value == "Stations de travail")
    sheet.cell(row, headers.index("Nombre en service") + 1).value = 7
    sheet.cell(row, headers.index("Confiance") + 1).value = "mesuré"
    figures = workbook["Chiffres clés"]
    figures.cell(2, 4).value = 420
    found = preview_import(lot, sent(workbook))
    assert found.changes == {
        "lines": {"workstation": {"quantity": 7, "confidence": "measured"}},
        "figures": {"agents_equipped": {"value": 420}},
    }
    assert [name for name, _changes in found.added] == ["Stations de travail", "Agents équipés"]


# Tolerance ------------------------------------------------------------------------------------------------------------


def test_headers_in_any_order_without_accents_after_a_title(lot):
    found = preview(
        lot,
        ["Inventaire de la DSI"],
        [],
        ["  CONFIANCE ", "duree   d'usage visee", "Remarque", "QUANTITÉ", "Équipement"],
        ["Mesurée", "5,5", "ras", "1 250", "ordinateur portable"],
        [],
        ["estime", 6, None, "12.0", "ÉCRANS 23-24 POUCES"],
        [None, None, "Total", None, None],
    )
    assert found.changes["lines"] == {
        "laptop": {"quantity": 1250, "lifetime_years": "5.5", "confidence": "measured"},
        "monitor_24": {"quantity": 12, "lifetime_years": "6", "confidence": "estimated"},
    }
    assert found.refused == []
    assert found.ignored_columns == ["Remarque"]


@pytest.mark.parametrize(
    ("written", "value"),
    [(12, 12), (12.0, 12), ("12", 12), (" 12 ", 12), ("1 250", 1250), ("1\u202f250", 1250), ("1\u00a0250", 1250)],
)
def test_numbers_as_text(lot, written, value):
    assert preview(lot, HEAD, ["Tablettes", written]).changes["lines"] == {"tablet": {"quantity": value}}


@pytest.mark.parametrize("written", ["5,5", "5.5", 5.5, "5,5 ans", "5,5\u00a0ans"])
def test_decimals_with_comma_and_unit(lot, written):
    found = preview(lot, HEAD, ["Tablettes", None, written])
    assert found.changes["lines"] == {"tablet": {"lifetime_years": "5.5"}}


@pytest.mark.parametrize("name", ["laptop", "Ordinateur portable", "ORDINATEURS PORTABLES", " ordinateurs  portables "])
def test_names_of_a_family(lot, name):
    assert preview(lot, HEAD, [name, 3]).changes["lines"] == {"laptop": {"quantity": 3}}


@pytest.mark.parametrize("empty", [None, "", "  ", "-", "–"])
def test_an_empty_cell_erases_nothing(example_lot, empty):
    found = preview(example_lot, HEAD, ["Ordinateurs portables", empty, empty, empty, "Console"])
    assert found.changes["lines"] == {"laptop": {"source": "Console"}}


def test_preview_shows_both_values(example_lot):
    found = preview(example_lot, HEAD, ["Ordinateurs portables", 120, 5], ["Tablettes", 8], ["Smartphones", 80])
    [(name, changes)] = found.changed
    assert name == "Ordinateurs portables"
    assert [(item.label, item.before, item.after) for item in changes] == [
        ("Nombre en service", "100", "120"),
        ("Durée d’usage visée (ans)", "–", "5"),
    ]
    assert [name for name, _changes in found.added] == ["Tablettes"]
    assert found.unchanged_count == 1


# Refusals, line by line -----------------------------------------------------------------------------------------------


def test_bad_lines_are_refused_alone_with_their_reason(lot):
    found = preview(
        lot,
        HEAD,
        ["Ordinateurs portables", 12],
        ["Machines à café", 3],
        ["Tablettes", "beaucoup"],
        ["Smartphones", -4],
        ["Écrans 23-24 pouces", 3.5],
        ["Commutateurs", 5, 200],
        ["Ordinateurs portables", 99],
        ["Bornes Wi-Fi", 4, 5, "sûr"],
        [None, 7],
    )
    assert found.changes["lines"] == {"laptop": {"quantity": 12}}
    whole = "Indiquez un nombre entier entre 0 et 1\u202f000\u202f000."
    assert reasons(found) == [
        (3, "Famille", "Famille inconnue\u00a0: «\u00a0Machines à café\u00a0». Reprenez un nom du tableur proposé."),
        (4, "Nombre en service", f"Lu\u00a0: «\u00a0beaucoup\u00a0». {whole}"),
        (5, "Nombre en service", f"Lu\u00a0: «\u00a0-4\u00a0». {whole}"),
        (6, "Nombre en service", f"Lu\u00a0: «\u00a03.5\u00a0». {whole}"),
        (
            7,
            "Durée d’usage visée (ans)",
            "Lu\u00a0: «\u00a0200\u00a0». Indiquez un nombre entre 1 et 30\u00a0ans.",
        ),
        (8, "", "Ordinateurs portables\u00a0: cette famille est déjà à la ligne 2."),
        (9, "Confiance", "Lu\u00a0: «\u00a0sûr\u00a0». Indiquez mesuré, estimé ou inconnu."),
        (10, "Famille", "Indiquez la famille de cette ligne."),
    ]


def test_a_formula_refuses_its_line_and_no_other(lot):
    workbook = book(HEAD, ["Tablettes", "=6*2"], ["Smartphones", 5], ["Commutateurs", 4, "=5"])
    workbook.active["H3"] = "=1+1"  # beside the table: not read, not refused
    found = preview_import(lot, sent(workbook))
    assert found.changes["lines"] == {"smartphone": {"quantity": 5}}
    assert [(item.row, item.column) for item in found.refused] == [
        (2, "Nombre en service"),
        (4, "Durée d’usage visée (ans)"),
    ]
    assert found.refused[0].reason.startswith("Formule\u00a0: remplacez-la par sa valeur")


def test_a_date_in_the_place_of_a_number_is_refused(lot):
    """« 3-4 » typed in a spreadsheet becomes the third of April."""
    found = preview(lot, HEAD, ["Tablettes", datetime(2026, 4, 3)])
    [refused] = found.refused
    assert refused.reason.startswith("Cellule lue comme une date")


def test_error_values_are_refused(lot):
    found = preview(lot, HEAD, ["Tablettes", "#N/A"], ["Smartphones", "#REF!"])
    assert [item.row for item in found.refused] == [2, 3]


def test_what_cannot_be_true_together_is_refused(example_lot):
    fill(example_lot, laptop={"retired_last_year": 10})
    found = preview(example_lot, ["Famille", "Dont réemployés"], ["Ordinateurs portables", 11])
    assert reasons(found) == [(2, "Dont réemployés", "Indiquez au plus 10\u00a0: ils comptent parmi les réformés.")]


def test_figures_are_checked_too(lot):
    workbook = book(
        ["Chiffre", "Valeur", "Confiance"],
        ["Agents équipés", 0, "mesuré"],
        ["Sites", "12", "estimé"],
        ["PUE des salles serveurs", "1,35", None],
        ["Sites", 13, None],
        ["Météo", 4, None],
        title="Chiffres",
    )
    found = preview_import(lot, sent(workbook))
    assert found.changes["figures"] == {
        "sites": {"value": 12, "confidence": "estimated"},
        "room_pue": {"value": "1.35"},
    }
    assert [item.row for item in found.refused] == [2, 5, 6]
    assert "entre 1 et 200\u202f000" in found.refused[0].reason


def test_a_spreadsheet_without_our_columns_is_refused(lot):
    with pytest.raises(DomainError, match="Aucune feuille"):
        preview(lot, ["Bonjour", "Au revoir"], [1, 2])


def test_two_columns_of_the_same_name(lot):
    """The first one is read: nothing is chosen at random."""
    found = preview(lot, ["Famille", "Nombre", "Nombre"], ["Tablettes", 5, 99])
    assert found.changes["lines"] == {"tablet": {"quantity": 5}}


def test_thousands_of_bad_lines_are_counted_and_not_all_kept(lot):
    found = preview(lot, HEAD, *[["Inconnue", 1]] * 600)
    assert found.report["refused_count"] == 600
    assert len(found.report["refused"]) == 200


def test_long_and_odd_names_are_cut(lot):
    found = preview(lot, HEAD, ["<script>alert(1)</script>" * 20, 1])
    assert len(found.refused[0].reason) < 130


# Then -----------------------------------------------------------------------------------------------------------------


def test_confirmed_values_are_those_of_the_preview(example_lot, referent):
    found = preview(
        example_lot, HEAD, ["Ordinateurs portables", 120, "5,5", "estimé", "Facture"], ["Baies de stockage", 2]
    )
    waiting = prepare_import(
        inventory=example_lot,
        file_name="parc.xlsx",
        changes=found.changes,
        report=found.report,
        actor=referent,
        now=PARIS_NOON,
    )
    assert InventoryLine.objects.get(inventory=example_lot, category__code="laptop").quantity == 100
    assert confirm_import(waiting=waiting, actor=referent, now=PARIS_NOON) == 2
    laptop = InventoryLine.objects.get(inventory=example_lot, category__code="laptop")
    assert (laptop.quantity, laptop.lifetime_years, laptop.confidence, laptop.source) == (
        120,
        Decimal("5.5"),
        "estimated",
        "Facture",
    )
    # Sent again, the same file has nothing left to change.
    example_lot.refresh_from_db()
    again = preview(
        example_lot, HEAD, ["Ordinateurs portables", 120, "5,5", "estimé", "Facture"], ["Baies de stockage", 2]
    )
    assert again.changes == {"lines": {}, "figures": {}}
    assert again.unchanged_count == 2
