"""Shared actions: who proposes, who answers, what each side knows, and a saving counted once."""

import io
from datetime import timedelta

import pytest

from authorities.models import Event, Initiative
from common.errors import DomainError
from roadmap import services
from roadmap.archive.reading import restore_archive
from roadmap.archive.writing import build_archive
from roadmap.documents.content import build_content
from roadmap.documents.presentation import present
from roadmap.enums import PublicationStatus
from roadmap.models import ActionSheet, SheetShare
from roadmap.selectors.objectives import objective_board
from roadmap.selectors.shares import find_partners, linkable_sheets, share_board, shares_of
from roadmap.services import ShareValues
from roadmap.share_texts import elsewhere_sentence, share_line
from tests.factories import make_authority, make_initiative, make_member, make_user
from tests.factories_inventory import make_frozen
from tests.factories_levers import make_catalogue, make_lever
from tests.factories_roadmap import NOW, make_full_sheet, make_roadmap, make_share, make_sheet
from tests.inventory.conftest import factor_files, reference  # noqa: F401 (fixtures of the inventory)

EXTEND = {"type": "extend_lifetime", "categories": ["laptop"], "years": 2}


@pytest.fixture
def town(db):
    """The member town, whose référent answers."""
    return make_authority("Ville d’Exemple", kind="commune", siren="217400001")


@pytest.fixture
def sheet(roadmap) -> ActionSheet:
    return make_full_sheet(roadmap, title="Allonger la vie des portables", context="Nos 310 postes ont quatre ans.")


def received(town) -> SheetShare:
    return SheetShare.objects.get(initiative__authority=town)


def values(**fields) -> ShareValues:
    return ShareValues(**{"host_part": "Achète.", "guest_part": "Forme.", "equipment": "each", **fields})


def propose(sheet, town, **fields) -> SheetShare:
    return services.propose_share(
        sheet=sheet, other_slug=town.slug, values=values(**fields), actor=make_user(), now=NOW
    )


def accept(share, sheet=None) -> ActionSheet:
    return services.accept_share(share=share, sheet=sheet, actor=make_user(), now=NOW)


def end(share, reason="") -> None:
    services.end_share(share=share, reason=reason, actor=make_user(), now=NOW)


# Find -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("query", ["exemple", "VILLE d'Exemple", "217400001", "217 400 001"])
def test_another_authority_is_found_by_name_or_siren(initiative, town, query):
    assert town in find_partners(initiative, query)


@pytest.mark.parametrize("query", ["", "vi", "Pays d’Exemple", "\x00", "21740000", "%", "999999999"])
def test_what_is_too_short_or_oneself_finds_nobody(initiative, town, query):
    assert find_partners(initiative, query) == []


def test_illustration_data_meet_their_like_only(initiative, town):
    make_authority("Ville d’exemple fictive", is_demonstration=True)

    assert find_partners(initiative, "exemple") == [town]


# Propose --------------------------------------------------------------------------------------------------------------
def test_a_proposal_says_nothing_of_people_votes_and_figures(sheet, town, roadmap):
    sheet.steps.update(who="Jeanne Secrète", progress="done")
    sheet.lead_name, sheet.elected_lead, sheet.vote_counts = "Jeanne Secrète", "Paul Secret", {"E": 4}
    sheet.save()

    propose(sheet, town, equipment="host")

    share = received(town)
    assert (share.other_name, share.own_part, share.other_part) == ("Pays d’Exemple", "Forme.", "Achète.")
    assert share.proposal["steps"] == ["Commencer"]
    assert share.proposal["indicators"] == [{"name": "Part", "unit": "%", "direction": "up"}]
    for secret in ("Secr", "310 postes", "Achats", '"E"'):
        assert secret not in str(share.proposal).replace("'", '"')


def test_both_trails_tell_and_name_nobody_of_the_other(sheet, town, authority):
    actor = make_user(full_name="Jeanne Secrète")
    services.propose_share(sheet=sheet, other_slug=town.slug, values=values(), actor=actor, now=NOW)

    own, other = Event.objects.get(authority=authority), Event.objects.get(authority=town)
    assert own.verb == (
        "a proposé à Ville d’Exemple de partager la fiche 1, «\u00a0Allonger la vie des portables\u00a0»"
    )
    assert (own.actor_label, own.actor_user) == ("Jeanne Secrète", actor)
    assert (other.actor_label, other.actor_user) == ("Pays d’Exemple", None)
    assert other.verb == "a proposé de partager l’action «\u00a0Allonger la vie des portables\u00a0»"


@pytest.mark.parametrize("slug", ["inconnue", "pays-dexemple", ""])
def test_an_unknown_authority_or_oneself_is_refused(sheet, town, slug):
    with pytest.raises(DomainError, match="autre que la vôtre"):
        services.propose_share(sheet=sheet, other_slug=slug, values=values(), actor=make_user(), now=NOW)
    assert SheetShare.objects.count() == 0


@pytest.mark.parametrize(
    "fields", [{"host_part": " "}, {"guest_part": ""}, {"guest_part": "a" * 301}, {"equipment": "x"}]
)
def test_unwritten_or_endless_parts_are_refused(sheet, town, fields):
    with pytest.raises(DomainError):
        propose(sheet, town, **fields)
    assert SheetShare.objects.count() == 0


def test_a_sheet_is_proposed_once_to_each(sheet, town):
    propose(sheet, town)
    with pytest.raises(DomainError, match="déjà partagée avec cette collectivité"):
        propose(sheet, town)

    other = make_authority("Autre ville")
    propose(sheet, other)
    assert [view.share.other_name for view in shares_of(sheet)] == ["Autre ville", "Ville d’Exemple"]


def test_the_owner_of_the_equipment_is_the_same_for_all(sheet, town):
    propose(sheet, town, equipment="host")
    with pytest.raises(DomainError, match="autre propriétaire du matériel"):
        propose(sheet, make_authority(), equipment="guest")


def test_a_received_action_is_not_proposed_further(sheet, town):
    propose(sheet, town)
    copy = accept(received(town))
    with pytest.raises(DomainError, match="Cette action vient de Pays d’Exemple"):
        propose(copy, make_authority())


def test_twenty_proposals_wait_at_most(sheet):
    for _ in range(20):
        propose(sheet, make_authority())
    with pytest.raises(DomainError, match="20 propositions attendent"):
        propose(sheet, make_authority())


# Answer ---------------------------------------------------------------------------------------------------------------
def test_accepting_copies_the_proposal_as_it_was_sent(sheet, town):
    propose(sheet, town)
    ActionSheet.objects.filter(pk=sheet.pk).update(title="Autre titre depuis")

    copy = accept(received(town))

    assert copy.roadmap.initiative.authority == town
    assert (copy.number, copy.title, copy.aim) == (1, "Allonger la vie des portables", "Réduire de 10 %.")
    assert (copy.theme, copy.dimension) == (sheet.theme, sheet.dimension)
    assert [step.text for step in copy.steps.all()] == ["Commencer"]
    assert [(row.name, row.unit, row.baseline) for row in copy.indicators.all()] == [("Part", "%", None)]
    assert (copy.context, copy.lead_service, copy.human_days, copy.budget_eur) == ("", None, None, None)
    assert {share.state for share in SheetShare.objects.all()} == {"accepted"}


def test_accepting_may_tie_a_sheet_that_is_there(sheet, town):
    propose(sheet, town)
    own = make_sheet(make_roadmap(town.initiatives.get()), title="Notre action")

    assert accept(received(town), own) == own
    assert ActionSheet.objects.for_authority(town).count() == 1
    assert linkable_sheets(own.roadmap.initiative) == []


def test_the_sheet_tied_is_free_and_ones_own(sheet, town, roadmap):
    propose(sheet, town)
    share = received(town)
    with pytest.raises(DomainError, match="une de vos fiches"):
        accept(share, make_sheet(roadmap))
    shared = make_share(make_sheet(make_roadmap(town.initiatives.get())), make_authority()).sheet
    with pytest.raises(DomainError, match="n’est pas encore partagée"):
        accept(share, shared)


def test_a_lever_that_has_its_sheet_is_tied_rather_than_copied(roadmap, town):
    lever = make_lever(make_catalogue(), "LEV-01")
    propose(make_sheet(roadmap, lever=lever), town)
    own = make_sheet(make_roadmap(town.initiatives.get()), lever=lever)
    with pytest.raises(DomainError, match="Votre fiche 1 vient du même levier"):
        accept(received(town))
    assert accept(received(town), own) == own


def test_only_the_guest_answers_and_once(sheet, town):
    host = propose(sheet, town)
    with pytest.raises(DomainError, match="Cette proposition est la vôtre"):
        accept(host)
    accept(received(town))
    with pytest.raises(DomainError, match="n’attend plus de réponse"):
        accept(received(town))
    with pytest.raises(DomainError, match="n’attend plus de réponse"):
        services.decline_share(share=received(town), reason="Non.", actor=make_user(), now=NOW)


def test_declining_tells_why_and_leaves_the_sheet_free(sheet, town):
    propose(sheet, town)
    with pytest.raises(DomainError, match="Dites en une phrase pourquoi"):
        services.decline_share(share=received(town), reason=" ", actor=make_user(), now=NOW)
    services.decline_share(share=received(town), reason="Pas cette année.", actor=make_user(), now=NOW)

    host = SheetShare.objects.get(sheet=sheet)
    assert (host.state, host.reason) == ("declined", "Pas cette année.")
    assert shares_of(sheet) == ()
    propose(sheet, town)


def test_a_former_demarche_accepts_nothing_any_more(sheet, town, initiative, authority):
    propose(sheet, town)
    initiative.is_current = False
    initiative.save()
    make_initiative(authority, number=2)
    with pytest.raises(DomainError, match="demandez-lui de la proposer de nouveau"):
        accept(received(town))


# What the other shows -------------------------------------------------------------------------------------------------
def test_each_sees_what_the_other_does_as_it_is_now(sheet, town):
    make_share(sheet, town)
    copy = received(town).sheet
    copy.title, copy.status, copy.lead_name = "Chez nous", "ongoing", "Jeanne Secrète"
    copy.start_half = copy.end_half = "2027-S1"
    copy.save()
    copy.steps.update(progress="done", who="Jeanne Secrète")

    (view,) = shares_of(sheet)

    assert (view.other.title, view.other.status_label, view.other.lead) == ("Chez nous", "en cours", "")
    assert "2027" in view.other.span
    assert [(step.text, step.get_progress_display()) for step in view.other.steps] == [("Commencer", "fait")]
    assert not hasattr(view.other, "lead_name")


def test_nothing_is_seen_before_acceptance_nor_after_the_end(sheet, town):
    host = propose(sheet, town)
    assert [view.other for view in shares_of(sheet)] == [None]
    copy = accept(received(town))
    end(host, "Autre priorité.")

    assert shares_of(sheet) == shares_of(copy) == ()
    assert (received(town).state, received(town).reason) == ("withdrawn", "Autre priorité.")
    with pytest.raises(DomainError, match="déjà terminé"):
        end(received(town))


def test_the_guest_leaves_and_keeps_its_sheet(sheet, town):
    propose(sheet, town)
    with pytest.raises(DomainError, match="Acceptez ou refusez d’abord"):
        end(received(town))
    copy = accept(received(town))
    end(received(town))

    assert ActionSheet.objects.filter(pk=copy.pk).exists()
    assert SheetShare.objects.get(sheet=sheet).state == "left"


def test_reads_cost_the_same_whatever_the_steps_and_the_partners(sheet, town, django_assert_num_queries):
    make_share(sheet, town)
    make_share(sheet, make_authority())
    with django_assert_num_queries(3):
        shares_of(sheet)
    received(town).sheet.steps.create(position=2, text="Finir")
    make_share(sheet, make_authority())
    with django_assert_num_queries(3):
        shares_of(sheet)
    with django_assert_num_queries(1):
        share_board(sheet.roadmap.initiative)


# Removal, erasure, archive --------------------------------------------------------------------------------------------
def test_a_removed_sheet_ends_its_shares(sheet, town):
    make_share(sheet, town)
    services.delete_sheet(sheet=sheet, actor=make_user(), now=NOW)

    share = received(town)
    assert (share.state, share.reason, share.sheet.title) == (
        "withdrawn", "La fiche a été retirée.", "Allonger la vie des portables",
    )  # fmt: skip


def test_an_erased_authority_leaves_the_texts_and_its_name(sheet, town, authority):
    make_share(sheet, town)
    authority.delete()

    share = received(town)
    copy = share.sheet
    (view,) = shares_of(copy)
    assert (share.other_name, share.other_part, view.other) == ("Pays d’Exemple", "Prête le matériel.", None)
    assert view.absence_label == "Pays d’Exemple n’a plus d’espace ici\u00a0: vos textes et son nom restent."
    end(share)
    assert received(town).state == "left"


def test_an_archive_holds_its_own_side_and_nothing_of_the_other(sheet, town, authority):
    make_member(authority, "referent")
    host = make_share(sheet, town)
    received(town).sheet.steps.create(position=2, text="Étape que seule la ville connaît")
    content = build_archive(authority=authority, now=NOW)
    assert "seule la ville connaît" not in content.decode("latin-1")
    authority.delete()

    restored = restore_archive(io.BytesIO(content))

    share = SheetShare.objects.get(initiative__authority=restored)
    assert (share.pair, share.side, share.other_name) == (host.pair, "host", "Ville d’Exemple")
    # Both sides are here again: they know each other by the key of their pair.
    (view,) = shares_of(share.sheet)
    assert [step.text for step in view.other.steps] == ["Commencer", "Étape que seule la ville connaît"]


# Saving ---------------------------------------------------------------------------------------------------------------
@pytest.fixture
def two_estates(roadmap, town, referent, reference):  # noqa: F811 (the fixture)
    """An EPCI and a town with the same estate, hence the same saving for the same lever; the sheet of the EPCI."""
    lever = make_lever(make_catalogue(), "LEV-01", simulation=EXTEND)
    for initiative in (roadmap.initiative, town.initiatives.get()):
        make_frozen(initiative, referent)
    sheet = make_sheet(roadmap, lever=lever, start_half="2026-S1", end_half="2026-S2")
    services.refresh_savings(roadmap=roadmap, actor=referent, now=NOW)
    return ActionSheet.objects.get(pk=sheet.pk)


def gains(*initiatives) -> list[float]:
    found = [objective_board(initiative).gain for initiative in initiatives]
    return [gain.saving.central if gain else 0.0 for gain in found]


@pytest.mark.parametrize(("equipment", "counted"), [("host", (1, 0)), ("guest", (0, 1)), ("each", (1, 1))])
def test_the_saving_is_counted_once_by_the_owner(two_estates, town, equipment, counted):
    sheet, guest_initiative = two_estates, town.initiatives.get()
    alone = gains(sheet.roadmap.initiative)[0]
    assert alone > 0

    make_share(sheet, town, equipment=equipment)

    found = gains(sheet.roadmap.initiative, guest_initiative)
    assert found == pytest.approx([alone * share for share in counted])
    own, other = (ActionSheet.objects.get(pk=share.sheet_id) for share in SheetShare.objects.order_by("pk"))
    assert [item.saving_kgco2e is not None for item in (own, other)] == [bool(share) for share in counted]


def test_pages_and_documents_say_who_counts(two_estates, town):
    make_share(two_estates, town, equipment="guest")
    sentence = "Une action partagée n’est pas comptée ici\u00a0: son matériel est à Ville d’Exemple, qui la compte."

    assert sentence in objective_board(two_estates.roadmap.initiative).gain.note
    content = build_content(two_estates.roadmap, on=NOW.date(), now=NOW)
    assert content["inventory"]["counted_elsewhere"] == {"count": 1, "names": ["Ville d’Exemple"]}
    assert content["inventory"]["simulated"] is None
    context = present(content, status=PublicationStatus.DRAFT, created_at=NOW)
    assert context["inventory"]["elsewhere"] == sentence
    assert context["sheets"][0]["shares"] == [
        "Action partagée avec Ville d’Exemple\u00a0: notre part, Prête le matériel\u202f; sa part, Forme ses agents. "
        "Le matériel est à Ville d’Exemple, qui en compte le gain."
    ]


def test_recalculating_keeps_counting_once(two_estates, town, referent):
    make_share(two_estates, town, equipment="guest")
    services.refresh_savings(roadmap=two_estates.roadmap, actor=referent, now=NOW)
    assert ActionSheet.objects.get(pk=two_estates.pk).saving_kgco2e is None


def test_each_counts_again_once_the_share_is_over(two_estates, town):
    before = two_estates.saving_kgco2e
    host = make_share(two_estates, town, equipment="guest")
    end(host)

    assert ActionSheet.objects.get(pk=two_estates.pk).saving_kgco2e == before
    assert gains(two_estates.roadmap.initiative, town.initiatives.get()) == pytest.approx([float(before) / 1000] * 2)


def test_a_proposal_changes_nothing_before_the_answer(two_estates, town):
    before = gains(two_estates.roadmap.initiative)
    propose(two_estates, town, equipment="guest")
    assert gains(two_estates.roadmap.initiative) == before


def test_settling_stops_nobody_who_writes_the_sheet(two_estates, town):
    make_share(two_estates, town, equipment="guest")
    assert ActionSheet.objects.get(pk=two_estates.pk).version == two_estates.version


@pytest.mark.parametrize(
    ("count", "names", "text"),
    [
        (0, [], ""),
        (1, ["A"], "Une action partagée n’est pas comptée ici\u00a0: son matériel est à A, qui la compte."),
        (2, ["A"], "2\u00a0actions partagées ne sont pas comptées ici\u00a0: leur matériel est à A, qui les compte."),
        (
            3,
            ["A", "B"],
            "3\u00a0actions partagées ne sont pas comptées ici\u00a0: leur matériel est à A et B, qui les comptent.",
        ),
    ],
)
def test_the_sentence_counts(count, names, text):
    assert elsewhere_sentence(count, names) == text


def test_the_line_of_a_document_says_each_part_once():
    assert share_line("l’EPCI X", "Achète. ", "Forme.", "each") == (
        "Action partagée avec l’EPCI X\u00a0: notre part, Achète\u202f; sa part, Forme. "
        "Chacune compte le gain de son propre matériel."
    )


def test_dates_of_a_share_are_those_of_the_gestures(sheet, town):
    propose(sheet, town)
    later = NOW + timedelta(days=2)
    services.accept_share(share=received(town), sheet=None, actor=make_user(), now=later)
    assert {(share.proposed_at, share.answered_at, share.ended_at) for share in SheetShare.objects.all()} == {
        (NOW, later, None)
    }


# Mail -----------------------------------------------------------------------------------------------------------------
def test_each_side_is_written_to_about_what_the_other_did(roadmap, town, mailoutbox):
    people = [make_member(authority, "referent") for authority in (town, roadmap.initiative.authority)]
    sheet = make_sheet(roadmap, title="Réemployer les postes")

    propose(sheet, town)
    services.decline_share(share=received(town), reason="Pas cette année.", actor=make_user(), now=NOW)

    proposal, answer = mailoutbox
    assert [proposal.to, answer.to] == [[person.email] for person in people]
    assert proposal.subject == "Pays d’Exemple a proposé de partager l’action «\u00a0Réemployer les postes\u00a0»"
    assert "Sa part : Achète." in proposal.body and "La vôtre : Forme." in proposal.body
    assert f"/collectivites/{town.slug}/feuille-de-route/partages/{received(town).pk}/" in proposal.body
    assert "Ville d’Exemple a refusé de partager" in answer.subject
    assert "Pas cette année." in answer.body


def test_a_finished_demarche_is_not_written_to(roadmap, town, mailoutbox):
    make_member(roadmap.initiative.authority, "referent")
    propose(make_sheet(roadmap), town)
    Initiative.objects.filter(pk=roadmap.initiative_id).update(is_current=False)

    services.decline_share(share=received(town), reason="Non.", actor=make_user(), now=NOW)

    assert mailoutbox == []
