"""OpenDocument spreadsheets: written by us, read back by the reader that people's files go through."""

import io
import zipfile
from datetime import date
from decimal import Decimal

from common.ods import build_ods
from common.spreadsheets.process import read_spreadsheet
from common.xlsx import Column, Kind, Sheet
from tests.factories import PARIS_NOON

COLUMNS = [
    Column("Clé", lambda row: row["key"], is_hidden=True),
    Column("Nom", lambda row: row["name"]),
    Column("Nombre", lambda row: row["count"], Kind.INTEGER, is_editable=True, minimum=0, maximum=1_000_000),
    Column("Âge", lambda row: row["age"], Kind.DECIMAL, is_editable=True),
    Column("Confiance", lambda row: row["word"], is_editable=True, choices=("mesuré", "estimé")),
    Column("Jour", lambda row: row["day"], Kind.DATE),
]
ROWS = [
    {"key": "a", "name": "=cmd()", "count": 3, "age": Decimal("4.5"), "word": "mesuré", "day": date(2026, 3, 1)},
    {"key": "b", "name": "<b> & \"'", "count": None, "age": None, "word": "", "day": None},
]


def build() -> bytes:
    sheets = [
        Sheet("Lisez-moi", [Column("Aide", str)], ["Une ligne"], intro=["Titre"]),
        Sheet("Parc [1]", COLUMNS, ROWS, is_protected=True),
    ]
    return build_ods(sheets, title="Parc", created_at=PARIS_NOON)


def test_values_come_back():
    guide, parc = read_spreadsheet(build(), "parc.ods")
    assert (guide.name, parc.name) == ("Lisez-moi", "Parc  1 ")
    assert [row[0] for row in guide.rows] == ["Titre", "Aide", "Une ligne"]
    assert parc.rows[1] == ["a", "=cmd()", 3, 4.5, "mesuré", {"date": "2026-03-01"}]
    assert parc.rows[2][:2] == ["b", "<b> & \"'"]
    assert not parc.formulas


def test_lists_limits_and_protection_are_in_the_file():
    archive = zipfile.ZipFile(io.BytesIO(build()))
    assert archive.infolist()[0].filename == "mimetype"
    assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
    content = archive.read("content.xml").decode()
    assert 'cell-content-is-in-list("mesuré";"estimé")' in content
    assert "cell-content-is-whole-number() and cell-content-is-between(0,1000000)" in content
    assert content.count('table:protected="true"') == 1
    assert 'table:visibility="collapse"' in content
    # Without this name, spreadsheets drop the rules.
    assert "xmlns:of=" in content
    assert "table:formula" not in content


def test_same_content_same_bytes():
    assert build() == build()
