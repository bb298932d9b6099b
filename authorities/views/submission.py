"""One way to submit a form: the page again with its errors, or done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict

from common.errors import DomainError
from common.forms import VersionedFormMixin
from common.versioning import StaleVersionError


@dataclass(frozen=True)
class Submission:
    """What became of a form: saved with a result, or to be shown again with this HTTP status."""

    is_saved: bool
    status: int
    result: Any = None


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was posted, even when nothing was: an empty answer is read and refused, not ignored."""
    return request.POST if request.method == "POST" else None


def submit(request: HttpRequest, form: forms.BaseForm, save: Callable[[], Any]) -> Submission:
    """Validate a posted form and save it.

    Refused answers and broken rules give 422 with the reason in the form; a stale version gives 409 with both texts.
    """
    if request.method != "POST":
        return Submission(False, 200)
    if not form.is_valid():
        return Submission(False, 422)
    try:
        return Submission(True, 303, save())
    except DomainError as error:
        form.add_error(None, error.message)
        return Submission(False, 422)
    except StaleVersionError as error:
        if not isinstance(form, VersionedFormMixin):
            raise
        form.add_conflict(error.current)
        return Submission(False, 409)
