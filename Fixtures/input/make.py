"""Writes the packed files of this folder again. Their times are fixed, so that the bytes are the same everywhere."""

import gzip
import io
import pathlib
import zipfile
import zlib

HERE = pathlib.Path(__file__).parent
TABLE = "Code;Naam;Aantal\r\nGM0141;Almelo;73107\r\nGM0153;Enschede;159640\r\n".encode()
OTHER = "Code;Naam\r\nGM0164;Hengelo\r\n".encode()


def packed(data: bytes) -> bytes:
    """One gzip member without a time; level 0, so that the bytes do not depend on zlib's version."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=0, fileobj=out, mtime=0) as file:
        file.write(data)
    return out.getvalue()


def archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        for name, data in files.items():
            file.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), data)
    return out.getvalue()


whole = packed(TABLE)
deflated = zlib.compressobj(9, zlib.DEFLATED, 31)
files = {
    "valid_table.csv.gz": whole,
    "valid_two_members.csv.gz": packed(TABLE[:40]) + packed(TABLE[40:]) + bytes(16),
    "valid_deflated.csv.gz": deflated.compress(TABLE) + deflated.flush(),
    "invalid_cut.csv.gz": whole[:50],
    "invalid_damaged.csv.gz": whole[:60] + bytes([whole[60] ^ 1]) + whole[61:],
    "invalid_trailing.csv.gz": whole + b"and more",
    "valid_one.zip": archive({"__MACOSX/._table.csv": b"x", "data/": b"", "data/table.csv": TABLE}),
    "valid_several.zip": archive({"data/table.csv": TABLE, "data/other.csv": OTHER, "readme.txt": b"Text."}),
    "invalid_workbook.xlsx": archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}),
    "invalid_cut.zip": archive({"table.csv": TABLE})[:60],
}
for name, data in files.items():
    (HERE / name).write_bytes(data)
