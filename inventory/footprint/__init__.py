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
    resolve_lines,
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
    "MixFactor",
    "Range",
    "Sensitivity",
    "Trace",
    "compute_footprint",
    "evaluate",
    "factor_bounds",
    "rank_uncertainties",
    "resolve_lines",
    "summarise",
    "trace_line",
]
