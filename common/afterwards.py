"""Work done once the answer has left, so that its length tells the reader nothing."""

import logging
from collections.abc import Callable

from django.http import HttpResponse

logger = logging.getLogger(__name__)


def do_after(response: HttpResponse, job: Callable[[], object]) -> HttpResponse:
    """Run `job` when the server closes the answer, which the reader has then received; return the answer.

    For short jobs that must not be lost silently: a failure is logged, without what was asked.
    """

    def run() -> None:
        try:
            job()
        except Exception:
            logger.exception("a job could not be done after the answer")

    # What `close()` goes through, in order, before it tells that the request is over.
    response._resource_closers.append(run)  # type: ignore[attr-defined]
    return response
