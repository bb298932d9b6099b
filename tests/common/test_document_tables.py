"""Tables of the written documents: the width of each column, rows that are read whole, captions that stay with them."""

import io
import zipfile
from datetime import UTC, datetime

from docx import Document as read_docx
from docx.oxml.ns import qn

from common.document import Document, Table
from common.docx import build_docx
from common.odt import build_odt

HEADERS, ROWS = ("Question", "Niveau"), [("Portage", "2"), ("Stratégie", "1")]


def document(*tables: Table) -> Document:
    return Document("Compte rendu", "Pays d’Exemple", tables, datetime(2026, 3, 10, tzinfo=UTC))


def test_columns_have_the_widths_that_are_asked_and_equal_ones_otherwise():
    written = document(Table("Avis", HEADERS, ROWS, widths=(80, 20)), Table("Avis", HEADERS, ROWS))

    tables = read_docx(io.BytesIO(build_docx(written))).tables
    widths = [[round(cell.width.cm, 1) for cell in table.rows[1].cells] for table in tables]
    with zipfile.ZipFile(io.BytesIO(build_odt(written))) as archive:
        content = archive.read("content.xml").decode()

    # 17 cm between the margins: 80 % is 13.6 cm, half is 8.5 cm.
    assert widths == [[13.6, 3.4], [8.5, 8.5]]
    assert [f'style:column-width="{width}cm"' in content for width in ("13.60", "3.40", "8.50")] == [True] * 3
    assert content.count('style:column-width="8.50cm"') == 2


def test_rows_are_whole_and_captions_stay_with_their_table():
    written = document(Table("Avis", HEADERS, ROWS))

    target = read_docx(io.BytesIO(build_docx(written)))
    rows = target.tables[0].rows
    assert [row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows] == [False, True, True]
    assert rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert target.styles["Caption"].paragraph_format.keep_with_next
    with zipfile.ZipFile(io.BytesIO(build_odt(written))) as archive:
        assert 'fo:keep-together="always"' in archive.read("content.xml").decode()
        assert 'fo:keep-with-next="always"' in archive.read("styles.xml").decode()
