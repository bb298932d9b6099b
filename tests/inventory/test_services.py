"""Lots: opening, filling, freezing, copying; who wins when two people save."""

from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from authorities.models import Event
from common.errors import DomainError
from common.versioning import StaleVersionError
from inventory.models import (
    EquipmentCategory,
    FactorSet,
    Inventory,
    InventoryFigure,
    InventoryImport,
    InventoryLine,
)
from inventory.selectors import inventory_footprint, read_data
from inventory.services import (
    add_category,
    confirm_import,
    create_inventory,
    discard_import,
    freeze_inventory,
    page_version,
    prepare_import,
    save_figures,
    save_lines,
)
from tests import factories
from tests.factories import PARIS_NOON
from tests.factories_inventory import fill, fill_figures, make_example, make_frozen, make_import, make_inventory


def stored(lot: Inventory, code: str) -> InventoryLine:
    return InventoryLine.objects.get(inventory=lot, category__code=code)


def save(lot: Inventory, code: str, *, version: int, actor=None, **fields) -> int:
    return save_lines(inventory=lot, values={code: fields}, expected_version=version, actor=actor, now=PARIS_NOON)


# Opening ------------------------------------------------------------------------------------------------------------


def test_create_prepares_the_families_and_the_figures(reference, initiative, referent):
    lot = make_inventory(initiative, actor=referent)
    assert (lot.number, lot.state, lot.dated_on) == (1, "draft", date(2026, 3, 1))
    assert lot.lines.count() == 22
    assert lot.figures.count() == 19
    # Nothing is known: nothing is zero.
    assert not lot.lines.filter(quantity__isnull=False).exists()
    event = Event.objects.get()
    assert (event.verb, event.actor_user, event.initiative) == ("a ouvert l’inventaire (lot 1)", referent, initiative)


def test_light_track_is_shorter(reference, initiative):
    initiative.track = "light"
    initiative.save()
    lot = make_inventory(initiative)
    assert sorted(lot.lines.values_list("category__code", flat=True)) == [
        "desktop",
        "iot_smart_device",
        "laptop",
        "monitor_24",
        "printer_mfp",
        "server_tower_small",
        "smartphone",
        "tablet",
    ]
    assert lot.figures.count() == 7


def test_one_lot_in_preparation_at_a_time(lot, initiative):
    with pytest.raises(DomainError, match="déjà en préparation"):
        make_inventory(initiative)
    with pytest.raises(IntegrityError), transaction.atomic():
        Inventory.objects.create(initiative=initiative, number=2, dated_on=date(2026, 3, 1))


def test_create_needs_the_reference_data(initiative):
    with pytest.raises(DomainError, match="load_reference"):
        make_inventory(initiative)


def test_copy_keeps_the_figures_and_leaves_the_source(reference, initiative, referent):
    source = make_example(initiative)
    fill(source, laptop={"lifetime_years": 5.5, "source": "Console", "use_share_percent": 85})
    fill_figures(source, agents_equipped=120)
    freeze_inventory(
        inventory=source, dated_on=date(2026, 3, 1), expected_version=source.version, actor=referent, now=PARIS_NOON
    )
    copy = make_inventory(initiative, copied_from=source)
    assert (copy.number, copy.state) == (2, "draft")
    line = stored(copy, "laptop")
    assert (line.quantity, line.lifetime_years, line.source, line.use_share_percent) == (
        100,
        Decimal("5.5"),
        "Console",
        85,
    )
    assert copy.figures.get(kind__code="agents_equipped").value == 120
    fill(copy, laptop={"quantity": 7})
    assert stored(source, "laptop").quantity == 100


def test_copy_of_another_authority_is_refused(reference, initiative):
    other = factories.make_authority(name="Pays voisin").initiatives.get()
    foreign = make_example(other)
    with pytest.raises(DomainError, match="n’appartient pas"):
        create_inventory(
            initiative=initiative, dated_on=date(2026, 3, 1), actor=None, now=PARIS_NOON, copied_from=foreign
        )
    assert not Inventory.objects.filter(initiative=initiative).exists()


def test_add_category(lot):
    workstation = EquipmentCategory.objects.get(code="workstation")
    version = lot.version
    add_category(inventory=lot, category=workstation, actor=None, now=PARIS_NOON)
    add_category(inventory=lot, category=workstation, actor=None, now=PARIS_NOON)
    assert lot.lines.filter(category=workstation).count() == 1
    lot.refresh_from_db()
    assert lot.version == version + 1


def test_category_out_of_the_perimeter_is_refused(lot):
    category = EquipmentCategory.objects.get(code="workstation")
    category.is_offered = False
    category.save()
    with pytest.raises(DomainError, match="hors du périmètre"):
        add_category(inventory=lot, category=category, actor=None, now=PARIS_NOON)


# Filling ------------------------------------------------------------------------------------------------------------


def test_save_writes_only_what_differs(lot):
    before = stored(lot, "desktop").version
    version = page_version({code: stored(lot, code) for code in ("laptop", "desktop")})
    new_version = save_lines(
        inventory=lot,
        values={"laptop": {"quantity": 12, "source": "Factures"}, "desktop": {"quantity": None}},
        expected_version=version,
        actor=None,
        now=PARIS_NOON,
    )
    laptop = stored(lot, "laptop")
    assert (laptop.quantity, laptop.source, laptop.version) == (12, "Factures", 2)
    assert stored(lot, "desktop").version == before
    assert new_version == version + 1


def test_saving_nothing_new_changes_no_version(lot):
    fill(lot, laptop={"quantity": 12})
    lot_version, line_version = lot.version, stored(lot, "laptop").version
    fill(lot, laptop={"quantity": 12})
    assert (lot.version, stored(lot, "laptop").version) == (lot_version, line_version)


def test_stale_save_is_refused_and_tells_what_is_stored(lot):
    version = stored(lot, "laptop").version
    save(lot, "laptop", version=version, quantity=12)
    with pytest.raises(StaleVersionError) as caught:
        save(lot, "laptop", version=version, quantity=99)
    assert stored(lot, "laptop").quantity == 12
    assert caught.value.current.values == {"laptop": {"quantity": 12}}
    assert caught.value.current.version == version + 1


def test_two_people_on_two_families_do_not_meet(lot):
    save(lot, "laptop", version=stored(lot, "laptop").version, quantity=12)
    save(lot, "desktop", version=stored(lot, "desktop").version, quantity=8)
    assert (stored(lot, "laptop").quantity, stored(lot, "desktop").quantity) == (12, 8)


def test_family_that_the_lot_has_not_got_is_refused(lot):
    with pytest.raises(DomainError, match="rechargez la page"):
        save(lot, "workstation", version=0, quantity=3)


def test_line_of_another_lot_is_out_of_reach(reference, initiative):
    """The lines are found through the lot: a hostile code cannot reach the lines of another authority."""
    other = make_example(factories.make_authority(name="Pays voisin").initiatives.get())
    mine = make_inventory(initiative)
    fill(mine, laptop={"quantity": 1})
    assert stored(other, "laptop").quantity == 100


def test_figures_are_saved_with_their_version(lot):
    fill_figures(lot, agents_equipped=420, room_pue=1.35)
    figure = InventoryFigure.objects.get(inventory=lot, kind__code="room_pue")
    assert (figure.value, figure.confidence, figure.version) == (Decimal("1.35"), "measured", 2)
    values = {"room_pue": {"value": Decimal(2)}}
    with pytest.raises(StaleVersionError):
        save_figures(inventory=lot, values=values, expected_version=1, actor=None, now=PARIS_NOON)


def test_figure_that_the_lot_had_not_got_is_created(lot):
    InventoryFigure.objects.filter(kind__code="sites").delete()
    values = {"sites": {"value": Decimal(4), "confidence": "estimated", "source": ""}}
    assert save_figures(inventory=lot, values=values, expected_version=0, actor=None, now=PARIS_NOON) == 1
    assert InventoryFigure.objects.get(inventory=lot, kind__code="sites").value == 4


def test_unknown_figure_is_refused(lot):
    with pytest.raises(DomainError, match="rechargez la page"):
        save_figures(inventory=lot, values={"moon": {"value": 1}}, expected_version=0, actor=None, now=PARIS_NOON)


def test_repeated_saves_are_one_line_of_the_trail(lot, referent, initiative):
    other = factories.make_participant(initiative, roles=("contributor",))
    for quantity in (1, 2, 3):
        save(lot, "laptop", version=stored(lot, "laptop").version, actor=referent, quantity=quantity)
    save(lot, "laptop", version=stored(lot, "laptop").version, actor=other, quantity=4)
    verbs = list(Event.objects.filter(verb__startswith="a complété").values_list("actor_label", flat=True))
    assert sorted(verbs) == sorted([str(referent), str(other)])
    later = PARIS_NOON + timedelta(hours=2)
    version = stored(lot, "laptop").version
    save_lines(inventory=lot, values={"laptop": {"quantity": 5}}, expected_version=version, actor=referent, now=later)
    assert Event.objects.filter(verb__startswith="a complété").count() == 3


# Freezing -----------------------------------------------------------------------------------------------------------


def freeze(lot: Inventory, actor, *, version: int | None = None, dated_on: date = date(2026, 3, 1)) -> Inventory:
    return freeze_inventory(
        inventory=lot,
        dated_on=dated_on,
        expected_version=lot.version if version is None else version,
        actor=actor,
        now=PARIS_NOON,
    )


def test_freeze_keeps_the_factors_the_parameters_and_the_result(example_lot, referent):
    frozen = freeze(example_lot, referent, dated_on=date(2026, 2, 20))
    frozen.refresh_from_db()
    assert (frozen.state, frozen.dated_on, frozen.frozen_at) == ("frozen", date(2026, 2, 20), PARIS_NOON)
    assert (frozen.frozen_by, frozen.factor_set) == (referent, FactorSet.objects.get())
    assert round(frozen.result["reference"]["criteria"]["GWP"]["total"]["central"]) == 10441
    assert frozen.result["factor_set"]["content_hash"] == FactorSet.objects.get().content_hash
    laptop = next(line for line in frozen.result["lines"] if line["category"] == "laptop")
    assert (laptop["quantity"], laptop["confidence"], laptop["zone"]) == (100, "measured", "FRA")
    assert Event.objects.filter(verb="a figé l’inventaire (lot 1)", actor_user=referent).count() == 1


def test_frozen_figures_are_reproducible(example_lot, referent):
    """Recomputed from the stored parameters and factors, to the last bit, even after the reference names change."""
    frozen = freeze(example_lot, referent)
    EquipmentCategory.objects.filter(code="server_rack").update(room="")
    frozen.refresh_from_db()
    kept = frozen.result["reference"]["criteria"]["GWP"]
    again = asdict(inventory_footprint(frozen))["criteria"]["GWP"]
    assert again["total"] == kept["total"]
    assert again["by_category"] == kept["by_category"]


def test_frozen_lot_is_never_edited(example_lot, referent):
    frozen = freeze(example_lot, referent)
    with pytest.raises(DomainError, match="Ce lot est figé"):
        save(frozen, "laptop", version=stored(frozen, "laptop").version, quantity=1)
    with pytest.raises(DomainError, match="Ce lot est figé"):
        save_figures(inventory=frozen, values={}, expected_version=0, actor=None, now=PARIS_NOON)
    with pytest.raises(DomainError, match="Ce lot est figé"):
        freeze(frozen, referent)
    with pytest.raises(DomainError, match="Ce lot est figé"):
        confirm_import(waiting=make_import(frozen), actor=None, now=PARIS_NOON)
    workstation = EquipmentCategory.objects.get(code="workstation")
    with pytest.raises(DomainError, match="Ce lot est figé"):
        add_category(inventory=frozen, category=workstation, actor=None, now=PARIS_NOON)
    assert stored(frozen, "laptop").quantity == 100


def test_freeze_needs_a_quantity_and_a_past_date(lot, referent):
    with pytest.raises(DomainError, match="au moins une famille"):
        freeze(lot, referent)
    fill(lot, laptop={"quantity": 3})
    with pytest.raises(DomainError, match="à venir"):
        freeze(lot, referent, dated_on=date(2026, 3, 11))
    lot.refresh_from_db()
    assert lot.state == "draft"


def test_freeze_refuses_a_lot_that_changed_since_it_was_read(example_lot, referent):
    version = example_lot.version
    fill(example_lot, laptop={"quantity": 101})
    with pytest.raises(StaleVersionError):
        freeze(example_lot, referent, version=version)
    example_lot.refresh_from_db()
    assert example_lot.state == "draft"


def test_base_refuses_a_frozen_lot_without_its_result(lot):
    with pytest.raises(IntegrityError), transaction.atomic():
        Inventory.objects.filter(pk=lot.pk).update(state="frozen")


# Spreadsheet --------------------------------------------------------------------------------------------------------


def test_prepare_writes_nothing_of_the_inventory(lot, referent):
    version = lot.version
    prepare_import(
        inventory=lot,
        file_name="parc.xlsx",
        changes={"lines": {"laptop": {"quantity": 9}}},
        report={},
        actor=referent,
        now=PARIS_NOON,
    )
    lot.refresh_from_db()
    assert (lot.version, stored(lot, "laptop").quantity) == (version, None)


def test_what_waits_does_not_stay_for_ever(lot, referent):
    old = make_import(lot, created_at=PARIS_NOON - timedelta(days=2))
    mine = make_import(lot, created_by=referent)
    theirs = make_import(lot)
    fresh = prepare_import(inventory=lot, file_name="x" * 400, changes={}, report={}, actor=referent, now=PARIS_NOON)
    assert set(InventoryImport.objects.all()) == {theirs, fresh}
    assert len(fresh.file_name) == 150
    assert {old.pk, mine.pk} & set(InventoryImport.objects.values_list("pk", flat=True)) == set()


def test_confirm_writes_once(lot, referent):
    changes = {
        "lines": {
            "laptop": {"quantity": 12, "lifetime_years": "5.5", "confidence": "measured"},
            "workstation": {"quantity": 2},
        },
        "figures": {"agents_equipped": {"value": "120", "confidence": "estimated"}},
    }
    waiting = make_import(lot, changes=changes)
    assert confirm_import(waiting=waiting, actor=referent, now=PARIS_NOON) == 3
    laptop = stored(lot, "laptop")
    assert (laptop.quantity, laptop.lifetime_years, laptop.confidence) == (12, Decimal("5.5"), "measured")
    assert stored(lot, "workstation").quantity == 2
    assert lot.figures.get(kind__code="agents_equipped").value == 120
    waiting.refresh_from_db()
    assert (waiting.state, waiting.changes, waiting.report) == ("applied", {}, {})
    assert Event.objects.filter(actor_user=referent, verb__startswith="a importé un tableur").count() == 1
    with pytest.raises(DomainError, match="déjà été confirmé"):
        confirm_import(waiting=waiting, actor=referent, now=PARIS_NOON)


def test_confirm_refuses_a_lot_that_changed(lot):
    waiting = make_import(lot)
    fill(lot, desktop={"quantity": 4})
    with pytest.raises(StaleVersionError):
        confirm_import(waiting=waiting, actor=None, now=PARIS_NOON)
    assert stored(lot, "laptop").quantity is None


def test_confirm_refuses_what_waited_too_long(lot):
    waiting = make_import(lot)
    with pytest.raises(DomainError, match="plus d’un jour"):
        confirm_import(waiting=waiting, actor=None, now=PARIS_NOON + timedelta(days=1, minutes=1))


def test_discard(lot):
    discard_import(waiting=make_import(lot))
    assert not InventoryImport.objects.exists()


def test_freezing_forgets_the_previews(example_lot, referent):
    make_import(example_lot)
    freeze(example_lot, referent)
    assert not InventoryImport.objects.exists()


def test_frozen_observed_result_is_kept_too(example_lot, referent):
    fill(example_lot, laptop={"observed_lifetime_years": 7.0})
    frozen = freeze(example_lot, referent)
    assert frozen.result["observed"]["criteria"]["GWP"]["total"]["central"] == pytest.approx(9383.1, abs=0.1)
    assert read_data(frozen).engine_lines == read_data(make_copy(frozen)).engine_lines


def make_copy(frozen: Inventory) -> Inventory:
    return make_inventory(frozen.initiative, copied_from=frozen)


def test_make_frozen_is_frozen(reference, initiative, referent):
    assert make_frozen(initiative, referent).is_frozen
