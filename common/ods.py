"""Writing of ods spreadsheets, from the same description as `common.xlsx`: lists, protection, hidden sheets.

A file of a few parts written by hand: the libraries that write ods are slow, and lose the lists of the cells. What is
typed by people is always a text, and nothing here is a formula.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from common.opendocument import build_package
from common.xlsx import LINE_HEIGHT_PT, WORD_WARNING, Column, Kind, Sheet, clean_text, lines_needed

CONTENT_TYPE = "application/vnd.oasis.opendocument.spreadsheet"

_PINE, _SAND, _LINE, _MUTED = "#0b4f4a", "#f5f3ee", "#d9d5cb", "#4c5b60"
_CM_PER_CHARACTER = 0.2
_NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
        "number": "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0",
        "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
        "dc": "http://purl.org/dc/elements/1.1/",
        "config": "urn:oasis:names:tc:opendocument:xmlns:config:1.0",
        # Undeclared, the rules of the cells would be lost without a word.
        "of": "urn:oasis:names:tc:opendocument:xmlns:of:1.2",
        "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
    }.items()
)


def build_ods(sheets: Sequence[Sheet], *, title: str, created_at: datetime) -> bytes:
    """Return a workbook as the bytes of an ods file. The same content gives the same bytes."""
    parts = {
        "content.xml": _content(sheets),
        "styles.xml": _styles(sheets),
        "meta.xml": _meta(title, created_at),
        "settings.xml": _settings(sheets),
    }
    return build_package(CONTENT_TYPE, parts)


# Content --------------------------------------------------------------------------------------------------------------


def _content(sheets: Sequence[Sheet]) -> str:
    rules = _Rules(sheets)
    body = "".join(_table(number, sheet, rules) for number, sheet in enumerate(sheets, start=1))
    return (
        f'<office:document-content {_NAMESPACES} office:version="1.3">'
        f"<office:automatic-styles>{''.join(_automatic_styles(sheets))}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{rules.written}{body}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )


class _Rules:
    """The rules that the spreadsheet itself checks: a list of words, or limits."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self.names: dict[tuple[int, int], str] = {}
        texts: list[str] = []
        for sheet_number, sheet in enumerate(sheets, start=1):
            for column_number, column in enumerate(sheet.columns, start=1):
                rule = _rule_of(column)
                if rule is None:
                    continue
                name = f"regle{len(texts) + 1}"
                self.names[sheet_number, column_number] = name
                texts.append(_written_rule(name, sheet, column, *rule))
        self.written = f"<table:content-validations>{''.join(texts)}</table:content-validations>" if texts else ""


def _rule_of(column: Column) -> tuple[str, str] | None:
    """Return the condition of a column and what is said of a value that breaks it."""
    if column.choices_from:
        sheet, _mark, cells = column.choices_from.partition("!")
        first, _colon, last = cells.partition(":")
        return f"of:cell-content-is-in-list([${sheet}.{first}:.{last}])", WORD_WARNING
    if column.choices:
        words = ";".join('"' + choice.replace('"', '""') + '"' for choice in column.choices)
        return f"of:cell-content-is-in-list({words})", "Choisissez dans la liste."
    if column.minimum is not None and column.maximum is not None:
        kind = "whole-number" if column.kind is Kind.INTEGER else "decimal-number"
        limits = f"{column.minimum:g},{column.maximum:.0f}"
        message = f"Indiquez un nombre entre {column.minimum:g} et {column.maximum:.0f}."
        return f"of:cell-content-is-{kind}() and cell-content-is-between({limits})", message
    return None


def _written_rule(name: str, sheet: Sheet, column: Column, condition: str, message: str) -> str:
    help_text = ""
    if column.note:
        help_text = (
            f'<table:help-message table:title={_attribute(column.header[:32])} table:display="true">'
            f"<text:p>{_text(column.note[:250])}</text:p></table:help-message>"
        )
    kind = "warning" if column.choices_from else "stop"
    base = "'" + sheet.safe_title.replace("'", "''") + "'.A1"
    return (
        f'<table:content-validation table:name="{name}" table:condition={_attribute(condition)} '
        f'table:allow-empty-cell="true" table:display-list="unsorted" '
        f"table:base-cell-address={_attribute(base)}>{help_text}"
        f'<table:error-message table:message-type="{kind}" table:display="true"><text:p>{_text(message)}</text:p>'
        "</table:error-message></table:content-validation>"
    )


def _table(number: int, sheet: Sheet, rules: _Rules) -> str:
    columns = "".join(
        f'<table:table-column table:style-name="co{column.width}" '
        f'table:visibility="{_visibility(column)}" table:default-cell-style-name="Default"/>'
        for column in sheet.columns
    )
    intro = "".join(
        f'<table:table-row table:style-name="ro1"><table:table-cell table:style-name="{style}" '
        f'office:value-type="string">{_paragraphs(text)}</table:table-cell></table:table-row>'
        for style, text in zip(("titre", *(["note"] * len(sheet.intro))), sheet.intro, strict=False)
    )
    header = "".join(
        f'<table:table-cell table:style-name="entete" office:value-type="string">{_paragraphs(column.header)}'
        "</table:table-cell>"
        for column in sheet.columns
    )
    is_hidden = "cache" if sheet.is_hidden else "montre"
    protection = (
        '<loext:table-protection loext:select-protected-cells="true" loext:select-unprotected-cells="true"/>'
        if sheet.is_protected
        else ""
    )
    return (
        f'<table:table table:name={_attribute(sheet.safe_title)} table:style-name="{is_hidden}"'
        f' table:protected="{str(sheet.is_protected).lower()}">{protection}{columns}{intro}'
        f'<table:table-header-rows><table:table-row table:style-name="ro2">{header}</table:table-row>'
        f"</table:table-header-rows>{''.join(_rows(number, sheet, rules))}</table:table>"
    )


def _visibility(column: Column) -> str:
    return "collapse" if column.is_hidden else "visible"


def _rows(number: int, sheet: Sheet, rules: _Rules) -> Iterator[str]:
    for item in sheet.rows:
        values = [column.value(item) for column in sheet.columns]
        cells = "".join(
            _cell(column, value, rules.names.get((number, rank), ""))
            for rank, (column, value) in enumerate(zip(sheet.columns, values, strict=True), start=1)
        )
        yield f'<table:table-row table:style-name="ro{lines_needed(sheet.columns, values)}">{cells}</table:table-row>'


def _cell(column: Column, value: Any, rule: str) -> str:
    validation = f' table:content-validation-name="{rule}"' if rule else ""
    start = f'<table:table-cell table:style-name="{_style_of(column)}"{validation}'
    if isinstance(value, bool):
        value = "oui" if value else "non"
    if value is None or value == "":
        return f"{start}/>"
    if column.kind is Kind.DATE and isinstance(value, date):
        return f'{start} office:value-type="date" office:date-value="{value.isoformat()}"/>'
    if column.kind is not Kind.TEXT and isinstance(value, int | float | Decimal):
        return f'{start} office:value-type="float" office:value="{value}"/>'
    return f'{start} office:value-type="string">{_paragraphs(value)}</table:table-cell>'


def _style_of(column: Column) -> str:
    """Return the name of the style of a column: who may write in it, whether its text wraps, how a date is shown."""
    name = "libre" if column.is_editable else "fige"
    name += "-date" if column.kind is Kind.DATE else ""
    return name + ("-replie" if column.wraps else "")


def _paragraphs(value: object) -> str:
    return "".join(f"<text:p>{_text(line)}</text:p>" for line in clean_text(value).split("\n"))


def _text(value: str) -> str:
    return escape(clean_text(value))


def _attribute(value: str) -> str:
    return quoteattr(clean_text(value))


# Styles ---------------------------------------------------------------------------------------------------------------


def _automatic_styles(sheets: Sequence[Sheet]) -> Iterator[str]:
    yield (
        '<number:date-style style:name="jour"><number:day number:style="long"/><number:text>/</number:text>'
        '<number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/>'
        "</number:date-style>"
    )
    for width in sorted({column.width for sheet in sheets for column in sheet.columns}):
        yield (
            f'<style:style style:name="co{width}" style:family="table-column">'
            f'<style:table-column-properties style:column-width="{width * _CM_PER_CHARACTER:.2f}cm"/></style:style>'
        )
    for lines in range(1, 26):
        yield (
            f'<style:style style:name="ro{lines}" style:family="table-row"><style:table-row-properties '
            f'style:row-height="{lines * LINE_HEIGHT_PT + 4}pt" style:use-optimal-row-height="false"/></style:style>'
        )
    for name, shown in (("montre", "true"), ("cache", "false")):
        yield (
            f'<style:style style:name="{name}" style:family="table" style:master-page-name="Default">'
            f'<style:table-properties table:display="{shown}"/></style:style>'
        )
    yield _cell_style(
        "entete", "protected", f'fo:background-color="{_PINE}"', 'fo:color="#ffffff" fo:font-weight="bold"', True
    )
    yield _cell_style("titre", "protected", "", f'fo:color="{_MUTED}" fo:font-weight="bold"')
    yield _cell_style("note", "protected", "", f'fo:color="{_MUTED}"')
    line = f'fo:border-bottom="0.5pt solid {_LINE}"'
    for suffix, data in (("", ""), ("-date", ' style:data-style-name="jour"')):
        for ending, wraps in (("", False), ("-replie", True)):
            ground = f'{line} fo:background-color="{_SAND}"'
            yield _cell_style(f"fige{suffix}{ending}", "protected", ground, wraps=wraps, data=data)
            yield _cell_style(f"libre{suffix}{ending}", "none", line, wraps=wraps, data=data)


def _cell_style(name: str, protection: str, cell: str, text: str = "", wraps: bool = False, data: str = "") -> str:
    # In a tall row, every cell begins where the long text does.
    wrapped = ' style:vertical-align="top" fo:padding-left="0.1cm" fo:padding-right="0.1cm"'
    wrapped += ' fo:wrap-option="wrap"' if wraps else ""
    letters = f"<style:text-properties {text}/>" if text else ""
    return (
        f'<style:style style:name="{name}" style:family="table-cell" style:parent-style-name="Default"{data}>'
        f'<style:table-cell-properties style:cell-protect="{protection}" {cell}{wrapped}/>{letters}</style:style>'
    )


def _styles(sheets: Sequence[Sheet]) -> str:
    # One page format for the file: that of its widest sheet.
    page_count = max((sheet.page_count for sheet in sheets if not sheet.is_hidden), default=1)
    return (
        f'<office:document-styles {_NAMESPACES} office:version="1.3"><office:styles>'
        '<style:style style:name="Default" style:family="table-cell"><style:text-properties fo:font-size="10pt" '
        'fo:language="fr" fo:country="FR" style:font-name="Liberation Sans"/></style:style></office:styles>'
        '<office:automatic-styles><style:page-layout style:name="paysage"><style:page-layout-properties '
        'fo:page-width="29.7cm" fo:page-height="21cm" style:print-orientation="landscape" fo:margin="1.2cm" '
        f'style:scale-to-X="{page_count}" style:scale-to-Y="0"/></style:page-layout></office:automatic-styles>'
        '<office:master-styles><style:master-page style:name="Default" style:page-layout-name="paysage"/>'
        "</office:master-styles></office:document-styles>"
    )


# Other parts ----------------------------------------------------------------------------------------------------------


def _meta(title: str, created_at: datetime) -> str:
    stamp = created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'<office:document-meta {_NAMESPACES} office:version="1.3"><office:meta><dc:title>{_text(title)}</dc:title>'
        f"<dc:creator>Jalons</dc:creator><dc:language>fr-FR</dc:language><dc:date>{stamp}</dc:date>"
        f"<meta:creation-date>{stamp}</meta:creation-date></office:meta></office:document-meta>"
    )


def _settings(sheets: Sequence[Sheet]) -> str:
    """Return what stays in sight when one scrolls: the rows down to the headers, and the first columns."""

    def entry(sheet: Sheet) -> str:
        columns, rows = sheet.frozen_columns, len(sheet.intro) + 1
        values = (
            ("HorizontalSplitMode", "short", 2),
            ("VerticalSplitMode", "short", 2),
            ("HorizontalSplitPosition", "int", columns),
            ("VerticalSplitPosition", "int", rows),
            ("ActiveSplitRange", "short", 3),
            ("PositionRight", "int", columns),
            ("PositionBottom", "int", rows),
            ("ShowGrid", "boolean", "false"),
        )
        items = "".join(
            f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
            for name, kind, value in values
        )
        name = _attribute(sheet.safe_title)
        return f"<config:config-item-map-entry config:name={name}>{items}</config:config-item-map-entry>"

    tables = "".join(entry(sheet) for sheet in sheets)
    first = next((sheet.safe_title for sheet in sheets if not sheet.is_hidden), "")
    return (
        f'<office:document-settings {_NAMESPACES} office:version="1.3"><office:settings>'
        '<config:config-item-set config:name="ooo:view-settings"><config:config-item-map-indexed config:name="Views">'
        '<config:config-item-map-entry><config:config-item config:name="ViewId" config:type="string">view1'
        f'</config:config-item><config:config-item-map-named config:name="Tables">{tables}'
        '</config:config-item-map-named><config:config-item config:name="ActiveTable" config:type="string">'
        f"{_text(first)}</config:config-item></config:config-item-map-entry></config:config-item-map-indexed>"
        "</config:config-item-set></office:settings></office:document-settings>"
    )
