"""Form of the evidence: an address or a file, and the words that name it."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from common.attachments import Attachment, read_attachment
from common.errors import DomainError
from common.forms import JalonsForm
from diagnostics.models import Evidence
from diagnostics.services.evidence import EvidenceValues

WEB_ADDRESS = "Indiquez une adresse web complète, qui commence par https://."
ACCEPTED = ".pdf,.png,.jpg,.jpeg,.odt,.ods,.odp,.docx,.xlsx,.pptx,.txt,.csv"


class EvidenceForm(JalonsForm):
    """A link or a file of 10 MB at most; the file is checked by its content while the form is."""

    label = forms.CharField(
        label="Intitulé",
        max_length=Evidence._meta.get_field("label").max_length,
        help_text="Par exemple\u00a0: délibération du 12 mars, marché de téléphonie, page 4.",
    )
    url = forms.CharField(
        label="Adresse où la lire",
        required=False,
        max_length=500,
        help_text="Une page ou un document en ligne. Jalons n’en garde que l’adresse.",
        widget=forms.URLInput,
    )
    file = forms.FileField(
        label="Ou fichier à joindre",
        required=False,
        help_text="10\u00a0Mo au plus\u00a0: PDF, image PNG ou JPEG, texte txt ou csv, document odt, ods, odp, docx, "
        "xlsx ou pptx sans macros.",
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )

    attachment: Attachment | None = None

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        if url:
            try:
                URLValidator(schemes=["http", "https"], message=WEB_ADDRESS)(url)
                has_password = "@" in urlsplit(url).netloc
            except ValueError as error:
                raise ValidationError(WEB_ADDRESS) from error
            if has_password:
                raise ValidationError("Retirez de cette adresse le nom et le mot de passe\u00a0: d’autres la liront.")
        return url

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload:
            try:
                self.attachment = read_attachment(upload, upload.name, size_bytes=upload.size)
            except DomainError as error:
                raise ValidationError(error.message) from error
        return upload

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and bool(cleaned.get("url")) == bool(cleaned.get("file")):
            raise ValidationError(
                "Donnez une adresse ou un fichier, pas les deux."
                if cleaned.get("url")
                else "Donnez une adresse ou un fichier."
            )
        return cleaned

    @property
    def values(self) -> EvidenceValues:
        return EvidenceValues(self.cleaned_data["label"], self.cleaned_data["url"], self.attachment)
