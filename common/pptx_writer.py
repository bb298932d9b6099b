"""What `common.pptx` imports on use: the only module that imports python-pptx."""

import io
import re
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu, Inches, Pt

from common.document import LANGUAGE, clean
from common.packages import settle
from common.slides import Block, Cover, Deck, Grid, Points, Radar, Slide, grid_size_pt, list_size_pt

FONT = "Arial"
EXPECTED_LEVEL = 3
LEVEL_MAX = 4
# The library types neither its colours nor its chart data.
_colour: Any = RGBColor.from_string
_new_chart_data: Any = CategoryChartData
_INK, _PINE, _AMBER = _colour("16262B"), _colour("0B4F4A"), _colour("B45309")
_MUTED, _SAND, _TINT, _LINE = _colour("4C5B60"), _colour("F5F3EE"), _colour("E3EFED"), _colour("D9D5CB")
_WIDTH, _HEIGHT = Inches(13.333), Inches(7.5)
_MARGIN, _GUTTER = Inches(0.65), Inches(0.5)
_BODY_TOP, _BODY_BOTTOM = Inches(2.05), Inches(6.55)
_COVER_LAYOUT, _TITLE_LAYOUT = 0, 5
_PLAIN_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_ACCENTS = ("0B4F4A", "B45309", "35796F", "1C4F8A", "6F675C", "1F6B3A")


def write_pptx(deck: Deck) -> bytes:
    """Return the bytes of a pptx file, 16:9."""
    target = Presentation()
    target.slide_width, target.slide_height = _WIDTH, _HEIGHT
    _set_properties(target, deck)
    _drop_printer(target)
    _set_master(target)
    _add_cover(target, deck.cover)
    for rank, slide in enumerate(deck.slides, start=2):
        _add_slide(target, slide, deck, rank)
    output = io.BytesIO()
    target.save(output)
    return settle(output.getvalue(), deck.written_at)


def _set_properties(target: Any, deck: Deck) -> None:
    properties = target.core_properties
    properties.title, properties.author = clean(deck.title), clean(deck.author)
    properties.language, properties.comments = LANGUAGE, ""
    stamp = deck.written_at.astimezone(UTC).replace(tzinfo=None)
    properties.created = properties.modified = stamp


def _drop_printer(target: Any) -> None:
    """Take out the settings of the printer of who made the template."""
    for key, relation in list(target.part.rels.items()):
        if relation.reltype.endswith("/printerSettings"):
            target.part.rels.pop(key)


def _set_master(target: Any) -> None:
    """Keep two layouts, at our size, with our font and colours: a slide that the reader adds looks like the others."""
    kept = {_COVER_LAYOUT, _TITLE_LAYOUT}
    for rank, layout in reversed(list(enumerate(target.slide_layouts))):
        if rank not in kept:
            target.slide_layouts.remove(layout)
    master = target.slide_master
    for holder in [*master.placeholders, *(item for layout in target.slide_layouts for item in layout.placeholders)]:
        # The template is 4:3: what its placeholders leave at the sides is spread over our width.
        holder.left, holder.width = holder.left * 4 // 3, holder.width * 4 // 3
        holder.top, holder.height = holder.top, holder.height
    for part in (relation.target_part for relation in master.part.rels.values()):
        if part.partname.endswith("theme1.xml"):
            part._blob = _theme(part.blob)


def _theme(blob: bytes) -> bytes:
    text = blob.decode()
    text = re.sub(r'(<a:(?:major|minor)Font>\s*<a:latin typeface=")[^"]*', rf"\g<1>{FONT}", text)
    for rank, colour in enumerate(_ACCENTS, start=1):
        text = re.sub(rf'(<a:accent{rank}>\s*<a:srgbClr val=")[^"]*', rf"\g<1>{colour}", text)
    return text.encode()


def _add_cover(target: Any, cover: Cover) -> None:
    slide = target.slides.add_slide(target.slide_layouts[0])
    slide.background.fill.solid()
    slide.background.fill.fore_color.rgb = _SAND
    title, lines = slide.shapes.title, slide.placeholders[1]
    _place(title, _MARGIN, Inches(2.1), Inches(10.6), Inches(1.9))
    _write(title.text_frame, [cover.title], size=40, colour=_PINE, is_bold=True, anchor=MSO_ANCHOR.BOTTOM)
    _place(lines, _MARGIN, Inches(4.2), Inches(10.6), Inches(1.7))
    _write(lines.text_frame, list(cover.lines), size=20, colour=_INK)
    over = slide.shapes.add_textbox(_MARGIN, Inches(0.75), Inches(9), Inches(0.5))
    _write(over.text_frame, [cover.over], size=20, colour=_INK, is_bold=True)
    band = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, _WIDTH - Inches(0.45), 0, Inches(0.45), _HEIGHT)
    _paint(band, _PINE)
    _mark_decorative(band)
    if cover.logo is not None:
        picture = slide.shapes.add_picture(io.BytesIO(cover.logo), 0, Inches(0.55), height=Inches(1.0))
        if picture.width > Inches(3):
            picture.width, picture.height = Inches(3), picture.height * Inches(3) // picture.width
        picture.left = _WIDTH - Inches(0.95) - picture.width
        _describe(picture, cover.logo_alternative)
    _add_notes(slide, cover.notes)


def _add_slide(target: Any, content: Slide, deck: Deck, rank: int) -> None:
    slide = target.slides.add_slide(target.slide_layouts[1])
    title = slide.shapes.title
    _place(title, _MARGIN, Inches(0.45), _WIDTH - 2 * _MARGIN, Inches(0.95))
    size = 28 if len(content.title) <= 70 else 24
    _write(title.text_frame, [content.title], size=size, colour=_PINE, is_bold=True, anchor=MSO_ANCHOR.BOTTOM)
    if content.lead:
        lead = slide.shapes.add_textbox(_MARGIN, Inches(1.42), _WIDTH - 2 * _MARGIN, Inches(0.5))
        _write(lead.text_frame, [content.lead], size=16, colour=_MUTED)
    count = len(content.columns)
    width = Emu((_WIDTH - 2 * _MARGIN - (count - 1) * _GUTTER) // count)
    for index, block in enumerate(content.columns):
        _add_block(slide, block, Emu(_MARGIN + index * (width + _GUTTER)), width)
    if content.source:
        source = slide.shapes.add_textbox(_MARGIN, Inches(6.6), _WIDTH - 2 * _MARGIN, Inches(0.35))
        _write(source.text_frame, [f"Source : {content.source}"], size=11, colour=_MUTED)
    _add_foot(slide, deck, rank)
    _add_notes(slide, content.notes)


def _add_block(slide: Any, block: Block, left: Emu, width: Emu) -> None:
    if isinstance(block, Points):
        _add_points(slide, block, left, width)
    elif isinstance(block, Grid):
        _add_grid(slide, block, left, width)
    else:
        _add_radar(slide, block, left, width)


def _add_points(slide: Any, block: Points, left: Emu, width: Emu) -> None:
    box = slide.shapes.add_textbox(left, _BODY_TOP, width, Emu(_BODY_BOTTOM - _BODY_TOP))
    frame = _frame(box.text_frame)
    is_first = True
    if block.heading:
        _add_run(frame.paragraphs[0], block.heading, size=18, colour=_PINE, is_bold=True)
        is_first = False
    size = list_size_pt(block, width / Pt(1), (_BODY_BOTTOM - _BODY_TOP) / Pt(1))
    for item in block.items:
        paragraph = frame.paragraphs[0] if is_first else frame.add_paragraph()
        is_first = False
        paragraph.space_before = Pt(size * 0.6)
        _add_run(paragraph, item.head, size=size, colour=_INK, is_bold=bool(item.text))
        if item.text:
            _add_run(paragraph, f" — {item.text}", size=size, colour=_INK)
    if not block.items and block.absent:
        paragraph = frame.paragraphs[0] if is_first else frame.add_paragraph()
        _add_run(paragraph, block.absent, size=17, colour=_MUTED)


def _add_grid(slide: Any, block: Grid, left: Emu, width: Emu) -> None:
    rows, columns = len(block.rows) + 1, len(block.headers)
    height = Emu(min(rows * Inches(0.42), _BODY_BOTTOM - _BODY_TOP))
    shape = slide.shapes.add_table(rows, columns, left, _BODY_TOP, width, height)
    _describe(shape, block.caption)
    table = shape.table
    table.horz_banding = False
    shape._element.find(f".//{qn('a:tableStyleId')}").text = _PLAIN_TABLE
    total = sum(block.widths)
    for index, share in enumerate(block.widths):
        table.columns[index].width = Emu(int(width * share / total))
    size = grid_size_pt(block, is_wide=width > _WIDTH // 2)
    for row_index, texts in enumerate([block.headers, *block.rows]):
        for index, text in enumerate(texts):
            is_header, is_prose = row_index == 0, index == 0 or index in block.prose
            cell = table.cell(row_index, index)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.margin_left = cell.margin_right = Inches(0.08)
            cell.margin_top = cell.margin_bottom = Inches(0.04)
            _write(
                cell.text_frame,
                [text],
                size=size,
                colour=_PINE if is_header else _INK,
                is_bold=is_header or index == 0,
                align=PP_ALIGN.LEFT if is_prose else PP_ALIGN.CENTER,
            )
            if is_header:
                cell.fill.solid()
                cell.fill.fore_color.rgb = _TINT
            _underline(cell)


def _underline(cell: Any) -> None:
    """Draw a hairline under a cell."""
    line = parse_xml(f'<a:lnB {nsdecls("a")} w="9525"><a:solidFill><a:srgbClr val="{_LINE}"/></a:solidFill></a:lnB>')
    # The schema wants the borders before the fill.
    cell._tc.get_or_add_tcPr().insert(0, line)


def _add_radar(slide: Any, block: Radar, left: Emu, width: Emu) -> None:
    data = _new_chart_data(number_format="0.0")
    data.categories = [clean(axis.short_name) for axis in block.axes]
    data.add_series("Niveau retenu", [axis.value for axis in block.axes])
    data.add_series(f"Niveau {EXPECTED_LEVEL}, pratique généralisée", [EXPECTED_LEVEL] * len(block.axes))
    if block.has_previous:
        data.add_series("Diagnostic précédent", [axis.previous for axis in block.axes])
    height = Emu(_BODY_BOTTOM - _BODY_TOP)
    shape = slide.shapes.add_chart(XL_CHART_TYPE.RADAR_MARKERS, left, _BODY_TOP, width, height, data)
    _describe(shape, block.alternative)
    chart = shape.chart
    chart.font.size, chart.font.name = Pt(12), FONT
    chart.font.color.rgb = _INK
    chart.has_title, chart.has_legend = False, True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    axis = chart.value_axis
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = 0, LEVEL_MAX, 1
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "0", False
    axis.tick_labels.font.size = Pt(10)
    axis.major_gridlines.format.line.color.rgb = _LINE
    styles = [(_PINE, 2.75, None), (_AMBER, 1.5, MSO_LINE.DASH), (_MUTED, 1.75, MSO_LINE.ROUND_DOT)]
    for series, (colour, width_pt, dash) in zip(chart.plots[0].series, styles, strict=False):
        series.format.line.color.rgb, series.format.line.width = colour, Pt(width_pt)
        if dash is not None:
            series.format.line.dash_style = dash
            series.marker.style = XL_MARKER_STYLE.NONE
        else:
            series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 8
            series.marker.format.fill.solid()
            series.marker.format.fill.fore_color.rgb = colour


def _add_foot(slide: Any, deck: Deck, rank: int) -> None:
    foot = slide.shapes.add_textbox(_MARGIN, Inches(6.98), Inches(10), Inches(0.32))
    _write(foot.text_frame, [deck.foot], size=11, colour=_MUTED)
    number = slide.shapes.add_textbox(_WIDTH - _MARGIN - Inches(1), Inches(6.98), Inches(1), Inches(0.32))
    frame = _frame(number.text_frame)
    frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
    # A field, so that the number follows the slide when it is moved.
    field = parse_xml(
        f'<a:fld {nsdecls("a")} id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum">'
        f'<a:rPr lang="{LANGUAGE}" sz="1200" b="1"><a:solidFill><a:srgbClr val="{_PINE}"/></a:solidFill>'
        f'<a:latin typeface="{FONT}"/></a:rPr><a:t>{rank}</a:t></a:fld>'
    )
    frame.paragraphs[0]._p.append(field)


def _add_notes(slide: Any, text: str) -> None:
    if text:
        slide.notes_slide.notes_text_frame.text = "\n".join(clean(line) for line in text.split("\n"))


def _frame(frame: Any) -> Any:
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    return frame


def _write(
    frame: Any,
    lines: Sequence[str],
    *,
    size: float,
    colour: Any,
    is_bold: bool = False,
    align: Any = PP_ALIGN.LEFT,
    anchor: Any = None,
) -> None:
    """Write lines in a text frame, one paragraph each. The margins of a cell are those that it has."""
    frame.word_wrap = True
    if anchor is not None:
        frame.vertical_anchor = anchor
    if hasattr(frame._txBody, "bodyPr"):
        frame.margin_left = frame.margin_right = 0
    for index, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
        paragraph.alignment = align
        _add_run(paragraph, line, size=size, colour=colour, is_bold=is_bold)


def _add_run(paragraph: Any, text: str, *, size: float, colour: Any, is_bold: bool = False) -> None:
    run = paragraph.add_run()
    run.text = clean(text)
    run.font.size, run.font.bold, run.font.name = Pt(size), is_bold, FONT
    run.font.color.rgb = colour
    run._r.get_or_add_rPr().set("lang", LANGUAGE)


def _place(shape: Any, left: int, top: int, width: int, height: int) -> None:
    shape.left, shape.top, shape.width, shape.height = Emu(left), Emu(top), Emu(width), Emu(height)


def _paint(shape: Any, colour: Any) -> None:
    shape.fill.solid()
    shape.fill.fore_color.rgb = colour
    shape.line.fill.background()


def _describe(shape: Any, alternative: str) -> None:
    """Give a shape the text that a screen reader says."""
    properties = shape._element.xpath(".//p:cNvPr")[0]
    properties.set("descr", clean(alternative))


def _mark_decorative(shape: Any) -> None:
    """Tell that a shape says nothing: a screen reader passes over it."""
    properties = shape._element.xpath(".//p:cNvPr")[0]
    properties.append(
        parse_xml(
            f'<a:extLst {nsdecls("a")}><a:ext uri="{{C183D7F6-B498-43B3-948B-1728B52AA6E4}}">'
            '<adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/>'
            "</a:ext></a:extLst>"
        )
    )
