"""Read an archive back: the authority is written as it was, on this instance, or nothing is."""

import hashlib
import json
import zipfile
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import IO, Any

from django.core.exceptions import SuspiciousOperation, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.utils import validate_file_name
from django.db import IntegrityError, models, transaction
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from accounts.models import User
from authorities.models import Authority
from common.errors import DomainError
from roadmap.archive.codec import FILE_FOLDER, INNER_MODELS, MIXED_MODELS, Row, decode_value, instances_of
from roadmap.archive.schema import build_schema
from roadmap.archive.tables import TABLES, VERSIONED_REFERENCE, Table
from roadmap.archive.writing import DATA_NAME

MAX_ENTRIES = 5_000
MAX_TOTAL_BYTES = 2_000_000_000
MAX_DATA_BYTES = 200_000_000
CHUNK_BYTES = 1_000_000


class ArchiveError(DomainError):
    """The file cannot be read back; nothing was written."""


def restore_archive(file: IO[bytes]) -> Authority:
    """Write an authority from its archive, with its dates, its versions and its documents, and return it.

    Raises `ArchiveError` when the file is not an archive, was altered, needs reference data that this instance lacks
    or holds in another wording, or tells of an authority that is already here: nothing is written then.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            _require_reasonable(archive)
            data = _read_data(archive)
            _require_reference(data)
            _require_absent(data)
            documents = {name: _read(archive, name, MAX_TOTAL_BYTES) for name in data["documents"]}
    except (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError) as error:
        raise ArchiveError("Ce fichier n’est pas une archive de Jalons, ou il est abîmé.") from error
    _require_unaltered(data, documents)
    return _write(data, documents)


# Checks --------------------------------------------------------------------------------------------------------------
def _require_reasonable(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_TOTAL_BYTES:
        raise ArchiveError("Cette archive dépasse 2 Go ou 5 000 fichiers : elle n’a pas été lue.")


def _read(archive: zipfile.ZipFile, name: str, limit_bytes: int) -> bytes:
    """Return an entry; its real size counts, whatever the zip declares."""
    with archive.open(name) as entry:
        content = entry.read(limit_bytes + 1)
    if len(content) > limit_bytes:
        raise ArchiveError(f"Le fichier « {name} » de l’archive est trop gros.")
    return content


def _read_data(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        data = json.loads(_read(archive, DATA_NAME, MAX_DATA_BYTES))
    except (ValueError, RecursionError) as error:
        raise ArchiveError(f"« {DATA_NAME} » n’est pas lisible : l’archive a été modifiée.") from error
    wrong = best_match(Draft202012Validator(build_schema()).iter_errors(data))
    if wrong is not None:
        raise ArchiveError(f"L’archive ne suit pas le format attendu, à l’endroit « {wrong.json_path} ».")
    return dict(data)


def _require_reference(data: dict[str, Any]) -> None:
    """The versions that the archive names are here, and say the same thing."""
    for model in VERSIONED_REFERENCE:
        field = "version" if any(item.name == "version" for item in model._meta.fields) else "code"
        here = dict(model._base_manager.values_list(field, "content_hash"))
        for code, content_hash in data["reference"][model._meta.model_name].items():
            label = f"{model._meta.verbose_name} « {code} »"
            if code not in here:
                raise ArchiveError(f"Il manque ici : {label}. Chargez cette version, puis recommencez.")
            if here[code] != content_hash:
                raise ArchiveError(f"Le contenu de {label} n’est pas le même ici : l’archive ne peut pas être reprise.")


def _require_absent(data: dict[str, Any]) -> None:
    row = data["tables"]["authority"][0] if len(data["tables"]["authority"]) == 1 else None
    if row is None:
        raise ArchiveError("Une archive porte sur une collectivité et une seule.")
    same = models.Q(slug=row["slug"])
    if row["siren"]:
        same |= models.Q(siren=row["siren"])
    if row["territory"]:
        same |= models.Q(territory__code=row["territory"])
    if Authority.objects.filter(same).exists():
        raise ArchiveError(f"{row['name']} a déjà un espace ici. Effacez-le d’abord, ou reprenez l’archive ailleurs.")


def _require_unaltered(data: dict[str, Any], documents: dict[str, bytes]) -> None:
    named = {
        row[field.name]
        for table in TABLES
        for field in table.columns
        if isinstance(field, models.FileField)
        for row in data["tables"][table.name]
    } - {"", None}
    if named != set(documents):
        raise ArchiveError("Les documents de l’archive ne sont pas ceux que ses données annoncent.")
    for name, content in documents.items():
        try:
            validate_file_name(name, allow_relative_path=True)
        except SuspiciousOperation as error:
            raise ArchiveError(f"Le nom « {name} » n’est pas un nom de document.") from error
        if not name.startswith(FILE_FOLDER) or len(PurePosixPath(name).parts) < 3:
            raise ArchiveError(f"Le nom « {name} » n’est pas un nom de document.")
        if hashlib.sha256(content).hexdigest() != data["documents"][name]:
            raise ArchiveError(f"Le document « {name} » a été modifié depuis l’archive.")


# Writing -------------------------------------------------------------------------------------------------------------
def _write(data: dict[str, Any], documents: dict[str, bytes]) -> Authority:
    stored: list[str] = []
    try:
        with transaction.atomic():
            for name, content in documents.items():
                stored.append(_store(name.removeprefix(FILE_FOLDER), content))
            return _write_tables(data)
    except (ValidationError, IntegrityError, SuspiciousOperation, LookupError, TypeError, ValueError) as error:
        _forget(stored)
        raise ArchiveError("L’archive se contredit : rien n’a été écrit. Demandez-en une nouvelle.") from error
    except BaseException:
        _forget(stored)
        raise


def _store(name: str, content: bytes) -> str:
    """Write a document under the very name that its row bears."""
    if default_storage.exists(name):
        raise ArchiveError(f"Un document porte déjà ici le nom « {name} » : rien n’a été écrit.")
    return default_storage.save(name, ContentFile(content))


def _forget(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)


def _write_tables(data: dict[str, Any]) -> Authority:
    keys: dict[type[models.Model], dict[Any, int]] = {User: _write_people(data["people"])}
    for table in TABLES:
        rows = data["tables"][table.name]
        instances = [_instance(table, row, keys) for row in rows]
        table.model._base_manager.bulk_create(instances)
        keys[table.model] = {row["id"]: instance.pk for row, instance in zip(rows, instances, strict=True)}
        if len(keys[table.model]) != len(rows):
            raise LookupError("two rows bear the same rank")
        if table.model in MIXED_MODELS:
            keys[table.model].update(instances_of(table.model))
        _restore_dates(table, rows, instances)
        _tie(table, rows, instances, keys)
    return Authority.objects.get(pk=next(iter(keys[Authority].values())))


def _write_people(people: list[Row]) -> dict[Any, int]:
    """Return address → key of the account; an unknown address gets an account without a password."""
    known = dict(User.objects.filter(email__in=[row["email"] for row in people]).values_list("email", "pk"))
    for row in people:
        if row["email"] not in known:
            user = User.objects.create_user(row["email"], full_name=row["full_name"])
            known[row["email"]] = user.pk
    return known


def _instance(table: Table, row: Row, keys: dict[type[models.Model], dict[Any, int]]) -> models.Model:
    values: dict[str, Any] = {}
    relations: list[str] = []
    for field in table.columns:
        value = row[field.name]
        if field.many_to_many:
            continue
        if field.related_model is not None:
            relations.append(field.name)
            values[field.attname] = None if value is None else _keys_of(field.related_model, keys)[value]
        else:
            values[field.name] = decode_value(field, value)
    instance = table.model(**values)
    instance.clean_fields(exclude=relations)
    return instance


def _keys_of(model: type[models.Model], keys: dict[type[models.Model], dict[Any, int]]) -> dict[Any, int]:
    if model not in keys:
        if model in INNER_MODELS:
            raise LookupError("a row names one of a later table")
        keys[model] = dict(instances_of(model))
    return keys[model]


def _restore_dates(table: Table, rows: list[Row], instances: list[models.Model]) -> None:
    """Give back the dates that the base sets by itself when a row is created."""
    automatic = [
        field
        for field in table.columns
        if isinstance(field, models.DateField) and (field.auto_now or field.auto_now_add)
    ]
    if not automatic:
        return
    for row, instance in zip(rows, instances, strict=True):
        for field in automatic:
            setattr(instance, field.attname, decode_value(field, row[field.name]))
    table.model._base_manager.bulk_update(instances, [field.name for field in automatic], batch_size=200)


def _tie(
    table: Table,
    rows: list[Row],
    instances: list[models.Model],
    keys: dict[type[models.Model], dict[Any, int]],
) -> None:
    for field in table.columns:
        if not field.many_to_many:
            continue
        through = field.remote_field.through
        source, target = field.m2m_field_name(), field.m2m_reverse_field_name()
        targets = _keys_of(field.related_model, keys)
        through._base_manager.bulk_create(
            through(**{f"{source}_id": instance.pk, f"{target}_id": targets[value]})
            for row, instance in zip(rows, instances, strict=True)
            for value in row[field.name]
        )
