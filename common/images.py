"""Images that people upload: checked by their content, decoded within limits, written anew.

What comes in is never what goes out: the pixels are read and encoded again, so that neither metadata nor anything
hidden after the picture is kept. Only PNG and JPEG are read: a vector file may hold code, and each decoder more is a
door more. Pillow comes with WeasyPrint.
"""

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from PIL import Image, ImageFile, ImageOps

from common.errors import DomainError

MAX_UPLOAD_BYTES = 1024 * 1024
# Decoding takes up to four bytes a pixel, more than once: this keeps it under about 100 MB.
MAX_PIXELS = 12_000_000
MIN_SIDE_PX = 16
FORMATS = ("PNG", "JPEG")
JPEG_QUALITIES = (88, 75)
SHRINK = 0.8
_OPAQUE = 255

TOO_HEAVY = "Ce fichier dépasse 1\u00a0Mo\u00a0: choisissez-en un plus léger."
NOT_AN_IMAGE = "Ce fichier n’est pas une image PNG ou JPEG\u00a0: choisissez-en une."
DAMAGED = "Cette image est abîmée ou incomplète\u00a0: enregistrez-la de nouveau, puis choisissez-la."
TOO_LARGE = "Cette image a trop de points\u00a0: réduisez-la à 4\u202f000 sur 3\u202f000 points au plus."
TOO_SMALL = "Cette image est trop petite\u00a0: il en faut une de 16 points de côté au moins."

# What decoders raise on files made to hurt them, beside OSError and ValueError.
_DECODING_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)


@dataclass(frozen=True)
class EncodedImage:
    """An image ready to be kept. `extension`: « png » or « jpg »."""

    content: bytes
    extension: str
    width_px: int
    height_px: int


def read_image(file: IO[bytes], *, size_bytes: int | None = None) -> Image.Image:
    """Decode an uploaded image, upright, in RGB or RGBA.

    Raises `DomainError`, with what to do, for a file that is too heavy, no image, damaged or out of limits.
    """
    if size_bytes is not None and size_bytes > MAX_UPLOAD_BYTES:
        raise DomainError(TOO_HEAVY)
    content = file.read(MAX_UPLOAD_BYTES + 1)
    if len(content) > MAX_UPLOAD_BYTES:
        raise DomainError(TOO_HEAVY)
    with warnings.catch_warnings():
        # Our own limit, which is lower, refuses the image before anything is decoded.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        image = _open(content)
    if image.width * image.height > MAX_PIXELS:
        raise DomainError(TOO_LARGE)
    if min(image.size) < MIN_SIDE_PX:
        raise DomainError(TOO_SMALL)
    try:
        with _whole_files():
            image.load()
        upright = ImageOps.exif_transpose(image)
        return _plain(upright)
    except _DECODING_ERRORS as error:
        raise DomainError(DAMAGED) from error


def encode_image(image: Image.Image, *, max_width_px: int, max_height_px: int, max_bytes: int) -> EncodedImage:
    """Encode an image within a frame and a weight, without metadata; it is made smaller until it fits.

    An image that lets the ground through, or has few colours, is written as PNG; another as JPEG when that is lighter.
    """
    width, height = _fit(image.size, max_width_px, max_height_px)
    while True:
        resized = image if image.size == (width, height) else image.resize((width, height), Image.Resampling.LANCZOS)
        for content, extension in _encodings(resized):
            if len(content) <= max_bytes:
                return EncodedImage(content, extension, width, height)
        # A drawing without transparency of one point fits any limit: this ends.
        width, height = max(1, int(width * SHRINK)), max(1, int(height * SHRINK))


def _open(content: bytes) -> Image.Image:
    try:
        return Image.open(BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise DomainError(TOO_LARGE) from error
    except _DECODING_ERRORS as error:
        raise DomainError(NOT_AN_IMAGE) from error


@contextmanager
def _whole_files() -> Iterator[None]:
    """Refuse a file that is cut: WeasyPrint, once imported, makes the whole process accept it."""
    former = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = former


def _plain(image: Image.Image) -> Image.Image:
    """Return the pixels alone, in RGB, or in RGBA when the image lets the ground through."""
    has_alpha = image.has_transparency_data
    pixels = image.convert("RGBA" if has_alpha else "RGB")
    if has_alpha and pixels.getchannel("A").getextrema()[0] == _OPAQUE:
        pixels = pixels.convert("RGB")
    pixels.info.clear()
    return pixels


def _fit(size: tuple[int, int], max_width_px: int, max_height_px: int) -> tuple[int, int]:
    ratio = min(1.0, max_width_px / size[0], max_height_px / size[1])
    return max(1, round(size[0] * ratio)), max(1, round(size[1] * ratio))


def _encodings(image: Image.Image) -> list[tuple[bytes, str]]:
    """Return the image encoded in each way that keeps it faithful, the best first."""
    png = (_saved(image, "PNG", optimize=True), "png")
    if image.mode == "RGBA":
        return [png]
    return [png, *((_saved(image, "JPEG", quality=quality, optimize=True), "jpg") for quality in JPEG_QUALITIES)]


def _saved(image: Image.Image, kind: str, **options: int) -> bytes:
    stream = BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def size_px(content: bytes) -> tuple[int, int]:
    """Return the width and the height of a picture that was accepted, in pixels."""
    with _open(content) as image:
        return image.size
