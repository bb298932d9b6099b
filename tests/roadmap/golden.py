"""Documents beside what they were when somebody last looked at them: the text of each page, and its picture.

`JALONS_GOLDEN=write make test ARGS=tests/roadmap` writes the references again: open them before the commit. A picture
that differs is left under `var/golden/`.
"""

import difflib
import os
import textwrap
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageStat

FOLDER = Path(__file__).parent / "golden"
SEEN = Path(__file__).resolve().parents[2] / "var" / "golden"
LINE = 110
DOTS_PER_INCH = 48
# One library of fonts or another draws a letter a little differently: pictures are compared by blocks of pixels.
BLOCK_PX = 6
WORST_BLOCK = 48  # of 255: a line that moved, a figure that is gone, a colour that changed
IS_WRITING = os.environ.get("JALONS_GOLDEN") == "write"


def text_differences(name: str, pages: list[str]) -> list[str]:
    """Return the lines of a unified difference between the text of a document and its reference."""
    lines: list[str] = []
    for rank, text in enumerate(pages, start=1):
        lines += [f"— {rank} —", *textwrap.wrap(text, LINE)]
    path = FOLDER / f"{name}.txt"
    if IS_WRITING:
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return list(difflib.unified_diff(path.read_text(encoding="utf-8").splitlines(), lines, "kept", "made", n=0))


def page_pictures(pdf: bytes, ranks: list[int] | None = None) -> dict[int, Image.Image]:
    """Return pages of a document (from 0; all by default) as pictures in shades of grey."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        chosen = range(len(document)) if ranks is None else ranks
        return {rank: document[rank].render(scale=DOTS_PER_INCH / 72).to_pil().convert("L") for rank in chosen}
    finally:
        document.close()


def worst_block(seen: Image.Image, kept: Image.Image) -> float:
    """Return the largest difference between two pictures, by blocks of pixels: 0 the same, 255 black against white."""
    if seen.size != kept.size:
        return 255
    size = (seen.width // BLOCK_PX, seen.height // BLOCK_PX)
    blocks = [picture.resize(size, Image.Resampling.BOX) for picture in (seen, kept)]
    return float(ImageStat.Stat(ImageChops.difference(*blocks)).extrema[0][1])


def picture_differences(name: str, pictures: dict[int, Image.Image]) -> list[str]:
    """Return one sentence per page that no longer looks like its reference."""
    found = []
    for rank, picture in pictures.items():
        file_name = f"{name}-{rank + 1}.png"
        if IS_WRITING:
            picture.quantize(16).save(FOLDER / file_name, optimize=True)
        worst = worst_block(picture, Image.open(FOLDER / file_name).convert("L"))
        if worst > WORST_BLOCK:
            SEEN.mkdir(parents=True, exist_ok=True)
            picture.save(SEEN / file_name)
            found.append(f"{file_name}: a block differs by {worst:.0f} of 255, see {SEEN / file_name}")
    return found
