"""Footprint of an estate of equipment: pure functions, dataclasses in and out.

Formulas: `docs/calculs.md`. Source: ADEME, Référentiel par catégorie de produit « systèmes d'information », Nov. 2024;
NumEcoEval, way of computing.
"""

from inventory.footprint.compute import (
    CategoryFootprint,
    Coverage,
    CriterionFootprint,
    Footprint,
    compute_footprint,
    evaluate,
    summarise,
)
from inventory.footprint.explain import Sensitivity, Trace, rank_uncertainties, trace_line
from inventory.footprint.factors import (
    CRITERIA,
    DEFAULT_PUE,
    DEFAULT_ZONE,
    EMBODIED,
    STEPS,
    CategoryDefaults,
    Factor,
    FactorTable,
    MixFactor,
    Range,
    factor_bounds,
)
from inventory.footprint.lines import (
    OBSERVED,
    QUANTITY_ERROR,
    REFERENCE,
    Estate,
    FootprintLine,
    LineColumns,
    columns_of,
    family_of,
    resolve_columns,
    resolve_lines,
)
from inventory.footprint.sharing import (
    VirtualMachine,
    check_hosts,
    data_impact,
    home_boxes,
    host_shares,
    machines_on_hosts,
    split_host,
)

__all__ = [
    "CRITERIA",
    "DEFAULT_PUE",
    "DEFAULT_ZONE",
    "EMBODIED",
    "OBSERVED",
    "QUANTITY_ERROR",
    "REFERENCE",
    "STEPS",
    "CategoryDefaults",
    "CategoryFootprint",
    "Coverage",
    "CriterionFootprint",
    "Estate",
    "Factor",
    "FactorTable",
    "Footprint",
    "FootprintLine",
    "LineColumns",
    "MixFactor",
    "Range",
    "Sensitivity",
    "Trace",
    "VirtualMachine",
    "check_hosts",
    "columns_of",
    "compute_footprint",
    "data_impact",
    "evaluate",
    "factor_bounds",
    "family_of",
    "home_boxes",
    "host_shares",
    "machines_on_hosts",
    "rank_uncertainties",
    "resolve_columns",
    "resolve_lines",
    "split_host",
    "summarise",
    "trace_line",
]
