"""Forms of the levers application. They parse and validate; the services decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from authorities.forms.fields import ObjectsField, capitalised
from authorities.models import Participant
from common.forms import FrenchDateField, FrenchDateTimeField, JalonsForm, VersionedFormMixin
from levers.electorate import DETACHED_MINIMUM
from levers.enums import Grade, NamesVisibility, Verdict
from levers.models import Ballot, Decision, Lever, ShortlistedLever, Vote
from levers.selectors.catalogue import SORTS, LeverFilters
from levers.tally import Pile

QUERY_MAXIMUM_LENGTH = 100
ABSTAIN = "A"
GRADE_CHOICES = [(grade.letter, f"{str(grade.label)[0].upper()}{str(grade.label)[1:]}") for grade in Grade]
VOTE_CHOICES = [*GRADE_CHOICES, (ABSTAIN, "Je ne me prononce pas")]
_GRADES = {grade.letter: grade for grade in Grade}


def read_filters(data: QueryDict) -> LeverFilters:
    """Read the filters of the catalogue from an address; what is not known is left out."""
    sort = data.get("tri", "")
    return LeverFilters(
        query=data.get("q", "").strip()[:QUERY_MAXIMUM_LENGTH],
        themes=_ticked(data, "th"),
        dimensions=_ticked(data, "di"),
        perimeters=_ticked(data, "pe"),
        efforts=_ticked(data, "ef"),
        practices=_ticked(data, "pr"),
        sort=sort if sort in SORTS else "pertinence",
    )


def read_levers(data: QueryDict) -> list[int]:
    """Read the levers that an address compares, `l=12&l=15`; what is no key is left out."""
    # Not `isdigit`, which accepts « ² », a text that is no number.
    return [int(value) for value in data.getlist("l")[:50] if value.isdecimal() and len(value) < 10]


def _ticked(data: QueryDict, name: str) -> frozenset[str]:
    return frozenset(value for value in data.getlist(name) if value)


def read_grade(letter: str) -> Grade | None:
    """Return the grade of a letter, None for the abstention."""
    return _GRADES.get(letter)


class PickForm(JalonsForm):
    """One lever to add to the shortlist or to take out of it: two buttons of one form."""

    add = forms.IntegerField(required=False, min_value=1)
    remove = forms.IntegerField(required=False, min_value=1)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if bool(cleaned.get("add")) == bool(cleaned.get("remove")):
            raise forms.ValidationError("Choisissez un levier à ajouter ou à retirer.")
        return cleaned


class ProposalForm(JalonsForm):
    """Levers of the proposal that the reader keeps."""

    levers = forms.MultipleChoiceField(label="Leviers à présélectionner")

    def __init__(self, *args: Any, choices: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["levers"].choices = [(str(pk), title) for pk, title in choices]  # type: ignore[attr-defined]

    @property
    def lever_pks(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["levers"]]


class ValidationForm(VersionedFormMixin, JalonsForm):
    """Opinion of the steering committee: day, body, note, and the reason of each lever that it set aside."""

    validated_on = FrenchDateField(label="Date de la réunion", help_text="Aujourd’hui ou avant.")
    body = forms.CharField(label="Instance qui valide", max_length=120)
    note = forms.CharField(
        label="Note", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ce que l’instance a demandé ou rappelé.",
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, set_aside: Sequence[ShortlistedLever], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["validated_on"].max_value = today  # type: ignore[attr-defined]
        self.set_aside = list(set_aside)
        for item in self.set_aside:
            self.fields[f"reason_{item.lever_id}"] = forms.CharField(
                label=f"Pourquoi écarter «\u00a0{item.lever.title}\u00a0»", max_length=500,
                error_messages={"required": "Dites en quelques mots pourquoi ce levier est écarté."},
            )  # fmt: skip

    @property
    def reasons(self) -> dict[int, str]:
        return {item.lever_id: self.cleaned_data[f"reason_{item.lever_id}"] for item in self.set_aside}


class BallotForm(JalonsForm):
    """Rules of a ballot, fixed when it opens."""

    closes_at = FrenchDateTimeField(
        label="Fermeture", help_text="Deux semaines laissent à chacun le temps de réfléchir."
    )
    names_visibility = forms.ChoiceField(
        label="Après la fermeture, qui voit qui a voté quoi", choices=capitalised(NamesVisibility.choices),
        widget=forms.RadioSelect, help_text="Fixé à l’ouverture\u00a0: la règle ne change plus.",
    )  # fmt: skip
    quorum = forms.IntegerField(
        label="Quorum", required=False, min_value=1, max_value=1000,
        help_text="Nombre de votants à partir duquel le comité tient le résultat pour représentatif. Vide\u00a0: pas "
        "de quorum. Il est rappelé avec les résultats\u202f; il n’empêche pas de décider.",
    )  # fmt: skip
    voters = ObjectsField(label="Qui vote", queryset=Participant.objects.none())
    announces = forms.BooleanField(
        label="Prévenir par courriel les votants qui ont confirmé leur participation", required=False
    )

    def __init__(self, *args: Any, voters: Sequence[Participant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["voters"]
        field.queryset = Participant.objects.filter(pk__in=[voter.pk for voter in voters]).select_related("service")
        field.label_from_instance = lambda voter: f"{voter.name}, {voter.service.name}"
        if len(voters) < DETACHED_MINIMUM:
            offered = [choice for choice in NamesVisibility.choices if choice[0] != NamesVisibility.DETACHED]
            self.fields["names_visibility"].choices = capitalised(offered)  # type: ignore[attr-defined]

    def clean_names_visibility(self) -> NamesVisibility:
        return NamesVisibility(self.cleaned_data["names_visibility"])


class ExtensionForm(VersionedFormMixin, JalonsForm):
    """Later closing of an open ballot."""

    closes_at = FrenchDateTimeField(label="Nouvelle fermeture")


class ClosingForm(VersionedFormMixin, JalonsForm):
    """Closing of a ballot before its hour."""

    is_sure = forms.BooleanField(
        label="Je ferme le scrutin maintenant",
        help_text="Il ne se rouvre pas\u202f; les résultats deviennent visibles.",
    )


class VoterForm(JalonsForm):
    """One more person among the voters of an open ballot."""

    voter = forms.ModelChoiceField(label="Personne", queryset=Participant.objects.none(), empty_label=None)

    def __init__(self, *args: Any, voters: Sequence[Participant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["voter"]
        field.queryset = Participant.objects.filter(pk__in=[voter.pk for voter in voters])


class VoteForm(VersionedFormMixin, JalonsForm):
    """Answer of one voter about one lever."""

    choice = forms.ChoiceField(
        label="Votre avis", choices=VOTE_CHOICES, widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez une des cinq mentions, ou «\u00a0Je ne me prononce pas\u00a0».",
            "invalid_choice": "Choisissez une des cinq mentions, ou «\u00a0Je ne me prononce pas\u00a0».",
        },
    )  # fmt: skip
    reason = forms.CharField(
        label="Votre raison", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    @property
    def grade(self) -> Grade | None:
        return read_grade(self.cleaned_data["choice"])

    def add_conflict(self, current: Vote, *, author: str = "") -> None:  # type: ignore[override]
        """Tell where the other answer comes from: a paper ballot, or another window of the same person."""
        super().add_conflict(current, author=author or ("Le référent" if current.is_on_paper else "Une autre fenêtre"))

    def stored_values(self, current: Vote) -> dict[str, Any]:  # type: ignore[override]
        letter = ABSTAIN if current.grade is None else Grade(current.grade).letter
        return {"choice": letter, "reason": current.reason}


@dataclass(frozen=True)
class VoteTableChoice:
    """One button of a row."""

    value: str
    label: str
    is_checked: bool


@dataclass(frozen=True)
class VoteTableRow:
    """One lever of the table."""

    lever: Lever
    name: str
    choices: tuple[VoteTableChoice, ...]
    errors: str


class VoteTableForm(JalonsForm):
    """Answers of one voter about many levers. `rows`: lever and the letter that is stored, empty when there is none.

    The versions that the reader saw come along in one hidden field: « 12:1 15:0 ».
    """

    versions = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4000)

    def __init__(self, *args: Any, rows: Sequence[tuple[Lever, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(rows)
        for lever, letter in self.rows:
            self.fields[f"g{lever.pk}"] = forms.ChoiceField(
                label=lever.title, choices=VOTE_CHOICES, widget=forms.RadioSelect, required=False, initial=letter,
                error_messages={"invalid_choice": "Choisissez une des six réponses proposées."},
            )  # fmt: skip

    def table_rows(self) -> list[VoteTableRow]:
        """Return what the table prints: for each lever its name, its choices and its error."""
        return [self._row(lever) for lever, _letter in self.rows]

    def _row(self, lever: Lever) -> VoteTableRow:
        name = f"g{lever.pk}"
        bound = self[name]
        chosen = bound.value()
        choices = tuple(VoteTableChoice(value, label, value == chosen) for value, label in VOTE_CHOICES)
        return VoteTableRow(lever, name, choices, " ".join(str(error) for error in bound.errors))

    def take_versions(self, versions: str) -> None:
        """Expect other versions than those that the reader sent, so that the page may be sent again."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["versions"] = versions
        self.data = data

    @property
    def answers(self) -> dict[int, Grade | None]:
        """Lever pk → grade, or None for an abstention; levers left without answer are not in it."""
        letters = {lever.pk: self.cleaned_data.get(f"g{lever.pk}", "") for lever, _letter in self.rows}
        return {pk: read_grade(letter) for pk, letter in letters.items() if letter}

    @property
    def seen_versions(self) -> Mapping[int, int]:
        """Lever pk → version of the vote that the reader saw; 0 when there was none."""
        pairs = (pair.partition(":") for pair in self.cleaned_data["versions"].split())
        # Not `isdigit`, which accepts « ² », a text that is no number.
        return {int(pk): int(version) for pk, _colon, version in pairs if pk.isdecimal() and version.isdecimal()}


class DecisionForm(VersionedFormMixin, JalonsForm):
    """Decision about a lever, and its reason."""

    verdict = forms.ChoiceField(label="Décision", choices=capitalised(Verdict.choices), widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Raison", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Une phrase\u00a0: elle sera lue par l’assemblée et par le pilote de l’action.",
        error_messages={"required": "Dites en quelques mots la raison de la décision."},
    )  # fmt: skip

    def clean_verdict(self) -> Verdict:
        return Verdict(self.cleaned_data["verdict"])

    def stored_values(self, current: Decision) -> dict[str, Any]:  # type: ignore[override]
        return {"verdict": current.verdict, "reason": current.reason}


class ConsensusForm(JalonsForm):
    """Confirmation of the consensual levers, all at once."""

    piles = forms.MultipleChoiceField(label="Ce que vous confirmez", widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label="Raison", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Dites en quelques mots la raison de la décision."},
    )  # fmt: skip

    def __init__(self, *args: Any, piles: Sequence[tuple[Pile, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["piles"].choices = [(pile.value, label) for pile, label in piles]  # type: ignore[attr-defined]

    def clean_piles(self) -> list[Pile]:
        return [Pile(value) for value in self.cleaned_data["piles"]]


def default_closing(now: datetime, ballot: Ballot | None = None) -> datetime:
    """Return the closing that is proposed: two weeks later (one week after that of an open ballot), at 18:00."""
    start = ballot.closes_at + timedelta(days=7) if ballot else now + timedelta(days=14)
    return timezone.localtime(start).replace(hour=18, minute=0, second=0, microsecond=0)
