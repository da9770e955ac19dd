"""What an Excel file must be before anything in it is read: its size, its parts and what stands in them are bounded (L03).

A small packed file can unfold to parts whose reading takes minutes and hundreds of megabytes, so every part that can be read
as XML is measured first: its bytes, its marks (`<`: a tag's beginning or end), and that it declares no entities.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

from backend.domain.ledger_cells import BadCell

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5_000
_MEGABYTE = 1024 * 1024
# Unpacked a full ledger takes some 8 MB; a file that swells to more is no ledger.
_MOST_UNPACKED = 64 * _MEGABYTE
_MOST_PARTS = 2_000
# Bytes and marks of a part by its name. A full ledger of 5,000 rows has some 400,000 marks in its sheet; looks are read at
# some 50 µs each, so that the most a file may have take a few seconds.
_MOST_OF_PART = {
    "xl/styles.xml": (4 * _MEGABYTE, 60_000),
    "xl/workbook.xml": (1 * _MEGABYTE, 20_000),
    "xl/sharedstrings.xml": (16 * _MEGABYTE, 1_000_000),
}
_MOST_OF_SHEET = (48 * _MEGABYTE, 1_500_000)
_MOST_OF_OTHERS = (8 * _MEGABYTE, 200_000)
_MOST_MARKS = 3_000_000  # of all parts together
# The reader finds these two by what the list of contents calls them; under other names they would escape their bounds.
_USUAL_NAMES = {"sheet.main+xml": "xl/workbook.xml", "sharedstrings+xml": "xl/sharedstrings.xml"}
_OVERRIDE = re.compile(rb"<(?:\w+:)?Override\s[^<>]*>")
_CHUNK = 256 * 1024

TOO_LONG = f"一次最多存{MOST_ROWS}行。这张表太长了，请分成几份再传"
NOT_EXCEL = "这个文件不是Excel表（.xlsx）。请用Excel或WPS打开，另存为“.xlsx”再传"
BROKEN = "这个文件打不开，可能坏了。请用Excel或WPS重新另存一次"
TOO_RICH = "这个文件里的格式、图形太多，读不了。请把内容复制到一张空表里（只粘数值）再传"


class UnreadableFile(BadCell):
    """The file as a whole cannot be taken; the reason is a sentence for whoever sent it."""


def check(content: bytes) -> None:
    """Raise `UnreadableFile` unless `content` is an Excel workbook (.xlsx) that can be read in bounded time and memory."""
    if len(content) > MOST_BYTES:
        raise UnreadableFile(f"文件太大，最多5兆。{TOO_LONG}")
    if not content:
        raise UnreadableFile("这个文件是空的")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UnreadableFile("这个文件设了密码。请去掉密码，另存后再传")
        raise UnreadableFile("这是老格式的表（.xls）。请另存为“Excel工作簿（.xlsx）”再传")
    if not content.startswith(b"PK\x03\x04"):
        start = content[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
        if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
            raise UnreadableFile(f"这是网页存成的表，只是名字像Excel。{NOT_EXCEL.partition('。')[2]}")
        raise UnreadableFile(NOT_EXCEL)
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            _check_parts(packed)
    except UnreadableFile:
        raise
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as broken:
        raise UnreadableFile(BROKEN) from broken
    except Exception as broken:  # zlib and lzma raise errors of their own for a part cut short
        raise UnreadableFile(BROKEN) from broken


def _check_parts(packed: zipfile.ZipFile) -> None:
    parts = packed.infolist()
    names = {part.filename for part in parts}
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise UnreadableFile(f"这张表展开后太大。{TOO_LONG}")
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names or len(names) < len(parts):
        raise UnreadableFile(NOT_EXCEL)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise UnreadableFile("这个文件带宏。请另存为不带宏的“.xlsx”再传")
    marks = 0
    for part in parts:
        marks += _check_part(packed, part)
        if marks > _MOST_MARKS:
            raise UnreadableFile(TOO_RICH)
    contents = packed.read("[Content_Types].xml")
    if b"&#" in contents:
        raise UnreadableFile(NOT_EXCEL)
    for found in _OVERRIDE.finditer(contents):
        told = found[0].decode("utf-8", "replace").lower()
        for kind, name in _USUAL_NAMES.items():
            if kind in told and f'partname="/{name}"' not in told.replace("'", '"'):
                raise UnreadableFile(NOT_EXCEL)


def _check_part(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """The marks of a part; 0 for one that is no XML (a picture), whatever it is called."""
    name = part.filename.lower()
    most_bytes, most_marks = _MOST_OF_PART.get(
        name, _MOST_OF_SHEET if name.startswith("xl/worksheets/") else _MOST_OF_OTHERS
    )
    marks, last = 0, b""
    with packed.open(part) as opened:
        while chunk := opened.read(_CHUNK):
            start = b"" if last else chunk.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
            if start and not start.startswith(b"<"):
                return 0
            # Excel writes UTF-8 and no document types; entities can swell, and another encoding hides them.
            seen = last + chunk
            if b"\0" in chunk or b"<!D" in seen or b"<!E" in seen:
                raise UnreadableFile(NOT_EXCEL)
            last = chunk[-2:]
            marks += chunk.count(b"<")
            if marks > most_marks:
                raise UnreadableFile(f"这张表展开后太大。{TOO_LONG}" if name.startswith("xl/worksheets/") else TOO_RICH)
    if part.file_size > most_bytes:
        raise UnreadableFile(TOO_RICH)
    return marks
