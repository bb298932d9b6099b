"""Fill a form of a page, already written in HTML, with answers that were kept.

Pure: text in, text out. Whatever the view does with its form, the page shows the answers as if they had just been
typed; sending it goes through the usual validation. Only the controls change, all the rest is copied as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser

_SKIPPED_TYPES = {"submit", "button", "image", "reset", "file", "password"}
_VOID = object()


@dataclass(frozen=True)
class FilledForm:
    """A page whose form was filled.

    `is_changed`: at least one visible answer differs from what the page showed. `leftovers`: texts that no field of
    the page can hold any more (a row that was removed meanwhile), in the order in which they were kept.
    """

    html: str
    is_changed: bool
    leftovers: list[str]


def fill_form(html: str, start: int, answers: Mapping[str, Sequence[str]], *, ignored: frozenset[str]) -> FilledForm:
    """Fill the form whose start tag begins at `start` of `html`.

    `answers`: values by name, as a browser would send them; a box whose name is missing is left unchecked.
    `ignored`: names that are never filled.
    """
    end = html.find("</form>", start)
    end = len(html) if end < 0 else end
    filler = _Filler(html[start:end], answers, ignored)
    filler.feed(filler.source)
    filler.close()
    left = [
        value
        for name, values in answers.items()
        if name not in filler.seen and name not in ignored
        for value in values
        if _is_text(value)
    ]
    return FilledForm(html[:start] + filler.result() + html[end:], filler.is_changed, [*filler.leftovers, *left])


def _is_text(value: str) -> bool:
    """Tell whether a value is something that a person wrote, not a code or a figure."""
    return len(value.strip()) > 2 and any(sign.isspace() for sign in value.strip())


def _same(one: str, other: str) -> bool:
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()


@dataclass
class _Filler(HTMLParser):
    """Notes, for each control of the form, the piece of the source to replace."""

    source: str
    answers: Mapping[str, Sequence[str]]
    ignored: frozenset[str]
    seen: set[str] = field(default_factory=set)
    leftovers: list[str] = field(default_factory=list)
    is_changed: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[tuple[int, int, str]] = []
        self._ranks: dict[str, int] = {}
        self._select: str | None = None
        self._textarea: tuple[str, int] | None = None
        # Folds around the control that is read: (offset of the tag, its source), None for one that is open already.
        self._folds: list[tuple[int, str] | None] = []
        # Where each line begins: the parser tells positions by line and column.
        self._lines = [0, *(rank + 1 for rank, sign in enumerate(self.source) if sign == "\n")]

    def result(self) -> str:
        parts, position = [], 0
        for begin, end, text in sorted(self._pieces):
            parts += [self.source[position:begin], text]
            position = end
        return "".join([*parts, self.source[position:]])

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "details":
            raw = self.get_starttag_text() or ""
            self._folds.append(None if "open" in given else (self._offset(), raw))
        elif tag == "option" and self._select is not None:
            self._option(given)
        elif not name or name in self.ignored or "disabled" in given:
            return
        elif tag == "input":
            self._input(name, given)
        elif tag == "select":
            self.seen.add(name)
            self._select = name if name in self.answers else None
        elif tag == "textarea" and name in self.answers:
            raw = self.get_starttag_text() or ""
            self._textarea = (name, self._offset() + len(raw))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        elif tag == "details" and self._folds:
            self._folds.pop()
        elif tag == "textarea" and self._textarea is not None:
            name, begin = self._textarea
            end = self._offset()
            self._textarea = None
            kept = self._next(name, self.answers[name])
            if kept is not None:
                self._note(begin, end, "\n" + escape(kept, quote=False))
                if not _same(kept, unescape(self.source[begin:end])):
                    self._tell_change()

    def _input(self, name: str, given: dict[str, str | None]) -> None:
        kind = (given.get("type") or "text").lower()
        if kind in _SKIPPED_TYPES:
            return
        if kind in {"checkbox", "radio"}:
            self.seen.add(name)
            is_kept = (given.get("value") or "on") in self.answers.get(name, ())
            if is_kept != ("checked" in given):
                self._tell_change()
                self._rewrite(given, "checked", None if is_kept else _VOID)
            return
        kept = self._next(name, self.answers.get(name, ()))
        if kept is None or _same(kept, given.get("value") or ""):
            return
        if kind != "hidden":
            self._tell_change()
        self._rewrite(given, "value", kept)

    def _option(self, given: dict[str, str | None]) -> None:
        if self._select is None or given.get("value") is None:
            return
        is_kept = given["value"] in self.answers[self._select]
        if is_kept != ("selected" in given):
            self._tell_change()
            self._rewrite(given, "selected", None if is_kept else _VOID)

    def _tell_change(self) -> None:
        """Note that an answer differs, and open the folds that hold it: what is given back must be seen."""
        self.is_changed = True
        for rank, fold in enumerate(self._folds):
            if fold is not None:
                begin, raw = fold
                self._note(begin, begin + len(raw), f"{raw[:-1]} open>")
                self._folds[rank] = None

    def _next(self, name: str, values: Sequence[str]) -> str | None:
        """Return the answer of this control: several may bear one name. None when nothing was kept for it."""
        self.seen.add(name)
        rank = self._ranks.get(name, 0)
        self._ranks[name] = rank + 1
        return values[rank] if rank < len(values) else None

    def _rewrite(self, given: dict[str, str | None], attribute: str, value: object) -> None:
        """Write a start tag again with one attribute changed, `None` for one without value, `_VOID` for none."""
        raw = self.get_starttag_text() or ""
        attributes: dict[str, object] = {**given, attribute: value}
        written = "".join(
            f" {name}" if item is None else f' {name}="{escape(str(item))}"'
            for name, item in attributes.items()
            if item is not _VOID
        )
        tag = raw[1:].split(maxsplit=1)[0].rstrip("/>")
        self._note(self._offset(), self._offset() + len(raw), f"<{tag}{written}>")

    def _note(self, begin: int, end: int, text: str) -> None:
        self._pieces.append((begin, end, text))
