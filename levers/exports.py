"""Files of the results of a closed ballot: levers, services, reasons and rules, as xlsx, ods or one csv each.

They hold what the pages show to the same reader, never more: names by the rule of the ballot, services when they
identify nobody, nothing of fewer than five detached papers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.csv_files import build_csv
from common.dates import format_moment
from common.numbers import pluralise
from common.ods import build_ods
from common.text import typography
from common.xlsx import Column, Kind, Sheet, build_workbook
from levers.breakdown import GroupVotes
from levers.models import Decision
from levers.selectors.results import BallotResults, Comment, ResultRow
from levers.tally import GRADES
from levers.wording import written_moment

NOT_SHOWN = "non montré"
RESERVED = "Ce fichier porte des noms que la règle ne montre qu’au référent : ne le diffusez pas tel quel."


@dataclass(frozen=True)
class ResultFile:
    """What a file is made of: the results as this reader sees them, and lever pk → decision taken since."""

    results: BallotResults
    decisions: Mapping[int, Decision]
    now: datetime


@dataclass(frozen=True)
class _ServiceLine:
    row: ResultRow
    votes: GroupVotes


@dataclass(frozen=True)
class _ReasonLine:
    row: ResultRow
    comment: Comment


def build_results_xlsx(file: ResultFile) -> bytes:
    """Return every sheet as an xlsx workbook."""
    return build_workbook(_sheets(file), title=_title(file), created_at=file.now)


def build_results_ods(file: ResultFile) -> bytes:
    """Return every sheet as an ods workbook."""
    return build_ods(_sheets(file), title=_title(file), created_at=file.now)


def build_levers_csv(file: ResultFile) -> bytes:
    return _csv(_lever_sheet(file))


def build_services_csv(file: ResultFile) -> bytes:
    return _csv(_service_sheet(file))


def build_reasons_csv(file: ResultFile) -> bytes:
    return _csv(_reason_sheet(file))


def build_rules_csv(file: ResultFile) -> bytes:
    return _csv(_rule_sheet(file))


def _sheets(file: ResultFile) -> list[Sheet]:
    return [_lever_sheet(file), _service_sheet(file), _reason_sheet(file), _rule_sheet(file)]


def _csv(sheet: Sheet) -> bytes:
    headers = [column.header for column in sheet.columns]
    return build_csv(headers, ([_french(column.value(row)) for column in sheet.columns] for row in sheet.rows))


def _french(value: object) -> object:
    """Write a figure as a French spreadsheet reads it."""
    return f"{value:g}".replace(".", ",") if isinstance(value, float) else value


def _title(file: ResultFile) -> str:
    ballot = file.results.ballot
    return typography(f"{ballot.initiative.authority.name}, résultats du scrutin {ballot.number}")


def _lever_sheet(file: ResultFile) -> Sheet:
    has_piles = file.results.tally.has_piles
    columns = [
        Column("Rang", lambda row: row.result.rank, Kind.INTEGER, width=8),
        Column("Code", lambda row: row.lever.code, width=12),
        Column("Levier", lambda row: row.lever.title, width=66),
        Column("Thème", lambda row: row.lever.theme.short_name, width=28),
        Column("Pile", lambda row: row.result.pile.label if has_piles else "moins de trois votants", width=22),
        *_grade_columns(lambda row: row.result.counts.grades),
        Column("Abstentions", lambda row: row.result.counts.abstentions, Kind.INTEGER, width=13),
        Column("Voix exprimées", lambda row: row.result.counts.expressed, Kind.INTEGER, width=12),
        Column("Mention médiane", lambda row: row.result.gauge.label if row.result.gauge else None, width=18),
        Column("Au-dessus, %", lambda row: _percent(row, "above"), Kind.PERCENT, width=12),
        Column("Au-dessous, %", lambda row: _percent(row, "below"), Kind.PERCENT, width=12),
        Column("Désaccord, sur 100", lambda row: row.result.disagreement_percent, Kind.INTEGER, width=13),
        Column("Décision", lambda row: _decision(file, row, "get_verdict_display"), width=12),
        Column("Raison de la décision", lambda row: _decision(file, row, "reason"), width=60, wraps=True),
    ]
    rows = () if file.results.is_withheld else file.results.rows
    return Sheet("Leviers", columns, rows, intro=[_title(file), *_withheld(file)], frozen_columns=3)


def _service_sheet(file: ResultFile) -> Sheet:
    columns = [
        *_lever_columns(),
        Column("Service", lambda line: line.votes.group, width=34),
        Column("Voix", lambda line: line.votes.voices if line.votes.counts else NOT_SHOWN, Kind.INTEGER, width=12),
        Column("Mention médiane", lambda line: str(line.votes.median.label) if line.votes.median else None, width=18),
        *_grade_columns(lambda line: line.votes.counts.grades if line.votes.counts else (None,) * len(GRADES)),
    ]
    breakdown = file.results.breakdown
    by_code = {lever.code: lever for lever in breakdown.levers}
    lines = [
        _ServiceLine(row, votes)
        for row in file.results.rows
        if row.lever.code in by_code and breakdown.can_compare
        for votes in by_code[row.lever.code].groups
    ]
    intro = [file.results.services_rule, *_reserved(file)]
    return Sheet("Par service", columns, lines, intro=intro, frozen_columns=3)


def _reason_sheet(file: ResultFile) -> Sheet:
    columns = [
        *_lever_columns(),
        Column("Mention", lambda line: _grade_label(line.comment), width=18),
        Column("Raison", lambda line: line.comment.text, width=80, wraps=True),
    ]
    if file.results.are_names_shown:
        columns.append(Column("Qui", lambda line: line.comment.author, width=40))
    lines = [_ReasonLine(row, comment) for row in file.results.rows for comment in row.comments]
    return Sheet("Raisons", columns, lines, intro=[*_withheld(file), *_reserved(file)], frozen_columns=3)


def _rule_sheet(file: ResultFile) -> Sheet:
    columns = [Column("Sujet", lambda row: row[0], width=24), Column("Dit", lambda row: row[1], width=90, wraps=True)]
    return Sheet("Règles", columns, _rules(file))


def _rules(file: ResultFile) -> list[tuple[str, str]]:
    results, ballot = file.results, file.results.ballot
    rows = [
        ("Scrutin", _title(file)),
        ("Ouverture", written_moment(ballot.opens_at)),
        ("Fermeture", written_moment(ballot.closes_at)),
        ("Votants", f"{results.voter_count}"),
        ("Ont voté", f"{results.voted_count}"),
        ("Bulletins papier", _on_paper(results)),
        ("Quorum", _quorum(results)),
        ("Noms", ballot.names_rule),
        ("Par service", results.services_rule),
        ("Piles", "deux tiers des voix exprimées font un consensus ; moins de trois voix, jamais"),
        ("Rang", "jugement majoritaire : mention médiane, puis parts au-dessus et au-dessous"),
        ("Abstentions", "elles ne sont pas des voix et n’entrent dans aucun calcul"),
        ("Tiré le", format_moment(file.now)),
    ]
    if results.are_names_reserved:
        rows.insert(8, ("Diffusion", RESERVED))
    if ballot.is_extended:
        rows.insert(3, ("Fermeture annoncée", written_moment(ballot.first_closes_at)))
    return [(subject, typography(text)) for subject, text in rows] + [("Retenu", text) for text in _withheld(file)]


def _quorum(results: BallotResults) -> str:
    quorum = results.ballot.quorum
    if quorum is None:
        return "aucun"
    return f"{quorum} {pluralise(quorum, 'votant', 'votants')}, {'atteint' if results.is_quorate else 'non atteint'}"


def _on_paper(results: BallotResults) -> str:
    count = results.on_paper_count
    return f"{count}, {pluralise(count, 'saisi', 'saisis')} par le référent" if count else "aucun"


def _withheld(file: ResultFile) -> list[str]:
    if not file.results.is_withheld:
        return []
    return [typography("Moins de cinq bulletins détachés : rien n’en est montré, pour ne pas dire qui a voté quoi.")]


def _reserved(file: ResultFile) -> list[str]:
    return [typography(RESERVED)] if file.results.are_names_reserved else []


def _lever_columns() -> list[Column]:
    return [
        Column("Rang", lambda line: line.row.result.rank, Kind.INTEGER, width=8),
        Column("Code", lambda line: line.row.lever.code, width=12),
        Column("Levier", lambda line: line.row.lever.title, width=66),
    ]


def _grade_columns(read: Callable[[Any], Sequence[int | None]]) -> list[Column]:
    def at(rank: int) -> Callable[[Any], int | None]:
        return lambda row: read(row)[rank]

    return [
        Column(str(grade.label).capitalize(), at(rank), Kind.INTEGER, width=13) for rank, grade in enumerate(GRADES)
    ]


def _percent(row: ResultRow, side: str) -> float | None:
    gauge = row.result.gauge
    return None if gauge is None else round(float(getattr(gauge, side) * 100), 1)


def _decision(file: ResultFile, row: ResultRow, field: str) -> str | None:
    decision = file.decisions.get(row.lever.pk)
    value = getattr(decision, field, None)
    return value() if callable(value) else value


def _grade_label(comment: Comment) -> str:
    return str(comment.grade.label) if comment.grade else "sans avis"
