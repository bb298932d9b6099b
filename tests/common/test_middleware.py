import gzip
import re

import brotli
import pytest
from django.http import HttpResponse, HttpResponseNotAllowed, JsonResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from common.middleware import WEIGHT_MARK, PageWeightMiddleware, RefusedMethodMiddleware
from common.page_weight import static_bytes

PAGE = (
    b'<link rel="stylesheet" href="/static/css/jalons.css"><p>' + b"texte " * 400 + b"</p><p>" + WEIGHT_MARK + b"</p>"
)


def answer(response: HttpResponse, accepted: str = "") -> HttpResponse:
    request = RequestFactory().get("/", headers={"accept-encoding": accepted} if accepted else {})
    return PageWeightMiddleware(lambda _request: response)(request)


def test_page_tells_its_weight_as_it_is_sent():
    response = answer(HttpResponse(PAGE), "gzip, deflate, br")
    sent = response.content
    text = brotli.decompress(sent).decode()
    first_ko, next_ko = map(int, re.search(r"pèse (\d+)\u00a0ko, puis (\d+)\u00a0ko", text).groups())

    assert response["Content-Encoding"] == "br"
    assert next_ko == 1
    assert len(sent) <= 1000
    # Style sheet and font, compressed, are what the first visit adds.
    added = static_bytes(PAGE)
    assert 20_000 < added < 35_000
    assert first_ko == -(-(len(sent) + added) // 1000) or abs(first_ko * 1000 - len(sent) - added) < 1200


def test_weight_without_compression_is_that_of_the_plain_page():
    response = answer(HttpResponse(PAGE))

    assert not response.has_header("Content-Encoding")
    assert "puis 3\u00a0ko aux" in response.content.decode()


@pytest.mark.parametrize(("accepted", "encoding"), [("br", "br"), ("gzip", "gzip"), ("gzip, br;q=0", "gzip")])
def test_encoding_is_what_the_browser_asks(accepted, encoding):
    response = answer(HttpResponse(PAGE), accepted)

    assert response["Content-Encoding"] == encoding
    assert response["Vary"] == "Accept-Encoding"
    opened = brotli.decompress(response.content) if encoding == "br" else gzip.decompress(response.content)
    assert b"Cette page p" in opened


def test_size_of_a_compressed_page_is_blurred():
    sizes = {len(answer(HttpResponse(PAGE), "br").content) for _ in range(20)}

    assert len(sizes) > 3


def test_other_answers_are_left_alone():
    archive = answer(HttpResponse(b"PK" + b"0" * 1000, content_type="application/zip"), "br")
    stream = answer(StreamingHttpResponse([b"a" * 1000]), "br")
    short = answer(HttpResponse("court"), "br")

    assert archive.content == b"PK" + b"0" * 1000
    assert not stream.has_header("Content-Encoding")
    assert short.content == b"court"


def test_json_is_compressed_without_a_weight():
    response = answer(JsonResponse({"values": list(range(500))}), "br")

    assert brotli.decompress(response.content).startswith(b'{"values": [0, 1')


def test_files_outside_the_static_folder_weigh_nothing():
    assert static_bytes(b'<link href="/static/../config/settings.py">') == 0
    assert static_bytes(b'<link href="https://exemple.fr/a.css"><a href="/static/css/jalons.css">') == 0


@pytest.mark.django_db
def test_home_page_fits_the_budget():
    response = Client().get("/", headers={"accept-encoding": "br"})

    text = brotli.decompress(response.content).decode()
    first_ko, next_ko = map(int, re.search(r"pèse (\d+)\u00a0ko, puis (\d+)\u00a0ko", text).groups())
    assert first_ko <= 60
    assert next_ko <= 15


@pytest.mark.django_db
def test_address_of_a_form_says_to_use_the_button_when_it_is_visited(referent_client, authority):
    response = referent_client.get(f"{authority.get_absolute_url()}feuille-de-route/fiches/creer/")

    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "Cette adresse ne s’ouvre que par un bouton" in response.content.decode()
    assert f'href="{authority.get_absolute_url()}">Revenir au tableau de bord' in response.content.decode()


def test_refusal_of_another_method_than_a_visit_stays_bare():
    request = RequestFactory().delete("/")

    assert RefusedMethodMiddleware(lambda _request: HttpResponseNotAllowed(["POST"]))(request).content == b""
