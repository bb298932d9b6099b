"""What `common.docx` imports on use: the only module that imports python-docx."""

import io
from datetime import UTC
from typing import Any

from docx import Document as new_document
from docx.document import Document as DocxDocument
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph as DocxParagraph

from common.document import LANGUAGE, Bullets, Document, Heading, Paragraph, Table, clean, runs_of
from common.packages import settle

FONT = "Liberation Sans"
_INK, _PINE = RGBColor(0x1A, 0x2B, 0x30), RGBColor(0x0B, 0x4F, 0x4A)
_SIZES_PT = {"Normal": 10.5, "Title": 18, "Heading 1": 13, "Heading 2": 11.5, "Heading 3": 10.5, "List Bullet": 10.5}
_SMALL = "Body Text 2"
_CELL = "No Spacing"
_TEXT_WIDTH_CM = 17


def write_docx(document: Document) -> bytes:
    """Return the bytes of a docx file: no macro, no field, no link to elsewhere."""
    target = new_document()
    _set_properties(target, document)
    _set_styles(target)
    target.add_paragraph(clean(document.title), style="Title")
    for block in document.blocks:
        if isinstance(block, Heading):
            target.add_heading(clean(block.text), level=block.level)
        elif isinstance(block, Paragraph):
            _fill(target.add_paragraph(style=_SMALL if block.is_small else "Normal"), block.text)
        elif isinstance(block, Bullets):
            for item in block.items:
                _fill(target.add_paragraph(style="List Bullet"), item)
        else:
            _add_table(target, block)
    output = io.BytesIO()
    target.save(output)
    return settle(output.getvalue(), document.written_at)


def _set_properties(target: DocxDocument, document: Document) -> None:
    properties = target.core_properties
    properties.title, properties.author = clean(document.title), clean(document.author)
    properties.language, properties.comments = LANGUAGE, ""
    stamp = document.written_at.astimezone(UTC).replace(tzinfo=None)
    properties.created = properties.modified = stamp
    section = target.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(1.7)


def _set_styles(target: DocxDocument) -> None:
    # The library types a style by its kind, which its name does not tell.
    styles: Any = target.styles
    for name, size in {**_SIZES_PT, _SMALL: 9, _CELL: 9.5, "Caption": 9.5}.items():
        style = styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        style.font.color.rgb = _PINE if name in {"Title"} or name.startswith("Heading") else _INK
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
    normal = styles["Normal"]
    normal.paragraph_format.space_after = Pt(5)
    for name, above in (("Heading 1", 9), ("Heading 2", 7), ("Heading 3", 6)):
        styles[name].paragraph_format.space_before = Pt(above)
        styles[name].paragraph_format.space_after = Pt(3)
    styles["Caption"].paragraph_format.space_after = Pt(3)
    styles["Caption"].paragraph_format.keep_with_next = True
    # Letters do not touch the lines of the table.
    styles[_CELL].paragraph_format.space_before = styles[_CELL].paragraph_format.space_after = Pt(1.5)
    styles[_SMALL].paragraph_format.line_spacing = 1.0
    styles["Title"].paragraph_format.space_after = Pt(10)
    # The language of the whole document: what a screen reader and the spelling read.
    for run in styles.element.iter(qn("w:lang")):
        run.set(qn("w:val"), LANGUAGE)


def _fill(paragraph: DocxParagraph, text: str) -> None:
    for piece in runs_of(text):
        run = paragraph.add_run(piece.text)
        if piece.is_blank:
            run.bold = True
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _add_table(target: DocxDocument, block: Table) -> None:
    target.add_paragraph(clean(block.caption), style="Caption")
    table = target.add_table(rows=1, cols=len(block.headers), style="Table Grid")
    if block.widths:
        table.autofit = False
        for column, share in zip(table.columns, block.shares, strict=True):
            column.width = Cm(_TEXT_WIDTH_CM * share)
    for cell, header in zip(table.rows[0].cells, block.headers, strict=True):
        cell.paragraphs[0].style = _CELL
        cell.paragraphs[0].add_run(clean(header)).bold = True
    # Read as headers by a screen reader, and repeated on each page.
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)
    style = target.styles[_CELL]
    for row in block.rows:
        added = table.add_row()
        for cell, text in zip(added.cells, row, strict=True):
            paragraph = cell.paragraphs[0]
            # By its identifier: the library would read every style for each cell.
            paragraph._p.style = style.style_id
            _fill(paragraph, text)
        # A row is not cut between two pages.
        added._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    if block.widths:
        widths = [Cm(_TEXT_WIDTH_CM * share) for share in block.shares]
        for line in table._tbl.tr_lst:
            for cell, width in zip(line.tc_lst, widths, strict=True):
                cell.width = width
    # Two tables in a row would otherwise become one.
    target.add_paragraph(style=_CELL)
