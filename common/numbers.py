"""French writing of numbers: comma, thin no-break spaces between thousands, significant digits, ranges.

Pure functions, shared by the screens, the mails and the PDF. `None` is written « – ».
"""

from decimal import ROUND_HALF_UP, Decimal

NARROW_NO_BREAK_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
NO_VALUE = "–"

Number = int | float | Decimal


def format_number(value: Number | None, decimals: int | None = None) -> str:
    """Write a number with a comma and thin spaces: 1234.5 gives « 1 234,5 ».

    `decimals` is the number of digits kept after the comma; without it the number is written as it is.
    """
    if value is None:
        return NO_VALUE
    number = _to_decimal(value)
    if decimals is not None:
        number = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    sign = MINUS if number < 0 else ""
    whole, _, fraction = f"{abs(number):f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", NARROW_NO_BREAK_SPACE)
    return sign + grouped + (f",{fraction}" if fraction else "")


def format_significant(value: Number | None, digits: int = 2) -> str:
    """Write a number with that many significant digits: 59.4 gives « 59 », 1.739 « 1,7 », 12345 « 12 000 »."""
    if value is None:
        return NO_VALUE
    number = _to_decimal(value)
    if number == 0:
        return "0"
    exponent = number.adjusted() - digits + 1
    rounded = number.quantize(Decimal(1).scaleb(exponent), rounding=ROUND_HALF_UP)
    # 9.96 becomes 10.0 with two digits: the quantum is then one power too small.
    if rounded.adjusted() > number.adjusted():
        rounded = rounded.quantize(Decimal(1).scaleb(exponent + 1), rounding=ROUND_HALF_UP)
    return format_number(rounded, max(0, -int(rounded.as_tuple().exponent)))


def format_range(low: Number | None, high: Number | None, digits: int = 2) -> str:
    """Write a range with significant digits: « entre 32 et 150 »; one bound gives « au moins » or « au plus »."""
    if low is None and high is None:
        return ""
    if low is None:
        return f"au plus {format_significant(high, digits)}"
    if high is None:
        return f"au moins {format_significant(low, digits)}"
    return f"entre {format_significant(low, digits)} et {format_significant(high, digits)}"


def format_weight(size_bytes: int) -> str:
    """Write a size in kilobytes of 1 000 bytes, rounded up: « 28 ko »."""
    return f"{format_number(max(1, -(-size_bytes // 1000)))}{NO_BREAK_SPACE}ko"


def pluralise(count: Number | None, singular: str, plural: str) -> str:
    """Choose the form that goes with the count; in French zero, one and one and a half are singular."""
    return plural if count is not None and _to_decimal(count).copy_abs() >= 2 else singular


def _to_decimal(value: Number) -> Decimal:
    if isinstance(value, Decimal):
        return value
    return Decimal(value) if isinstance(value, int) else Decimal(repr(float(value)))
