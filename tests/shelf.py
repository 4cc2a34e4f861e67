"""A lab that holds something: notes put on its shelf and committed, without a model, an arXiv or a clock."""

import json
from datetime import date
from pathlib import Path

from digest import AUTHORS, TITLE

from agents.lab.apply import apply
from agents.lab.change import Change
from agents.lab.find import READING_LIST, Lab
from agents.lab.reading_list import Row, upsert
from agents.note.markdown import render
from agents.note.note import fingerprint
from agents.note.paper import PaperNote

_REPLY = Path(__file__).parent / "data" / "replies" / "paper.json"
_ROW = Row(TITLE, arxiv="2301.12597", year=2023, link="blip-2.md", status="reading")


def blip2() -> PaperNote:
    """The note that the paper agent writes from the reply that its tests use."""
    said = json.loads(_REPLY.read_text(encoding="utf-8"))
    del said["echo"]
    for claim in (
        *said["method"]["approach"],
        *said["experiments"]["results"],
        *said["experiments"]["ablation"]["contributions"],
        *said["assessment"]["improvements"],
        *said["assessment"]["limitations"],
    ):
        claim["page"] = 1 if claim["quote"] else 0
    facts = {
        "title": TITLE,
        "created": date(2026, 11, 20),
        "updated": date(2026, 11, 20),
        "engine": "claude",
        "model": "claude-sonnet-5-5",
        "arxiv": "2301.12597",
        "version": 3,
        "authors": AUTHORS,
        "published": date(2023, 1, 30),
        "source": "pdf",
        "pages": 2,
        "sha256": "ab12",
    }
    note = PaperNote.model_validate(said | facts)
    return note.model_copy(update={"written": fingerprint(note)})


def with_blip2(lab: Lab) -> None:
    """One paper note, and its row in the reading list."""
    files = {"papers/blip-2.md": render(blip2()).encode()}
    apply(lab, Change("paper: BLIP-2", files, {READING_LIST: lambda data: upsert(data, _ROW)}), commit=True)


def put(lab: Lab, files: dict[str, str]) -> None:
    """Files as a person writes them, committed."""
    apply(lab, Change("mine", {path: text.encode() for path, text in files.items()}), commit=True)
