"""No secret in the logs: the token of a personal link and the key of a new password stand in addresses.

Every record is cleaned when it is made, whatever its logger, its handler and its format.
"""

import logging
import re
from collections.abc import Mapping
from copy import copy
from typing import Any

# What follows these prefixes, up to the next separator, opens something.
_SECRET = re.compile(r"(/(?:invitations|mot-de-passe/nouveau|desinscription|desabonnement)/)[^/\s?#\"'<>]+")
MASK = "…"
_PLAIN = logging.Formatter()


def masked(text: str) -> str:
    """Return a text whose addresses hold no secret any more."""
    return _SECRET.sub(rf"\g<1>{MASK}", text)


def install_masking() -> None:
    """Make every log record clean from now on; asked for twice, it does nothing more."""
    factory = logging.getLogRecordFactory()
    if getattr(factory, "masks_secrets", False):
        return

    def make(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = factory(*args, **kwargs)
        record.msg = _clean(record.msg)
        if isinstance(record.args, Mapping):
            named = copy(record.args)
            for name, value in record.args.items():
                named[name] = _clean(value)  # type: ignore[index]
            record.args = named
        elif record.args:
            record.args = tuple(_clean(value) for value in record.args)
        if record.exc_info and record.exc_info[0] is not None:
            # Written here once; the handlers then take this text instead of writing their own.
            record.exc_text = masked(_PLAIN.formatException(record.exc_info))
        return record

    make.masks_secrets = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(make)


def _clean(value: Any) -> Any:
    """Clean what an address may be read in: a text, or an object that writes itself with one."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else str(value)
    cleaned = masked(text)
    return cleaned if cleaned != text else value
