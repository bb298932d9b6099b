"""Forms of the diagnosis: they read and validate; the services decide."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from authorities.forms.fields import ObjectsField
from authorities.models import Participant
from common.forms import FrenchDateTimeField, JalonsForm, VersionedFormMixin
from common.versioning import VersionedModel
from diagnostics.enums import LEVELS
from diagnostics.models import COMMENT_MAX_LENGTH, AgreedLevel, Diagnosis, Questionnaire, Rating
from diagnostics.services import RoundValues

ABSTENTION = "abstention"
LEFT_OPEN = "ouverte"
LEVEL_CHOICES = [(str(level), str(level)) for level in LEVELS]
# Without a date in the calendar, people get two weeks: what the first authorities needed.
USUAL_DURATION = timedelta(days=14)
CLOSING_HOUR = 18


class RoundForm(VersionedFormMixin, JalonsForm):
    """Preparation of a round: who rates, until when, whether the meeting sees the names.

    `versions`: the questionnaire in use and the newer one, when there is a choice.
    """

    questionnaire = forms.ChoiceField(
        label="Version du questionnaire",
        widget=forms.RadioSelect,
        help_text="Ce choix ne change plus après l’ouverture. Les diagnostics passés gardent leur version.",
        error_messages={"required": "Choisissez la version du questionnaire."},
    )
    raters = ObjectsField(
        Participant.objects.none(),
        label="Qui donne son avis",
        help_text="Chaque personne voit d’abord les questions de son service et des dimensions qu’elle connaît.",
        error_messages={"required": "Cochez au moins une personne."},
    )
    closes_at = FrenchDateTimeField(
        label="Clôture des avis",
        help_text="À cette heure, les avis se ferment d’eux-mêmes. Vous pourrez repousser la clôture, jamais rouvrir.",
    )
    are_names_shown = forms.TypedChoiceField(
        label="Pendant la réunion",
        choices=[("oui", "Chaque avis porte le nom de la personne"), ("non", "Les avis sont montrés sans nom")],
        coerce=lambda value: value == "oui",
        widget=forms.RadioSelect,
        help_text="Ce choix est annoncé aux personnes et ne change plus après l’ouverture.",
    )

    def __init__(
        self,
        *args: Any,
        candidates: Sequence[Participant],
        proposed: dict[str, Any],
        version: int = 1,
        versions: Sequence[Questionnaire] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, initial={**proposed, "version": version}, **kwargs)
        self.versions = {item.code: item for item in versions}
        if versions:
            kept, newer = versions
            choices: Any = self.fields["questionnaire"]
            choices.choices = [
                (kept.code, f"Garder la version actuelle\u00a0: {kept.title}"),
                (newer.code, f"Passer à la nouvelle\u00a0: {newer.title}"),
            ]
        else:
            del self.fields["questionnaire"]
        field: Any = self.fields["raters"]
        field.queryset = Participant.objects.filter(pk__in=[person.pk for person in candidates]).select_related(
            "service"
        )
        field.label_from_instance = lambda person: f"{person.name}, {person.service.name}"

    def stored_values(self, current: VersionedModel) -> dict[str, Any]:
        values = super().stored_values(current)
        values["are_names_shown"] = yes_or_no(values["are_names_shown"])
        if "questionnaire" in values:
            values["questionnaire"] = values["questionnaire"].code
        return values

    @property
    def values(self) -> RoundValues:
        changes = self.changes
        return RoundValues(
            closes_at=changes["closes_at"],
            raters=list(changes["raters"]),
            are_names_shown=changes["are_names_shown"],
            questionnaire=self.versions.get(changes.get("questionnaire", "")),
        )


class ExtendForm(VersionedFormMixin, JalonsForm):
    """A later closing."""

    closes_at = FrenchDateTimeField(label="Nouvelle clôture")


class RaterForm(JalonsForm):
    """One more person to ask while the round is open."""

    participant = forms.ModelChoiceField(
        Participant.objects.none(),
        label="Ajouter une personne à ce diagnostic",
        empty_label="Choisir une personne du comité",
        error_messages={
            "required": "Choisissez une personne du comité.",
            "invalid_choice": "Choisissez une personne du comité.",
        },
    )

    def __init__(self, *args: Any, candidates: Sequence[Participant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["participant"]
        field.queryset = Participant.objects.filter(pk__in=[person.pk for person in candidates])


class RatingForm(VersionedFormMixin, JalonsForm):
    """The answer of a participant to one question; `version` is 0 while there is none."""

    level = forms.ChoiceField(
        label="Votre niveau, de 0 à 4",
        choices=[*LEVEL_CHOICES, (ABSTENTION, "Je ne me prononce pas")],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez un niveau, ou «\u00a0Je ne me prononce pas\u00a0».",
            "invalid_choice": "Choisissez un niveau de 0 à 4, ou «\u00a0Je ne me prononce pas\u00a0».",
        },
    )
    comment = forms.CharField(
        label="Commentaire",
        required=False,
        max_length=COMMENT_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, rating: Rating | None, **kwargs: Any) -> None:
        initial = {"version": 0} if rating is None else self._initial(rating)
        super().__init__(*args, initial=initial, **kwargs)

    @staticmethod
    def _initial(rating: Rating) -> dict[str, Any]:
        return {"level": written_level(rating.level), "comment": rating.comment, "version": rating.version}

    def stored_values(self, current: VersionedModel) -> dict[str, Any]:
        return {"level": written_level(getattr(current, "level", None)), "comment": getattr(current, "comment", "")}

    @property
    def answer_values(self) -> dict[str, Any]:
        """Return level (None: abstention), comment and the version that the reader saw."""
        return {
            "level": read_level(self.cleaned_data["level"]),
            "comment": self.cleaned_data["comment"],
            "expected_version": self.expected_version,
        }


class InterviewAnswerForm(RatingForm):
    """The same answer typed in an interview: a question that was not spoken of stays empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("comment") and not cleaned.get("level") and "level" not in self.errors:
            self.add_error(
                "level", "Choisissez un niveau, ou «\u00a0Je ne me prononce pas\u00a0», pour garder le commentaire."
            )
        return cleaned

    @property
    def is_filled(self) -> bool:
        return bool(self.cleaned_data.get("level"))

    @property
    def is_changed(self) -> bool:
        """Tell whether the answer differs from the one that the page showed."""
        return any(name in self.changed_data for name in ("level", "comment"))


class AgreedLevelForm(VersionedFormMixin, JalonsForm):
    """The level that the meeting agrees on, with its reason; `version` is 0 while there is none."""

    level = forms.ChoiceField(
        label="Niveau retenu",
        choices=[*LEVEL_CHOICES, (LEFT_OPEN, "Question non tranchée")],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez un niveau, ou «\u00a0non tranchée\u00a0».",
            "invalid_choice": "Choisissez un niveau de 0 à 4, ou «\u00a0non tranchée\u00a0».",
        },
    )
    reason = forms.CharField(
        label="Motif",
        required=False,
        max_length=COMMENT_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Demandé quand le niveau n’est pas celui proposé ou que les avis sont dispersés.",
    )

    def __init__(
        self, *args: Any, agreed: AgreedLevel | None, proposed: int | None, reason: str = "", **kwargs: Any
    ) -> None:
        """`reason`: what the field proposes while no level is recorded."""
        if agreed is not None:
            initial = {
                "level": written_level(agreed.level, LEFT_OPEN),
                "reason": agreed.reason,
                "version": agreed.version,
            }
        else:
            initial = {"level": None if proposed is None else str(proposed), "reason": reason, "version": 0}
        super().__init__(*args, initial=initial, **kwargs)

    def stored_values(self, current: VersionedModel) -> dict[str, Any]:
        level = written_level(getattr(current, "level", None), LEFT_OPEN)
        return {"level": level, "reason": getattr(current, "reason", "")}

    @property
    def agreed_values(self) -> dict[str, Any]:
        return {
            "level": read_level(self.cleaned_data["level"]),
            "reason": self.cleaned_data["reason"],
            "expected_version": self.expected_version,
        }


class FinishForm(JalonsForm):
    """End of the meeting; what remains may be left open on purpose."""

    leaves_rest_open = forms.BooleanField(label="Marquer le reste «\u00a0non tranché\u00a0»", required=False)


def written_level(level: int | None, absent: str = ABSTENTION) -> str:
    """Write a stored level as the form sends it."""
    return absent if level is None else str(level)


def read_level(value: str) -> int | None:
    """Return the level that a form sent, None for an abstention or a question left open."""
    return None if value in {ABSTENTION, LEFT_OPEN} else int(value)


def yes_or_no(value: bool) -> str:
    return "oui" if value else "non"


def proposed_round(candidates: Sequence[Participant], planned_at: datetime | None, now: datetime) -> dict[str, Any]:
    """Propose everybody who may rate, the closing of the calendar when it is to come, else two weeks from now."""
    closes_at = planned_at if planned_at is not None and planned_at > now else now + USUAL_DURATION
    local = timezone.localtime(closes_at).replace(hour=CLOSING_HOUR, minute=0, second=0, microsecond=0)
    return {"raters": [person.pk for person in candidates], "closes_at": local, "are_names_shown": "oui"}


def stored_round(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return what a prepared round holds, as its form shows it."""
    return {
        "raters": [person.pk for person in diagnosis.raters.all()],
        "closes_at": diagnosis.closes_at,
        "are_names_shown": yes_or_no(diagnosis.are_names_shown),
        "questionnaire": diagnosis.questionnaire.code,
    }
