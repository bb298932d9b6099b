"""HTML in, PDF out: the only module that imports WeasyPrint.

The file is produced as PDF/A-3a and PDF/UA-1: tagged, with language, title, alternative texts and attached data. Two
marks that the library does not write are added by the finisher: the scope of header cells and the PDF/UA
identification, with the schema that PDF/A asks for. The same input gives the same bytes.
"""

import mimetypes
import os
import re
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.contrib.staticfiles import finders

# A name that no network knows: style sheets and fonts are found on disk under it, everything else is refused.
STATIC_BASE_URL = "https://static.invalid/"

_PDFUA_XMP = (
    b'<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>'
    b'<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    b' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    b' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>'
    b'<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>'
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>"
    b'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>'
    b"<pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    b"<pdfaProperty:category>internal</pdfaProperty:category>"
    b"<pdfaProperty:description>Part of PDF/UA standard</pdfaProperty:description></rdf:li></rdf:Seq>"
    b"</pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)
_rendering = threading.Lock()


class PdfError(Exception):
    """A PDF could not be made. The message is a French sentence."""


@dataclass(frozen=True)
class PdfAttachment:
    """A file embedded in the PDF, with the name under which readers list it."""

    name: str
    description: str
    content: bytes


def make_pdf(
    html: str,
    *,
    created_at: datetime,
    attachments: Sequence[PdfAttachment] = (),
    palette: Mapping[str, str] | None = None,
) -> bytes:
    """Lay out an HTML document and return the bytes of a PDF/A-3a file marked PDF/UA-1.

    Addresses in the document are relative to the static files. `created_at` is written in the file, so that the same
    document gives the same bytes. `palette`: colour of the style sheets and drawings → colour that is shown. Raises
    `PdfError` when the libraries are missing or a resource is not ours.
    """
    # Imported here because it loads system libraries and takes about a second: the site starts, and its commands run,
    # on a machine that lacks them.
    try:
        import weasyprint
        from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse
    except OSError as error:
        raise PdfError(
            "Le document ne peut pas être produit : il manque une bibliothèque de mise en page. La commande "
            "« manage.py check » dit laquelle installer."
        ) from error

    class StaticFetcher(weasyprint.URLFetcher):
        """Serve static files from disk and `data:` addresses; refuse everything else."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            path = find_static_file(url)
            if path is None:
                raise FatalURLFetchingError(f"refused: {url[:200]}")
            content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            body = path.read_bytes()
            if content_type == "text/css":
                body = _recolour_css(body.decode(), palette or {}).encode()
            return URLFetcherResponse(url, body=body, headers={"Content-Type": content_type})

    document = weasyprint.HTML(
        string=_recolour_drawings(html, palette or {}), base_url=STATIC_BASE_URL, url_fetcher=StaticFetcher()
    )
    files = [
        weasyprint.Attachment(
            string=attachment.content,
            name=attachment.name,
            description=attachment.description,
            created=created_at,
            modified=created_at,
            relationship="Data",
        )
        for attachment in attachments
    ]
    try:
        with _clock_stopped_at(created_at):
            return bytes(document.write_pdf(pdf_variant="pdf/a-3a", finisher=_finish, attachments=files))
    except FatalURLFetchingError as error:  # a BaseException: nothing but its name catches it
        raise PdfError("Le document appelle un fichier qui n’est pas du site.") from error


def _recolour_css(text: str, palette: Mapping[str, str]) -> str:
    """Change the colours of a style sheet, and of the drawings that it holds, in one pass."""
    if not palette:
        return text
    digits = "|".join(colour[1:] for colour in palette)
    return re.sub(f"(#|%23)({digits})\\b", lambda found: found[1] + palette[f"#{found[2]}"][1:], text)


def _recolour_drawings(html: str, palette: Mapping[str, str]) -> str:
    """Change the colours of the drawings: whole values of attributes, which no text typed by somebody can be."""
    if not palette:
        return html
    drawn = "|".join(re.escape(colour) for colour in palette)
    return re.sub(f'="({drawn})"', lambda found: f'="{palette[found[1]]}"', html)


def find_static_file(url: str) -> Path | None:
    """Return the static file that an address of the document names, or None when it is not one of ours."""
    parts = urlsplit(url)
    if f"{parts.scheme}://{parts.netloc}/" != STATIC_BASE_URL or parts.query:
        return None
    name = unquote(parts.path).lstrip("/")
    if not name or ".." in Path(name).parts:
        return None
    found = finders.find(name)
    return Path(found) if isinstance(found, str) and Path(found).is_file() else None


@contextmanager
def _clock_stopped_at(moment: datetime) -> Iterator[None]:
    """Give the fonts the date of the document: a subset of a variable font otherwise carries the time of day."""
    with _rendering:
        former = os.environ.get("SOURCE_DATE_EPOCH")
        os.environ["SOURCE_DATE_EPOCH"] = str(int(moment.timestamp()))
        try:
            with warnings.catch_warnings():
                # The library opens the colour profile of PDF/A and leaves it to be closed with its last reference.
                warnings.simplefilter("ignore", ResourceWarning)
                yield
        finally:
            if former is None:
                del os.environ["SOURCE_DATE_EPOCH"]
            else:
                os.environ["SOURCE_DATE_EPOCH"] = former


def _finish(document: Any, pdf: Any) -> None:
    """Add the scope of header cells and the PDF/UA mark (see the docstring of the module)."""
    import pydyf  # comes with WeasyPrint, hence not at the top either

    dictionaries = {item.number: item for item in pdf.objects if isinstance(item, pydyf.Dictionary)}

    def parent(item: Any) -> Any:
        return dictionaries.get(int(item["P"].split()[0])) if item is not None and "P" in item else None

    for item in pdf.objects:
        if isinstance(item, pydyf.Dictionary) and item.get("S") == "/TH":
            group = parent(parent(item))
            is_column = group is not None and group.get("S") == "/THead"
            item["A"]["Scope"] = "/Column" if is_column else "/Row"
        elif isinstance(item, pydyf.Stream) and item.extra.get("Type") == "/Metadata":
            item.stream[0] = item.stream[0].replace(b"</rdf:RDF>", _PDFUA_XMP + b"</rdf:RDF>", 1)
