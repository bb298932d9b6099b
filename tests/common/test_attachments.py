"""Files that people join: the content decides, the name is made safe, programs and macros are refused."""

import io
import zipfile

import pytest

from common.attachments import MAX_BYTES, read_attachment, safe_name
from common.errors import DomainError
from common.ods import build_ods
from common.xlsx import Column, Sheet, build_workbook
from tests.factories import PARIS_NOON

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 20
SHEETS = [Sheet("A", [Column("B", str)], ["c"])]
XLSX = build_workbook(SHEETS, title="t", created_at=PARIS_NOON)
ODS = build_ods(SHEETS, title="t", created_at=PARIS_NOON)


def archive(**parts: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as written:
        for name, text in parts.items():
            written.writestr(name.replace("__", "/"), text)
    return target.getvalue()


def broken_stream() -> bytes:
    """An archive whose directory is right and whose compressed bytes are not."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("[Content_Types].xml", "application/vnd.openxmlformats" * 50)
    content = target.getvalue()
    start = content.index(b"[Content_Types].xml") + len("[Content_Types].xml")
    return content[:start] + b"\xff" * 6 + content[start + 6 :]


def office(kind: str, **more: str) -> bytes:
    return archive(**{"[Content_Types].xml": f"application/vnd.openxmlformats-officedocument.{kind}.main+xml"}, **more)


def read(content: bytes, name: str, **options):
    return read_attachment(io.BytesIO(content), name, **options)


@pytest.mark.parametrize(
    ("name", "content", "extension"),
    [
        ("marché.pdf", b"%PDF-1.7 ...", "pdf"),
        ("vue.PNG", PNG, "png"),
        ("photo.jpeg", JPEG, "jpg"),
        ("grille.xlsx", XLSX, "xlsx"),
        ("grille.ods", ODS, "ods"),
        ("note.docx", office("wordprocessingml.document"), "docx"),
        ("vue.pptx", office("presentationml.presentation"), "pptx"),
        ("note.odt", archive(mimetype="application/vnd.oasis.opendocument.text", **{"content.xml": "<a/>"}), "odt"),
        ("liste.csv", "a;é\n1;2\n".encode(), "csv"),
        ("note.txt", "été à Élancourt".encode("cp1252"), "txt"),
    ],
)
def test_accepted_kinds_are_known_by_their_content(name, content, extension):
    found = read(content, name)

    assert (found.extension, found.content) == (extension, content)
    assert found.name.endswith(f".{extension}")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.pdf", b"", "vide"),
        ("a.pdf", PNG, "du genre «\u00a0png\u00a0»"),
        ("a", PNG, "n’a pas d’extension"),
        ("a.exe", b"MZ\x00\x00", "pas accepté"),
        ("a.txt", b"MZ\x00\x00", "pas accepté"),
        ("a.html", b"<script>alert(1)</script>", "pas accepté"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "pas accepté"),
        ("a.zip", archive(a="b"), "pas accepté"),
        ("a.docx", archive(mimetype="application/epub+zip"), "pas accepté"),
        ("a.docx", b"PK\x03\x04" + b"\x00" * 50, "abîmé"),
        ("a.docx", broken_stream(), "abîmé"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 50, "pas accepté"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "mot de passe"),
        ("a.docx", office("wordprocessingml.document", **{"word__vbaProject.bin": "x"}), "macros"),
        (
            "a.xlsx",
            archive(**{"[Content_Types].xml": "application/vnd.ms-excel.sheet.macroEnabled.main+xml"}),
            "macros",
        ),
        (
            "a.odt",
            archive(mimetype="application/vnd.oasis.opendocument.text", **{"content.xml": "", "Basic__a.xml": ""}),
            "macros",
        ),
    ],
)
def test_the_others_are_refused_with_what_to_do(name, content, message):
    with pytest.raises(DomainError, match=message):
        read(content, name)


def test_both_sizes_are_checked():
    with pytest.raises(DomainError, match="dépasse 10"):
        read(b"%PDF-", "a.pdf", size_bytes=MAX_BYTES + 1)
    with pytest.raises(DomainError, match="dépasse 10"):
        read(b"%PDF-" + b"x" * MAX_BYTES, "a.pdf", size_bytes=5)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Temp\\marché signé.PDF", "marché signé.pdf"),
        ('a"b\r\nSet-Cookie: x.pdf', "a b Set-Cookie x.pdf"),
        ("...pdf", "piece.pdf"),
        ("é" * 200 + ".pdf", "é" * 76 + ".pdf"),
        ("\u202egpj.pdf", "gpj.pdf"),
    ],
)
def test_names_are_made_safe(name, safe):
    assert safe_name(name, "pdf") == safe
