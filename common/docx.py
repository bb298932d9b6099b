"""Writing of docx. Real styles, language, title, headers of tables."""

from common.document import Document

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def build_docx(document: Document) -> bytes:
    """Return the bytes of a docx file: no macro, no field, no link to elsewhere."""
    # Imported on use: python-docx takes 18 MB, which every process of the site would hold.
    from common.docx_writer import write_docx

    return write_docx(document)
