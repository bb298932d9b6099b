"""Rules of the whole tree: import order, sizes, names, templates, migrations."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
ORDER = ["common", "accounts", "reference", "authorities", "inventory", "diagnostics", "levers", "roadmap"]
TEMPLATES = ROOT / "templates"
MAX_MODULE_LINES = 500
MAX_VIEW_LINES = 40


def _modules(*folders: str) -> list[Path]:
    return sorted(
        path for folder in folders for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts
    )


def _imported_apps(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names & set(ORDER)


def test_imports_go_one_way():
    backwards = []
    for path in _modules(*ORDER):
        own = ORDER.index(path.relative_to(ROOT).parts[0])
        for name in _imported_apps(ast.parse(path.read_text())):
            if ORDER.index(name) > own:
                backwards.append(f"{path.relative_to(ROOT)} imports {name}")
    assert backwards == []


def test_function_level_imports_say_why():
    """An import inside a function bears a comment, on its line or in the three lines above, that gives the reason."""
    silent = []
    for path in _modules(*ORDER, "config"):
        lines = path.read_text().splitlines()
        for function in ast.walk(ast.parse("\n".join(lines))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    around = lines[max(0, node.lineno - 4) : node.lineno]
                    if not any("#" in line for line in around):
                        silent.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert silent == []


def test_modules_stay_short():
    long = {
        str(path.relative_to(ROOT)): count
        for path in _modules(*ORDER, "config", "tests")
        if (count := len(path.read_text().splitlines())) > MAX_MODULE_LINES
    }
    assert long == {}


def _view_modules() -> list[Path]:
    return [path for path in _modules(*ORDER) if path.stem == "views" or "views" in path.parent.parts[-1:]]


def test_views_stay_short():
    long = []
    for path in _view_modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > MAX_VIEW_LINES:
                long.append(f"{path.relative_to(ROOT)}:{node.name}")
    assert long == []


WRITES = {"save", "create", "bulk_create", "update", "bulk_update", "delete", "get_or_create", "update_or_create"}


def test_views_do_not_write():
    """A view calls a service: no ORM write in it. `objects.<write>` and `.save()` on an instance are both refused."""
    writing = []
    for path in _view_modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
                owner = ast.unparse(node.func.value)
                if "objects" in owner or node.func.attr in {"save", "delete", "bulk_create"}:
                    writing.append(f"{path.relative_to(ROOT)}:{node.lineno} {owner}.{node.func.attr}")
    assert writing == []


PURE = ["scoring", "tally", "relevance", "footprint", "simulation", "schedule", "completeness", "coverage", "duties"]


def test_pure_modules_know_neither_django_nor_the_clock():
    impure = []
    for path in _modules(*ORDER):
        is_pure = (path.stem in PURE and path.parent.name in ORDER) or path.parent.name in PURE
        if not is_pure:
            continue
        source = path.read_text()
        for node in ast.walk(ast.parse(source)):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            impure += [f"{path.relative_to(ROOT)} imports {name}" for name in names if name.startswith("django")]
        impure += [f"{path.relative_to(ROOT)} reads the clock" for call in (".now()", ".today()") if call in source]
    assert impure == []


def test_models_have_lower_case_verbose_names():
    wrong = []
    for model in apps.get_models():
        if model._meta.app_label not in ORDER:
            continue
        named = [model._meta] + [field for field in model._meta.get_fields() if hasattr(field, "verbose_name")]
        for item in named:
            first = str(item.verbose_name)[:2]
            if first[:1].isupper() and not first.isupper():
                wrong.append(f"{model.__name__}: {item.verbose_name}")
    assert wrong == []


@pytest.mark.django_db
def test_no_missing_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def _template_names() -> set[str]:
    return {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.is_file()}


# Found by name by Django, allauth or crispy-forms, not by our code.
FOUND_BY_NAME = re.compile(
    r"^(account/|allauth/|jalons/|crispy/|admin/|mfa/|socialaccount/|usersessions/|\d{3}\.html|403_csrf\.html)"
)


def test_templates_are_used():
    """Each template is named by some Python module or by another template."""
    sources = "\n".join(
        path.read_text()
        for folder in [*ORDER, "config", "templates"]
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html", ".txt", ".svg"}
    )

    def is_named(name: str) -> bool:
        stem = re.sub(r"_(subject\.txt|body\.txt|body\.html)$", "", name)
        return f'"{name}"' in sources or f"'{name}'" in sources or f'"{stem.removeprefix("emails/")}"' in sources

    unused = {name for name in _template_names() if not FOUND_BY_NAME.match(name) and not is_named(name)}
    assert unused == set()


def test_templates_hold_no_inline_code():
    """The Content-Security-Policy forbids it; documents made for print have their own renderer."""
    inline = re.compile(r"\sstyle=|\son[a-z]+=\"|<script(?![^>]*\bsrc=)|<style", re.IGNORECASE)
    found = []
    for name in sorted(_template_names()):
        if name.endswith(".html") and not name.startswith(("pdf/", "emails/", "admin/")):
            text = (TEMPLATES / name).read_text()
            found += [f"{name}: {match.group(0).strip()}" for match in inline.finditer(text)]
    assert found == []


def test_templates_load_sorted_libraries():
    unsorted = []
    for name in sorted(_template_names()):
        for match in re.finditer(r"{%\s*load ([^%]+?)\s*%}", (TEMPLATES / name).read_text(errors="replace")):
            libraries = match.group(1).split(" from ")[0].split()
            if libraries != sorted(libraries):
                unsorted.append(f"{name}: {match.group(0)}")
    assert unsorted == []


def test_nothing_is_left_unfinished():
    """No mark of unfinished work in code or templates."""
    # `StepStatus.TODO` is a word of the style sheet, not a mark.
    marks = re.compile(r"(?<![.\w])(TODO|FIXME|XXX|lorem ipsum|NotImplemented)\b(?! =)")
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for folder in [*ORDER, "config", "templates"]
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html", ".txt", ".js", ".css"}
        for match in marks.finditer(path.read_text())
    ]
    assert found == []
