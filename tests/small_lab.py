"""A lab of five notes on real subject matter, printed by the models themselves: two papers, three concepts.

self-attention -> cross-attention (前置), cross-attention -> BLIP-2 (应用), BLIP-2 -> LLaVA (横向对比), and contrastive
learning, which BLIP-2's note mentions by name. Every byte is the same at every run.
"""

import json
from datetime import date
from pathlib import Path

from real_git import run_git

from agents.lab.find import READING_LIST, Lab
from agents.lab.reading_list import Row, upsert
from agents.note.concept import ConceptNote
from agents.note.markdown import render
from agents.note.note import Note, fingerprint
from agents.note.paper import PaperNote

DAY = date(2026, 11, 2)
BLIP_2, LLAVA = "papers/blip-2.md", "papers/llava.md"
SELF, CROSS = "notes/fundamentals/self-attention.md", "notes/fundamentals/cross-attention.md"
CONTRASTIVE = "notes/vision-language/contrastive-learning.md"
_REPLY = Path(__file__).parent / "data" / "replies" / "paper.json"
_DIAGRAM = {
    "nodes": [{"id": "a", "label": "输入"}, {"id": "b", "label": "输出"}],
    "edges": [{"source": "a", "target": "b", "label": ""}],
}


def text(note: Note) -> str:
    """The file of a note that nobody has edited since we wrote it."""
    return render(note.model_copy(update={"written": fingerprint(note)}))


def paper(**facts) -> PaperNote:
    """The note of BLIP-2 as the recorded reply makes it; `facts` replace what they name."""
    reply = json.loads(_REPLY.read_text(encoding="utf-8"))
    body = {name: value for name, value in reply.items() if name != "echo"}
    made = {
        "title": "BLIP-2: Bootstrapping Language-Image Pre-training with Frozen Image Encoders and Large Language Models",
        "created": DAY, "updated": DAY, "engine": "claude", "model": "claude-sonnet-5-5", "arxiv": "2301.12597", "version": 3,
        "authors": ("Junnan Li", "Dongxu Li", "Silvio Savarese", "Steven Hoi"), "published": date(2023, 1, 30), "source": "pdf", "pages": 2, "sha256": "b2",
    }  # fmt: skip
    return PaperNote.model_validate(_with_pages(body) | made | facts)


def _judgement(text):
    return {"text": text, "quote": "", "cells": [], "page": 0}


def _with_pages(value):
    """A reply's claims as a note holds them: code has found each quote."""
    if isinstance(value, list):
        return [_with_pages(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: _with_pages(item) for key, item in value.items()}
    return found | ({"page": 1 if found["quote"] else 0} if "quote" in found else {})


def concept(title: str, **facts) -> ConceptNote:
    """A concept note of few words; `facts` replace what they name."""
    made = {
        "title": title, "created": DAY, "updated": DAY, "engine": "claude", "model": "claude-sonnet-5-5",
        "intuition": {"analogy": "像在图书馆里按关键词找书。", "importance": "没有它，模型只能平均地看所有输入。"},
        "definition": {"statement": "由 query 对 key 打分，再按分数加权求和 value。", "formulas": {"items": [], "none": "这里不写公式。"}},
        "example": "两个 token，分数 0.9 与 0.1，输出就更像第 1 个。", "diagram": _DIAGRAM, "related": [],
        "mistakes": ["注意力权重不是重要性的因果解释。"], "interview": "它是一种按相关性取信息的方法。先打分，再归一化。最后加权求和。",
    }  # fmt: skip
    return ConceptNote.model_validate(made | facts)


def link(path: str, title: str, relation: str, reason: str) -> dict[str, str]:
    return {"path": path, "title": title, "relation": relation, "reason": reason}


_ATTENTION = {
    "tex": "\\mathrm{softmax}\\left(\\frac{Q K^{\\top}}{\\sqrt{d_k}}\\right) V", "equation": "1", "page": 0, "meaning": "按 query 与 key 的相似度对 value 加权求和。",
    "symbols": [{"symbol": "d_k", "meaning": "key 的维度；除以它的平方根，点积才不会随维度变大而让 softmax 饱和。"}],
}  # fmt: skip
_INFO_NCE = {
    "tex": "-\\log \\frac{\\exp(s_{ii}/\\tau)}{\\sum_{j} \\exp(s_{ij}/\\tau)}", "equation": "", "page": 0, "meaning": "让配对样本的相似度高于同一批里的其他样本。",
    "symbols": [{"symbol": "\\tau", "meaning": "温度：越小，分布越尖锐，越关注难负样本。"}],
}  # fmt: skip


def notes() -> dict[str, str]:
    """Path -> text."""
    llava = paper(
        title="Visual Instruction Tuning", aliases=("LLaVA",), tags=("vision-language", "instruction-tuning"), arxiv="2304.08485", version=2,
        authors=("Haotian Liu", "Chunyuan Li", "Qingyang Wu", "Yong Jae Lee"), published=date(2023, 4, 17), sha256="11a", status="reading",
        summary="LLaVA 用一层线性投影把 CLIP 的视觉特征接进 LLM，再用 GPT-4 生成的指令数据微调。", background="纯文本的 GPT-4 可以用来生成图文指令数据；难点是怎样把视觉特征接进 LLM。",
        method={
            "intuition": "像给会说话的人配一副眼镜：眼镜（CLIP）和嘴（LLM）都是现成的，只学中间的镜片（线性投影）。", "diagram": _DIAGRAM,
            "approach": [_judgement("先只训练线性投影，再把投影与 LLM 一起微调。")], "formulas": {"items": [], "none": "这里不抄公式。"},
        },
        experiments={"results": [], "ablation": {"rows": [], "contributions": [], "none": "这里不抄消融。"}},
        assessment={
            "improvements": [_judgement("用语言模型生成图文指令数据，免去人工标注。")], "limitations": [_judgement("一层线性投影不压缩视觉 token，图越大序列越长。")],
            "comparison": {"items": [{"paper": "blip-2", "text": "LLaVA 用线性投影代替 Q-Former，并加上视觉指令微调。"}], "none": ""},
            "lessons": ["想清楚投影与 Q-Former 各自丢掉了什么信息。"],
        },
        further_reading=[],
    )  # fmt: skip
    made = {
        BLIP_2: paper(),
        LLAVA: llava,
        SELF: concept(
            "Self-Attention", aliases=("自注意力",), tags=("attention", "transformer"),
            definition={"statement": "query、key、value 都来自同一个序列。", "formulas": {"items": [_ATTENTION], "none": ""}},
        ),
        CROSS: concept(
            "Cross-Attention", aliases=("交叉注意力",), tags=("attention", "fusion"),
            related=[
                link(SELF, "Self-Attention", "prerequisite", "公式相同，只是 query 与 key、value 来自不同序列。"),
                link(BLIP_2, "BLIP-2", "applies", "Q-Former 用它从冻结的图像特征里取信息。"),
            ],
            mistakes=["query 来自要被更新的一侧，key 与 value 来自被读取的一侧，不要弄反。"],
            interview="交叉注意力让一个序列去读另一个序列。query 来自自己，key 与 value 来自对方。多模态模型用它把图像信息送进语言一侧，也可以接 KV Cache 加速。",
        ),
        CONTRASTIVE: concept(
            "对比学习（Contrastive Learning）", aliases=("对比学习", "InfoNCE"), tags=("contrastive-learning", "vision-language"),
            definition={"statement": "拉近配对的图文，推远不配对的图文。CLIP 是代表。", "formulas": {"items": [_INFO_NCE], "none": ""}},
            mistakes=["负样本来自同一批，所以批大小会影响效果。"],
            interview="对比学习让配对的样本靠近、不配对的远离。CLIP 用图文对做这件事。学到的空间可以直接做零样本分类。",
        ),
    }  # fmt: skip
    return {path: text(note) for path, note in made.items()}


ROWS = (
    Row("Attention Is All You Need", "1706.03762", 2017, "", "read", "1"),
    Row("Learning Transferable Visual Models From Natural Language Supervision", "2103.00020", 2021, "", "unread", "2"),
    Row("BLIP-2: Bootstrapping Language-Image Pre-training", "2301.12597", 2023, "blip-2.md", "read", "3"),
    Row("Visual Instruction Tuning", "2304.08485", 2023, "llava.md", "reading", "3"),
    Row("Direct Preference Optimization: Your Language Model is Secretly a Reward Model", "2305.18290", 2023, "", "unread", "4"),
)  # fmt: skip


def fill(lab: Lab) -> None:
    """Write the notes and the reading list, and commit them."""
    for path, content in notes().items():
        file = lab.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    readme = lab.root / READING_LIST
    data = readme.read_bytes()
    for row in ROWS:
        data = upsert(data, row)
    readme.write_bytes(data)
    run_git(lab.root, "add", ".")
    run_git(lab.root, "commit", "-q", "-m", "five notes")
