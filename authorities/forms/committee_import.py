"""Forms of the import of a list of people: the list, the services of its words, one of its lines."""

from dataclasses import replace
from typing import Any

from django import forms

from authorities.committee_list import LENGTHS, MAX_PASTED, CheckedLine, ListLine, read_pasted
from authorities.enums import Role
from authorities.models import CommitteeImport
from authorities.selectors.committee_import import CommitteePreview, find_line, find_service, read_committee_file
from common.errors import DomainError
from common.forms import JalonsForm, VersionedFormMixin
from common.versioning import VersionedModel
from reference.models import Service

UNKNOWN_SERVICE = "Choisissez un service de la liste\u00a0: commencez à écrire son nom."


class CommitteeListForm(JalonsForm):
    """A list of people, pasted or in a file; its lines are read while it is checked."""

    text = forms.CharField(
        label="Coller la liste",
        required=False,
        max_length=MAX_PASTED,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        help_text="Une personne par ligne\u00a0: nom ; adresse ; service ; fonction. Une sélection de votre tableur ou "
        "des destinataires copiés de votre messagerie conviennent.",
    )
    file = forms.FileField(
        label="Ou déposer un tableur",
        required=False,
        help_text="Fichier xlsx, ods ou csv, 2\u00a0Mo au plus. Il n’est pas conservé.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.ods,.csv"}),
    )

    lines: list[ListLine]
    source: str

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        text, file = cleaned.get("text", ""), cleaned.get("file")
        if self.errors:
            return cleaned
        if bool(text.strip()) == bool(file):
            either = "Collez une liste ou déposez un tableur"
            self.add_error("file" if file else "text", f"{either}, pas les deux." if file else f"{either}.")
            return cleaned
        try:
            self.lines = read_committee_file(file) if file else read_pasted(text)
        except DomainError as error:
            self.add_error("file" if file else "text", error.message)
        self.source = file.name if file else "liste collée"
        return cleaned


class ServiceWordsForm(VersionedFormMixin, JalonsForm):
    """The service that each word of the list means; a field for each word, with the services as suggestions."""

    def __init__(self, *args: Any, preview: CommitteePreview, **kwargs: Any) -> None:
        self.words = {f"word{index}": word for index, word in enumerate(preview.words)}
        super().__init__(*args, initial={"version": preview.waiting.version}, **kwargs)
        self.services = list(Service.objects.all())
        self.chosen: dict[str, Service] = {}
        for name, word in self.words.items():
            count = f"{word.line_count} lignes" if word.line_count > 1 else "une ligne"
            label = f"«\u00a0{word.written}\u00a0»" if word.written else "Sans service"
            self.fields[name] = forms.CharField(
                label=f"{label}, {count}",
                required=False,
                initial=word.service_name,
                max_length=LENGTHS["service"],
                widget=forms.TextInput(attrs={"list": "services", "autocomplete": "off"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, word in self.words.items():
            typed = (cleaned.get(name) or "").strip()
            service = find_service(typed, self.services) if typed else None
            if service is not None:
                self.chosen[word.key] = service
            elif typed:
                self.add_error(name, UNKNOWN_SERVICE)
        return cleaned

    def stored_values(self, current: VersionedModel) -> dict[str, Any]:
        names = {service.code: service.name for service in self.services}
        stored = getattr(current, "services", {})
        return {name: names.get(stored.get(word.key, ""), word.service_name) for name, word in self.words.items()}


class CommitteeLineForm(VersionedFormMixin, JalonsForm):
    """One line of the list, corrected."""

    name = forms.CharField(label="Nom et prénom", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.EmailField(
        label="Adresse électronique", required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    service = forms.ModelChoiceField(
        Service.objects.all(),
        label="Service",
        to_field_name="code",
        empty_label="Choisir un service",
        error_messages={"required": "Choisissez un service dans la liste."},
    )
    function = forms.CharField(label="Fonction", max_length=150, required=False)
    role = forms.ChoiceField(label="Rôle", choices=[(role.value, role.label.capitalize()) for role in Role])

    def __init__(self, *args: Any, waiting: CommitteeImport, checked: CheckedLine, **kwargs: Any) -> None:
        self.place = checked.line.place
        super().__init__(*args, initial={"version": waiting.version, **_values(checked)}, **kwargs)
        self._line = checked.line

    @property
    def corrected(self) -> ListLine:
        """The line as it is typed, without what was wrong with it before."""
        cleaned = self.cleaned_data
        return replace(
            self._line,
            name=" ".join(cleaned["name"].split()),
            email=cleaned["email"],
            service=cleaned["service"].name,
            function=" ".join(cleaned["function"].split()),
            role=str(Role(cleaned["role"]).label),
            problem="",
        )

    def stored_values(self, current: VersionedModel) -> dict[str, Any]:
        checked = find_line(current, self.place) if isinstance(current, CommitteeImport) else None
        return _values(checked) if checked else {}


def _values(checked: CheckedLine) -> dict[str, Any]:
    line = checked.line
    return {
        "name": line.name,
        "email": line.email,
        "service": checked.service_code,
        "function": line.function,
        "role": checked.role.value,
    }
