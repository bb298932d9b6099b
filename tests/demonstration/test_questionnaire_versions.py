"""A new questionnaire is published: the diagnosis made with the former one opens and prints the same."""

import shutil
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from common.document_pdf import build_pdf
from diagnostics.loader import load_all
from diagnostics.minutes import write_minutes
from diagnostics.models import Diagnosis, Questionnaire
from diagnostics.selectors import minutes_facts
from roadmap.documents.content import build_content
from roadmap.models import Roadmap
from tests.diagnostics.test_secrecy import CHANGING
from tests.factories import PARIS_NOON


@pytest.fixture
def second_version(tmp_path: Path):
    """Return a function that loads a version in which nothing is as it was."""

    def load() -> None:
        shutil.copy(settings.BASE_DIR / "fixtures" / "questionnaire.yaml", tmp_path)
        path = tmp_path / "questionnaire.yaml"
        content = yaml.safe_load(path.read_text())
        content.update(code="proposition-2", title="Deuxième version")
        for dimension in content["dimensions"]:
            dimension.update(name=f"{dimension['name']} (2)", short_name=f"{dimension['short_name']} 2")
            dimension["questions"] = dimension["questions"][1:]
            for question in dimension["questions"]:
                question.update(text=f"Version deux : {question['text'][:100]}", duty_level=None, duty_codes=[])
                question["levels"] = {value: f"V2 {text}" for value, text in question["levels"].items()}
        path.write_text(yaml.safe_dump(content, allow_unicode=True))
        load_all(tmp_path)
        assert Questionnaire.objects.get(is_current=True).code == "proposition-2"

    return load


def test_first_version_opens_and_prints_the_same(demonstrated, db, second_version):
    diagnosis = Diagnosis.objects.get(initiative__authority__name="Thonon Agglomération", agreed_at__isnull=False)
    roadmap = Roadmap.objects.get(initiative=diagnosis.initiative_id)
    client = Client()
    client.force_login(User.objects.get(email="referente@thonon.example"))
    hub = f"/collectivites/{diagnosis.initiative.authority.slug}/diagnostics/{diagnosis.pk}"
    paths = ["resultats/", "resultats/questions/", "reunion/", "reunion/questions/ACH-1/", "reunion/projection/ACH-1/"]

    def everything() -> list[object]:
        pages = [client.get(f"{hub}/{path}") for path in paths]
        assert {page.status_code for page in pages} == {200}
        facts = minutes_facts(Diagnosis.objects.select_related("questionnaire").get(pk=diagnosis.pk), now=PARIS_NOON)
        return [
            *(CHANGING.sub("", page.content.decode()) for page in pages),
            build_pdf(write_minutes(facts)),
            build_content(Roadmap.objects.get(pk=roadmap.pk), on=timezone.localdate(PARIS_NOON), now=PARIS_NOON),
        ]

    before = everything()
    second_version()

    assert everything() == before
