"""What a concept note is: its laws on random notes, its links, the reply that may choose them, the counts."""

import random
from datetime import date
from typing import get_args

import pytest
from pydantic import ValidationError
from random_notes import Dice

from agents.concept import _AREAS
from agents.lab import concepts, new
from agents.note.choice import MOST_CANDIDATES, LinkedReply, links, reply_model
from agents.note.concept import Area, ConceptNote, ConceptReply, incomplete, sentences
from agents.note.cutting import BrokenNote
from agents.note.markdown import parse, render
from agents.note.note import fingerprint
from agents.note.related import LINKS, Link, Relation
from agents.note.section import places
from agents.note.slug import any_slug, slug

PATHS = [
    "papers/blip-2.md",
    "notes/training/lora.md",
    "experiments/notebooks/a b(1).ipynb",
    "notes/fundamentals/注意力.md",
    "notes/x.md",
]


def _random_note(seed):
    dice = Dice(seed)
    pick = random.Random(seed)
    order = ["", *(place.anchor for place in places(ConceptNote))]
    after = sorted(pick.sample(order, k=2), key=order.index)
    note = ConceptNote.model_validate(
        {
            "title": dice.plain(),
            "tags": dice.some(dice.plain),
            "aliases": dice.some(dice.plain),
            "created": date(2026, 1, 1),
            "updated": date(2026, 1, 2),
            "engine": "claude",
            "intuition": {"analogy": dice.prose(), "importance": dice.prose()},
            "definition": {
                "statement": dice.prose(),
                "formulas": dice.or_reason("items", dice.some(dice.formula)),
            },
            "example": dice.prose(),
            "diagram": dice.diagram(),
            "related": [
                {
                    "path": pick.choice(PATHS),
                    "title": dice.plain(),
                    "relation": pick.choice(["prerequisite", "extends", "applies", "contrasts", "mentions"]),
                    "reason": dice.line(),
                }
                for _ in range(pick.randint(0, 3))
            ],
            "mistakes": dice.some(dice.line),
            "interview": dice.prose(),
            "provenance": dice.some(dice.line),
            "own_sections": [{"after": a, "text": "## 我的\n\n话。\n\n"} for a in after],
            "remarks": pick.choice(["\n", "\n我的话\n", ""]),
        }
    )
    return note.model_copy(update={"written": fingerprint(note)})


@pytest.mark.parametrize("start", range(0, 600, 100))
def test_random_concept_notes_come_back_equal_and_print_the_same(start):
    for seed in range(start, start + 100):
        note = _random_note(seed)
        text = render(note)
        back = parse(text, ConceptNote)
        assert back == note, seed
        assert render(back) == text
        assert fingerprint(back) == note.written


def test_a_link_is_relative_to_the_folder_of_the_area_and_carries_kind_and_reason():
    link = Link(path="papers/blip-2.md", title="BLIP-2 [v3]", relation="applies", reason="用它取特征。")
    shown = LINKS.show((link,))
    assert shown == r"- [BLIP-2 \[v3\]](../../papers/blip-2.md)（应用）：用它取特征。"
    assert LINKS.read(shown) == [link.model_dump()]


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret.md", "papers/../../x.md", "a\nb.md", "x" * 301])
def test_a_link_out_of_the_lab_cannot_be_made(path):
    with pytest.raises(ValidationError):
        Link(path=path, title="x", relation="applies", reason="x")


@pytest.mark.parametrize("line", ["- BLIP-2：相关", "- [a](b.md)（喜欢）：因为", "本节没有内容"])
def test_a_line_that_is_no_link_breaks_the_section(line):
    with pytest.raises(ValueError, match="前置/演进/应用/对比"):
        LINKS.read(line)


def test_links_out_of_the_lab_in_an_edited_note_are_named_with_their_line():
    text = render(_random_note(1).model_copy(update={"related": ()}))
    broken = text.replace("本 lab 里还没有相关的笔记。", "- [x](../../../../etc/passwd)（应用）：y")
    with pytest.raises(BrokenNote, match="no path in the lab") as error:
        parse(broken, ConceptNote)
    assert "与已有笔记的关联" in broken.split("\n")[error.value.line - 1]


class TestTheReplyModel:
    def test_offers_the_forty_best_candidates_as_an_enum_and_demands_an_answer(self):
        made = reply_model([f"papers/{n}.md" for n in range(100)]).model_json_schema()
        assert made["$defs"]["Choice"]["properties"]["note"]["enum"] == [
            f"papers/{n}.md" for n in range(MOST_CANDIDATES)
        ]
        assert made["$defs"]["Choice"]["properties"]["relation"]["enum"] == [
            "prerequisite",
            "extends",
            "applies",
            "contrasts",
        ]
        assert "related" in made["required"]

    def test_has_no_field_for_links_where_there_is_nothing_to_link_to(self):
        made = reply_model([]).model_json_schema()
        assert "related" not in made["properties"]
        assert "Choice" not in made["$defs"]

    def test_a_note_of_no_candidate_s_form_is_refused_and_capitals_are_mended(self, concept_reply):
        made = reply_model(["papers/blip-2.md"])
        concept_reply["related"][0]["note"] = "Papers/BLIP-2.md"
        found = made.model_validate(concept_reply)
        assert isinstance(found, LinkedReply) and found.related[0].note == "papers/blip-2.md"
        concept_reply["related"][0]["note"] = "BLIP-2"
        with pytest.raises(ValidationError, match=r"papers/blip-2\.md"):
            made.model_validate(concept_reply)

    def test_a_kept_reply_is_good_in_a_lab_that_has_changed_since(self, concept_reply):
        assert reply_model(["papers/other.md"]).model_validate(concept_reply).related == ()
        assert not hasattr(reply_model([]).model_validate(concept_reply), "related")
        del concept_reply["related"]
        assert reply_model(["papers/other.md"]).model_validate(concept_reply).related == ()

    @pytest.mark.parametrize("damage", [None, "text", [None], [{"note": 3}], [["papers/blip-2.md"]]])
    def test_what_is_no_list_of_links_is_a_validation_error_and_no_crash(self, concept_reply, damage):
        concept_reply["related"] = damage
        with pytest.raises(ValidationError):
            reply_model(["papers/blip-2.md"]).model_validate(concept_reply)

    def test_each_note_is_linked_once_with_the_title_that_the_lab_gives_it(self, concept_reply):
        concept_reply["related"] *= 2
        reply = reply_model(["papers/blip-2.md"]).model_validate(concept_reply)
        assert [(link.title, link.relation) for link in links(reply, {"papers/blip-2.md": "BLIP-2"})] == [
            ("BLIP-2", "applies")
        ]
        assert links(reply, {}) == ()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("一。二！三？", 3),
        ("一句没有句号", 1),
        ("他说：“好。”然后走了。", 2),
        ("参数有 4.2 M，见 ViT-L/14。再说一句。", 2),
        ("真的？！是的……好。", 2),
        ("- 第一点\n- 第二点\n- 第三点", 3),
        ("第一段。\n\n第二段。", 2),
        ("It works. So does this.", 2),
        ("Self-attention vs. Cross-attention 不同，e.g. Flamingo 用后者。", 1),
        ("", 0),
    ],
)
def test_sentences_are_counted_as_a_reader_would(text, count):
    assert sentences(text) == count


@pytest.mark.parametrize(
    ("path", "value", "says", "fatal"),
    [
        (("interview",), "只有一句。", "interview: say it in 3 to 5 sentences, not 1", False),
        (("interview",), "一。二。三。四。五。六。", "not 6", False),
        (("mistakes",), [], "mistakes", True),
        (("tags",), ["one"], "tags: give 2 to 6", True),
        (("example",), "没有数字的例子。", "example: work it through", True),
        (("diagram", "edges"), [], "diagram: draw nodes and edges", True),
        (("definition", "formulas", "items", 0, "symbols"), [], "items[0].symbols", True),
        (("definition", "formulas", "items", 1, "tex"), "", "items[1].tex", True),
    ],
)
def test_demands_beyond_the_schema_are_checked(concept_reply, path, value, says, fatal):
    del concept_reply["related"]
    assert incomplete(ConceptReply.model_validate(concept_reply)) == []
    at = concept_reply
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    found = incomplete(ConceptReply.model_validate(concept_reply))
    assert len(found) == 1 and says in found[0].text and found[0].fatal is fatal


def test_the_five_areas_are_the_same_everywhere():
    assert get_args(Area) == concepts.AREAS == new.AREAS == _AREAS


def test_every_relation_has_a_name():
    for relation in get_args(Relation):
        link = Link(path="a/b.md", title="x", relation=relation, reason="y")
        assert LINKS.read(LINKS.show((link,)))[0]["relation"] == relation


@pytest.mark.parametrize(
    ("text", "stem"),
    [
        ("Cross-Attention 在多模态模型中的作用", "cross-attention-在多模态模型中的作用"),
        ("ＫＶ　Ｃａｃｈｅ", "kv-cache"),
        ("../../.git/hooks/post-commit", "git-hooks-post-commit"),
        ("Ménage à Trois", "ménage-à-trois"),
        ("हिन्दी भाषा", "हिन्दी-भाषा"),
        ("注意力🎉机制❤️", "注意力-机制"),
        ("CON", "con-note"),
        ("README", "readme-note"),
        ("注" * 100, "注" * 60),
        ("🎉", ""),
    ],
)
def test_a_name_in_any_script_is_letters_digits_and_hyphens(text, stem):
    assert any_slug(text) == stem
    assert any_slug(stem) == stem
    assert len(f"{stem}.md".encode()) < 255


def test_names_of_files_that_are_no_notes_are_never_given_to_one():
    assert (slug("Inbox"), slug("README")) == ("inbox-note", "readme-note")
