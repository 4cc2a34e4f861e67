"""The note of a review: its two laws on random values, what a Markdown parser makes of it, what its reply must hold."""

import json

import pytest
from markdown_it import MarkdownIt
from pydantic import ValidationError
from random_notes import Dice
from record import REPLIES

from agents.note.cutting import BrokenNote
from agents.note.diagram import unquote
from agents.note.map import MAP, Map
from agents.note.markdown import parse, render
from agents.note.note import fingerprint
from agents.note.review import ReviewNote, ReviewReply, incomplete, reply_model
from agents.note.ties import TIES


@pytest.mark.parametrize("start", range(0, 600, 100))
def test_random_reviews_come_back_equal_and_print_the_same(start):
    for seed in range(start, start + 100):
        note = Dice(seed).note_of("review")
        text = render(note)
        back = parse(text, ReviewNote)
        assert back == note, seed
        assert render(back) == text, seed
        assert fingerprint(back) == note.written


def test_answers_are_folded_within_one_line_and_stay_markdown():
    quiz = [
        {
            "question": "为什么？",
            "note": {"path": "papers/blip-2.md", "title": "BLIP-2"},
            "section": "方法",
            "answer": "因为 **冻结** 了 `x`，<3 行。",
            "strangers": [],
        }
    ]
    note = Dice(1).note_of("review").model_copy(update={"quiz": ()})
    note = ReviewNote.model_validate(note.model_dump() | {"quiz": quiz})
    tokens = MarkdownIt("commonmark").enable("table").parse(render(note).partition("\n---\n")[2])
    (inline,) = [token for token in tokens if "<details>" in token.content]
    html = [child.content for child in inline.children if child.type == "html_inline"]
    assert html == ["<details>", "<summary>", "</summary>", "</details>"]
    assert [child.type for child in inline.children if child.type in {"strong_open", "code_inline"}] == [
        "strong_open",
        "code_inline",
    ]
    assert not [token for token in tokens if token.type == "html_block"]


@pytest.mark.parametrize("answer", ["x</details>y", "<script>", "a\nb", "<b>", "![i](j)"])
def test_no_answer_can_leave_its_fold(answer):
    item = {
        "question": "q",
        "note": {"path": "papers/blip-2.md", "title": "t"},
        "section": "s",
        "answer": answer,
        "strangers": [],
    }
    with pytest.raises(ValidationError):
        ReviewNote.model_validate(Dice(1).note_of("review").model_dump() | {"quiz": [item]})


@pytest.mark.parametrize("path", ["/etc/passwd", "../x.md", "a/../../x.md", "a\nb.md", "notes/./a.md", "x" * 301])
def test_no_link_leaves_the_lab(path):
    with pytest.raises(ValidationError):
        ReviewNote.model_validate(
            Dice(1).note_of("review").model_dump()
            | {"weak": [{"fact": "f", "notes": [{"path": path, "title": "t"}], "more": 0, "why": "w", "remedy": "r"}]}
        )


def test_every_link_is_one_that_works_from_where_a_review_stands():
    text = render(Dice(5).note_of("review"))
    targets = [
        t.attrGet("href") for token in MarkdownIt().parse(text) for t in token.children or [] if t.type == "link_open"
    ]
    assert all(target.startswith(("../../papers/", "../", "http")) for target in targets)


def test_a_map_is_mermaid_of_quoted_labels_and_numbers_only():
    for seed in range(60):
        drawing = Map.model_validate(Dice(seed).map())
        _, _, block = MAP.show(drawing).partition("```mermaid\n")
        for line in block.removesuffix("\n```").split("\n")[1:]:
            bare = line.split('"')
            assert len(bare) in {1, 3}, line
            assert set(bare[0] + bare[-1]) <= set("subgraph end0123456789[]|->.n "), line
        assert [unquote(line.split('"')[1]) for line in block.split("\n") if line.startswith("        n")] == [
            label for group in drawing.groups for label in group.notes
        ]


def test_a_line_to_a_note_that_is_not_drawn_is_refused():
    with pytest.raises(ValidationError, match="not on the map"):
        Map.model_validate(
            {
                "groups": [{"folder": "f", "notes": ["a"]}],
                "lines": [{"source": 1, "target": 2, "tie": "link"}],
                "of_notes": 1,
                "of_relations": 1,
            }
        )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("graph LR", "graph TD"),
        ("    n", "    m"),
        ("   - 为什么要紧：", "   - 为何："),
        ("<details>", "<details open>"),
        ("   - 理由：", "   - 原因："),
        ("| 笔记 | 种类 |", "| 笔记 | 类别 |"),
        ("| 关系 | 从 |", "| 关系 | 由 |"),
        ("实线箭头是依赖", "实线是依赖"),
    ],
)
def test_a_broken_review_says_so(old, new):
    text = next(text for text in (render(Dice(seed).note_of("review")) for seed in range(50)) if old in text)
    with pytest.raises(BrokenNote):
        parse(text.replace(old, new), ReviewNote)


class TestTheReply:
    @pytest.fixture
    def reply(self):
        return json.loads((REPLIES / "review.json").read_text(encoding="utf-8"))

    @pytest.fixture
    def keys(self, reply):
        return [item["spot"] for item in reply["weak"]], [item["section"] for item in reply["quiz"]]

    def test_of_the_recording_is_complete(self, reply, keys):
        made = reply_model(*keys).model_validate(reply)
        assert isinstance(made, ReviewReply)
        assert incomplete(made, *keys) == []

    def test_may_name_only_what_there_is(self, reply, keys):
        reply["quiz"][0]["section"] = "papers/invented.md#summary"
        with pytest.raises(ValidationError, match="Input should be"):
            reply_model(*keys).model_validate(reply)

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            (lambda r: r["quiz"].pop(), "exactly 5 questions, not 4"),
            (lambda r: r["directions"].pop(), "exactly 3, not 2"),
            (lambda r: r["weak"].pop(), "explain 'stale' exactly once, not 0 times"),
            (lambda r: r["weak"].append(r["weak"][0]), "exactly once, not 2 times"),
            (lambda r: r["quiz"].__setitem__(0, r["quiz"][1]), "two questions are the same"),
            (lambda r: r["directions"][0].update(first_steps=[]), "first_steps: give 1 to 3, not 0"),
            (lambda r: r["quiz"][0].update(section="gone#x"), "'gone#x' is not in the list of sections"),
            (lambda r: r["weak"][0].update(spot="gone"), "'gone' is not in the list of weak spots"),
        ],
    )
    def test_is_told_what_it_lacks(self, reply, keys, change, says):
        change(reply)
        assert any(says in problem.text for problem in incomplete(ReviewReply.model_validate(reply), *keys))

    def test_where_nothing_is_weak_and_nothing_can_be_asked_says_nothing_of_it(self, reply):
        reply |= {"weak": [], "quiz": []}
        assert incomplete(reply_model([], []).model_validate(reply), [], []) == []
        schema = json.dumps(reply_model([], []).model_json_schema())
        assert "enum" not in schema and "always []" in schema

    def test_s_schema_names_the_keys_once(self, keys):
        schema = json.dumps(reply_model(*keys).model_json_schema())
        assert schema.count(keys[1][0]) == 1


def test_the_dice_draw_all_there_is():
    drawn = [Dice(seed).note_of("review") for seed in range(40)]
    assert {line.tie for note in drawn for line in note.knowledge.drawing.lines} == set(TIES)
    assert (
        any(not note.quiz for note in drawn)
        and any(not note.weak for note in drawn)
        and any(not note.atlas.relations for note in drawn)
    )
