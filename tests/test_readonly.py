"""The guard that forbids a GET to write is itself tested: a test that cannot fail is a defect."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.models import User
from tests.readonly import ReadOnlyGetMiddleware, WriteOnReadError


def _write(request):
    User.objects.create(email="ecrit@exemple.fr")
    return HttpResponse("écrit")


def test_guard_get_that_writes_raises(db):
    with pytest.raises(WriteOnReadError):
        ReadOnlyGetMiddleware(_write)(RequestFactory().get("/"))


def test_guard_post_that_writes_passes(db):
    assert ReadOnlyGetMiddleware(_write)(RequestFactory().post("/")).content == "écrit".encode()
    assert User.objects.count() == 1
