"""`migrate` makes the table of the shared cache: the limits on trials and on kept texts are counted in it."""

import pytest
from django.core.cache import cache
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection


@pytest.mark.django_db
def test_the_end_of_a_migration_makes_the_table():
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE jalons_cache")
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert "jalons_cache" in connection.introspection.table_names()
    cache.set("essai", 1, 60)
    assert cache.get("essai") == 1
