"""What a démarche may take over from the preparation of another authority of the same account."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from authorities.models import Initiative, Meeting, Membership
from authorities.permissions import Permission, permissions_of
from authorities.planning import OWN_CODE_PREFIX, free_code, transpose_day
from common.numbers import pluralise


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

    `kept`: its meetings that somebody edited or added by hand, which stay; `replaced`: the others, which go.
    """

    source: Initiative
    settings: tuple[SettingChange, ...]
    meetings: tuple[Meeting, ...]
    kept: tuple[Meeting, ...]
    replaced: tuple[Meeting, ...]


def copy_sources(user: User, target: Initiative) -> list[Initiative]:
    """Return the current démarches of the other authorities that the account prepares, by name. Two queries."""
    prepared = [
        membership.authority_id
        for membership in Membership.objects.filter(user=user).exclude(authority=target.authority)
        if Permission.EDIT_PREPARATION in permissions_of(membership.role_set)
    ]
    current = Initiative.objects.filter(authority__in=prepared).current()
    return list(current.select_related("authority", "calendar_preset").order_by("authority__name"))


def copy_of(source: Initiative, target: Initiative) -> PreparationCopy:
    """Work out what a copy would write. Two queries.

    No date is taken over when one of the two councils is unknown: meetings are counted from it.
    """
    own = list(Meeting.objects.for_initiative(target))
    kept = [meeting for meeting in own if meeting.is_edited]
    meetings = _meetings(source, target, kept)
    return PreparationCopy(
        source=source,
        settings=_settings(source, target),
        meetings=tuple(meetings),
        kept=tuple(kept),
        replaced=tuple(meeting for meeting in own if not meeting.is_edited) if meetings else (),
    )


def _meetings(source: Initiative, target: Initiative, kept: Sequence[Meeting]) -> list[Meeting]:
    """Return the meetings of the source as the target would have them, those that it keeps left out."""
    if source.council_on is None or target.council_on is None:
        return []
    codes, labels = {meeting.code for meeting in kept}, {meeting.label for meeting in kept}
    department_code = target.authority.department_code
    copies = []
    for meeting in Meeting.objects.for_initiative(source):
        is_own = meeting.code.startswith(OWN_CODE_PREFIX)
        if meeting.label in labels or (meeting.code in codes and not is_own):
            continue
        code = free_code(codes) if is_own else meeting.code
        codes.add(code)
        copies.append(
            Meeting(
                initiative=target,
                code=code,
                label=meeting.label,
                kind=meeting.kind,
                planned_on=transpose_day(
                    meeting.planned_on,
                    from_council=source.council_on,
                    to_council=target.council_on,
                    department_code=department_code,
                ),
                start_time=meeting.start_time,
                duration_minutes=meeting.duration_minutes,
                is_edited=meeting.is_edited,
            )
        )
    return sorted(copies, key=lambda meeting: meeting.planned_on)


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
