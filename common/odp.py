"""Writing of odp: the same description of a deck as `common.pptx`, in the same places and sizes.

A file of a few parts written by hand, as `common.ods` is: titles are the placeholders that the outline and a screen
reader find, texts and tables are native, the radar is drawn with shapes under one alternative text. No macro, no link.
"""

import math
from collections.abc import Sequence
from datetime import UTC
from xml.sax.saxutils import escape, quoteattr

from common.document import clean
from common.opendocument import build_package
from common.slides import Block, Cover, Deck, Grid, Points, Radar, Slide, grid_size_pt, list_size_pt

CONTENT_TYPE = "application/vnd.oasis.opendocument.presentation"
FONT = "Liberation Sans"
_INK, _PINE, _AMBER, _MUTED = "#16262b", "#0b4f4a", "#b45309", "#4c5b60"
_SAND, _TINT, _LINE = "#f5f3ee", "#e3efed", "#d9d5cb"
_WIDTH, _HEIGHT, _MARGIN, _GUTTER = 33.867, 19.05, 1.65, 1.27
_BODY_TOP, _BODY_BOTTOM = 5.2, 16.6
_CM_PER_PT = 2.54 / 72
_ROW_HEIGHT, _LETTER_WIDTH = 1.067, 0.5
_EXPECTED_LEVEL, _LEVEL_MAX = 3, 4
_NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
        "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
        "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
        "presentation": "urn:oasis:names:tc:opendocument:xmlns:presentation:1.0",
        "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
        "dc": "http://purl.org/dc/elements/1.1/",
        "xlink": "http://www.w3.org/1999/xlink",
        "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
    }.items()
)


class _Styles:
    """The paragraph styles that the slides use, each written once."""

    def __init__(self) -> None:
        self._names: dict[tuple[float, str, bool, str, float], str] = {}
        self._widths: dict[float, str] = {}
        self._heights: dict[float, str] = {}

    def text(self, size: float, colour: str, *, is_bold: bool = False, align: str = "start", above: float = 0) -> str:
        key = (size, colour, is_bold, align, round(above, 2))
        return self._names.setdefault(key, f"P{len(self._names) + 1}")

    def width(self, centimetres: float) -> str:
        return self._widths.setdefault(round(centimetres, 3), f"co{len(self._widths) + 1}")

    def height(self, centimetres: float) -> str:
        return self._heights.setdefault(round(centimetres, 3), f"ro{len(self._heights) + 1}")

    @property
    def written(self) -> str:
        texts = "".join(
            f'<style:style style:name="{name}" style:family="paragraph"><style:paragraph-properties '
            f'fo:text-align="{align}" fo:margin-top="{above:.2f}cm" fo:margin-bottom="0cm"/>'
            f"{_letters(size, colour, is_bold)}</style:style>"
            f'<style:style style:name="{name}t" style:family="text">{_letters(size, colour, True)}</style:style>'
            for (size, colour, is_bold, align, above), name in self._names.items()
        )
        columns = "".join(
            f'<style:style style:name="{name}" style:family="table-column">'
            f'<style:table-column-properties style:column-width="{width}cm"/></style:style>'
            for width, name in self._widths.items()
        )
        rows = "".join(
            f'<style:style style:name="{name}" style:family="table-row">'
            f'<style:table-row-properties style:min-row-height="{height}cm"/></style:style>'
            for height, name in self._heights.items()
        )
        return texts + columns + rows


def build_odp(deck: Deck) -> bytes:
    """Return the bytes of an odp file, 16:9. The same deck gives the same bytes."""
    styles = _Styles()
    pages = [_cover(deck.cover, styles)]
    pages += [_slide(slide, deck, rank, styles) for rank, slide in enumerate(deck.slides, start=2)]
    logo = {_logo_path(deck.cover): deck.cover.logo} if deck.cover.logo is not None else {}
    parts = {
        "content.xml": (
            f'<office:document-content {_NAMESPACES} office:version="1.3"><office:automatic-styles>'
            f"{_FIXED_STYLES}{styles.written}</office:automatic-styles><office:body><office:presentation>"
            f"{''.join(pages)}</office:presentation></office:body></office:document-content>"
        ),
        "styles.xml": _master(),
        "meta.xml": _meta(deck),
    }
    return build_package(CONTENT_TYPE, parts, logo)


# Slides ---------------------------------------------------------------------------------------------------------------


def _cover(cover: Cover, styles: _Styles) -> str:
    over = _box(cover.over, styles.text(20, _INK, is_bold=True), _MARGIN, 1.9, 22.9, 1.3)
    title = _box(
        cover.title, styles.text(40, _PINE, is_bold=True), _MARGIN, 5.3, 26.9, 4.9, kind="title", anchor="bottom"
    )
    style = styles.text(20, _INK, above=0.1)
    lines = "".join(f'<text:p text:style-name="{style}">{_text(line)}</text:p>' for line in cover.lines)
    below = _frame(lines, _MARGIN, 10.7, 26.9, 4.3, kind="subtitle")
    band = (
        f'<draw:rect draw:style-name="bande" loext:decorative="true" svg:x="{_WIDTH - 1.143:.3f}cm" svg:y="0cm" '
        f'svg:width="1.143cm" svg:height="{_HEIGHT}cm"/>'
    )
    return _page("Couverture", "couverture", over + title + below + band + _logo(cover), cover.notes, styles)


def _logo_path(cover: Cover) -> str:
    return "Pictures/logo.png" if cover.logo_type == "image/png" else "Pictures/logo.jpg"


def _logo(cover: Cover) -> str:
    if cover.logo is None:
        return ""
    width, height = _fit(cover.logo_ratio, 7.62, 2.54)
    return (
        f'<draw:frame draw:style-name="cadre" svg:x="{_WIDTH - 2.4 - width:.3f}cm" svg:y="1.4cm" '
        f'svg:width="{width:.3f}cm" svg:height="{height:.3f}cm"><draw:image xlink:href="{_logo_path(cover)}" '
        f'xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/>{_described(cover.logo_alternative)}'
        "</draw:frame>"
    )


def _fit(ratio: float, width: float, height: float) -> tuple[float, float]:
    """Return the largest size of this ratio (width on height) in a box."""
    return (width, width / ratio) if ratio * height > width else (height * ratio, height)


def _slide(content: Slide, deck: Deck, rank: int, styles: _Styles) -> str:
    inner = _WIDTH - 2 * _MARGIN
    size = 28 if len(content.title) <= 70 else 24
    title = styles.text(size, _PINE, is_bold=True)
    drawn = [_box(content.title, title, _MARGIN, 1.14, inner, 2.4, kind="title", anchor="bottom")]
    if content.lead:
        drawn.append(_box(content.lead, styles.text(16, _MUTED), _MARGIN, 3.7, inner, 1.3))
    count = len(content.columns)
    width = (inner - (count - 1) * _GUTTER) / count
    for index, block in enumerate(content.columns):
        drawn.append(_block(block, _MARGIN + index * (width + _GUTTER), width, styles))
    small = styles.text(11, _MUTED)
    if content.source:
        drawn.append(_box(f"Source : {content.source}", small, _MARGIN, 16.76, inner, 0.9))
    drawn.append(_box(deck.foot, small, _MARGIN, 17.73, 25.4, 0.8))
    number = styles.text(12, _PINE, is_bold=True, align="end")
    field = f'<text:p text:style-name="{number}"><text:page-number>{rank}</text:page-number></text:p>'
    drawn.append(_frame(field, _WIDTH - _MARGIN - 2.54, 17.73, 2.54, 0.8))
    return _page(f"Diapositive {rank}", "diapositive", "".join(drawn), content.notes, styles)


def _page(name: str, master: str, drawn: str, notes: str, styles: _Styles) -> str:
    said = ""
    if notes:
        style = styles.text(12, _INK)
        lines = "".join(f'<text:p text:style-name="{style}">{_text(line)}</text:p>' for line in notes.split("\n"))
        said = (
            '<presentation:notes draw:style-name="page"><draw:page-thumbnail draw:layer="layout" svg:x="2cm" '
            'svg:y="2cm" svg:width="17cm" svg:height="9.56cm" presentation:class="page"/>'
            '<draw:frame draw:style-name="cadre" presentation:class="notes" svg:x="2cm" svg:y="12.5cm" '
            f'svg:width="17cm" svg:height="14cm"><draw:text-box>{lines}</draw:text-box></draw:frame>'
            "</presentation:notes>"
        )
    return (
        f'<draw:page draw:name={_attribute(name)} draw:style-name="page" draw:master-page-name="{master}" '
        f'presentation:presentation-page-layout-name="titre-seul">{drawn}{said}</draw:page>'
    )


# Blocks ---------------------------------------------------------------------------------------------------------------


def _block(block: Block, left: float, width: float, styles: _Styles) -> str:
    if isinstance(block, Points):
        return _points(block, left, width, styles)
    if isinstance(block, Grid):
        return _grid(block, left, width, styles)
    return _radar(block, left, width, styles)


def _points(block: Points, left: float, width: float, styles: _Styles) -> str:
    lines = []
    if block.heading:
        style = styles.text(18, _PINE, is_bold=True)
        lines.append(f'<text:p text:style-name="{style}">{_text(block.heading)}</text:p>')
    size = list_size_pt(block, width / _CM_PER_PT, (_BODY_BOTTOM - _BODY_TOP) / _CM_PER_PT)
    style = styles.text(size, _INK, above=size * 0.6 * _CM_PER_PT)
    for item in block.items:
        head = _text(item.head)
        if item.text:
            head = f'<text:span text:style-name="{style}t">{head}</text:span>{_text(f" — {item.text}")}'
        lines.append(f'<text:p text:style-name="{style}">{head}</text:p>')
    if not block.items and block.absent:
        lines.append(f'<text:p text:style-name="{styles.text(17, _MUTED)}">{_text(block.absent)}</text:p>')
    return _frame("".join(lines), left, _BODY_TOP, width, _BODY_BOTTOM - _BODY_TOP)


def _grid(block: Grid, left: float, width: float, styles: _Styles) -> str:
    rows = [block.headers, *block.rows]
    total = sum(block.widths)
    size = grid_size_pt(block, is_wide=width > _WIDTH / 2)
    widths = [width * share / total for share in block.widths]
    lowest = min(_ROW_HEIGHT, (_BODY_BOTTOM - _BODY_TOP) / len(rows))
    needed = [_height_of(texts, widths, size) for texts in rows]
    heights = [max(lowest, own) for own in needed]
    if sum(heights) > _BODY_BOTTOM - _BODY_TOP:
        heights = needed
    height = sum(heights)
    columns = "".join(f'<table:table-column table:style-name="{styles.width(column)}"/>' for column in widths)
    body = "".join(
        _grid_row(rank, texts, block, styles.height(heights[rank]), size, styles) for rank, texts in enumerate(rows)
    )
    return (
        f'<draw:frame draw:style-name="cadre" svg:x="{left:.3f}cm" svg:y="{_BODY_TOP}cm" svg:width="{width:.3f}cm" '
        f'svg:height="{height:.3f}cm"><table:table table:use-first-row-styles="true">{columns}{body}</table:table>'
        f"{_described(block.caption)}</draw:frame>"
    )


def _height_of(texts: Sequence[str], widths: Sequence[float], size: float) -> float:
    """Return the height that the texts of a row need, in centimetres, from an estimate of their lines."""
    lines = max(
        -(-len(text) * size * _CM_PER_PT * _LETTER_WIDTH // (width - 0.4)) if text else 1
        for text, width in zip(texts, widths, strict=True)
    )
    return lines * size * _CM_PER_PT * 1.2 + 0.2


def _grid_row(rank: int, texts: Sequence[str], block: Grid, row_style: str, size: float, styles: _Styles) -> str:
    cells = []
    for index, text in enumerate(texts):
        align = "start" if index == 0 or index in block.prose else "center"
        is_header = rank == 0
        style = styles.text(size, _PINE if is_header else _INK, is_bold=is_header or index == 0, align=align)
        cells.append(
            f'<table:table-cell table:style-name="{"entete" if is_header else "case"}">'
            f'<text:p text:style-name="{style}">{_text(text)}</text:p></table:table-cell>'
        )
    return f'<table:table-row table:style-name="{row_style}">{"".join(cells)}</table:table-row>'


def _radar(block: Radar, left: float, width: float, styles: _Styles) -> str:
    """Draw the radar with lines: five rings, the axes, the expected level, the values, the legend."""
    count = len(block.axes)
    height = _BODY_BOTTOM - _BODY_TOP
    x, y = left + width / 2, _BODY_TOP + height / 2 - 0.6
    radius = min(width / 2 - 3.4, height / 2 - 1.7)

    def at(rank: int, level: float) -> tuple[float, float]:
        angle = 2 * math.pi * rank / count - math.pi / 2
        return x + radius * level / _LEVEL_MAX * math.cos(angle), y + radius * level / _LEVEL_MAX * math.sin(angle)

    drawn = [_polygon([at(rank, level) for rank in range(count)], "anneau") for level in range(1, _LEVEL_MAX + 1)]
    drawn += [_line((x, y), at(rank, _LEVEL_MAX), "anneau") for rank in range(count)]
    drawn.append(_polygon([at(rank, _EXPECTED_LEVEL) for rank in range(count)], "attendu"))
    if block.has_previous:
        drawn += _values([axis.previous for axis in block.axes], at, "avant")
    drawn += _values([axis.value for axis in block.axes], at, "valeurs")
    label = styles.text(12, _INK, align="center")
    for rank, axis in enumerate(block.axes):
        place_x, place_y = at(rank, _LEVEL_MAX + 0.75)
        drawn.append(_box(axis.short_name, label, place_x - 2, place_y - 0.35, 4, 0.7))
    digit = styles.text(10, _MUTED)
    for level in range(_LEVEL_MAX + 1):
        drawn.append(_box(str(level), digit, x + 0.1, y - radius * level / _LEVEL_MAX - 0.25, 0.6, 0.5))
    names = [("valeurs", "Niveau retenu"), ("attendu", f"Niveau {_EXPECTED_LEVEL}, pratique généralisée")]
    if block.has_previous:
        names.append(("avant", "Diagnostic précédent"))
    place, row = left, _BODY_BOTTOM - 0.7
    legend = styles.text(12, _INK)
    for style, name in names:
        drawn.append(_line((place, row + 0.27), (place + 0.9, row + 0.27), style))
        length = 0.26 * len(name) + 0.4
        drawn.append(_box(name, legend, place + 1.1, row, length, 0.6))
        place += 1.5 + length
    return f"<draw:g>{_described(block.alternative)}{''.join(drawn)}</draw:g>"


def _values(values: Sequence[float | None], at: object, style: str) -> list[str]:
    """Draw the known values: a closed line when all are known, else the pieces between known neighbours."""
    points = [None if value is None else at(rank, value) for rank, value in enumerate(values)]  # type: ignore[operator]
    known = [point for point in points if point is not None]
    if len(known) == len(points):
        drawn = [_polygon(known, style)]
    else:
        pairs = zip(points, [*points[1:], points[0]], strict=True)
        drawn = [_line(start, end, style) for start, end in pairs if start is not None and end is not None]
    return drawn + [
        f'<draw:ellipse draw:style-name="{style}-point" svg:x="{px - 0.13:.3f}cm" svg:y="{py - 0.13:.3f}cm" '
        'svg:width="0.26cm" svg:height="0.26cm"/>'
        for px, py in known
    ]


def _polygon(points: Sequence[tuple[float, float]], style: str) -> str:
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    left, top, width, height = min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)
    path = " ".join(f"{round(1000 * (px - left))},{round(1000 * (py - top))}" for px, py in points)
    return (
        f'<draw:polygon draw:style-name="{style}" svg:x="{left:.3f}cm" svg:y="{top:.3f}cm" '
        f'svg:width="{max(width, 0.001):.3f}cm" svg:height="{max(height, 0.001):.3f}cm" '
        f'svg:viewBox="0 0 {max(round(1000 * width), 1)} {max(round(1000 * height), 1)}" draw:points="{path}"/>'
    )


def _line(start: tuple[float, float], end: tuple[float, float], style: str) -> str:
    return (
        f'<draw:line draw:style-name="{style}" svg:x1="{start[0]:.3f}cm" svg:y1="{start[1]:.3f}cm" '
        f'svg:x2="{end[0]:.3f}cm" svg:y2="{end[1]:.3f}cm"/>'
    )


# Pieces ---------------------------------------------------------------------------------------------------------------


def _box(
    text: str, style: str, left: float, top: float, width: float, height: float, *, kind: str = "", anchor: str = "top"
) -> str:
    paragraph = f'<text:p text:style-name="{style}">{_text(text)}</text:p>'
    return _frame(paragraph, left, top, width, height, kind=kind, anchor=anchor)


def _frame(
    paragraphs: str, left: float, top: float, width: float, height: float, *, kind: str = "", anchor: str = "top"
) -> str:
    name = "cadre-bas" if anchor == "bottom" else "cadre"
    role = (
        f'presentation:style-name="{name}-place" presentation:class="{kind}"' if kind else f'draw:style-name="{name}"'
    )
    return (
        f'<draw:frame {role} draw:layer="layout" svg:x="{left:.3f}cm" svg:y="{top:.3f}cm" '
        f'svg:width="{width:.3f}cm" svg:height="{height:.3f}cm"><draw:text-box>{paragraphs}</draw:text-box>'
        "</draw:frame>"
    )


def _described(alternative: str) -> str:
    """Return the text that a screen reader says of a shape."""
    return f"<svg:desc>{_text(alternative)}</svg:desc>" if alternative else ""


def _text(value: str) -> str:
    return escape(clean(value))


def _attribute(value: str) -> str:
    return quoteattr(clean(value))


def _letters(size: float, colour: str, is_bold: bool) -> str:
    weight = "bold" if is_bold else "normal"
    return (
        f'<style:text-properties fo:font-size="{size:g}pt" fo:color="{colour}" fo:font-weight="{weight}" '
        f'fo:font-family="{FONT}" fo:language="fr" fo:country="FR"/>'
    )


# Styles ---------------------------------------------------------------------------------------------------------------


def _graphic(name: str, properties: str, family: str = "graphic") -> str:
    drawn = f"<style:graphic-properties {properties}/>"
    return f'<style:style style:name="{name}" style:family="{family}">{drawn}</style:style>'


def _stroke(name: str, colour: str, width: float, dash: str = "") -> str:
    dashed = f'draw:stroke="dash" draw:stroke-dash="{dash}"' if dash else 'draw:stroke="solid"'
    line = f'{dashed} svg:stroke-width="{width}cm" svg:stroke-color="{colour}" draw:fill="none"'
    point = f'draw:stroke="none" draw:fill="solid" draw:fill-color="{colour}"'
    return _graphic(name, line) + _graphic(f"{name}-point", point)


def _fixed() -> str:
    plain = (
        'draw:stroke="none" draw:fill="none" draw:auto-grow-height="false" fo:wrap-option="wrap" '
        'fo:padding-top="0cm" fo:padding-bottom="0cm" fo:padding-left="0cm" fo:padding-right="0cm" '
        'draw:textarea-vertical-align="{}"'
    )
    cell = 'fo:border-top="none" fo:border-left="none" fo:border-right="none" '
    cell += f'fo:border-bottom="0.03cm solid {_LINE}" '
    padding = 'fo:padding-left="0.2cm" fo:padding-right="0.2cm" fo:padding-top="0.1cm" fo:padding-bottom="0.1cm"'

    def table_cell(name: str, fill: str, ground: str = "") -> str:
        return (
            f'<style:style style:name="{name}" style:family="table-cell"><loext:graphic-properties {fill} '
            f'draw:textarea-vertical-align="middle" {padding}/><style:table-cell-properties {ground}'
            f'style:vertical-align="middle" {padding} {cell}/><style:paragraph-properties {cell}/></style:style>'
        )

    pieces = [
        '<style:style style:name="page" style:family="drawing-page"><style:drawing-page-properties '
        'presentation:background-visible="true" presentation:background-objects-visible="true" '
        'presentation:display-footer="false" presentation:display-page-number="false"/></style:style>',
        table_cell("entete", f'draw:fill="solid" draw:fill-color="{_TINT}"', f'fo:background-color="{_TINT}" '),
        table_cell("case", 'draw:fill="none"'),
        _graphic("bande", f'draw:stroke="none" draw:fill="solid" draw:fill-color="{_PINE}"'),
        _stroke("anneau", _LINE, 0.02),
        _stroke("attendu", _AMBER, 0.05, "tirets"),
        _stroke("avant", _MUTED, 0.06, "pointilles"),
        _stroke("valeurs", _PINE, 0.1),
    ]
    for name, anchor in (("cadre", "top"), ("cadre-bas", "bottom")):
        pieces.append(_graphic(name, plain.format(anchor)))
        pieces.append(_graphic(f"{name}-place", plain.format(anchor), "presentation"))
    return "".join(pieces)


_FIXED_STYLES = _fixed()


def _master() -> str:
    def page_style(name: str, colour: str) -> str:
        return (
            f'<style:style style:name="{name}" style:family="drawing-page"><style:drawing-page-properties '
            f'draw:background-size="border" draw:fill="solid" draw:fill-color="{colour}"/></style:style>'
        )

    def master(name: str, style: str) -> str:
        return f'<style:master-page style:name="{name}" style:page-layout-name="format" draw:style-name="{style}"/>'

    dashes = "".join(
        f'<draw:stroke-dash draw:name="{name}" draw:style="rect" draw:dots1="1" draw:dots1-length="{length}cm" '
        f'draw:distance="{length}cm"/>'
        for name, length in (("tirets", 0.25), ("pointilles", 0.1))
    )
    language = f'fo:language="fr" fo:country="FR" fo:font-family="{FONT}" fo:color="{_INK}"'
    return (
        f'<office:document-styles {_NAMESPACES} office:version="1.3"><office:styles>{dashes}'
        f'<style:default-style style:family="graphic"><style:text-properties {language}/></style:default-style>'
        f'<style:presentation-page-layout style:name="titre-seul"><presentation:placeholder '
        f'presentation:object="title" svg:x="{_MARGIN}cm" svg:y="1.14cm" svg:width="{_WIDTH - 2 * _MARGIN:.3f}cm" '
        'svg:height="2.4cm"/></style:presentation-page-layout></office:styles><office:automatic-styles>'
        f'<style:page-layout style:name="format"><style:page-layout-properties fo:page-width="{_WIDTH}cm" '
        f'fo:page-height="{_HEIGHT}cm" style:print-orientation="landscape" fo:margin="0cm"/></style:page-layout>'
        f"{page_style('fond-couverture', _SAND)}{page_style('fond', '#ffffff')}</office:automatic-styles>"
        f"<office:master-styles>{master('couverture', 'fond-couverture')}{master('diapositive', 'fond')}"
        "</office:master-styles></office:document-styles>"
    )


def _meta(deck: Deck) -> str:
    stamp = deck.written_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'<office:document-meta {_NAMESPACES} office:version="1.3"><office:meta>'
        f"<dc:title>{_text(deck.title)}</dc:title>"
        f"<meta:initial-creator>{_text(deck.author)}</meta:initial-creator><dc:creator>{_text(deck.author)}</dc:creator>"
        f"<dc:language>fr-FR</dc:language><meta:creation-date>{stamp}</meta:creation-date><dc:date>{stamp}</dc:date>"
        "</office:meta></office:document-meta>"
    )
