from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone

from authorities.models import Authority
from common.forms import (
    FrenchDateField,
    FrenchDecimalField,
    FrenchIntegerField,
    JalonsForm,
    JalonsModelForm,
    VersionedFormMixin,
)
from common.gallery import GalleryForm


def render(form: forms.BaseForm, **context) -> str:
    return render_to_string("components/form.html", {"form": form, **context}, RequestFactory().get("/"))


# Fields


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1 234,5", Decimal("1234.5")),
        ("1\u202f234,5", Decimal("1234.5")),
        ("1\u00a0234.5", Decimal("1234.5")),
        ("\u22123", Decimal("-3")),
        ("", None),
    ],
)
def test_decimal_field_reads_french(typed, expected):
    assert FrenchDecimalField(required=False).clean(typed) == expected


@pytest.mark.parametrize("typed", ["18 000,50 €", "18000,50€", "18\u202f000,50\u00a0€"])
def test_decimal_field_understands_its_unit(typed):
    assert FrenchDecimalField(unit="€").clean(typed) == Decimal("18000.50")


@pytest.mark.parametrize("typed", ["douze", "1,2,3", "NaN", "Infinity", "1e400", "9" * 40, "10 001", "-1", "0x10"])
def test_decimal_field_tells_its_limits(typed):
    with pytest.raises(forms.ValidationError) as caught:
        FrenchDecimalField(min_value=0, max_value=10_000).clean(typed)

    assert caught.value.messages == ["Indiquez un nombre entre 0 et 10\u202f000."]


def test_decimal_field_tells_the_decimals_and_the_unit():
    field = FrenchDecimalField(min_value=1, max_value=20, unit="ans", decimal_places=1)

    assert field.clean("4,5") == Decimal("4.5")
    with pytest.raises(forms.ValidationError, match="un chiffre au plus après la virgule"):
        field.clean("4,55")
    with pytest.raises(forms.ValidationError) as caught:
        field.clean("21")
    assert caught.value.messages == ["Indiquez un nombre entre 1 et 20\u00a0ans."]


def test_decimal_field_shows_a_comma():
    assert FrenchDecimalField().prepare_value(Decimal("4.50")) == "4,5"
    assert FrenchDecimalField().prepare_value(1000.0) == "1000"


@pytest.mark.parametrize("typed", ["4,5", "quatre"])
def test_integer_field_refuses_what_is_not_whole(typed):
    with pytest.raises(forms.ValidationError) as caught:
        FrenchIntegerField(min_value=0, max_value=10).clean(typed)

    assert caught.value.messages == ["Indiquez un nombre entier entre 0 et 10."]


def test_integer_field_gives_an_integer():
    value = FrenchIntegerField().clean("1 234")

    assert value == 1234
    assert isinstance(value, int)


@pytest.mark.parametrize("typed", ["2026-09-15", "15/09/2026", "15/09/26", "15.09.2026"])
def test_date_field_reads_french(typed):
    assert FrenchDateField().clean(typed) == date(2026, 9, 15)


@pytest.mark.parametrize("typed", ["le 12", "31/02/2026", "2026-13-01", "0000-00-00"])
def test_date_field_says_what_to_type(typed):
    with pytest.raises(forms.ValidationError) as caught:
        FrenchDateField().clean(typed)

    assert caught.value.messages == ["Indiquez une date, par exemple 15/09/2026."]


def test_date_field_tells_its_limits():
    field = FrenchDateField(min_value=date(2026, 1, 1), max_value=date(2026, 12, 31))

    with pytest.raises(forms.ValidationError) as caught:
        field.clean("2027-01-01")

    assert caught.value.messages == ["Indiquez une date entre le 1er janvier 2026 et le 31 décembre 2026."]


# Messages and rendering


def test_messages_say_what_to_do():
    form = GalleryForm({"email": "n.benali", "service": "inconnu", "lifetime_years": "200"})

    assert form.errors["name"] == ["Complétez ce champ."]
    assert form.errors["email"] == ["Indiquez une adresse électronique complète, par exemple prenom.nom@exemple.fr."]
    assert form.errors["service"] == ["Choisissez une réponse de la liste."]
    assert form.errors["dimensions"] == ["Cochez au moins une case."]
    assert form.errors["track"] == ["Choisissez une réponse."]
    assert form.errors["has_agreed"] == ["Cochez cette case pour continuer."]


def test_length_message_counts():
    class LineForm(JalonsForm):
        line = forms.CharField(max_length=3)

    assert LineForm({"line": "abcde"}).errors["line"] == ["Écrivez 3 caractères au plus\u202f; il y en a 5."]


def test_message_chosen_by_a_form_stays():
    class SireneForm(JalonsForm):
        siren = forms.CharField(error_messages={"required": "Indiquez les neuf chiffres."})

    assert SireneForm({}).errors["siren"] == ["Indiquez les neuf chiffres."]


def test_model_form_reads_numbers_in_french():
    class AuthorityForm(JalonsModelForm):
        class Meta:
            model = Authority
            fields = ("population",)

    form = AuthorityForm({"population": "95 000"})

    assert form.is_valid()
    assert form.cleaned_data["population"] == 95_000


def test_summary_counts_and_links_each_error():
    html = render(GalleryForm({"email": "n.benali", "lifetime_years": "200", "agents": "12", "name": "A"}))

    assert "Six réponses sont à corriger" in html
    assert 'role="alert" tabindex="-1" autofocus data-focus' in html
    for target in ("id_email", "id_lifetime_years", "id_service", "id_dimensions_0", "id_track_0", "id_has_agreed"):
        assert f'<a href="#{target}">' in html
        assert f'id="{target}"' in html


def test_field_is_tied_to_its_hint_and_its_error():
    html = render(GalleryForm({"email": "n.benali"}))

    assert 'aria-describedby="id_email_helptext id_email_error"' in html
    assert '<p class="hint" id="id_email_helptext">' in html
    assert '<div id="id_email_error">' in html
    assert 'aria-invalid="true"' in html


def test_group_of_choices_is_a_described_fieldset():
    html = render(GalleryForm({}))

    assert '<fieldset id="div_id_dimensions" class="field error"' in html
    assert 'aria-describedby="id_dimensions_helptext id_dimensions_error"' in html
    assert "<legend>Dimensions connues" in html


def test_form_without_error_has_no_summary():
    html = render(GalleryForm())

    assert 'role="alert"' not in html
    assert 'aria-invalid="true"' not in html


def test_form_tells_what_may_stay_empty():
    html = render(GalleryForm())

    assert 'Note <span class="opt">(facultatif)</span>' in html
    assert html.count("(facultatif)") == 3


def test_form_with_a_file_is_multipart():
    assert 'enctype="multipart/form-data"' in render(GalleryForm())


def test_errors_of_the_whole_form_have_their_own_title():
    form = GalleryForm({})
    form._errors = None
    form.is_valid()
    form._errors.clear()
    form.add_error(None, "La période dure de un à six ans.")

    html = render(form)

    assert "À corriger avant de continuer" in html
    assert "La période dure de un à six ans." in html


# Two people on one object


class SheetForm(VersionedFormMixin, JalonsForm):
    objective = forms.CharField(label="Objectif", widget=forms.Textarea)
    effort = FrenchIntegerField(label="Effort", required=False)
    themes = forms.MultipleChoiceField(
        label="Thèmes",
        choices=[("a", "Achats"), ("b", "Parc"), ("c", "Services")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    due_on = FrenchDateField(label="Échéance", required=False)


class Stored:
    """What the base holds now."""

    version = 4
    updated_at = timezone.datetime(2026, 3, 10, 13, 3, tzinfo=timezone.get_fixed_timezone(0))
    objective = "Garder les écrans huit ans."
    effort = 2
    themes = ("a", "b")
    due_on = date(2026, 9, 15)


STORED_INITIAL = {
    "version": 4,
    "objective": Stored.objective,
    "effort": 2,
    "themes": ["a", "b"],
    "due_on": Stored.due_on,
}
MINE = "version=3&objective=Jusqu’à la panne.&effort=2&themes=a&themes=c&due_on=2026-10-01"


def conflicting_form() -> SheetForm:
    form = SheetForm(QueryDict(MINE), initial={**STORED_INITIAL, "version": 3})
    assert form.is_valid()
    assert form.expected_version == 3
    form.add_conflict(Stored())
    return form


def test_conflict_shows_both_texts_and_only_the_fields_that_differ():
    form = conflicting_form()

    assert [conflict.label for conflict in form.conflicts] == ["Objectif", "Thèmes", "Échéance"]
    assert [(conflict.mine, conflict.theirs) for conflict in form.conflicts] == [
        ("Jusqu’à la panne.", "Garder les écrans huit ans."),
        ("Achats, Services", "Achats, Parc"),
        ("1er octobre 2026", "15 septembre 2026"),
    ]
    html = render(form)
    assert "Une autre personne a enregistré cet élément le 10 mars 2026 à 14:03" in html
    assert '<input type="hidden" name="version" value="4"' in html
    assert "Jusqu’à la panne.\n\nGarder les écrans huit ans." in html
    assert '<input type="hidden" name="mine-themes" value="c">' in html


def send(**choices: str) -> SheetForm:
    """Send the conflict page back with the choices of the reader."""
    data = QueryDict(
        "version=4&objective=Les deux, fusionnés.&effort=2&themes=c&due_on=2026-12-01"
        "&shown-objective=1&mine-objective=Jusqu’à la panne."
        "&shown-themes=1&mine-themes=a&mine-themes=c"
        "&shown-due_on=1&mine-due_on=2026-10-01",
        mutable=True,
    )
    for name, choice in choices.items():
        data[f"keep-{name}"] = choice
    return SheetForm(data, initial=STORED_INITIAL)


def test_conflict_keeps_mine():
    form = send(objective="mine", themes="mine", due_on="mine")

    assert form.is_valid()
    assert form.changes == {
        "objective": "Jusqu’à la panne.",
        "effort": 2,
        "themes": ["a", "c"],
        "due_on": date(2026, 10, 1),
    }
    assert form.expected_version == 4


def test_conflict_keeps_theirs():
    form = send(objective="theirs", themes="theirs", due_on="theirs")

    assert form.is_valid()
    assert form.changes == {
        "objective": "Garder les écrans huit ans.",
        "effort": 2,
        "themes": ["a", "b"],
        "due_on": date(2026, 9, 15),
    }


def test_conflict_keeps_the_merged_text():
    form = send(objective="merge", themes="merge", due_on="merge")

    assert form.is_valid()
    assert form.changes["objective"] == "Les deux, fusionnés."
    assert form.changes["themes"] == ["c"]
    assert form.changes["due_on"] == date(2026, 12, 1)


def test_conflict_without_a_choice_is_asked_again():
    form = send(objective="mine", themes="mine")

    assert not form.is_valid()
    assert form.errors["due_on"] == ["Choisissez le texte à garder, plus haut."]
    html = render(form)
    assert 'name="keep-due_on"' in html
    assert '<input type="hidden" name="mine-due_on" value="2026-10-01">' in html


def test_ends_of_lines_are_no_conflict():
    form = SheetForm(
        QueryDict("version=3&objective=Un%0D%0ADeux&themes=a&themes=b&due_on=2026-09-15&effort=2"),
        initial={**STORED_INITIAL, "version": 3},
    )
    stored = Stored()
    stored.objective = "Un\nDeux"
    form.add_conflict(stored)

    assert form.conflicts == []
    assert "ils disent la même chose" in render(form)


def test_form_without_version_says_to_reload():
    form = SheetForm(QueryDict("objective=x"), initial=STORED_INITIAL)

    assert not form.is_valid()
    assert form.errors["version"] == ["Rechargez la page\u00a0: le numéro de version manque."]


def test_form_posts_to_its_own_page_whatever_the_context_holds():
    assert "action=" not in render(GalleryForm(), action="une fiche action")
    assert ' action="/ailleurs/"' in render(GalleryForm(), post_url="/ailleurs/")
