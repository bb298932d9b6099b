"""Forms about an authority and its accounts."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from PIL import Image

from authorities.enums import AuthorityKind, Role
from authorities.forms.fields import YesNoField, capitalised
from authorities.models import Authority
from common.colours import WHITE_RATIO, contrast_with_white, darken, read_colour
from common.errors import DomainError
from common.forms import FrenchIntegerField, JalonsForm, VersionedFormMixin
from common.images import read_image
from common.numbers import format_number
from common.text import typography
from common.versioning import VersionedModel
from reference.models import Territory

MAX_POPULATION = 20_000_000
MAX_AGENTS = 200_000
MAX_MEMBER_COMMUNES = 1_000


def agent_count_field() -> FrenchIntegerField:
    return FrenchIntegerField(
        label="Nombre d’agents",
        min_value=1,
        max_value=MAX_AGENTS,
        required=False,
        help_text="Effectif au 31 décembre, équivalents temps plein ou personnes. Il sert aux chiffres par agent.",
    )


def member_communes_field() -> FrenchIntegerField:
    return FrenchIntegerField(
        label="Nombre de communes membres", min_value=1, max_value=MAX_MEMBER_COMMUNES, required=False
    )


def it_department_field() -> YesNoField:
    return YesNoField(
        label="Votre collectivité a-t-elle sa propre direction informatique ?",
        help_text="Un service mutualisé ou un prestataire ne compte pas. La réponse sert à proposer le parcours.",
        error_messages={"required": "Répondez oui ou non."},
    )


class TerritoryAuthorityForm(JalonsForm):
    """What the national list does not know about an authority."""

    agent_count = agent_count_field()
    has_it_department = it_department_field()

    member_communes_count = member_communes_field()

    def __init__(self, *args: Any, is_group: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_group:
            del self.fields["member_communes_count"]


class ManualAuthorityForm(JalonsForm):
    """An authority that the national list does not hold, typed by hand.

    `twin` is the one that already has this SIREN, in a space or in the list: the page then leads to it.
    """

    twin: Authority | Territory | None = None

    name = forms.CharField(label="Nom", max_length=150)
    kind = forms.ChoiceField(
        label="Type",
        choices=[("", "Choisir un type"), *capitalised(AuthorityKind.choices)],
        error_messages={"required": "Choisissez un type dans la liste."},
    )
    siren = forms.CharField(
        label="SIREN",
        required=False,
        max_length=20,
        help_text="Neuf chiffres. Il évite d’ouvrir deux espaces pour le même organisme.",
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off"}),
    )
    population = FrenchIntegerField(
        label="Population",
        min_value=1,
        max_value=MAX_POPULATION,
        required=False,
        help_text="Habitants du territoire. Le seuil légal dépend d’elle pour une commune ou un EPCI.",
    )
    agent_count = agent_count_field()
    has_it_department = it_department_field()

    def clean_name(self) -> str:
        return typography(" ".join(self.cleaned_data["name"].split()))

    def clean_siren(self) -> str:
        siren = "".join(self.cleaned_data["siren"].split())
        if not siren:
            return ""
        if not is_siren(siren):
            raise ValidationError("Vérifiez le SIREN : neuf chiffres, dont le dernier est une clé de contrôle.")
        self.twin = Authority.objects.filter(siren=siren).first() or Territory.objects.filter(siren=siren).first()
        if isinstance(self.twin, Authority):
            raise ValidationError(f"{self.twin.name} a déjà un espace avec ce SIREN : demandez à le rejoindre.")
        if self.twin is not None:
            raise ValidationError(f"Ce SIREN est celui de {self.twin.name}, qui figure dans la liste : choisissez-la.")
        return siren

    @property
    def values(self) -> dict[str, Any]:
        """Return what was typed, as the service reads it."""
        return {**self.cleaned_data, "kind": AuthorityKind(self.cleaned_data["kind"])}


class AuthorityForm(VersionedFormMixin, JalonsForm):
    """Facts of an authority that its people may correct."""

    population = FrenchIntegerField(label="Population", min_value=1, max_value=MAX_POPULATION, required=False)
    agent_count = agent_count_field()
    member_communes_count = member_communes_field()
    has_it_department = it_department_field()

    def __init__(self, *args: Any, authority: Authority, **kwargs: Any) -> None:
        names = ("population", "agent_count", "member_communes_count", "has_it_department", "version")
        super().__init__(*args, initial={name: getattr(authority, name) for name in names}, **kwargs)
        if authority.territory_id is not None:
            population = self.fields["population"]
            population.disabled = True
            population.help_text = "Population municipale de la liste nationale."
        if authority.kind == AuthorityKind.COMMUNE:
            del self.fields["member_communes_count"]


class LogoForm(VersionedFormMixin, JalonsForm):
    """An image to choose; the checked and decoded picture is in `cleaned_data["file"]`."""

    file = forms.FileField(
        label="Image du logo",
        help_text="PNG ou JPEG, 1\u00a0Mo au plus. Elle est réduite, et ce qu’elle contient d’autre que l’image "
        "(lieu, date, auteur) est retiré.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )

    def __init__(self, *args: Any, authority: Authority, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": authority.version}, **kwargs)

    def clean_file(self) -> Image.Image:
        upload = self.cleaned_data["file"]
        try:
            return read_image(upload, size_bytes=upload.size)
        except DomainError as error:
            raise ValidationError(error.message) from error

    def add_conflict(self, current: VersionedModel, *, author: str = "") -> None:
        """Ask for the image again: a browser sends a file once, so that there are not two texts to show."""
        data = self._mutable_data()
        data["version"] = str(current.version)
        self.data = data
        who = author or "Une autre personne"
        self.add_error("file", f"{who} a modifié la collectivité entre-temps. Choisissez l’image de nouveau.")


class ColourForm(VersionedFormMixin, JalonsForm):
    """The colour of the documents; `cleaned_data["color"]` is « #0b5c5f », or empty."""

    color = forms.CharField(
        label="Couleur",
        required=False,
        max_length=20,
        help_text="Six chiffres hexadécimaux, par exemple #0b5c5f : votre charte graphique les donne. Laissez vide "
        "pour le vert de Jalons.",
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, authority: Authority, **kwargs: Any) -> None:
        super().__init__(*args, initial={"color": authority.color, "version": authority.version}, **kwargs)

    def clean_color(self) -> str:
        text = self.cleaned_data["color"]
        if not text:
            return ""
        colour = read_colour(text)
        if colour is None:
            raise ValidationError("Écrivez la couleur avec six chiffres hexadécimaux, par exemple #0b5c5f.")
        ratio = contrast_with_white(colour)
        if ratio < WHITE_RATIO:
            raise ValidationError(
                typography(
                    f"Cette couleur est trop claire pour qu’on y lise du blanc : son contraste est de "
                    f"{format_number(ratio, 1)}, il en faut {format_number(WHITE_RATIO, 1)}. Essayez {darken(colour)}, "
                    f"la même en plus foncé."
                )
            )
        return colour


class MembershipRequestForm(JalonsForm):
    """Message of somebody who asks to join."""

    message = forms.CharField(
        label="Message au référent",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Qui vous êtes et ce que vous ferez : il saura quels rôles vous donner. 500 caractères au plus.",
    )


class RolesForm(JalonsForm):
    """Roles of an account in an authority."""

    roles = forms.MultipleChoiceField(
        label="Rôles",
        choices=capitalised(Role.choices),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins un rôle."},
    )

    def clean_roles(self) -> list[Role]:
        return [Role(value) for value in self.cleaned_data["roles"]]


def is_siren(text: str) -> bool:
    """Tell whether a text is a SIREN: nine digits whose Luhn sum is a multiple of ten."""
    if len(text) != 9 or not (text.isascii() and text.isdigit()):
        return False
    doubled = [int(digit) * (2 if rank % 2 else 1) for rank, digit in enumerate(text)]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
