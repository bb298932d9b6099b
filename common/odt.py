"""Writing of odt. The same description and the same styles as `common.docx`."""

from common.document import Document

CONTENT_TYPE = "application/vnd.oasis.opendocument.text"


def build_odt(document: Document) -> bytes:
    """Return the bytes of an odt file: no macro, no field, no link to elsewhere."""
    # Imported on use: odfdo takes 20 MB, which every process of the site would hold.
    from common.odt_writer import write_odt

    return write_odt(document)
