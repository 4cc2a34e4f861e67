"""Notes and their Markdown: the two laws, on many random notes and on what people do to a file."""

import concurrent.futures
import multiprocessing
import re
import time
from datetime import date

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from random_notes import Dice

from agents.note.cutting import BrokenNote, heading_lines, split
from agents.note.markdown import parse, render
from agents.note.note import fingerprint
from agents.note.paper import PaperNote
from agents.note.section import places

NOTES = 10_000


def _law_breakers(seeds: range) -> list[int]:
    broken = []
    for seed in seeds:
        note = Dice(seed).note()
        text = render(note)
        back = parse(text, PaperNote)
        if back != note or render(back) != text or fingerprint(back) != note.written:
            broken.append(seed)
    return broken


def test_ten_thousand_random_notes_come_back_equal_and_print_the_same():
    step = NOTES // 20
    with concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        found = list(pool.map(_law_breakers, [range(n, n + step) for n in range(0, NOTES, step)]))
    assert sum(len(range(n, n + step)) for n in range(0, NOTES, step)) == NOTES
    assert [seed for seeds in found for seed in seeds] == []


@pytest.fixture
def note() -> PaperNote:
    return Dice(7).note().model_copy(update={"own_sections": (), "own_keys": "", "remarks": "\n我的话。\n"})


MARKDOWN = (
    MarkdownIt("commonmark")
    .enable("table")
    .use(front_matter_plugin)
    .use(dollarmath_plugin, allow_space=False, allow_digits=False)
)


@pytest.mark.parametrize("seed", range(150))
def test_a_markdown_parser_sees_just_the_structure_that_we_meant(seed):
    note = Dice(seed).note().model_copy(update={"own_sections": (), "remarks": "\n"})
    tokens = MARKDOWN.parse(render(note))
    headings = [tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open"]
    expected = []
    for anchor, heading in [("", ""), *((p.anchor, p.section.heading) for p in places(PaperNote))]:
        expected += [f"{heading} <!-- field: {anchor} -->"] if anchor else []
        expected += [f"{m.heading} <!-- field: {m.anchor} -->" for m in note.more if m.after == anchor]
    assert headings[1:] == [*expected, "我的批注 <!-- field: remarks -->"]
    inline = [child for token in tokens for child in token.children or []]
    assert not [t for t in tokens if t.type == "html_block"]
    assert {t.content for t in inline if t.type == "html_inline"} <= {
        re.search("<!--.*-->", h)[0] for h in headings[1:]
    }
    assert not [t for t in inline if t.type == "image"]
    assert {t.attrGet("href").partition("/")[0] for t in inline if t.type == "link_open"} <= {
        "https:",
        "blip-2.md",
        "llava.md",
    }
    titles = [t for t in inline if t.type == "strong_open"]
    assert len(titles) >= len(note.further_reading)


def test_a_heading_whose_text_the_person_changed_is_found_by_its_anchor(note):
    text = render(note).replace("## 背景与动机 <!--", "## 为什么要做 <!--")
    assert parse(text, PaperNote) == note


def test_headings_can_be_worded_by_the_lab(note):
    text = render(note, {"background": "动机"})
    assert "## 动机 <!-- field: background -->" in text
    assert parse(text, PaperNote) == note


def test_what_the_person_added_comes_back_byte_for_byte(note):
    own = "## 我的图\r\n\r\n![mine](fig.png)\n\n```\n## 不是标题\n```\n\n"
    text = render(note).replace("## 方法 <!--", own + "## 方法 <!--")
    text = text.replace("\n---\n\n# ", "\ncssclass: wide\n---\n\n# ") + "最后一行，没有换行"
    back = parse(text, PaperNote)
    assert [(s.after, s.text) for s in back.own_sections] == [("background", own)]
    assert back.remarks.endswith("最后一行，没有换行")
    assert back.own_keys == "cssclass: wide\n"
    assert render(back) == text


def test_tags_status_and_own_sections_do_not_count_as_an_edit_but_our_words_do(note):
    text = render(note)
    retagged = re.sub(r"\ntags: .*", '\ntags:\n- mine\n- "two"', re.sub(r"\nstatus: .*", "\nstatus: read", text))
    assert fingerprint(parse(retagged + "更多", PaperNote)) == note.written
    assert fingerprint(parse(text.replace(note.summary, "改过的一句话"), PaperNote)) != note.written


def test_an_id_written_without_quotes_stays_an_id(note):
    text = re.sub(r"\narxiv: .*", "\narxiv: 2301.12590", render(note))
    assert parse(text, PaperNote).arxiv == "2301.12590"


def test_obsidians_empty_lists_are_empty_lists(note):
    text = re.sub(r"\ntags: .*", "\ntags:", render(note))
    assert parse(text, PaperNote).tags == ()


def test_crlf_files_parse_to_the_same_values(note):
    back = parse(render(note).replace("\n", "\r\n"), PaperNote)
    assert back.model_copy(update={"remarks": note.remarks}) == note


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("## 背景与动机 <!-- field: background -->", "背景", "background\\) is missing"),
        ("## 溯源", "## 一句话总结 <!-- field: summary -->\n\n重复\n\n## 溯源", "second time"),
        ("graph TD", "graph LR", "mermaid"),
        ("## 方法 <!-- field: method -->\n", "## 方法 <!-- field: method -->\n\n夹在中间的字\n", "no text of its own"),
        ("---\n", "", "front matter"),
        ('kind: "paper"', "kind: [", "YAML"),
        ('kind: "paper"', "kind: recipe", "kind"),
    ],
    ids=["section gone", "section twice", "other diagram", "text in a group", "no front matter", "broken yaml", "other kind"],
)  # fmt: skip
def test_a_broken_note_says_where_and_what(note, old, new, says):
    text = render(note)
    assert old in text
    with pytest.raises(BrokenNote, match=says) as broken:
        parse(text.replace(old, new, 1), PaperNote)
    assert 1 <= broken.value.line <= len(text.split("\n")) + 4


def test_the_person_s_parts_can_be_had_from_a_note_that_no_longer_parses(note):
    text = render(note).replace("graph TD", "graph LR") + "\n## 留着我\n"
    pieces = split(text, PaperNote)
    assert pieces.remarks.endswith("## 留着我\n")


@pytest.mark.parametrize("body", ["", "\n", "# Only a title\n", "Just words, no heading at all.\n"])
def test_a_note_without_any_heading_is_broken_not_a_crash(body):
    with pytest.raises(BrokenNote, match="missing"):
        parse(f'---\ntitle: "x"\n---\n{body}', PaperNote)


def test_dates_in_front_matter_are_dates(note):
    assert parse(render(note), PaperNote).created.__class__ is date


def test_a_heading_full_of_spaces_is_a_heading_and_takes_no_time():
    started = time.perf_counter()
    assert heading_lines(
        f"# a{' ' * 100_000}b\n##\n## \n####### no\n## c  <!-- field: x --> <!-- field: y.z --> \n"
    ) == [
        (0, f"a{' ' * 100_000}b", None),
        (2, "", None),
        (4, "c  <!-- field: x -->", "y.z"),
    ]
    assert time.perf_counter() - started < 1
