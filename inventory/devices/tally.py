"""Counting of the rows of a table of the estate, group by group of type and model. Pure.

A group keeps counts and sums only: no name of a person leaves the reading, and no serial number but those that appear
with two states, which the preview shows until the decision.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.text import normalise, typography
from inventory.devices.cells import BAD_MONTH, NO_MONTH, CellError, read_month, read_number
from inventory.devices.vocabulary import Vocabulary
from inventory.enums import DeviceState

MAX_GROUPS = 10_000
MAX_QUANTITY_ROWS = 5_000
KEPT_REMARKS = 200
LABEL_LENGTH = 80
STATES = (DeviceState.IN_SERVICE, DeviceState.STOCK, DeviceState.RETIRED)
DATES = ("purchased_on", "used_from", "inventoried_on", "retired_on")
# Figures that a row gives about all of its devices: weighted means, or sums.
MEANS = ("lifetime_years", "observed_lifetime_years", "refurbished_percent")
SUMS = ("stock_quantity", "bought_last_year", "retired_last_year", "reused_last_year")


class TallyRefused(Exception):
    """The table cannot be counted as it is; the message is French and says what to do."""


@dataclass(frozen=True)
class Cell:
    """Devices of a group that are alike. Months as in `cells`; `is_purchase`: the first one is that of a purchase."""

    state: DeviceState
    month: int
    is_purchase: bool
    retired_month: int
    count: int


@dataclass
class Group:
    """The devices of a type and a model, as written first. `sums`: field → total, and the devices that it is about."""

    type: str
    model: str
    chassis: str
    cells: list[Cell] = field(default_factory=list)
    sums: dict[str, list[float]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(cell.count for cell in self.cells)


@dataclass
class Tally:
    """What a table holds. `remarks`: cells that were left out, (row, column, what to do); refused rows are among them.

    `fields`: those that the table gives, so that what it does not tell is left alone. `state_conflicts`: serial numbers
    with two states, (serial, row, first row, rank of the state in `STATES`, rank of the one that is kept).
    """

    groups: list[Group] = field(default_factory=list)
    row_count: int = 0
    duplicate_count: int = 0
    duplicates: list[tuple[int, int]] = field(default_factory=list)
    state_conflicts: list[tuple[str, int, int, int, int]] = field(default_factory=list)
    state_conflict_count: int = 0
    remarks: list[tuple[int, str, str]] = field(default_factory=list)
    remark_count: int = 0
    refused: list[tuple[int, str, str]] = field(default_factory=list)
    refused_count: int = 0
    unknown_states: dict[str, int] = field(default_factory=dict)
    fields: list[str] = field(default_factory=list)

    @property
    def device_count(self) -> int:
        return sum(group.count for group in self.groups)

    @property
    def as_json(self) -> dict[str, Any]:
        return {
            **{name: value for name, value in vars(self).items() if name != "groups"},
            "groups": [
                {
                    "labels": [group.type, group.model, group.chassis],
                    "cells": [
                        [STATES.index(cell.state), cell.month, int(cell.is_purchase), cell.retired_month, cell.count]
                        for cell in group.cells
                    ],
                    "sums": group.sums,
                }
                for group in self.groups
            ],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Tally":
        groups = [
            Group(
                item["labels"][0],
                item["labels"][1],
                item["labels"][2],
                cells=[
                    Cell(STATES[state], month, bool(is_purchase), retired, count)
                    for state, month, is_purchase, retired, count in item["cells"]
                ],
                sums=item["sums"],
            )
            for item in data["groups"]
        ]
        return cls(groups=groups, **{name: value for name, value in data.items() if name != "groups"})


class TallyMaker:
    """Counts rows as they come, then gives the tally.

    `fields`: what the cells of a row are, in order; `headers`: how the columns are called, for the remarks;
    `on_month`: that of the lot, after which no date can be.
    """

    def __init__(self, fields: Sequence[str], headers: dict[str, str], words: Vocabulary, *, on_month: int) -> None:
        self.fields, self.headers, self.words, self.on_month = list(fields), headers, words, on_month
        self.position = {name: rank for rank, name in enumerate(fields)}
        self.is_counted = "quantity" in self.position
        self.tally = Tally(fields=list(fields))
        self.group_ranks: dict[tuple[str, str], int] = {}
        self.pairs: dict[tuple[Any, Any], int] = {}
        self.state_ranks: dict[str, int] = {}
        # One place for each device that is counted, so that a second row of the same serial completes the first.
        self.places: dict[str, int] = {}
        self.rows: list[array[int]] = [array("i") for _ in range(7)]
        self.numbers = array("i")

    def add(self, rows: Iterable[tuple[int, Sequence[Any]]]) -> None:
        """Count some rows. Raises TallyRefused when the table cannot be that of an estate."""
        for number, cells in rows:
            self.tally.row_count += 1
            if self.is_counted and self.tally.row_count > MAX_QUANTITY_ROWS:
                raise TallyRefused(
                    "Ce tableau dépasse 5 000 lignes avec une quantité\u00a0: regroupez-le par modèle, ou retirez la "
                    "colonne de la quantité si chaque ligne est un équipement."
                )
            try:
                self._add_row(number, cells)
            except CellError as error:
                self._refuse(number, str(error.args[0]), str(error.args[1]))

    def finish(self) -> Tally:
        """Return the tally; the rows are folded into counts."""
        counts: Counter[tuple[int, ...]] = Counter()
        groups, states, quantities, bought, used, seen, retired = self.rows
        for rank in range(len(groups)):
            is_purchase = bought[rank] != NO_MONTH
            month = bought[rank] if is_purchase else used[rank] if used[rank] != NO_MONTH else seen[rank]
            counts[(groups[rank], states[rank], month, int(is_purchase), retired[rank])] += quantities[rank]
        for (group, state, month, is_bought, gone), count in sorted(counts.items()):
            self.tally.groups[group].cells.append(Cell(STATES[state], month, bool(is_bought), gone, count))
        return self.tally

    # One row ----------------------------------------------------------------------------------------------------

    def _add_row(self, number: int, cells: Sequence[Any]) -> None:
        quantity = self._quantity(cells)
        if quantity is None:
            return
        months = tuple(self._month(number, name, cells) for name in DATES)
        if "mean_age_years" in self.position and months[0] == NO_MONTH == months[1]:
            age = self._number("mean_age_years", cells)
            if age is not None:
                months = (NO_MONTH, self.on_month - round(age * 12), *months[2:])
        serial = self._serial(cells)
        known = self.places.get(serial) if serial else None
        if known is not None:
            self._complete(number, known, months)
            self._compare_states(number, known, cells)
            return
        figures = {name: self._number(name, cells) for name in (*MEANS, *SUMS) if name in self.position}
        group = self._group(cells)
        if serial:
            self.places[serial] = len(self.numbers)
        for column, value in zip(self.rows, (group, self._state(cells), quantity, *months), strict=True):
            column.append(value)
        self.numbers.append(number)
        for name, figure in figures.items():
            if figure is not None:
                total = self.tally.groups[group].sums.setdefault(name, [0.0, 0])
                total[0] += figure * (quantity if name in MEANS else 1)
                total[1] += quantity

    def _complete(self, number: int, place: int, months: tuple[int, ...]) -> None:
        """Take from a second row of a device what the first did not tell, and its first date of inventory."""
        self.tally.duplicate_count += 1
        if len(self.tally.duplicates) < KEPT_REMARKS:
            self.tally.duplicates.append((number, self.numbers[place]))
        for rank, month in enumerate(months):
            column = self.rows[3 + rank]
            is_earlier = DATES[rank] == "inventoried_on" and month < column[place]
            if month != NO_MONTH and (column[place] == NO_MONTH or is_earlier):
                column[place] = month

    def _compare_states(self, number: int, place: int, cells: Sequence[Any]) -> None:
        """Note a second row of a device that says another state: the first one is kept, and the preview says so."""
        rank, kept = self.position.get("state"), self.rows[1][place]
        if rank is None or not str(cells[rank]).strip():
            return
        state = self._rank_of_state(str(cells[rank]))
        if state in {-1, kept}:
            return
        self.tally.state_conflict_count += 1
        if len(self.tally.state_conflicts) < KEPT_REMARKS:
            serial = " ".join(str(cells[self.position["serial"]]).split())[:LABEL_LENGTH]
            self.tally.state_conflicts.append((serial, number, self.numbers[place], state, kept))

    def _quantity(self, cells: Sequence[Any]) -> int | None:
        """Return how many devices a row is; None when there is nothing to count in it."""
        if not self.is_counted:
            return 1
        quantity = self._number("quantity", cells)
        if quantity is None:
            if all(cell == "" for cell in self._texts(cells)):
                return None
            raise CellError(self.headers["quantity"], "Indiquez le nombre d’équipements, ou retirez la ligne.")
        if not any(self._texts(cells)):
            raise CellError(
                self.headers.get("type", self.headers.get("model", "")),
                "Indiquez la famille\u00a0; si c’est une ligne de total, retirez-la.",
            )
        return int(quantity)

    def _texts(self, cells: Sequence[Any]) -> tuple[str, str, str]:
        return self._text("type", cells), self._text("model", cells), self._text("chassis", cells)

    def _text(self, name: str, cells: Sequence[Any]) -> str:
        rank = self.position.get(name)
        return "" if rank is None else " ".join(str(cells[rank]).split())[:LABEL_LENGTH]

    def _number(self, name: str, cells: Sequence[Any]) -> float | None:
        rank = self.position.get(name)
        if rank is None:
            return None
        try:
            return read_number(name, cells[rank])
        except CellError as error:
            raise CellError(self.headers[name], str(error)) from None

    def _month(self, number: int, name: str, cells: Sequence[Any]) -> int:
        rank = self.position.get(name)
        if rank is None:
            return NO_MONTH
        cell = cells[rank]
        month = read_month(cell)
        if self.on_month < month and month // 12 == self.on_month // 12:
            # The year of the lot, alone or a little later: the device is new.
            return self.on_month
        if month == BAD_MONTH or month > self.on_month:
            advice = (
                "Date postérieure au relevé\u00a0: elle n’est pas prise."
                if month > self.on_month
                else "Écrivez la date comme 31/12/2020 ou 2020-12-31\u00a0: elle n’est pas prise."
            )
            self._remark(number, self.headers[name], f"Lu\u00a0: «\u00a0{str(cell)[:40]}\u00a0». {advice}")
            return NO_MONTH
        return month

    def _serial(self, cells: Sequence[Any]) -> str:
        rank = self.position.get("serial")
        if rank is None or self.is_counted:
            return ""
        text = normalise(str(cells[rank])).replace(" ", "")
        # Some tools fill the box with the same words for every device.
        is_void = len(text) < 4 or len(set(text)) == 1 or normalise(str(cells[rank])) in self.words.void_serials
        return "" if is_void else text

    def _state(self, cells: Sequence[Any]) -> int:
        rank = self.position.get("state")
        if rank is None:
            return 0
        text = str(cells[rank])
        known = self._rank_of_state(text)
        if known == -1:
            label = " ".join(text.split())[:LABEL_LENGTH]
            if label in self.tally.unknown_states or len(self.tally.unknown_states) < KEPT_REMARKS:
                self.tally.unknown_states[label] = self.tally.unknown_states.get(label, 0) + 1
            return 0
        return known

    def _rank_of_state(self, text: str) -> int:
        known = self.state_ranks.get(text)
        if known is None:
            known = self.state_ranks[text] = self._read_state(text)
        return known

    def _read_state(self, text: str) -> int:
        key = normalise(text)
        if not key:
            return 0
        for state, pattern in self.words.states:
            if pattern.search(key):
                return STATES.index(state)
        return -1

    def _group(self, cells: Sequence[Any]) -> int:
        kind, model, chassis = self._texts(cells)
        pair = (f"{kind}\0{chassis}", model)
        known = self.pairs.get(pair)
        if known is not None:
            return known
        key = (normalise(kind or chassis), normalise(model))
        rank = self.group_ranks.get(key)
        if rank is None:
            if len(self.group_ranks) >= MAX_GROUPS:
                raise TallyRefused(
                    "Ce fichier a plus de 10 000 couples type et modèle\u00a0: vérifiez que la colonne du modèle ne "
                    "contient pas un nom de poste ou un numéro de série."
                )
            rank = self.group_ranks[key] = len(self.tally.groups)
            self.tally.groups.append(Group(kind, model, chassis))
        self.pairs[pair] = rank
        return rank

    def _remark(self, number: int, column: str, advice: str) -> None:
        self.tally.remark_count += 1
        if len(self.tally.remarks) < KEPT_REMARKS:
            self.tally.remarks.append((number, column, typography(advice)))

    def _refuse(self, number: int, column: str, advice: str) -> None:
        self.tally.refused_count += 1
        if len(self.tally.refused) < KEPT_REMARKS:
            self.tally.refused.append((number, column, typography(advice)))
