"""Writing of pptx. Native titles, texts, tables and charts; no macro.

Titles are the placeholders of the layout, so that the outline and a screen reader find them; charts, tables and
pictures bear their alternative text; the theme has our colours and a font that every machine has.
"""

from common.slides import Deck

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def build_pptx(deck: Deck) -> bytes:
    """Return the bytes of a pptx file, 16:9."""
    # Imported on use: python-pptx takes 25 MB, which every process of the site would hold.
    from common.pptx_writer import write_pptx

    return write_pptx(deck)
