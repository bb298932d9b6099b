import gzip
import shutil
from pathlib import Path

import pytest
from django.conf import settings

TERRITORIES = """code,siren,kind,nature,name,department,population,population_total
74281,217402817,commune,commune,Thonon-les-Bains,74,37928,38692
200067551,200067551,epci_fp,communauté d’agglomération,Thonon Agglomération,74,94873,97077
69123,216901231,commune,commune,Lyon,69,519127,527800
200046977,200046977,epci_fp,"métropole de Lyon, collectivité à statut particulier",Métropole de Lyon,69,1433613,1449118
42218,214202186,commune,commune,Saint-Étienne,42,172718,
94038,219400389,commune,commune,L'Haÿ-les-Roses,94,31000,31500
59327,215903279,commune,commune,Lens-Lestang,59,900,
62498,216204982,commune,commune,Lens,62,32000,32500
242900801,242900801,epci_fp,agglomération,Communauté d’agglomération du Pays de Landerneau-Daoulas,29,49868,51264
29151,212901516,commune,commune,Morlaix,29,15194,15699
242900835,242900835,epci_fp,communauté d’agglomération,Morlaix Communauté,29,65507,67515
29207,212902076,commune,commune,Plourin-lès-Morlaix,29,4548,
98411,,commune,commune,Îles Saint-Paul et Nouvelle-Amsterdam,984,,
"""


@pytest.fixture
def reference_folder(tmp_path) -> Path:
    """A copy of the reference files, with a short list of territories, that a test may break."""
    for path in (settings.BASE_DIR / "fixtures").glob("*.yaml"):
        shutil.copy(path, tmp_path)
    (tmp_path / "territories.csv.gz").write_bytes(gzip.compress(TERRITORIES.encode()))
    return tmp_path
