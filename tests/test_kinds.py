"""What holds for notes of every kind: the two laws, the template's wording; and the parts that concepts bring."""

import re

import pytest
from pydantic import ValidationError
from random_notes import Dice

from agents.note import concept
from agents.note.concept import ConceptNote
from agents.note.cutting import BrokenNote, heads, split
from agents.note.kinds import KINDS
from agents.note.markdown import examine, parse, render
from agents.note.note import REMARKS, KeptNote, fingerprint
from agents.note.related import LINKS, RELATIONS, Link
from agents.note.section import places
from agents.note.template import anchors, headings, template

NOTES = 500
IN_MARKDOWN = [kind for kind in KINDS if kind != "experiment"]  # that one is a notebook: test_notebook.py


@pytest.mark.parametrize("kind", IN_MARKDOWN)
def test_random_notes_come_back_equal_and_print_the_same(kind):
    model = KINDS[kind]
    for seed in range(NOTES):
        note = Dice(seed).note_of(kind)
        text = render(note)
        back = parse(text, model)
        assert back == note, seed
        assert render(back) == text, seed
        assert fingerprint(back) == note.written, seed


@pytest.mark.parametrize("kind", IN_MARKDOWN)
def test_random_notes_of_a_kind_differ_and_fill_every_section(kind):
    texts = [render(Dice(seed).note_of(kind)) for seed in range(60)]
    assert len(set(texts)) == 60
    for place in places(KINDS[kind]):
        if place.section.body:
            assert any(split(text, KINDS[kind]).ours[place.anchor].body for text in texts), place.anchor


@pytest.mark.parametrize("kind", IN_MARKDOWN)
def test_headings_are_where_they_stand_and_end_with_the_person_s(kind):
    note = Dice(3).note_of(kind).model_copy(update={"own_sections": (), "remarks": "\n## 他的\n"})
    text = render(note)
    found = heads(text, KINDS[kind])
    assert [(head.level, head.anchor) for head in found] == [(p.level, p.anchor) for p in places(KINDS[kind])] + [
        (2, "remarks")
    ]
    lines = text.split("\n")
    assert all(lines[head.line - 1].startswith(f"{'#' * head.level} {head.text} <!--") for head in found)
    assert found[-1].text == REMARKS.heading


@pytest.mark.parametrize("kind", [kind for kind in IN_MARKDOWN if not issubclass(KINDS[kind], KeptNote)])
def test_a_note_says_all_that_is_wrong_and_parse_the_first(kind):
    text = render(Dice(3).note_of(kind).model_copy(update={"own_sections": ()}))
    last = [place for place in places(KINDS[kind]) if place.section.body][-1]
    damaged = re.sub(r"\ncreated: .*", "\ncreated: soon", text).replace(f"<!-- field: {last.anchor} -->", "")
    note, faults = examine(damaged, KINDS[kind])
    assert note is None
    assert [(fault.rule, fault.line) for fault in faults] == [
        ("heading", damaged.count("\n") + 1),
        ("front-matter", damaged[: damaged.index("\ncreated: ")].count("\n") + 2),
    ]
    with pytest.raises(BrokenNote, match=re.escape(str(faults[0]))):
        parse(damaged, KINDS[kind])
    assert examine(text, KINDS[kind])[1] == []


# Templates


CLAUDE_MD = """\
# 约定

## 别的 <!-- field: stray -->

# 论文 <!-- kind: paper -->

## 一句话 <!-- field: summary -->

一句。

## 我加的

##没有空格 <!-- field: background -->

# 概念笔记   <!-- kind: concept -->\t
### 类比 <!-- field: intuition.analogy -->\t

## <!-- field: example -->
"""


def test_a_template_is_what_stands_under_its_kind_up_to_the_next():
    assert template(CLAUDE_MD, "paper").startswith("# 论文 <!-- kind: paper -->\n")
    assert "类比" not in template(CLAUDE_MD, "paper")
    assert template(CLAUDE_MD, "concept").endswith("## <!-- field: example -->\n")
    assert template(CLAUDE_MD, "weekly") == ""


def test_headings_are_those_with_an_anchor_and_a_text():
    assert headings(CLAUDE_MD, "paper") == {"summary": "一句话", "more.我加的": "我加的"}
    assert headings(CLAUDE_MD, "concept") == {"intuition.analogy": "类比"}
    assert headings(CLAUDE_MD, "weekly") == headings("", "paper") == {}


def test_anchors_say_their_line_also_where_the_text_is_missing():
    assert anchors(CLAUDE_MD, "paper") == [(7, "summary", "一句话")]
    assert anchors(CLAUDE_MD, "concept") == [(16, "intuition.analogy", "类比"), (18, "example", "")]
    assert anchors(CLAUDE_MD, "weekly") == []


def test_a_template_with_windows_line_ends_reads_the_same():
    windows = CLAUDE_MD.replace("\n", "\r\n")
    for kind in KINDS:
        assert anchors(windows, kind) == anchors(CLAUDE_MD, kind)


@pytest.mark.parametrize("kind", IN_MARKDOWN)
def test_a_note_can_be_worded_by_any_template_and_is_still_read(kind):
    model = KINDS[kind]
    contract = f"# x <!-- kind: {kind} -->\n" + "".join(
        f"## 改 {n} <!-- field: {p.anchor} -->\n" for n, p in enumerate(places(model))
    )
    for seed in range(30):
        note = Dice(seed).note_of(kind)
        text = render(note, headings(contract, kind))
        assert f"## 改 0 <!-- field: {next(places(model)).anchor} -->" in text
        assert parse(text, model) == note


# Links to other notes


def link(**more):
    return Link.model_validate(
        {"path": "papers/blip-2.md", "title": "BLIP-2", "relation": "applies", "reason": "它用到了。"} | more
    )


def test_links_are_printed_from_where_a_concept_note_stands_and_read_back():
    links = (
        link(),
        link(path="notes/training/长 名(1).md", title="[a](b)", relation="prerequisite"),
        link(path="README.md", relation="extends"),
    )
    text = LINKS.show(links)
    assert text.split("\n")[0] == "- [BLIP-2](../../papers/blip-2.md)（应用）：它用到了。"
    assert "](../training/%E9%95%BF%20%E5%90%8D%281%29.md)" in text
    assert [Link.model_validate(data) for data in LINKS.read(text)] == list(links)


def test_no_links_are_a_sentence_that_reads_as_none():
    assert LINKS.read(LINKS.show(())) == LINKS.read("") == []
    assert LINKS.show(()) == "本 lab 里还没有相关的笔记。"


@pytest.mark.parametrize("relation", RELATIONS)
def test_each_relation_comes_back(relation):
    assert LINKS.read(LINKS.show((link(relation=relation),)))[0]["relation"] == relation


@pytest.mark.parametrize(
    "line",
    ["- [a](b.md)：没有关系", "- [a](b.md)（亲戚）：x", "[a](b.md)（应用）：x", "- [a](b c.md)（应用）：x", "- a（应用）：x", "- [a](b.md)（应用）：", "没有。"],
)  # fmt: skip
def test_a_line_of_another_form_is_refused(line):
    with pytest.raises(ValueError, match="each line here is"):
        LINKS.read(line)


@pytest.mark.parametrize("path", ["/etc/passwd", "../out.md", "a//b.md", "a/../b.md", "./a.md", "a\nb.md", "a" * 301])
def test_a_link_leads_to_a_path_in_the_lab(path):
    with pytest.raises(ValidationError):
        link(path=path)


def test_a_link_edited_to_lead_out_of_the_lab_breaks_the_note():
    text = render(Dice(1).note_of("concept").model_copy(update={"related": (link(),)}))
    with pytest.raises(BrokenNote, match="no path in the lab"):
        parse(text.replace("../../papers/blip-2.md", "../../../secret.md"), ConceptNote)


# What a concept has to have


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("一句。", 1), ("一句。两句！三句？", 3), ("没有句号", 1), ("他说：“好。”然后走了。", 2), ("第 3.5 节讲了它。", 1), ("It works. It is fast.", 2), ("如 Fig. 3 所示。", 1), ("一。\n\n二。", 2), ("", 0), ("U.S. 的做法。", 1),
    ],
)  # fmt: skip
def test_sentences_are_counted(text, count):
    assert concept.sentences(text) == count


COMPLETE = {
    "interview": "一。二。三。", "mistakes": ("误区。",), "tags": ("a", "b"), "example": "取 d = 2。",
    "diagram": {"nodes": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}], "edges": [{"source": "a", "target": "b", "label": ""}]},
    "definition": {"statement": "定义。", "formulas": {"items": [{"tex": "x", "equation": "", "page": 0, "meaning": "含义", "symbols": [{"symbol": "x", "meaning": "元"}]}], "none": ""}},
}  # fmt: skip


def complete(**more):
    facts = {
        "title": "T",
        "created": "2026-11-27",
        "updated": "2026-11-27",
        "engine": "claude",
        "intuition": {"analogy": "像。", "importance": "因为。"},
    }
    return ConceptNote.model_validate(facts | COMPLETE | more)


def formulas(**more):
    item = COMPLETE["definition"]["formulas"]["items"][0] | more
    return {"statement": "定义。", "formulas": {"items": [item], "none": ""}}


def test_a_complete_concept_lacks_nothing():
    assert concept.incomplete(complete()) == []
    assert (
        concept.incomplete(complete(definition={"statement": "s", "formulas": {"items": [], "none": "没有公式。"}}))
        == []
    )


@pytest.mark.parametrize(
    ("lacks", "says"),
    [
        ({"interview": "一。二。"}, "3 to 5 sentences, not 2"), ({"interview": "一。二。三。四。五。六。"}, "not 6"), ({"mistakes": ()}, "mistakes"), ({"tags": ("a",)}, "tags"), ({"tags": tuple("abcdefg")}, "tags"),
        ({"example": "没有数。"}, "numbers"), ({"diagram": {"nodes": [{"id": "a", "label": "A"}], "edges": []}}, "diagram"),
        ({"definition": formulas(tex="")}, "give the TeX"), ({"definition": formulas(symbols=[])}, "explain every symbol"),
        ({"definition": {"statement": "s", "formulas": {"items": COMPLETE["definition"]["formulas"]["items"] * 7, "none": ""}}}, "at most 6"),
    ],
)  # fmt: skip
def test_what_a_concept_lacks_is_named_alone(lacks, says):
    problems = concept.incomplete(complete(**lacks))
    assert len(problems) == 1, problems
    assert says in problems[0].text
