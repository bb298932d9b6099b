"""Tasks of the roadmap application, run by the worker (`manage.py db_worker`)."""

from django_tasks import task

from roadmap import services


@task()
def make_dossier(order_pk: int) -> None:
    """Make the missing documents of a dossier."""
    services.carry_out(order_pk)
