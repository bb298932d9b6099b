"""French working days: public holidays computed, never stored. Pure: no clock, no database.

Sources: code du travail, art. L. 3133-1 (the eleven holidays), L. 3134-13 (Alsace-Moselle), L. 3422-2 (overseas).
Easter: anonymous Gregorian algorithm, published by Jean Meeus, Astronomical Algorithms, 1991, chapter 8.
"""

from datetime import date, timedelta

ALSACE_MOSELLE = frozenset({"57", "67", "68"})
# Abolition of slavery: (month, day) by department.
OVERSEAS_HOLIDAYS = {"971": (5, 27), "972": (5, 22), "973": (6, 10), "974": (12, 20), "976": (4, 27)}

_FIXED = {
    (1, 1): "jour de l’An",
    (5, 1): "fête du Travail",
    (5, 8): "8 mai",
    (7, 14): "fête nationale",
    (8, 15): "Assomption",
    (11, 1): "Toussaint",
    (11, 11): "11 novembre",
    (12, 25): "jour de Noël",
}
_AFTER_EASTER_DAYS = {1: "lundi de Pâques", 39: "Ascension", 50: "lundi de Pentecôte"}


def easter_sunday(year: int) -> date:
    """Return Easter Sunday of a year of the Gregorian calendar."""
    golden = year % 19
    century, year_of_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon_correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon_correction + 15) % 30
    leap_years, year_rest = divmod(year_of_century, 4)
    to_sunday = (32 + 2 * century_rest + 2 * leap_years - epact - year_rest) % 7
    late_moon = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late_moon + 114, 31)
    return date(year, month, day + 1)


def public_holidays(year: int, department_code: str = "") -> dict[date, str]:
    """Return the public holidays of a year: date → French name. The department adds its own."""
    holidays = {date(year, month, day): name for (month, day), name in _FIXED.items()}
    easter = easter_sunday(year)
    holidays |= {easter + timedelta(days=days): name for days, name in _AFTER_EASTER_DAYS.items()}
    if department_code in ALSACE_MOSELLE:
        holidays |= {easter - timedelta(days=2): "Vendredi saint", date(year, 12, 26): "26 décembre"}
    if department_code in OVERSEAS_HOLIDAYS:
        month, day = OVERSEAS_HOLIDAYS[department_code]
        holidays[date(year, month, day)] = "abolition de l’esclavage"
    return holidays


def day_off_reason(day: date, department_code: str = "") -> str:
    """Return why nobody meets on this day (« samedi », « Ascension »), or an empty text for a working day."""
    holiday = public_holidays(day.year, department_code).get(day)
    if holiday:
        return holiday
    return {5: "samedi", 6: "dimanche"}.get(day.weekday(), "")


def working_day_on_or_before(day: date, department_code: str = "") -> date:
    """Return the day itself, or the last working day before it: the margin before the council is never shortened."""
    while day_off_reason(day, department_code):
        day -= timedelta(days=1)
    return day
