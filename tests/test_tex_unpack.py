"""What arXiv serves as a source, whole or not, honest or not: only its own files are read, and never more than the cap."""

import gzip
import io
import tarfile
import time
import tracemalloc

import pytest
from tex_papers import link, source, tar

from agents.errors import DataError
from agents.source import tex
from agents.source.tex import unpack as unpacking
from agents.source.tex.files import decode, main_file
from agents.source.tex.unpack import NoTexError

PAPER = source(r"\title{A paper}\section{One}Some words stand here.")


@pytest.mark.parametrize(
    "data",
    [
        tar({"main.tex": PAPER}),
        tar({"main.tex": PAPER}, compress=False),
        gzip.compress(PAPER.encode()),
        PAPER.encode(),
        gzip.compress(PAPER.encode()[:40]) + gzip.compress(PAPER.encode()[40:]),
    ],
    ids=["tar.gz", "tar", "single gzipped file", "plain file", "two gzip members"],
)
def test_every_form_in_which_a_source_is_served_is_read(data):
    paper = tex.read(data)
    assert paper.title == "A paper"
    assert [section.heading for section in paper.sections] == ["1 One"]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.5\n\xd0\xd4\xc5\xd8", "PDF"),
        (gzip.compress(b"%PDF-1.5\n"), "PDF"),
        (b"%!PS-Adobe-2.0\n", "PostScript"),
        (b"<!DOCTYPE html><p>Rate exceeded.", "web page"),
        (b"Rate exceeded.", "no TeX"),
        (b"PK\x03\x04zip", "zip"),
        (tar({"paper.pdf": b"%PDF-1.5"}), "no readable file"),
        (tar({}), "no readable file"),
    ],
)
def test_a_source_without_tex_says_so_by_a_type_of_its_own(data, what):
    with pytest.raises(NoTexError, match=what):
        tex.read(data)


@pytest.mark.parametrize("data", [b"", b"  \n", b"\x1f\x8b\x08garbage", gzip.compress(PAPER.encode() * 50)[:-20]])
def test_a_damaged_source_is_no_source_without_tex(data):
    with pytest.raises(DataError) as failed:
        tex.read(data)
    assert not isinstance(failed.value, NoTexError)


def test_a_cut_tar_is_damaged():
    with pytest.raises(DataError, match="damaged"):
        unpacking.files_of(tar({"main.tex": PAPER * 40}, compress=False)[:1500])


def test_names_that_leave_the_archive_are_passed_over():
    files = {"../evil.tex": "a", "/etc/evil.tex": "b", "a/../../evil.tex": "c", "._main.tex": "d", "main.tex": PAPER}
    assert unpacking.files_of(tar(files)) == {"main.tex": PAPER.encode()}


def test_links_and_devices_are_passed_over():
    members = [
        link("secret.tex", "/etc/passwd"),
        link("hard.tex", "main.tex", tarfile.LNKTYPE),
        link("device.tex", "", tarfile.CHRTYPE),
        link("pipe.tex", "", tarfile.FIFOTYPE),
    ]
    assert set(unpacking.files_of(tar({"main.tex": PAPER}, members=members))) == {"main.tex"}


def test_a_paper_that_inputs_a_file_of_the_machine_gets_nothing():
    paper = tex.read(tar({"main.tex": source(r"Before \input{/etc/passwd} \input{../../etc/passwd} after.")}))
    assert "root:" not in " ".join(block.text for block in paper.blocks)
    assert len(paper.warnings) == 2


def test_a_gzip_bomb_stops_at_the_cap(monkeypatch):
    monkeypatch.setattr(unpacking, "MOST_BYTES", 5_000_000)
    bomb = gzip.compress(b"\\" + b" " * 60_000_000)
    tracemalloc.start()
    with pytest.raises(DataError, match="unpacks to more than"):
        unpacking.files_of(bomb)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_a_tar_that_claims_ten_gigabytes_is_refused_at_once():
    info = tarfile.TarInfo("main.tex")
    info.size = 10_000_000_000
    bomb = info.tobuf(tarfile.GNU_FORMAT) + b"\\documentclass{article}".ljust(1024, b"\0")
    started = time.monotonic()
    with pytest.raises(DataError):
        unpacking.files_of(gzip.compress(bomb))
    assert time.monotonic() - started < 1


def test_a_sparse_file_is_never_blown_up():
    """GNU sparse, old form: 512 bytes of data that claim to be ten gigabytes."""
    header = bytearray(512)
    fields = [(0, b"main.tex"), (100, b"0000644\0"), (124, b"00000001000\0"), (136, b"00000000000\0"), (156, b"S")]
    sparse = [(257, b"ustar  \0"), (386, b"00000000000\0"), (398, b"00000001000\0"), (483, b"112402762000")]
    for at, value in [*fields, *sparse]:
        header[at : at + len(value)] = value
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    with pytest.raises(DataError):
        unpacking.files_of(gzip.compress(bytes(header) + b"\\" * 512 + bytes(1024)))


def test_too_many_files_are_refused():
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for number in range(unpacking.MOST_FILES + 1):
            archive.addfile(tarfile.TarInfo(f"{number}.tex"))
    with pytest.raises(DataError, match="too many"):
        unpacking.files_of(made.getvalue())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252"])
def test_old_and_new_encodings_are_read(encoding):
    paper = tex.read(
        source(
            "\\title{Schrödinger’s Überblick}Words."
            if encoding != "latin-1"
            else "\\title{Schrödinger Überblick}Words."
        ).encode(encoding)
    )
    assert paper.title.startswith("Schrödinger") and paper.title.endswith("Überblick")


def test_control_characters_and_old_line_ends_do_not_get_in():
    assert decode(b"a\x00b\x02c\r\nd\re\x0cf") == "abc\nd\ne\nf"


def test_the_main_file_is_the_paper_and_not_its_supplement_or_a_part():
    files = {
        "supplement.tex": source("Long. " * 900),
        "sections/part.tex": "\\documentclass[../ms]{subfiles}\\begin{document}Part.\\end{document}",
        "ms.tex": source(r"\subfile{sections/part}"),
        "template.tex": source("How to use this template. " * 90),
        "notes.tex": r"% \documentclass{article} \begin{document}",
    }
    assert main_file(files) == "ms.tex"


def test_of_two_papers_the_one_with_more_text_in_all_its_files_is_taken():
    files = {
        "a.tex": source("Short."),
        "b.tex": source(r"\input{body}"),
        "body.tex": "Much more text. " * 50,
    }
    assert main_file(files) == "b.tex"


def test_a_source_without_a_latex_document_is_refused():
    with pytest.raises(DataError, match="LaTeX document"):
        tex.read(tar({"readme.txt": "no paper", "refs.bib": "@article{a, title={B}}"}))
