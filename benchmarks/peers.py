"""The other tools that take text out of a PDF. As a program, in an environment of theirs: one of them, file after file.

.bench-venv/bin/python benchmarks/peers.py NAME   < paths, one a line   > a JSON object a line
"""

import json
import os
import sys
import time
from collections.abc import Callable

Read = Callable[[str], tuple[list[str], list[str]]]  # path -> text of each page, label of each page ("" for none)
SLOW = ("pdfminer.six", "pdfplumber", "pymupdf4llm")  # one round


def _numbered(pages: list[str]) -> tuple[list[str], list[str]]:
    return pages, [str(number) for number in range(1, len(pages) + 1)]


def pypdfium2() -> Read:
    import pypdfium2 as pdfium

    def read(path: str) -> tuple[list[str], list[str]]:
        with pdfium.PdfDocument(path) as document:
            labels = [document.get_page_label(index) or str(index + 1) for index in range(len(document))]
            return [page.get_textpage().get_text_range() for page in document], labels

    return read


def pypdf() -> Read:
    from pypdf import PdfReader

    def read(path: str) -> tuple[list[str], list[str]]:
        reader = PdfReader(path)
        return [page.extract_text() for page in reader.pages], list(reader.page_labels)

    return read


def pdfminer_six() -> Read:
    from pdfminer.high_level import extract_text

    return lambda path: _numbered(extract_text(path).removesuffix("\f").split("\f"))


def pdfplumber() -> Read:
    import pdfplumber as plumber

    def read(path: str) -> tuple[list[str], list[str]]:
        with plumber.open(path) as document:
            return _numbered([page.extract_text() for page in document.pages])

    return read


def pymupdf4llm() -> Read:
    import pymupdf4llm as llm

    return lambda path: ([llm.to_markdown(path)], [""])


def kreuzberg() -> Read:
    from kreuzberg import extract_file_sync

    return lambda path: ([extract_file_sync(path).content], [""])


def pdf_oxide() -> Read:
    from pdf_oxide import PdfDocument

    def read(path: str) -> tuple[list[str], list[str]]:
        document = PdfDocument(path)
        return _numbered([document.extract_text(index) for index in range(document.page_count())])

    return read


PEERS: dict[str, Callable[[], Read]] = {
    "pypdfium2": pypdfium2,
    "pypdf": pypdf,
    "pdfminer.six": pdfminer_six,
    "pdfplumber": pdfplumber,
    "pymupdf4llm": pymupdf4llm,
    "kreuzberg": kreuzberg,
    "pdf_oxide": pdf_oxide,
}


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # some of them print
    read = PEERS[sys.argv[1]]()
    for line in sys.stdin:
        start = time.process_time()
        pages, labels = read(line.rstrip("\n"))
        seconds = time.process_time() - start
        print(json.dumps({"pages": pages, "labels": labels, "seconds": seconds}), file=answers, flush=True)


if __name__ == "__main__":
    main()
