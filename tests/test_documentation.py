"""Documents that state facts of the code are compared with the code."""

import re
from pathlib import Path

from authorities.enums import Role, Scope
from authorities.permissions import PERMISSIONS_BY_ROLE, SCOPES_BY_ROLE, Permission

DOCS = Path(__file__).resolve().parent.parent / "docs"


def _table_rows(text: str, heading: str) -> list[list[str]]:
    """Return the rows of the first Markdown table under a heading, header included, separator left out."""
    section = text.split(f"## {heading}", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in rows if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]


def test_architecture_prints_the_permissions_of_each_role():
    header, *rows = _table_rows((DOCS / "architecture.md").read_text(), "Who may do what")
    roles = [Role(cell.strip("`")) for cell in header[1:]]
    printed = {
        Permission(row[0].strip("`")): {role for role, cell in zip(roles, row[1:], strict=True) if cell == "yes"}
        for row in rows
    }
    assert printed == {
        permission: {role for role in Role if permission in PERMISSIONS_BY_ROLE[role]} for permission in Permission
    }


def test_architecture_prints_the_scopes_of_personal_links():
    header, *rows = _table_rows((DOCS / "architecture.md").read_text(), "What a personal link opens")
    roles = [Role(cell.strip("`")) for cell in header[1:]]
    printed = {
        Scope(row[0].strip("`")): {role for role, cell in zip(roles, row[1:], strict=True) if cell == "yes"}
        for row in rows
    }
    assert printed == {scope: {role for role in Role if scope in SCOPES_BY_ROLE[role]} for scope in Scope}


def test_documents_do_not_link_to_missing_files():
    broken = []
    root = DOCS.parent
    for path in [root / "README.md", root / "CHANGELOG.md", *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text()):
            if not target.startswith(("http", "mailto:")) and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(root)} → {target}")
    assert broken == []


def test_each_identifier_of_the_glossary_exists_in_the_code():
    root = DOCS.parent
    code = "\n".join(
        path.read_text()
        for folder in (
            "accounts",
            "authorities",
            "common",
            "diagnostics",
            "inventory",
            "levers",
            "reference",
            "roadmap",
        )
        for path in (root / folder).rglob("*.py")
    )
    words = set(re.findall(r"[A-Za-z_]\w*", code))
    named = re.findall(r"`([^`]+)`", (DOCS / "glossaire.md").read_text())
    unknown = {
        name
        for name in named
        for word in re.findall(r"[A-Za-z_]\w*", name)
        if word not in words and not re.fullmatch(r"C-\d\d", name)
    }
    assert unknown == set()
