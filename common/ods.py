"""Writing of OpenDocument spreadsheets, from the same sheets and columns as `common.xlsx`.

A zip of a few XML files written as text: measured, it costs a hundredth of what the libraries cost. A text is always a
text: in this format a formula is an attribute that nobody writes here.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from common.xlsx import SHEET_NAME, Column, Kind, Sheet, clean_text

CONTENT_TYPE = "application/vnd.oasis.opendocument.spreadsheet"

_URN = "urn:oasis:names:tc:opendocument:xmlns:"
_NAMESPACES = (
    "".join(f' xmlns:{name}="{_URN}{name}:1.0"' for name in ("office", "table", "text", "style", "meta", "manifest"))
    # Without `of`, spreadsheets lose the rules of the cells silently.
    + f' xmlns:of="{_URN}of:1.2" xmlns:fo="{_URN}xsl-fo-compatible:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
_VERSION = 'office:version="1.3"'
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_STYLES = (
    '<style:style style:name="head" style:family="table-cell"><style:table-cell-properties '
    'fo:background-color="#0b4f4a" style:cell-protect="protected" fo:wrap-option="wrap"/>'
    '<style:text-properties fo:color="#ffffff" fo:font-weight="bold"/></style:style>'
    '<style:style style:name="intro" style:family="table-cell"><style:text-properties fo:color="#4c5b60" '
    'fo:font-weight="bold"/></style:style>'
    '<style:style style:name="locked" style:family="table-cell"><style:table-cell-properties '
    'fo:background-color="#f5f3ee" style:cell-protect="protected" fo:border-bottom="0.5pt solid #d9d5cb"/>'
    "</style:style>"
    '<style:style style:name="free" style:family="table-cell"><style:table-cell-properties '
    'style:cell-protect="none" fo:border-bottom="0.5pt solid #d9d5cb"/></style:style>'
)


def build_ods(sheets: Sequence[Sheet], *, title: str, created_at: datetime) -> bytes:
    """Return a workbook as the bytes of an ods file. The same content gives the same bytes."""
    stamp = created_at.astimezone(UTC)
    names = [SHEET_NAME.sub(" ", sheet.title)[:31] for sheet in sheets]
    manifest = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in (("/", CONTENT_TYPE), ("content.xml", "text/xml"), ("meta.xml", "text/xml"))
    )
    files = {
        "content.xml": _content(list(zip(names, sheets, strict=True))),
        "meta.xml": (
            f"<office:document-meta{_NAMESPACES} {_VERSION}><office:meta><dc:title>{_text(title)}</dc:title>"
            f"<meta:generator>Jalons</meta:generator><meta:creation-date>{stamp:%Y-%m-%dT%H:%M:%S}Z"
            "</meta:creation-date></office:meta></office:document-meta>"
        ),
        "META-INF/manifest.xml": (
            f'<manifest:manifest{_NAMESPACES} manifest:version="1.3">{manifest}</manifest:manifest>'
        ),
    }
    target = io.BytesIO()
    day = max(stamp.timetuple()[:6], (1980, 1, 1, 0, 0, 0))
    with zipfile.ZipFile(target, "w") as archive:
        # The media type comes first and is stored as it is: that is how the kind of the file is recognised.
        archive.writestr(zipfile.ZipInfo("mimetype", day), CONTENT_TYPE, zipfile.ZIP_STORED)
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path, day), _HEAD + text, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _text(value: object) -> str:
    return escape(clean_text(value))


def _content(sheets: Sequence[tuple[str, Sheet]]) -> str:
    styles: list[str] = []
    rules: list[str] = []
    tables = "".join("".join(_table(rank, name, sheet, styles, rules)) for rank, (name, sheet) in enumerate(sheets))
    validations = f"<table:content-validations>{''.join(rules)}</table:content-validations>" if rules else ""
    return (
        f"<office:document-content{_NAMESPACES} {_VERSION}><office:automatic-styles>{_STYLES}{''.join(styles)}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{validations}{tables}</office:spreadsheet>"
        "</office:body></office:document-content>"
    )


def _table(rank: int, name: str, sheet: Sheet, styles: list[str], rules: list[str]) -> Iterator[str]:
    protected = ' table:protected="true"' if sheet.is_protected else ""
    yield f"<table:table table:name={quoteattr(name)}{protected}>"
    rule_names = []
    for position, column in enumerate(sheet.columns):
        style = f"c{rank}-{position}"
        styles.append(
            f'<style:style style:name="{style}" style:family="table-column"><style:table-column-properties '
            f'style:column-width="{column.width * 0.22:.2f}cm"/></style:style>'
        )
        hidden = ' table:visibility="collapse"' if column.is_hidden else ""
        yield f'<table:table-column table:style-name="{style}"{hidden}/>'
        rule = _rule(column)
        rule_names.append(f"r{rank}-{position}" if rule else "")
        if rule:
            rules.append(f'<table:content-validation table:name="{rule_names[-1]}" {rule}</table:content-validation>')
    for line in sheet.intro:
        yield f"<table:table-row>{_cell(line, 'intro')}</table:table-row>"
    yield f"<table:table-row>{''.join(_cell(column.header, 'head') for column in sheet.columns)}</table:table-row>"
    for item in sheet.rows:
        cells = (
            _cell(column.value(item), "free" if column.is_editable else "locked", column.kind, rule)
            for column, rule in zip(sheet.columns, rule_names, strict=True)
        )
        yield f"<table:table-row>{''.join(cells)}</table:table-row>"
    yield "</table:table>"


def _cell(value: Any, style: str, kind: Kind = Kind.TEXT, rule: str = "") -> str:
    start = f'<table:table-cell table:style-name="{style}"'
    if rule:
        start += f' table:content-validation-name="{rule}"'
    if isinstance(value, bool):
        value = "oui" if value else "non"
    if value is None or value == "":
        return f"{start}/>"
    if kind is not Kind.TEXT and isinstance(value, int | float | Decimal):
        return f'{start} office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    if kind is not Kind.TEXT and isinstance(value, date):
        day = value.strftime("%Y-%m-%d")
        return f'{start} office:value-type="date" office:date-value="{day}"><text:p>{day}</text:p></table:table-cell>'
    paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in clean_text(value).split("\n"))
    return f'{start} office:value-type="string">{paragraphs}</table:table-cell>'


def _rule(column: Column) -> str:
    """Return the attributes and the content of the rule that the spreadsheet itself checks, if any."""
    if column.choices:
        words = ";".join(f'"{word}"' for word in column.choices)
        condition, message = f"of:cell-content-is-in-list({words})", "Choisissez dans la liste."
    elif column.minimum is not None and column.maximum is not None:
        kind = "whole-number" if column.kind is Kind.INTEGER else "decimal-number"
        low, high = f"{column.minimum:g}", f"{column.maximum:.0f}"
        condition = f"of:cell-content-is-{kind}() and cell-content-is-between({low},{high})"
        message = f"Indiquez un nombre entre {low} et {high}."
    else:
        return ""
    return (
        f'table:condition={quoteattr(condition)} table:allow-empty-cell="true"><table:error-message '
        f'table:display="true" table:message-type="stop"><text:p>{escape(message)}</text:p></table:error-message>'
    )
