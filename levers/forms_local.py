"""Forms of local levers: the text of a lever, and whom it is shared with."""

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.db.models import Q

from authorities.enums import Perimeter
from authorities.forms.fields import ObjectsField, capitalised
from authorities.models import Authority
from common.forms import JalonsForm, VersionedFormMixin
from common.versioning import VersionedModel
from diagnostics.models import Question
from levers.enums import Cost
from levers.models import Lever, LeverCatalogue
from levers.services.local_levers import SHARED_AS_MAXIMUM_LENGTH
from reference.models import Dimension, Service, Theme

MOST_STEPS, MOST_RISKS, LONGEST_LINE = 12, 10, 300
MOST_INDICATORS, LONGEST_NAME, LONGEST_UNIT = 4, 200, 60
MARKS = [("", "Choisir"), *((str(mark), f"{mark} sur 5") for mark in range(1, 6))]
MEANS_CAVEAT = "Estimation de votre collectivité."


class LinesField(forms.CharField):
    """A text with one item per line; gives the list of the lines that say something."""

    def __init__(self, *, most: int, rows: int, **kwargs: Any) -> None:
        self.most = most
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(max_length=most * (LONGEST_LINE + 2), required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> list[Any]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > self.most:
            raise forms.ValidationError(f"Écrivez {self.most} lignes au plus\u202f; il y en a {len(lines)}.")
        longest = max(map(len, lines), default=0)
        if longest > LONGEST_LINE:
            raise forms.ValidationError(
                f"Une ligne tient en {LONGEST_LINE} caractères\u202f; la plus longue en a {longest}\u00a0: coupez-la."
            )
        return lines


class IndicatorsField(LinesField):
    """Indicators, one per line with its unit in parentheses; gives the entries of `Lever.indicators`."""

    def clean(self, value: Any) -> list[Any]:
        entries = []
        for line in super().clean(value):
            name, _, unit = line.removesuffix(")").rpartition(" (") if line.endswith(")") else (line, "", "")
            if len(name) > LONGEST_NAME or len(unit) > LONGEST_UNIT:
                raise forms.ValidationError(
                    f"Le nom d’un indicateur tient en {LONGEST_NAME} caractères, son unité en {LONGEST_UNIT}\u00a0: "
                    f"raccourcissez «\u00a0{line[:40]}…\u00a0»."
                )
            entries.append({"name": name or line, "unit": unit if name else ""})
        return entries


class LocalLeverForm(JalonsForm):
    """The text of a new local lever. A handful of answers is compulsory; the others help those who will vote."""

    title = forms.CharField(label="Titre", max_length=120, help_text="Un verbe et un résultat.")
    summary = forms.CharField(
        label="En une phrase", max_length=400, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Ce que les votants liront d’abord. 400 caractères au plus.",
    )  # fmt: skip
    description = forms.CharField(
        label="Ce que c’est", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="4\u202f000 caractères au plus.",
    )  # fmt: skip
    theme = forms.ModelChoiceField(label="Thème du décret", queryset=Theme.objects.all(), empty_label="Choisir")
    dimension = forms.ModelChoiceField(
        label="Dimension du diagnostic", queryset=Dimension.objects.none(), empty_label="Choisir"
    )
    question = forms.ChoiceField(
        label="Question du diagnostic à laquelle il répond", required=False,
        help_text="Son niveau comptera dans le classement, comme pour les autres leviers.",
    )  # fmt: skip
    perimeter = forms.ChoiceField(label="Périmètre", choices=[("", "Choisir"), *capitalised(Perimeter.choices)])
    lead_service = forms.ModelChoiceField(
        label="Service pressenti", queryset=Service.objects.all(), required=False, empty_label="À préciser"
    )
    audience = ObjectsField(Service.objects.all(), label="Services concernés", required=False)
    effort = forms.TypedChoiceField(label="Effort", choices=MARKS, coerce=int)
    impact = forms.TypedChoiceField(label="Impact", choices=MARKS, coerce=int)
    impact_rationale = forms.CharField(
        label="Ce qui fonde l’impact", max_length=300, required=False,
        help_text="Une source, un essai, un ordre de grandeur. Aucun gain n’est simulé sur l’inventaire pour un levier "
        "local.",
    )  # fmt: skip
    cost = forms.ChoiceField(
        label="Coût", choices=[("", "Choisir"), *capitalised(Cost.choices)], help_text="Hors temps des agents."
    )
    delay_months = forms.IntegerField(label="Délai, en mois", min_value=1, max_value=72)
    is_quick_win = forms.BooleanField(label="Gain rapide", required=False)
    is_for_small_authority = forms.BooleanField(label="Adapté aux petites équipes", required=False)
    steps = LinesField(label="Étapes", most=MOST_STEPS, rows=4, help_text="Une étape par ligne, 12 au plus.")
    human = forms.CharField(
        label="Temps des agents", max_length=300, required=False,
        help_text="Par exemple\u00a0: 8 à 15 jours-agent la première année.",
    )  # fmt: skip
    budget = forms.CharField(label="Budget", max_length=300, required=False)
    risks = LinesField(label="Risques", most=MOST_RISKS, rows=3, help_text="Un risque par ligne, 10 au plus.")

    indicators = IndicatorsField(
        label="Indicateurs", most=MOST_INDICATORS, rows=3,
        help_text="Un par ligne, 4 au plus, l’unité entre parenthèses\u00a0: Postes prêtés (postes par an). Le sens et "
        "la cible se diront dans la fiche action.",
    )  # fmt: skip
    layout = Layout(
        "title", "summary", "description",
        Fieldset("Où il se range", Div("theme", "dimension", css_class="fields"), "question",
                 Div("perimeter", "lead_service", css_class="fields"), "audience"),
        Fieldset("Ce qu’il demande, ce qu’il apporte", Div("effort", "impact", css_class="fields"),
                 "impact_rationale", Div("cost", "delay_months", css_class="fields"), "is_quick_win",
                 "is_for_small_authority"),
        Fieldset("Comment faire", "steps", "indicators", "human", "budget", "risks"),
    )  # fmt: skip

    def __init__(self, *args: Any, catalogue: LeverCatalogue, lever: Lever | None = None, **kwargs: Any) -> None:
        self.lever = lever
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["dimension"].queryset = Dimension.objects.filter(
            Q(framework=catalogue.framework) | Q(pk=lever.dimension_id if lever else None)
        )
        questions = Question.objects.filter(questionnaire__code=catalogue.framework)
        titles = dict(questions.order_by("dimension__position", "position").values_list("code", "title"))
        # A lever written with a former questionnaire keeps its question.
        kept = {code: code for code in (lever.question_codes if lever else []) if code not in titles}
        fields["question"].choices = [("", "Aucune en particulier"), *titles.items(), *kept.items()]

    @property
    def values(self) -> dict[str, Any]:
        """Return what the services write, by field of `Lever`."""
        sent = self.cleaned_data
        same = (
            "title", "summary", "description", "theme", "dimension", "perimeter", "lead_service", "effort", "impact",
            "impact_rationale", "cost", "delay_months", "is_quick_win", "is_for_small_authority", "steps",
            "indicators", "risks",
        )  # fmt: skip
        caveat = MEANS_CAVEAT if sent["human"] or sent["budget"] else ""
        return {
            **{name: sent[name] for name in same},
            "question_codes": [sent["question"]] if sent["question"] else [],
            "audience_codes": sorted(service.code for service in sent["audience"]),
            "means": {"human": sent["human"], "budget": sent["budget"], "caveat": caveat},
        }


class LocalLeverEditForm(VersionedFormMixin, LocalLeverForm):
    """The text of a local lever that exists: a stale save shows both texts."""

    def stored_values(self, current: VersionedModel) -> dict[str, Any]:
        return form_values(Lever.objects.get(pk=current.pk))


class ShareForm(JalonsForm):
    """The authorities that get a copy of a lever, and in whose name."""

    shared_as = forms.CharField(
        label="Partagé au nom de", max_length=SHARED_AS_MAXIMUM_LENGTH,
        help_text="Votre organisme, ou votre fonction. Chaque collectivité le lira à côté du levier.",
    )  # fmt: skip
    authorities = ObjectsField(Authority.objects.none(), label="Avec quelles collectivités")

    def __init__(self, *args: Any, offered: Sequence[Authority], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["authorities"]
        field.queryset = Authority.objects.filter(pk__in=[authority.pk for authority in offered]).order_by("name")


def form_values(lever: Lever) -> dict[str, Any]:
    """Return what the form shows of a lever, by name of its fields."""
    same = (
        "title", "summary", "description", "perimeter", "effort", "impact", "impact_rationale", "cost", "delay_months",
        "is_quick_win", "is_for_small_authority",
    )  # fmt: skip
    values: dict[str, Any] = {name: getattr(lever, name) for name in same}
    values |= {
        "theme": lever.theme_id,
        "dimension": lever.dimension_id,
        "lead_service": lever.lead_service_id,
        "question": next(iter(lever.question_codes), ""),
        "audience": list(Service.objects.filter(code__in=lever.audience_codes).values_list("pk", flat=True)),
        "steps": "\n".join(lever.steps),
        "indicators": "\n".join(map(_indicator_line, lever.indicators)),
        "risks": "\n".join(lever.risks),
        "human": lever.means["human"],
        "budget": lever.means["budget"],
    }
    return values


def _indicator_line(entry: Mapping[str, str]) -> str:
    return f"{entry['name']} ({entry['unit']})" if entry.get("unit") else entry["name"]
