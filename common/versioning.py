"""Optimistic locking: every editable object carries a version number, a stale save is refused."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models


class StaleVersionError(Exception):
    """Somebody saved the object since the reader opened it. `current` is what the base now holds."""

    def __init__(self, current: "VersionedModel") -> None:
        super().__init__("Cet élément a été modifié entre-temps.")
        self.current = current


class VersionedModel(models.Model):
    """Base of everything that a person edits: a version number and the two dates."""

    version = models.PositiveIntegerField("version", default=1, editable=False)
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    updated_at = models.DateTimeField("modifié le", auto_now=True)

    class Meta:
        abstract = True


Versioned = TypeVar("Versioned", bound=VersionedModel)


def save_versioned(instance: Versioned, *, expected_version: int, update_fields: Iterable[str]) -> Versioned:
    """Save the named fields if the stored version is still the expected one, and add one to it.

    Call it inside a transaction. Raises `StaleVersionError`, which carries the stored object, when somebody saved
    in between: nothing is written then.
    """
    model: Any = type(instance)
    is_current = model.objects.filter(pk=instance.pk, version=expected_version).update(version=expected_version + 1)
    if not is_current:
        raise StaleVersionError(model.objects.get(pk=instance.pk))
    instance.version = expected_version + 1
    instance.save(update_fields=[*update_fields, "version", "updated_at"])
    return instance
