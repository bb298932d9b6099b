"""The erasure of a person, then of an authority, in a base that is full."""

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.enums import MailReason
from accounts.models import MailPreference, OutboxMessage, User
from authorities.enums import Role
from authorities.models import Authority
from diagnostics.models import Evidence, Rating
from levers.models import Ballot, Vote
from levers.selectors.results import tally_of
from roadmap.models import CouncilResolution, RoadmapVersion
from roadmap.services import authority_erasure, erase_due_authorities, erase_person
from tests.factories import PARIS_NOON
from tests.roadmap.test_authority_erasure import (
    DAY,
    NOW,
    commits_at_once,  # noqa: F401 (used by every test)
    count_all,
    leave_a_row_in_each_private_table,
    plan,
    rows_of,
)


@pytest.mark.parametrize("name", ["Thonon Agglomération", "Saumur Val de Loire"])
def test_no_row_and_no_file_remains_and_the_receipt_counts_them(demonstrated, db, settings, tmp_path, name):
    folder = tmp_path / "documents"
    for model in (RoadmapVersion, CouncilResolution):
        for file_name in model.objects.values_list("pdf", flat=True):
            (folder / file_name).parent.mkdir(parents=True, exist_ok=True)
            (folder / file_name).write_bytes(b"%PDF")
    settings.MEDIA_ROOT = folder
    authority = Authority.objects.get(name=name)
    other = Authority.objects.exclude(pk=authority.pk).first()
    referent = next(item.user for item in authority.memberships.all() if Role.REFERENT in item.role_set)
    leave_a_row_in_each_private_table(authority, referent)
    erasure = plan(authority, referent)
    owned, kept = rows_of(authority.pk), rows_of(other.pk)
    messages = set(OutboxMessage.objects.filter(of_authorities__authority=authority).values_list("pk", flat=True))
    files = [v.pdf.name for v in RoadmapVersion.objects.filter(roadmap__initiative__authority=authority)]
    files += [item.file.name for item in Evidence.objects.filter(diagnosis__initiative__authority=authority)]
    assert all(default_storage.exists(name) for name in files)
    users, before = set(User.objects.all()), count_all()
    assert erase_due_authorities(now=NOW + 31 * DAY) == (1, 0)
    for label, pks in owned.items():
        assert not apps.get_model(label)._base_manager.filter(pk__in=pks).exists(), label
    assert not OutboxMessage.objects.filter(pk__in=messages).exists()
    assert not any(default_storage.exists(name) for name in files)
    assert not MailPreference.objects.filter(email="seule@exemple.fr").exists()
    assert rows_of(other.pk) == kept and set(User.objects.all()) == users
    erasure.refresh_from_db()
    after = count_all()
    lost = {label: before[label] - after[label] for label in before}
    # The receipts that leave are new messages.
    lost["accounts.OutboxMessage"] += OutboxMessage.objects.filter(reason=MailReason.ERASURE).count()
    expected: dict[str, int] = {}
    for label, count in lost.items():
        if count:
            title = authority_erasure.table_name(apps.get_model(label))
            expected[title] = expected.get(title, 0) + count
    assert erasure.counts == expected and erasure.total == sum(lost.values())
    assert erasure.total > 100


def test_answers_and_results_of_the_demonstration_do_not_change(demonstrated, db):
    authority = Authority.objects.get(name="Thonon Agglomération")
    ballot = Ballot.objects.filter(initiative__authority=authority).order_by("-pk").first()
    voter = Vote.objects.filter(ballot=ballot).first().participant
    referent = next(
        membership.user for membership in authority.memberships.all() if Role.REFERENT in membership.role_set
    )
    votes = list(Vote.objects.order_by("pk").values_list("participant", "lever", "grade", "reason"))
    ratings = list(Rating.objects.order_by("pk").values_list("participant", "question", "level", "comment"))
    counted = tally_of(ballot, timezone.now())
    erase_person(participant=voter, actor=referent, now=PARIS_NOON)
    assert list(Vote.objects.order_by("pk").values_list("participant", "lever", "grade", "reason")) == votes
    assert list(Rating.objects.order_by("pk").values_list("participant", "question", "level", "comment")) == ratings
    assert tally_of(ballot, timezone.now()) == counted
