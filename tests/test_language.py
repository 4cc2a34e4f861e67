"""Notes are in Chinese: what is caught, what is left alone, and what becomes of a paragraph that stays English."""

import json
from pathlib import Path

import pytest
from random_notes import Dice

from agents.note.concept import ConceptReply
from agents.note.experiment import ClosingReply, ExperimentReply
from agents.note.mark import NOT_CHINESE
from agents.note.paper import PaperReply
from agents.note.plan import PlanReply
from agents.note.review import ReviewReply
from agents.note.weekly import Stuck, WeeklyReply
from agents.recipes import filing
from agents.trust import alone, language
from agents.trust.outcome import counts, marked, problems

ROOT = Path(__file__).resolve().parents[1]
REPLIES = {
    "paper": PaperReply, "concept": ConceptReply, "review": ReviewReply, "weekly": WeeklyReply, "init": PlanReply,
    "experiment": ExperimentReply, "experiment-conclusion": ClosingReply,
}  # fmt: skip


def reply_of(name, **changes):
    model = REPLIES[name]
    data = json.loads((ROOT / "tests/data/replies" / f"{name}.json").read_text(encoding="utf-8"))
    return model.model_validate({key: value for key, value in (data | changes).items() if key in model.model_fields})


def about(text):
    """The outcome over one paragraph, as a field of a real reply holds it."""
    return language.outcome(ClosingReply.model_construct(conclusion=text, theory=""))


@pytest.mark.parametrize("name", REPLIES)
def test_good_replies_are_not_accused(name):
    found = language.outcome(reply_of(name))
    assert (found.right, found.doubts) == (found.of, ())
    assert found.of >= 8


def test_the_shipped_reading_list_and_the_words_of_our_own_pages_are_not_accused():
    plan = PlanReply.model_validate(json.loads((ROOT / "agents/starter/mllm.json").read_text(encoding="utf-8")))
    assert language.outcome(plan).doubts == ()
    pages = [ROOT / "README.md", ROOT / "CLAUDE.md", *sorted((ROOT / "prompts").glob("*.md"))]
    blocks = [line.lstrip("-> 0123456789.") for page in pages for line in outside_fences(page.read_text())]
    prose = [line for line in blocks if line and line[0] not in "|#<![" and "Thank you to arXiv" not in line]
    assert len(prose) > 200
    assert [line for line in prose if about(line).doubts] == []


def outside_fences(text):
    return [line for n, part in enumerate(text.split("```")) if n % 2 == 0 for line in part.split("\n")]


CHINESE_LINES = [
    "Q-Former 只训练 188M 参数，就把冻结的 image encoder 与 LLM 连接起来。",
    "BLIP-2（Bootstrapping Language-Image Pre-training with Frozen Image Encoders）提出 Querying Transformer。",
    "BLIP-2", "CLIP、ALIGN、Flamingo", "Querying Transformer (Q-Former)", "Vision-Language Pre-training (VLP)",
    "image-text contrastive learning, image-text matching, image-grounded text generation",
    "作者写道：“The Q-Former acts as an information bottleneck between the frozen image encoder and the LLM.”",
    "运行 `python -m agents.paper 2301.12597 to see what it writes and where it is put` 即可。",
    "损失 $\\text{the mean of both of the directions is what we want to minimise}$ 越小越好。",
    "三个目标：ITC、ITM、ITG，分别对应 uni-modal、bi-directional、multi-modal causal 三种 self-attention mask。",
    "先读 Attention Is All You Need，再读 An Image Is Worth 16x16 Words。", "65.0 %", "——", "见 4.5 Which word is wrong?",
    "《an image is worth 16x16 words: transformers for image recognition at scale》把图像切成 patch。",
    "用 zero-shot 与 few-shot 评测 in-context learning 的效果，token 与 patch 数都不变。",
    "在 WebLI 上用 next token prediction 训练；推理时采用 greedy decoding 与 beam search。",
    "乾坤大挪移；著名的显著性；慰藉；瞭望；干净；后来；里程碑；发展；头发；皇后；面条；于是。", "见 https://arxiv.org/abs/2301.12597 的 Table 2。",
]  # fmt: skip


@pytest.mark.parametrize("line", CHINESE_LINES)
def test_chinese_with_english_names_terms_and_quotes_is_left_alone(line):
    assert about(line).doubts == ()


ENGLISH = [
    "The Q-Former is a lightweight transformer that bridges the modality gap.",
    "We propose BLIP-2, a generic and efficient pre-training strategy.",
    "BLIP-2 outperforms Flamingo80B by 8.7% on zero-shot VQAv2 with 54x fewer trainable parameters.",
    "Larger batches improve the accuracy.",
    "Q-Former 是 a lightweight transformer which bridges the modality gap 之间的桥。",
    "模型先用 a frozen image encoder that has been trained before on a large set of pictures 提取特征，然后把特征交给语言模型继续处理，最后输出答案。",
    "作者提出的方法在零样本评测上取得了最好的结果，which shows that the bottleneck is not a limit of the model in practice，值得注意。",
    "- **方法**：the two encoders are trained jointly on pairs of pictures and captions",
    "損失函数は次のように定義されます。",
    "Das Modell ist viel kleiner als alle anderen Modelle und trotzdem besser.",
]  # fmt: skip


@pytest.mark.parametrize("line", ENGLISH)
def test_what_is_not_translated_is_caught_and_marked_at_its_end(line):
    (doubt,) = about(line).doubts
    assert (doubt.where, doubt.mark, doubt.at) == ("conclusion", NOT_CHINESE, len(line))
    assert line[:20] in doubt.message


@pytest.mark.parametrize(
    ("line", "characters"),
    [("對比學習把圖像與文字放進同一個空間。", "對學習圖與進個間"), ("这个模型學習得很快。", "學習"), ("線性层之後接 softmax。", "線後")],
)  # fmt: skip
def test_traditional_characters_are_named_each_once(line, characters):
    (doubt,) = about(line).doubts
    assert doubt.mark == f"⚠ 含繁体字：{characters}"


def test_every_paragraph_counts_and_the_mark_stands_behind_the_right_one():
    text = "第一段是中文。\n\nThe second one is not in Chinese.\n\n- 第三段，\n- 對的"
    reply = reply_of("experiment-conclusion", conclusion=text, theory="好的，没有别的。")
    found = language.outcome(reply)
    assert counts([found]) == {"language": (3, 5)}
    shown = marked(reply.model_dump(), [found], reply)["conclusion"]
    assert shown == (
        "第一段是中文。\n\nThe second one is not in Chinese.（⚠ 未译成中文）\n\n- 第三段，\n- 對的（⚠ 含繁体字：對）"
    )
    again = language.outcome(ClosingReply.model_validate({"conclusion": shown, "theory": "好的，没有别的。"}))
    assert (again.right, again.of) == (3, 5)
    assert marked({"conclusion": shown, "theory": ""}, [again], reply)["conclusion"] == shown  # one mark is enough
    assert all(not problem.fatal for problem in problems([found]))


@pytest.mark.parametrize("name", REPLIES)
def test_an_english_sentence_in_any_prose_field_of_any_reply_is_caught(name):
    reply = reply_of(name)
    places = [where for where, text in language.in_chinese(reply) if text]
    assert places
    english = "This sentence was left as it is in the paper."
    for where in places:
        planted = put(reply.model_dump(), where.split("."), english)
        doubts = language.outcome(type(reply).model_validate(planted)).doubts
        assert [doubt.where for doubt in doubts] == [where]
        assert [problem.text.partition(":")[0] for problem in problems(alone.outcomes(type(reply)(**planted)))] == [
            where
        ]


def put(value, path, text):
    if not path:
        return text
    if isinstance(value, dict):
        return value | {path[0]: put(value[path[0]], path[1:], text)}
    at = int(path[0])
    return (*value[:at], put(value[at], path[1:], text), *value[at + 1 :])


def test_what_the_person_said_and_what_code_writes_may_be_in_any_language():
    english = ("I have read the whole of the paper this week.",)
    said = (
        Dice(1)
        .note_of("weekly")
        .model_copy(
            update={"done": english, "stuck": english, "provenance": english, "problems": (Stuck(text=english[0]),)}
        )
    )
    assert [doubt for doubt in language.outcome(said).doubts if english[0][:20] in doubt.message] == []


def test_titles_quotes_cells_tags_and_names_are_never_looked_at():
    reply = reply_of("paper")
    looked_at = {where.rpartition(".")[2] for where, _ in language.in_chinese(reply)}
    assert looked_at.isdisjoint(
        {"title", "quote", "table", "row", "column", "value", "authors", "tags", "label", "tex"}
    )


def test_a_field_that_is_too_full_for_its_mark_is_filed_without_it():
    reply = reply_of("paper", summary=("This is the text. " * 120)[:1997].strip())
    assert sum(len(one.doubts) for one in alone.outcomes(reply)) == 1
    assert filing.with_marks(reply) == reply
    short = reply_of("paper", summary="This is the text of it.")
    assert filing.with_marks(short).summary == "This is the text of it.（⚠ 未译成中文）"
