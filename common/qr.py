"""QR codes as SVG: black on white, sized by the page that shows them."""

import io

import qrcode
from qrcode.image.svg import SvgPathImage


def qr_svg(text: str) -> str:
    """Return the drawing of a QR code that holds a text; a quarter of it may be lost and it still reads."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, border=4)
    code.add_data(text)
    target = io.BytesIO()
    code.make_image(image_factory=SvgPathImage).save(target)
    svg = target.getvalue().decode()
    return svg[svg.index("<svg") :]
