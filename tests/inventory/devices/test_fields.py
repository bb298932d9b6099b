"""Guessing of the columns of a file."""

import pytest

from inventory.devices.fields import find_layout, guess_columns
from inventory.devices.vocabulary import vocabulary

WORDS = vocabulary()


def guess(*headers: str) -> dict[str, int]:
    return guess_columns(headers, WORDS.headers, WORDS.priorities)


@pytest.mark.parametrize(
    ("headers", "columns"),
    [
        # GLPI, in French and in English.
        (
            ("Nom", "Statut", "Fabricant", "Numéro de série", "Type", "Modèle", "Lieu", "Dernière modification"),
            {"state": 2, "serial": 4, "type": 5, "model": 6},
        ),
        (
            ("Name", "Status", "Manufacturer", "Serial number", "Item type", "Model", "Date of purchase", "Use date"),
            {"state": 2, "serial": 4, "type": 5, "model": 6, "purchased_on": 7, "used_from": 8},
        ),
        (
            (
                "Informations financières et administratives - Date d'achat",
                "Informations financières et administratives - Date de mise en service",
                "Informations financières et administratives - Date de réforme",
            ),
            {"purchased_on": 1, "used_from": 2, "retired_on": 3},
        ),
        # OCS Inventory.
        (
            ("Computer", "Serial number", "Manufacturer", "Model", "Type", "Last inventory"),
            {"serial": 2, "model": 4, "type": 5, "inventoried_on": 6},
        ),
        # Tables of one's own: case, accents, spaces, order.
        (
            ("  QUANTITE ", "age moyen", "Équipements", "ANNÉE D’ACHAT", "Part reconditionnée (%)"),
            {"quantity": 1, "mean_age_years": 2, "type": 3, "purchased_on": 4, "refurbished_percent": 5},
        ),
        (("Famille", "Nb", "Âge moyen des postes"), {"type": 1, "quantity": 2, "mean_age_years": 3}),
        # The same word twice: the first column is the one.
        (("Type", "Type", "Quantité"), {"type": 1, "quantity": 3}),
        (("Machin", "Truc"), {}),
    ],
)  # fmt: skip
def test_headers(headers, columns):
    assert guess(*headers) == columns


def sheet(*rows: list) -> list[tuple[str, list[tuple[int, list]]]]:
    return [("Feuille 1", [(number, row) for number, row in enumerate(rows, start=1) if any(row)])]


def test_headers_below_a_title_and_empty_lines():
    found = find_layout(
        sheet(["Parc de la ville", "", ""], [], ["Famille", "Quantité", "Âge"], ["Écrans", 4, 2], ["Portables", 5, 3]),
        WORDS.headers,
        WORDS.priorities,
    )
    assert (found.header_row, found.columns) == (3, {"type": 1, "quantity": 2, "mean_age_years": 3})
    assert found.samples == (("Écrans", "Portables"), ("4", "5"), ("2", "3"))


def test_the_best_sheet_is_taken():
    sheets = sheet(["Sommaire", "Page"], ["Parc", 2])
    sheets += [("Parc", [(1, ["Type", "Modèle", "N° de série"]), (2, ["Portable", "X1", "A123"])])]
    found = find_layout(sheets, WORDS.headers, WORDS.priorities)
    assert found.sheet == "Parc"
    assert found.names_devices


def test_unknown_headers_are_shown_to_be_chosen():
    found = find_layout(sheet(["Bidule", "Chose"], ["Portable", 3]), WORDS.headers, WORDS.priorities)
    assert (found.headers, found.columns) == (("Bidule", "Chose"), {})


def test_nothing_to_read():
    assert find_layout(sheet(["Type", "Quantité"]), WORDS.headers, WORDS.priorities) is None
    assert find_layout([("Vide", [])], WORDS.headers, WORDS.priorities) is None


def test_same_headers_have_the_same_key_whatever_their_case():
    keys = {
        find_layout(sheet([a, "Nb"], ["Portable", 3]), WORDS.headers, WORDS.priorities).key
        for a in ("Matériel", "MATERIEL", " matériel ")
    }
    assert len(keys) == 1
