"""Ods spreadsheets: read back by the reader of the site, protected, with the lists of their cells."""

import io
import re
import zipfile
from datetime import date
from xml.etree import ElementTree

from common.ods import CONTENT_TYPE, build_ods
from common.spreadsheets.process import read_spreadsheet
from common.xlsx import Column, Kind, Sheet
from tests.factories import PARIS_NOON

ROWS = [
    {"code": "ACH-1", "answer": "3", "comment": "Une ligne\net une autre <b>", "count": 4, "day": date(2026, 3, 10)},
    {"code": "=1+1", "answer": None, "comment": "", "count": None, "day": None},
]
COLUMNS = [
    Column("Code", lambda row: row["code"], is_hidden=True),
    Column("Niveau", lambda row: row["answer"], choices=("0", 'Dit "non"'), is_editable=True, note="Une aide"),
    Column("Commentaire", lambda row: row["comment"], width=40, wraps=True, is_editable=True),
    Column("Nombre", lambda row: row["count"], Kind.INTEGER, minimum=0, maximum=10),
    Column("Jour", lambda row: row["day"], Kind.DATE),
]


def make_file(**fields) -> bytes:
    sheets = [
        Sheet("Grille", COLUMNS, ROWS, intro=["Titre", "Note"], is_protected=True, frozen_columns=2),
        Sheet("L’abri / caché", [Column("Clé", str)], ["a"], is_hidden=True),
    ]
    return build_ods(sheets, title="Essai & « titre »", created_at=PARIS_NOON, **fields)


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_reader_of_the_site_reads_every_cell():
    grid, hidden = read_spreadsheet(make_file(), "grille.ods")

    assert grid.rows == [
        ["Titre", "", "", "", ""],
        ["Note", "", "", "", ""],
        ["Code", "Niveau", "Commentaire", "Nombre", "Jour"],
        ["ACH-1", "3", "Une ligne\net une autre <b>", 4, {"date": "2026-03-10"}],
        ["=1+1", "", "", "", ""],
    ]
    assert grid.formulas == frozenset()
    assert (hidden.name, hidden.rows) == ("L’abri   caché", [["Clé"], ["a"]])


def test_every_part_is_well_formed_and_the_type_comes_first():
    content = make_file()
    written = parts(content)

    assert next(iter(written)) == "mimetype"
    assert written.pop("mimetype") == CONTENT_TYPE
    assert content[30:].startswith(b"mimetype" + CONTENT_TYPE.encode())
    assert {name for name, text in written.items() if ElementTree.fromstring(text) is not None} == set(written)  # noqa: S314


def test_lists_limits_and_protection_are_written():
    content = parts(make_file())["content.xml"]

    assert re.findall(r'table:condition="([^"]*)"|table:condition=\'([^\']*)\'', content) == [
        ("", 'of:cell-content-is-in-list("0";"Dit ""non""")'),
        ("of:cell-content-is-whole-number() and cell-content-is-between(0,10)", ""),
    ]
    assert re.findall(r'table:protected="(\w+)"', content) == ["true", "false"]
    assert re.findall(r'table:style-name="(\w+)" table:protected', content) == ["montre", "cache"]
    assert content.count('table:style-name="libre" table:content-validation-name="regle1"') == 2
    assert re.findall(r'style:name="libre" .*?style:cell-protect="(\w+)"', content) == ["none"]
    assert 'xmlns:of="' in content


def test_the_same_content_gives_the_same_bytes():
    assert make_file() == make_file()
