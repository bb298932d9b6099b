"""A form already written in HTML is filled with answers that were kept; nothing else of the page moves."""

import pytest

from common.form_filling import fill_form
from tests.hostile import forms_of

PAGE = (
    "<p>é&amp;</p>\n<form method=post><input type=hidden name=version value=3>"
    '<input type="hidden" name="csrfmiddlewaretoken" value="jeton">\n'
    '<input type="text" name="title" value="Un &lt;titre&gt;" id="id_title"><input name="row">'
    '<input name="row" value="b">'
    '<details class="fold"><summary>Plus</summary>'
    '<textarea name="note" rows="3">\nAncien &amp; texte</textarea></details>'
    '<label><input type="checkbox" name="box" value="1" checked></label><input type="checkbox" name="box" value="2">'
    '<input type="radio" name="choice" value="a" checked><input type="radio" name="choice" value="b">'
    '<select name="service">\n<option value="">À choisir</option><option value="dsi" selected>DSI</option>'
    '<option value="rh">RH</option></select><input type="file" name="file"><input name="fixed" value="f" disabled>'
    '</form><form><input name="title" value="ailleurs"></form>'
)  # fmt: skip
START = PAGE.index("<form")
SAME = {
    "version": ["3"], "title": ["Un <titre>"], "row": ["", "b"], "note": ["Ancien & texte"], "box": ["1"],
    "choice": ["a"], "service": ["dsi"],
}  # fmt: skip


def _fill(**answers: list[str]):
    return fill_form(PAGE, START, SAME | answers, ignored=frozenset({"csrfmiddlewaretoken"}))


def _values(html: str) -> dict[str, list[str]]:
    return forms_of("/", html)[0].values


def test_the_same_answers_change_nothing():
    filled = _fill()
    assert not filled.is_changed
    assert filled.leftovers == []
    assert _values(filled.html) == _values(PAGE)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("title", ['Deux "guillemets" & <b>']),
        ("row", ["a", "c"]),
        ("note", ["</textarea><script>alert(1)</script>\r\nligne"]),
        ("box", ["2"]),
        ("box", []),
        ("choice", ["b"]),
        ("service", ["rh"]),
    ],
)
def test_each_kind_of_control_is_filled(name: str, values: list[str]):
    filled = _fill(**{name: values})
    assert filled.is_changed
    read = _values(filled.html)
    found = [value.lstrip("\n") for value in read.pop(name)]
    assert found == values
    others = _values(PAGE)
    others.pop(name)
    if name != "note":
        assert read == others
    assert "<script>" not in filled.html
    assert filled.html.endswith('<form><input name="title" value="ailleurs"></form>')
    assert filled.html.startswith("<p>é&amp;</p>\n")


def test_an_older_version_is_carried_and_is_not_a_change():
    filled = _fill(version=["2"])
    assert not filled.is_changed
    assert _values(filled.html)["version"] == ["2"]


def test_a_fold_opens_over_a_text_that_is_given_back():
    assert '<details class="fold" open>' in _fill(note=["Nouveau"]).html
    assert '<details class="fold">' in _fill(title=["Nouveau"]).html


def test_tokens_files_and_closed_fields_are_never_filled():
    filled = _fill(csrfmiddlewaretoken=["faux"], file=["x"], fixed=["g"])
    assert "faux" not in filled.html
    assert 'name="fixed" value="f"' in filled.html
    assert not filled.is_changed


def test_texts_without_a_field_are_left_over():
    filled = _fill(**{"text-7": ["Une étape retirée depuis"], "due-7": ["2026-S1"], "empty": [""]})
    assert filled.leftovers == ["Une étape retirée depuis"]
