"""The list of what is measured. It imports nothing of the site: the parent process must stay small, because a child
process inherits the peak memory of the one that starts it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One thing to measure. `target` is « module:function »: called in the child, it returns the action to time.

    `runs` are timed in each of `processes` child processes, after one that is not. `reference` names the case that
    `ratio` compares with; the processes of both alternate, so that they meet the same conditions. `is_speedup`: the
    ratio is that of the reference over the case, how many times faster it is. `environment`: name of a list of
    requirements of this folder, for a package that the site does not use; it is installed in a virtual environment
    under `var/`, and the case is left out, with a word, where it cannot be.
    """

    name: str
    target: str
    what: str
    runs: int
    processes: int = 1
    reference: str = ""
    needs_base: bool = False
    is_speedup: bool = False
    environment: str = ""


_CASES = (
    Case(
        "territory_search",
        "bench.site:prepare_territory_search",
        "one search in the national list (36 000 communes and EPCI)",
        runs=60,
        needs_base=True,
    ),
    Case(
        "dashboard",
        "bench.site:prepare_dashboard",
        "dashboard of the demonstration, request to response",
        runs=25,
        needs_base=True,
    ),
    Case(
        "roadmap_pdf",
        "bench.documents:prepare_roadmap_pdf",
        "PDF of the demonstration, from its snapshot (ratio: over weasyprint_alone)",
        runs=2,
        processes=3,
        reference="weasyprint_alone",
        needs_base=True,
    ),
    Case(
        "weasyprint_alone",
        "bench.documents:prepare_weasyprint_alone",
        "WeasyPrint alone on the same HTML",
        runs=2,
        processes=3,
        needs_base=True,
    ),
    Case(
        "weasyprint_tagged",
        "bench.documents:prepare_weasyprint_tagged",
        "WeasyPrint alone, asked for PDF/A-3a: what its tags cost (ratio: over weasyprint_alone)",
        runs=2,
        processes=3,
        reference="weasyprint_alone",
        needs_base=True,
    ),
    Case(
        "dossier_changed_sheet",
        "bench.documents:prepare_changed_sheet",
        "what one changed sheet costs besides the whole PDF: its own page and the summary",
        runs=3,
        needs_base=True,
    ),
    Case(
        "dossier_second_download",
        "bench.documents:prepare_second_download",
        "download of a document that is ready, request to response",
        runs=40,
        needs_base=True,
    ),
    Case(
        "hostile_zip_bomb",
        "bench.spreadsheets:prepare_zip_bomb",
        "refusal of a spreadsheet of 1 GB once unpacked",
        runs=5,
    ),
    Case(
        "hostile_far_cell",
        "bench.spreadsheets:prepare_far_cell",
        "refusal of a spreadsheet with a cell in the last corner",
        runs=5,
    ),
    Case(
        "hostile_formulas",
        "bench.spreadsheets:prepare_formulas",
        "reading of 200 000 formulas in 5 000 rows, all refused",
        runs=5,
    ),
    Case(
        "glpi_import_100k",
        "bench.devices:prepare_import",
        "csv export of 100 000 devices: read, classified, counted, compared with a lot",
        runs=5,
        needs_base=True,
    ),
    Case(
        "glpi_import_100k_xlsx",
        "bench.devices:prepare_import_xlsx",
        "the same export as a spreadsheet",
        runs=5,
        needs_base=True,
    ),
    Case(
        "footprint_1000_lines",
        "bench.footprint:prepare_1000",
        "footprint of 1 000 lines of inventory, seven criteria, with ranges",
        runs=15,
    ),
    Case(
        "footprint_100000_lines",
        "bench.footprint:prepare_100000",
        "the same, 100 000 lines",
        runs=9,
    ),
    Case(
        "footprint_1000000_lines",
        "bench.footprint:prepare_1000000",
        "the same, 1 000 000 lines",
        runs=7,
    ),
    Case(
        "engine_vs_boaviztapi",
        "bench.footprint:prepare_batch",
        "1 000 evaluations as one batch, three criteria (ratio: times faster than boaviztapi_loop)",
        runs=7,
        reference="boaviztapi_loop",
        is_speedup=True,
    ),
    Case(
        "boaviztapi_loop",
        "bench.boaviztapi:prepare",
        "the same 1 000 evaluations by the package boaviztapi, one after the other",
        runs=7,
        environment="boaviztapi",
    ),
    Case(
        "schedule_17_sheets",
        "bench.calculations:prepare_schedule",
        "balanced schedule of the 17 sheets of the demonstration, all free to move",
        runs=5,
        needs_base=True,
    ),
    Case(
        "schedule_40_loose",
        "bench.calculations:prepare_loose_schedule",
        "balanced schedule of 40 actions over 6 half-years, every limit holds",
        runs=9,
    ),
    Case(
        "schedule_40_tight",
        "bench.calculations:prepare_tight_schedule",
        "the same 40 actions, capacities and ceilings exceeded as little as possible",
        runs=9,
    ),
    Case(
        "schedule_40_impossible",
        "bench.calculations:prepare_impossible_schedule",
        "the same 40 actions, no schedule holds: which limits cannot, and what would suffice",
        runs=9,
    ),
    Case(
        "tally_33_levers_30_voters",
        "bench.calculations:prepare_tally",
        "count of a ballot of 33 levers and 30 voters",
        runs=30,
    ),
)
CASES: dict[str, Case] = {case.name: case for case in _CASES}
