"""Families of types and models: the rules of the data, then what an authority said."""

import pytest

from inventory.devices.families import Fate, classify, group_key
from inventory.devices.tally import Group
from inventory.devices.vocabulary import vocabulary

RULES = vocabulary().rules
KNOWN = frozenset(rule.family for rule in RULES if rule.family)


def sort(kind: str, model: str = "", chassis: str = "", **fields):
    arguments = {"names": {}, "learned": {}, "rules": RULES, "known": KNOWN} | fields
    return classify(Group(kind, model, chassis), **arguments)


@pytest.mark.parametrize(
    ("kind", "model", "family"),
    [
        ("Portable", "Latitude 5420", "laptop"),
        ("Notebook", "", "laptop"),
        ("", "HP EliteBook 840 G8", "laptop"),
        ("Ordinateur", "ThinkPad T14", "laptop"),
        ("Computer", "20XW004AFR", "desktop"),
        ("Desktop", "OptiPlex 7080", "desktop"),
        ("Mini Tower", "ThinkCentre M720t", "desktop"),
        ("Low Profile Desktop", "", "desktop"),
        ("All in One", "EliteOne 800", "all_in_one"),
        ("Tower", "Precision T3600", "workstation"),
        ("Client léger", "Wyse 5070", "thin_client"),
        ("Écran", "P2419H", "monitor_24"),
        ("Monitor", "Dell U2722D", "monitor_27"),
        ("LCD", "E2216H", "monitor_22"),
        ("Moniteur", "ProLite XUB2492HSU", "monitor_24"),
        ("Moniteur", "ProLite B2791HSU", "monitor_27"),
        ("Moniteur", "HP E24 G4", "monitor_24"),
        ("Moniteur", "Philips 243V7", "monitor_24"),
        ("Moniteur", "U3421WE", "monitor_32"),
        ("Moniteur", "inconnu", "monitor_24"),
        ("Smartphone", "Galaxy A52s", "smartphone"),
        ("", "iPhone SE", "smartphone"),
        ("Téléphone", "Galaxy XCover 5", "smartphone"),
        ("Téléphone IP", "8028s", "ip_phone"),
        ("Tablette", "iPad 9", "tablet"),
        ("Imprimante laser", "HL-L2350DW", "printer"),
        ("Imprimante", "MFC-L2710DW", "printer_mfp"),
        ("Multifonction", "IM C3000", "printer_mfp"),
        ("Copieur", "bizhub C258", "printer_mfp"),
        ("Switch", "2930F-48G", "switch"),
        ("Networking", "Aruba AP-515", "wifi_access_point"),
        ("Borne Wi-Fi", "", "wifi_access_point"),
        ("Pare-feu", "FortiGate 60F", "firewall"),
        ("Serveur", "PowerEdge R640", "server_rack"),
        ("Rack Mount Chassis", "ProLiant DL380 Gen10", "server_rack"),
        ("Serveur", "PowerEdge T340", "server_tower_small"),
        ("NAS", "Synology RS1221+", "nas"),
        ("Onduleur", "Smart-UPS 1500", "ups"),
        ("Vidéoprojecteur", "EB-W49", "video_projector"),
        ("Écran interactif", "SpeechiTouch 75", "interactive_display"),
        ("Station d’accueil", "WD19S", "docking_station"),
        ("Caméra", "Axis P3245", "ip_camera"),
    ],
)
def test_rules(kind, model, family):
    found = sort(kind, model)
    assert (found.fate, found.family) == (Fate.COUNTED, family)


@pytest.mark.parametrize(
    ("kind", "model"),
    [("Souris", "M100"), ("Clavier", ""), ("VMware", "VMware7,1"), ("Serveur", "VMware Virtual Platform")],
)
def test_out_of_the_perimeter(kind, model):
    assert sort(kind, model).fate is Fate.OUT


@pytest.mark.parametrize(("kind", "model"), [("", ""), ("Appareil métier", "ZX-12"), ("Divers", "Borne 7")])
def test_unknown(kind, model):
    assert sort(kind, model).fate is Fate.UNKNOWN


def test_chassis_helps():
    assert sort("", "20XW004AFR", "Notebook").family == "laptop"


def test_name_of_a_family_is_itself():
    found = sort("Ordinateurs portables", names={"ordinateur portable": "desktop"})
    assert found.family == "desktop"


def test_what_an_authority_said_comes_first_and_the_model_before_the_type():
    learned = {("portable", ""): "tablet", ("portable", "latitude 5420"): None}
    assert sort("Portable", "Latitude 5420", learned=learned).fate is Fate.OUT
    other = sort("PORTABLE", "Autre", learned=learned)
    assert (other.family, other.is_learned) == ("tablet", True)


def test_a_family_that_is_not_offered_is_not_given():
    assert sort("Portable", known=frozenset({"desktop"})).fate is Fate.UNKNOWN


def test_key_of_a_group_ignores_case_and_accents():
    assert group_key(Group("Écran", "P2419-H", "")) == ("ecran", "p2419 h")
