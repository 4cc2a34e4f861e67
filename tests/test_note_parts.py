"""The structured parts of a note: what code computes, and what it refuses."""

import pytest
from pydantic import ValidationError

from agents.note import ablation, slug
from agents.note.claim import Claim
from agents.note.diagram import Diagram
from agents.note.paper import PaperReply, incomplete


@pytest.mark.parametrize(
    ("value", "baseline", "shown"),
    [
        ("84.5", "85.4", ("-0.9", "-1.1 %")),
        ("79.1", "78.4", ("+0.7", "+0.9 %")),
        ("19%", "25%", ("-6%", "-24.0 %")),
        ("1,024", "512", ("+512", "+100.0 %")),
        ("−3.2", "1.6", ("-4.8", "-300.0 %")),
        ("62.0 ± 0.3", "61.0", ("+1.0", "+1.6 %")),
        ("1.4B", "108M", ("—", "—")),
        ("N.A.", "1", ("—", "—")),
        ("5", "0", ("+5", "—")),
    ],
)
def test_differences_are_exact_and_absent_where_two_cells_cannot_be_compared(value, baseline, shown):
    assert ablation.change(value, baseline) == shown


def _row(setting, value, *, baseline=False, metric="R@1"):
    return {
        "component": "组件",
        "table": "Table 1",
        "setting": setting,
        "metric": metric,
        "value": value,
        "baseline": baseline,
    }


def test_each_metric_is_compared_with_its_own_baseline():
    rows = [
        _row("full", "80", baseline=True),
        _row("-a", "78"),
        _row("full", "50", baseline=True, metric="R@5"),
        _row("-a", "51", metric="R@5"),
    ]
    text = ablation.show(ablation.Ablation[Claim].model_validate({"rows": rows, "contributions": [], "none": ""}))
    assert [line.split(" | ")[4] for line in text.split("\n")[2:]] == ["基准", "-2", "基准", "+1"]


@pytest.mark.parametrize(
    "diagram",
    [
        {"nodes": [{"id": "a", "label": "x"}, {"id": "a", "label": "y"}], "edges": []},
        {"nodes": [{"id": "a", "label": "x"}], "edges": [{"source": "a", "target": "b", "label": ""}]},
        {"nodes": [{"id": "end", "label": "x"}], "edges": []},
        {"nodes": [{"id": "a b", "label": "x"}], "edges": []},
        {"nodes": [], "edges": []},
    ],
    ids=["twin ids", "edge to nowhere", "a word of Mermaid", "a space in an id", "empty"],
)
def test_a_diagram_that_mermaid_would_not_draw_cannot_be_made(diagram):
    with pytest.raises(ValidationError):
        Diagram.model_validate(diagram)


def test_a_judgement_carries_no_quote_and_its_label_is_ours():
    assert Claim(text="推断：可能更慢。", quote="", cells=()).text == "可能更慢。"
    with pytest.raises(ValidationError, match="推断"):
        Claim(text="推断：可能更慢。", quote="it may be slower here", cells=())


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("BLIP-2: Bootstrapping Language-Image Pre-training", "blip-2"),
        ("Direct Preference Optimization: Your Language Model", "direct-preference-optimization"),
        ("Attention Is All You Need", "attention-is-all-you-need"),
        ("One Two Three Four: five", "one-two-three-four-five"),
        (
            "An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale and More Words Here",
            "an-image-is-worth-16x16-words-transformers-for-image",
        ),
        ("Schrödinger's Naïve Café", "schrodinger-s-naive-cafe"),
        ("对比学习综述", "my-file"),
        ("CON: a tale", "con-note"),
    ],
)
def test_notes_are_named_by_the_rule_of_the_house(title, stem):
    assert slug.paper_name(title, "My File.pdf", "abcdef1234567890") == stem
    assert len(stem) <= 60


def test_without_any_letter_the_checksum_names_the_note():
    assert slug.paper_name("中文", "论文.pdf", "abcdef1234567890") == "paper-abcdef12"


def test_counts_that_the_api_schema_cannot_carry_are_ours_to_check(valid_reply):
    assert incomplete(PaperReply.model_validate(valid_reply)) == []
    valid_reply["further_reading"] = valid_reply["further_reading"][:2]
    valid_reply["tags"] = ["one"]
    valid_reply["experiments"]["ablation"]["rows"][0]["baseline"] = False
    told = " ".join(problem.text for problem in incomplete(PaperReply.model_validate(valid_reply)))
    assert "3 to 5" in told and "tags" in told and "exactly one baseline for Table 6" in told
