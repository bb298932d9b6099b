"""What a démarche may take over from the preparation of another authority of the same account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from authorities.models import Initiative, Meeting, Membership
from authorities.permissions import Permission, permissions_of
from authorities.planning import OWN_CODE_PREFIX, transpose_day
from common.numbers import pluralise

COUNCIL_IS_PAST = "Le conseil de cette collectivité a déjà eu lieu : sa préparation ne se remplace plus."


@dataclass(frozen=True)
class SettingChange:
    """A setting before and after the copy, in words."""

    label: str
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class PreparationCopy:
    """What a copy would write: settings, and meetings (not saved) dated from the council of the receiving démarche.

    `kept`: its meetings that are past, or that somebody edited or added by hand, which stay; `replaced`: the others,
    which go. `refusal`: why nothing may be written, empty when it may.
    """

    source: Initiative
    settings: tuple[SettingChange, ...]
    meetings: tuple[Meeting, ...]
    kept: tuple[Meeting, ...]
    replaced: tuple[Meeting, ...]
    refusal: str = ""


def copy_sources(user: User, target: Initiative) -> list[Initiative]:
    """Return the current démarches of the other authorities that the account prepares, by name. Two queries."""
    prepared = [
        membership.authority_id
        for membership in Membership.objects.filter(user=user).exclude(authority=target.authority)
        if Permission.EDIT_PREPARATION in permissions_of(membership.role_set)
    ]
    current = Initiative.objects.filter(authority__in=prepared).current()
    return list(current.select_related("authority", "calendar_preset").order_by("authority__name"))


def copy_of(source: Initiative, target: Initiative, *, today: date) -> PreparationCopy:
    """Work out what a copy would write. Two queries.

    No date is taken over when one of the two councils is unknown: meetings are counted from it. Nothing is when the
    council of the receiving démarche has sat: its preparation is history.
    """
    own = list(Meeting.objects.for_initiative(target))
    kept = [meeting for meeting in own if meeting.is_edited or meeting.planned_on < today]
    meetings = _meetings(source, target, kept, today)
    is_over = target.council_on is not None and target.council_on < today
    return PreparationCopy(
        source=source,
        settings=_settings(source, target),
        meetings=tuple(meetings),
        kept=tuple(kept),
        replaced=tuple(meeting for meeting in own if meeting not in kept) if meetings else (),
        refusal=COUNCIL_IS_PAST if is_over else "",
    )


def _meetings(source: Initiative, target: Initiative, kept: Sequence[Meeting], today: date) -> list[Meeting]:
    """Return the meetings of the method as the target would have them, those that it keeps and past ones left out.

    Those that the source added by hand stay there: their label was typed for it.
    """
    if source.council_on is None or target.council_on is None:
        return []
    kept_codes = {meeting.code for meeting in kept}
    copies = [
        Meeting(
            initiative=target,
            code=meeting.code,
            label=meeting.label,
            kind=meeting.kind,
            planned_on=transpose_day(
                meeting.planned_on,
                from_council=source.council_on,
                to_council=target.council_on,
                department_code=target.authority.department_code,
            ),
            start_time=meeting.start_time,
            duration_minutes=meeting.duration_minutes,
            is_edited=meeting.is_edited,
        )
        for meeting in Meeting.objects.for_initiative(source)
        if not meeting.code.startswith(OWN_CODE_PREFIX) and meeting.code not in kept_codes
    ]
    return sorted((item for item in copies if item.planned_on >= today), key=lambda meeting: meeting.planned_on)


def _settings(source: Initiative, target: Initiative) -> tuple[SettingChange, ...]:
    def years(initiative: Initiative) -> str:
        return f"{initiative.period_years} {pluralise(initiative.period_years, 'an', 'ans')}"

    def preset(initiative: Initiative) -> str:
        return initiative.calendar_preset.name if initiative.calendar_preset else "Aucun"

    rows = [
        ("Parcours", target.get_track_display(), source.get_track_display()),
        ("Périmètre", target.get_perimeter_display(), source.get_perimeter_display()),
        ("Durée", years(target), years(source)),
        ("Calendrier type", preset(target), preset(source)),
    ]
    return tuple(SettingChange(label, str(before), str(after)) for label, before, after in rows)
