"""The same letter or note as `common.docx` and `common.odt`, laid out as a tagged PDF by `common.pdf`."""

from typing import Any

from django.template.loader import render_to_string

from common.document import Block, Bullets, Document, Heading, Paragraph, clean, runs_of
from common.pdf import make_pdf

CONTENT_TYPE = "application/pdf"


def build_pdf(document: Document) -> bytes:
    """Return the bytes of a PDF: real headings, lists and tables. Raises `PdfError` when the libraries are missing."""
    context = {
        "title": clean(document.title),
        "author": clean(document.author),
        "created_at": document.written_at.isoformat(),
        "blocks": [_context(block) for block in document.blocks],
    }
    return make_pdf(render_to_string("pdf/document.html", context), created_at=document.written_at)


def _context(block: Block) -> dict[str, Any]:
    """Return what the template prints of a block, each text cut where something is to be completed."""
    if isinstance(block, Heading):
        # The title of the document is the first level.
        return {"kind": f"h{block.level + 1}", "text": clean(block.text)}
    if isinstance(block, Paragraph):
        return {"kind": "small" if block.is_small else "p", "runs": list(runs_of(block.text))}
    if isinstance(block, Bullets):
        return {"kind": "ul", "items": [list(runs_of(item)) for item in block.items]}
    rows = [[list(runs_of(text)) for text in row] for row in block.rows]
    return {
        "kind": "table",
        "text": clean(block.caption),
        "headers": [clean(text) for text in block.headers],
        "rows": rows,
    }
