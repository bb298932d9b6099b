"""Bad input for the tests: hostile values, and the forms that pages really show, read back from their HTML."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

NUL = "\x00"
HOSTILE_VALUES: dict[str, str | list[str]] = {
    "empty": "",
    "spaces": " \t\n ",
    "letters": "abc",
    "huge number": "9" * 31,
    "exponent": "1e400",
    "not a number": "NaN",
    "negative": "-1",
    "decimals": "0,00000000000000000001",
    "date zero": "0000-00-00",
    "date far": "99999-12-31T25:61",
    "date before": "0001-01-01",
    "NUL": f"a{NUL}b",
    "lone surrogate": "\ud800",
    "100 kB": "é" * 50_000,
    "one long word": "x" * 5_000,
    "unknown choice": "inconnu",
    "script": "<script>alert(1)</script>",
    "formula": "=1+1",
    "path": "../../etc/passwd",
    "template": "{{ 7|add:7 }}{% now %}",
    "override": "\u202e\u0000\ufeff",
    "list": ["1", "abc", ""],
    "foreign key": "999999999",
}
# Every parameter that a view reads in the query; a test compares the list with the code.
QUERY_NAMES = (
    *(
        "avec",
        "cocher",
        "critere",
        "depuis",
        "ecarte",
        "etape",
        "etat",
        "format",
        "manque",
        "page",
        "personne",
        "premier",
        "proposition",
    ),
    *("q", "second", "service", "strate", "type", "vue"),
)
# Those that forms read there.
FORM_QUERY_NAMES = (
    *("qui", "objet", "du", "au", "mots", "de", "a", "montrer", "tri", "l"),
    *("theme", "grille", "format"),
)
HOSTILE_QUERY_VALUES = (
    "0",
    "-1",
    "abc",
    "9" * 31,
    "%00",
    "a%00b",
    "a" * 10_000,
    "%ff%fe",
    "%25%27%22%3B--",
    "1&page=2",
)
# What no form of ours sends: (content type, body).
HOSTILE_BODIES = (
    ("application/json", b'{"version": [1'),
    ("application/x-www-form-urlencoded", b"version=%00&name=%ff%fe&=&&"),
    ("application/x-www-form-urlencoded", b"version=1&" * 5_000),
    ("application/x-www-form-urlencoded; charset=unknown", b"version=1"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"; filename="\x00"\r\n\r\n'),
    ("text/plain", b"\xff" * 100),
)
_IGNORED_TYPES = {"submit", "button", "image", "reset"}


def encodable(value: str) -> str:
    """Return a text that HTTP can carry: a lone surrogate travels as the bytes that a browser would refuse to write."""
    return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def hostile_files() -> Iterator[tuple[str, SimpleUploadedFile]]:
    """Give files that are not what they say."""
    yield "empty file", SimpleUploadedFile("parc.xlsx", b"")
    yield "text as xlsx", SimpleUploadedFile("parc.xlsx", b"hello")
    yield "broken zip", SimpleUploadedFile("parc.xlsx", b"PK\x03\x04" + b"\x00" * 200)
    yield "program", SimpleUploadedFile("parc.exe", b"MZ" + b"\x00" * 200)
    yield "long name", SimpleUploadedFile("é" * 200 + ".xlsx", b"PK\x03\x04")


@dataclass
class HtmlForm:
    """A form of a page: where it is sent, how, the values that it would send untouched, and those that it offers.

    `text_names`: the fields where anything may be typed. `kinds`: the type of each control that somebody fills.
    `ids`: those of its controls. `limits`: how many characters it takes. `address`: where it is sent, with its query.
    `pressed`: what its first button sends.
    `draft`: where the page keeps it as a draft (None for a form that declares nothing), `saves`: whether it is saved
    while it is typed.
    """

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    file_names: set[str] = field(default_factory=set)
    text_names: set[str] = field(default_factory=set)
    options: dict[str, set[str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    ids: dict[str, set[str]] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    address: str = ""
    pressed: dict[str, str] | None = None
    draft: str | None = None
    saves: bool = False

    def offer(self, name: str, value: str) -> None:
        self.options.setdefault(name, set()).add(value)

    def add(self, name: str, value: str, *, is_sent: bool) -> None:
        values = self.values.setdefault(name, [])
        if is_sent:
            values.append(value)

    def first_choices(self) -> dict[str, str]:
        """Return one of the choices offered for each field that waits for one."""
        return {
            name: max(options - {""})
            for name, options in self.options.items()
            if options - {""} and not any(self.values.get(name, []))
        }

    def describe(self, name: str, tag: str, given: dict[str, str]) -> None:
        """Note what the page says of a control: its type, its id, its limits."""
        kind = given.get("type", "text") if tag == "input" else tag
        if kind in {"hidden", *_IGNORED_TYPES} or "disabled" in given:
            return
        self.kinds[name] = "number" if "inputmode" in given and kind == "text" else kind
        self.ids.setdefault(name, set()).add(given.get("id", ""))
        if "required" in given:
            self.required.add(name)
        if given.get("maxlength", "").isdigit():
            self.limits[name] = int(given["maxlength"])


class _FormReader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.forms, self.by_id = page, [], {}
        self.form: HtmlForm | None = None
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urlsplit(urljoin(self.page, given.get("action", "")))
            self.form = HtmlForm(action.path, given.get("method", "get").lower())
            self.form.address = f"{action.path}?{action.query}" if action.query else action.path
            self.form.draft, self.form.saves = given.get("data-draft"), "data-autosave" in given
            self.forms.append(self.form)
            self.by_id[given.get("id", "")] = self.form
        form = self.by_id.get(given["form"]) if "form" in given else self.form
        if form is None:
            return
        name = given.get("name", "")
        if tag == "button" and given.get("type", "submit") == "submit" and form.pressed is None:
            form.pressed = {name: given.get("value", "")} if name else {}
        if tag in {"input", "select", "textarea"} and name:
            form.describe(name, tag, given)
        if tag == "input" and name and given.get("type") == "file":
            form.file_names.add(name)
        elif tag in {"input", "button"} and name and given.get("type") not in _IGNORED_TYPES | {"file"}:
            is_box = given.get("type") in {"checkbox", "radio"}
            is_sent = tag == "input" and (not is_box or "checked" in given)
            value = given.get("value", "on" if is_box else "")
            form.add(name, value, is_sent=is_sent)
            if tag == "input" and given.get("type", "text") in {"text", "search"} and "inputmode" not in given:
                form.text_names.add(name)
            if is_box:
                form.offer(name, value)
        elif tag == "select" and name:
            self.select = name
            form.add(name, "", is_sent=False)
        elif tag == "option" and self.select:
            form.offer(self.select, given.get("value", ""))
            if "selected" in given:
                form.add(self.select, given.get("value", ""), is_sent=True)
        elif tag == "textarea" and name:
            self.textarea = name
            form.add(name, "", is_sent=True)
            form.text_names.add(name)

    def handle_data(self, data: str) -> None:
        if self.textarea and self.form is not None and self.form.values.get(self.textarea):
            self.form.values[self.textarea][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.textarea = ""


def forms_of(page: str, html: str) -> list[HtmlForm]:
    """Return the forms of a page, their addresses made whole, without the token against forged requests."""
    reader = _FormReader(page)
    reader.feed(html)
    for form in reader.forms:
        form.values.pop("csrfmiddlewaretoken", None)
    return reader.forms


def is_refused(response: HttpResponse) -> bool:
    """Tell whether the answer is a refusal: a 4xx."""
    return response.status_code >= 400
