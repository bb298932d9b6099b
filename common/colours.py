"""Colours of documents: read, measured against white, darkened, and the shades that go with one. Pure."""

import re

WHITE_RATIO = 4.5  # WCAG 2.2, 1.4.3: text of any size
# The shades that the style sheets and the charts are drawn with: pine and what goes with it.
PINE = "#0b4f4a"
_SHADES = {
    # Drawn colour → share of white mixed in the colour of the authority.
    "#083b37": -0.25,
    "#d3e5e1": 0.82,
    "#a4cbc3": 0.62,
    "#a9d0c8": 0.64,
    "#e3efed": 0.89,
    "#f1f5f4": 0.95,
}
_PINE_MID = "#35796f"
_HEXADECIMAL = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})")


def read_colour(text: str) -> str | None:
    """Return « #0b5c5f » from « 0B5C5F », « #0b5c5f » or « #abc »; None when it is no colour."""
    found = _HEXADECIMAL.fullmatch(text.strip().lower())
    if found is None:
        return None
    digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
    return f"#{digits}"


def contrast_with_white(colour: str) -> float:
    """Return the ratio of contrast between a colour and white, 1 to 21. Source: W3C, WCAG 2.2, relative luminance."""
    channels = [_linear(value / 255) for value in _channels(colour)]
    luminance = sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), channels, strict=True))
    return 1.05 / (luminance + 0.05)


def darken(colour: str, ratio: float = WHITE_RATIO) -> str:
    """Return the colour itself, or the lightest of its darker shades that white text stands out on."""
    for share in range(101):
        shade = mix(colour, -share / 100)
        if contrast_with_white(shade) >= ratio:
            return shade
    return "#000000"


def mix(colour: str, share: float) -> str:
    """Return a colour with a share of white in it, 0 to 1; a share of black when it is negative."""
    other = 255 if share > 0 else 0
    return "#" + "".join(f"{round(value + (other - value) * abs(share)):02x}" for value in _channels(colour))


def palette_of(colour: str) -> dict[str, str]:
    """Return what becomes of each drawn colour, drawn → shown, for the colour of an authority; nothing without one."""
    if not colour:
        return {}
    lighter = (mix(colour, share / 100) for share in range(18, 0, -2))
    middle = next((shade for shade in lighter if contrast_with_white(shade) >= WHITE_RATIO), colour)
    return {PINE: colour, _PINE_MID: middle, **{drawn: mix(colour, share) for drawn, share in _SHADES.items()}}


def _channels(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
