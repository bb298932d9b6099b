"""What `common.odt` imports on use: the only module that imports odfdo."""

import io
from typing import Any

import odfdo

from common.document import LANGUAGE, Bullets, Document, Heading, Paragraph, Run, Table, clean, runs_of
from common.packages import settle

FONT = "Liberation Sans"
_INK, _PINE, _YELLOW = "#1a2b30", "#0b4f4a", "#ffef9e"
_BODY, _SMALL, _TITLE, _POINT, _CAPTION, _BLANK = "Text_20_body", "Petit", "Title", "Puces", "Caption", "Blanc"
_HEADER_TEXT, _CELL, _ITEM, _ROW = "Titre_20_de_20_colonne", "Case", "Point", "Rangee"
_TEXT_WIDTH_CM = 17
_HEADINGS = {1: (13, "0.35cm"), 2: (11.5, "0.3cm"), 3: (10.5, "0.25cm")}


# Points hang a little to the right, their text aligned.
_POINTS = (
    f'<text:list-style style:name="{_POINT}"><text:list-level-style-bullet text:level="1" text:bullet-char="•">'
    '<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">'
    '<style:list-level-label-alignment text:label-followed-by="listtab" text:list-tab-stop-position="0.7cm" '
    'fo:text-indent="-0.5cm" fo:margin-left="0.7cm"/></style:list-level-properties>'
    "</text:list-level-style-bullet></text:list-style>"
)


def write_odt(document: Document) -> bytes:
    """Return the bytes of an odt file: no macro, no field, no link to elsewhere."""
    target = odfdo.Document("text")
    _set_properties(target, document)
    _set_styles(target)
    body = target.body
    body.clear()
    body.append(odfdo.Paragraph(clean(document.title), style=_TITLE, formatted=False))
    for number, block in enumerate(document.blocks, start=1):
        if isinstance(block, Heading):
            header = odfdo.Header(block.level, clean(block.text), formatted=False)
            header.style = f"Heading_20_{block.level}"
            body.append(header)
        elif isinstance(block, Paragraph):
            body.append(_paragraph(block.text, _SMALL if block.is_small else _BODY))
        elif isinstance(block, Bullets):
            points = odfdo.List(style=_POINT)
            for item in block.items:
                entry = odfdo.ListItem()
                entry.append(_paragraph(item, _ITEM))
                points.append(entry)
            body.append(points)
        else:
            body.append(odfdo.Paragraph(clean(block.caption), style=_CAPTION, formatted=False))
            body.append(_table(target, block, f"Tableau {number}"))
            # The text that follows does not touch the table.
            body.append(odfdo.Paragraph("", style=_CELL))
    output = io.BytesIO()
    target.save(output)
    return settle(output.getvalue(), document.written_at)


def _set_properties(target: odfdo.Document, document: Document) -> None:
    target.meta.title = clean(document.title)
    target.meta.creator = clean(document.author)
    target.meta.initial_creator = clean(document.author)
    target.meta.creation_date = document.written_at.replace(tzinfo=None, microsecond=0)
    target.meta.date = document.written_at.replace(tzinfo=None, microsecond=0)
    target.language = LANGUAGE


def _set_styles(target: odfdo.Document) -> None:
    def add(name: str, *, size_pt: float, parent: str = "Standard", shown: str = "", **text: str) -> odfdo.Style:
        properties: dict[str, Any] = {
            "fo:font-size": f"{size_pt}pt",
            "style:font-name": FONT,
            "color": _INK,
            **text,
        }
        style = odfdo.Style(
            "paragraph",
            name=name,
            display_name=shown or name.replace("_20_", " "),
            parent_style=parent,
            area="text",
            **properties,
        )
        target.insert_style(style, automatic=False)
        return style

    def space(style: odfdo.Style, above: str, below: str) -> None:
        margins = {"fo:margin-top": above, "fo:margin-bottom": below}
        style.set_properties(margins, area="paragraph")

    space(add(_BODY, size_pt=10.5), "0cm", "0.17cm")
    space(add(_ITEM, size_pt=10.5), "0cm", "0.06cm")
    space(add(_SMALL, size_pt=9), "0cm", "0.1cm")
    space(add(_TITLE, size_pt=18, color=_PINE), "0cm", "0.35cm")
    caption = add(_CAPTION, size_pt=9.5)
    space(caption, "0.15cm", "0.1cm")
    caption.set_properties({"fo:keep-with-next": "always"}, area="paragraph")
    space(add(_CELL, size_pt=9.5), "0cm", "0cm")
    space(add(_HEADER_TEXT, size_pt=9.5, parent=_CELL, **{"fo:font-weight": "bold"}), "0cm", "0cm")
    for level, (size_pt, above) in _HEADINGS.items():
        heading = add(f"Heading_20_{level}", size_pt=size_pt, color=_PINE, **{"fo:font-weight": "bold"})
        space(heading, above, "0.15cm")
        heading.set_properties({"fo:keep-with-next": "always"}, area="paragraph")
    # Headings have no number.
    styles: Any = target.get_part("styles")
    for number in styles.get_elements("//text:outline-level-style"):
        number.set_attribute("style:num-format", "")
        for suffix in ("style:num-suffix", "style:num-list-format", "loext:num-list-format"):
            if number.get_attribute(suffix) is not None:
                number.del_attribute(suffix)
    target.insert_style(odfdo.Element.from_tag(_POINTS), automatic=False)  # type: ignore[arg-type]
    blank = odfdo.Style("text", name=_BLANK, area="text", bold=True, background_color=_YELLOW)
    target.insert_style(blank, automatic=False)
    border = odfdo.Style("table-cell", name=_CELL, area="table-cell", border="0.5pt solid #9aa5a8", padding="0.07cm")
    target.insert_style(border, automatic=True)
    # A row is not cut between two pages.
    row = odfdo.Style("table-row", name=_ROW)
    row.set_properties({"fo:keep-together": "always"}, area="table-row")
    target.insert_style(row, automatic=True)


def _paragraph(text: str, style: str) -> odfdo.Paragraph:
    paragraph = odfdo.Paragraph("", style=style)
    for run in runs_of(text):
        paragraph.append(_span(run) if run.is_blank else run.text)
    return paragraph


def _span(run: Run) -> odfdo.Span:
    return odfdo.Span(run.text, style=_BLANK, formatted=False)


def _table(target: odfdo.Document, block: Table, name: str) -> odfdo.Table:
    table = odfdo.Table(name)
    table.clear()
    for rank, share in enumerate(block.shares, start=1):
        style = odfdo.Style("table-column", name=f"{name.replace(' ', '')}.{rank}")
        style.set_properties({"style:column-width": f"{_TEXT_WIDTH_CM * share:.2f}cm"}, area="table-column")
        target.insert_style(style, automatic=True)
        table.append(odfdo.Element.from_tag(f'<table:table-column table:style-name="{style.name}"/>'))
    # Read as headers by a screen reader, and repeated on each page.
    head = odfdo.Element.from_tag("<table:table-header-rows/>")
    head.append(_row(block.headers, _HEADER_TEXT))
    table.append(head)
    for row in block.rows:
        table.append(_row(row, _CELL))
    return table


def _row(texts: object, style: str) -> odfdo.Element:
    row = odfdo.Element.from_tag(f'<table:table-row table:style-name="{_ROW}"/>')
    for text in texts:  # type: ignore[attr-defined]
        cell = odfdo.Element.from_tag(f'<table:table-cell office:value-type="string" table:style-name="{_CELL}"/>')
        cell.append(_paragraph(str(text), style))
        row.append(cell)
    return row
