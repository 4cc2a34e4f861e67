"""However the file lies on the disk, and however long it is, the same is read of it; its links are read as they are."""

import os
from pathlib import Path

import pytest
import small_pdfs

from agents.source import pdf
from agents.source.destinations import find_places, read_links
from agents.source.layout import Page

LINK = "<</Type/Annot/Subtype/Link/Rect[72 700 120 712]/Border[0 0 0]/A<</S/GoTo/D({name})>>>>"


def linked(path: Path, name: str, rotation: int = 0) -> Path:
    """A page whose link leads to `name`, which stands at (72, 92) from the top."""
    document = pdf.load_mupdf().open()
    page = document.new_page(width=595, height=842)
    page.insert_text((72, 137), "A line of text that cites somebody else for what he found.")
    links, target, names = (document.get_new_xref() for _ in range(3))
    document.update_object(links, LINK.format(name=name))
    document.xref_set_key(page.xref, "Annots", f"[{links} 0 R]")
    document.update_object(target, f"<</D[{page.xref} 0 R/XYZ 72 750 null]>>")
    document.update_object(names, f"<</Names[({name}) {target} 0 R]>>")
    document.xref_set_key(document.pdf_catalog(), "Names", f"<</Dests {names} 0 R>>")
    page.set_rotation(rotation)
    document.save(path)
    return path


@pytest.mark.parametrize("name", ["cite.knuth", r"cite.m\303\274ller:84", r"cite.a\(b\)", "cite.50% more"])
def test_a_link_and_its_target_have_one_name(tmp_path: Path, name: str) -> None:
    mupdf = pdf.load_mupdf()
    with mupdf.open(linked(tmp_path / "linked.pdf", name)) as document:
        ((called, box),) = read_links(mupdf.mupdf.fz_load_links(document[0].this))
        assert find_places(document, [Page(1, 595, 842, [])]) == {called: (1, 72.0, 92.0)}
    assert box == pytest.approx((72, 130, 120, 142))


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_link_stands_where_the_unturned_text_does(tmp_path: Path, rotation: int) -> None:
    path = linked(tmp_path / "turned.pdf", "cite.knuth", rotation)
    with pdf._reading(path, scan=False) as reader:
        ((_, box),), _ = reader._annotations(reader.document[0])
        page, names = reader.page(reader.document[0])
    (line,) = page.lines
    assert names == ["cite.knuth"]
    assert line.y0 < (box[1] + box[3]) / 2 < line.y1
    assert line.x0 <= box[0] + 1 < box[2] < line.x1


def test_a_book_is_read_from_the_disk_and_its_objects_forgotten_on_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = small_pdfs.paper(tmp_path / "paper.pdf")
    whole = pdf.read(path)
    monkeypatch.setattr(pdf, "_AT_ONCE", 0)
    monkeypatch.setattr(pdf, "_KEPT", 1)
    assert pdf.read(path) == whole


@pytest.mark.parametrize("at_once", [0, 2**20])
def test_a_name_of_any_bytes_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(pdf, "_AT_ONCE", at_once)
    content = small_pdfs.paper(tmp_path / "paper.pdf").read_bytes()
    for name in (b"\xe8\xae\xba\xe6\x96\x87 \xf0\x9f\x8e\x89.pdf", b"x\xff.pdf"):
        path = tmp_path / os.fsdecode(name)
        try:
            path.write_bytes(content)
        except (OSError, UnicodeError):
            pytest.skip("the disk takes no such name")
        assert pdf.read(path).title == "Small Models Learn from Pictures and Language Alone"
