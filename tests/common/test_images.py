"""Uploaded images: checked by their content, decoded within limits, written anew."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageFile

from common.errors import DomainError
from common.images import MAX_UPLOAD_BYTES, encode_image, read_image


def picture(mode="RGB", size=(200, 80), kind="PNG", color=None, **options) -> bytes:
    stream = BytesIO()
    Image.new(mode, size, color or (11, 79, 74, 120)[: len(Image.new(mode, (1, 1)).getbands())]).save(
        stream, kind, **options
    )
    return stream.getvalue()


def noise(size=(900, 700)) -> Image.Image:
    return Image.effect_noise(size, 90).convert("RGB")


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header claims a size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00")) + chunk(b"IEND", b"")


def test_a_png_and_a_jpeg_are_read():
    assert read_image(BytesIO(picture())).size == (200, 80)
    assert read_image(BytesIO(picture(kind="JPEG"))).mode == "RGB"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_pixels_becomes_plain(mode):
    assert read_image(BytesIO(picture(mode, color=0))).mode in {"RGB", "RGBA"}
    assert read_image(BytesIO(picture("CMYK", kind="JPEG"))).mode == "RGB"


def test_transparency_is_kept_and_useless_transparency_is_dropped():
    assert read_image(BytesIO(picture("RGBA"))).mode == "RGBA"
    assert read_image(BytesIO(picture("RGBA", color=(1, 2, 3, 255)))).mode == "RGB"


def test_a_picture_taken_sideways_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert read_image(BytesIO(picture(kind="JPEG", exif=exif))).size == (80, 200)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "pas une image"),
        (b"MZ" + b"\x00" * 200, "pas une image"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "pas une image"),
        (picture(kind="GIF"), "pas une image"),
        (picture(kind="WEBP"), "pas une image"),
        (b"\x89PNG\r\n\x1a\n", "pas une image"),
        (picture(size=(600, 600), kind="JPEG")[:-200], "abîmée"),
        (png_that_claims(300, 300), "abîmée"),
        (png_that_claims(5_000, 5_000), "trop de points"),
        (png_that_claims(60_000, 60_000), "trop de points"),
        (picture(size=(15, 200)), "trop petite"),
        (b"\x00" * (MAX_UPLOAD_BYTES + 1), "dépasse 1"),
    ],
)
def test_a_bad_file_is_refused_with_what_to_do(content, words):
    with pytest.raises(DomainError, match=words):
        read_image(BytesIO(content))


def test_a_cut_file_is_refused_even_after_a_pdf_was_made(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # what WeasyPrint sets when it is imported
    with pytest.raises(DomainError, match="abîmée"):
        read_image(BytesIO(picture(size=(600, 600), kind="JPEG")[:-200]))
    assert ImageFile.LOAD_TRUNCATED_IMAGES


def test_the_announced_weight_is_enough_to_refuse():
    with pytest.raises(DomainError, match="dépasse 1"):
        read_image(BytesIO(b""), size_bytes=MAX_UPLOAD_BYTES + 1)


def test_nothing_but_pixels_is_written():
    exif = Image.Exif()
    exif[0x010E] = "lieu secret"
    content = picture(kind="JPEG", exif=exif, comment=b"lieu secret") + b"<script>alert(1)</script>"
    encoded = encode_image(read_image(BytesIO(content)), max_width_px=400, max_height_px=400, max_bytes=50_000)
    assert b"secret" not in encoded.content and b"script" not in encoded.content
    assert not Image.open(BytesIO(encoded.content)).getexif()


def test_a_large_image_fits_its_frame_and_keeps_its_shape():
    encoded = encode_image(Image.new("RGB", (3000, 1000)), max_width_px=1200, max_height_px=1200, max_bytes=200_000)
    assert (encoded.width_px, encoded.height_px, encoded.extension) == (1200, 400, "png")
    assert Image.open(BytesIO(encoded.content)).size == (1200, 400)


def test_a_small_image_is_not_blown_up():
    encoded = encode_image(Image.new("RGB", (100, 40)), max_width_px=1200, max_height_px=1200, max_bytes=200_000)
    assert (encoded.width_px, encoded.height_px) == (100, 40)


@pytest.mark.parametrize(("mode", "extension"), [("RGB", "jpg"), ("RGBA", "png")])
def test_a_heavy_image_is_made_lighter_until_it_fits(mode, extension):
    image = noise().convert(mode)
    if mode == "RGBA":
        image.putalpha(120)
    encoded = encode_image(image, max_width_px=1200, max_height_px=1200, max_bytes=30_000)
    assert len(encoded.content) <= 30_000 and encoded.extension == extension


def test_the_same_image_gives_the_same_bytes():
    first, second = (
        encode_image(read_image(BytesIO(picture())), max_width_px=90, max_height_px=90, max_bytes=9_000)
        for _ in range(2)
    )
    assert first == second
