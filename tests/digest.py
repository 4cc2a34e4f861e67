"""A stand-in for the PDF of 2301.12597 (BLIP-2), which is not ours to ship: a two-page digest, typeset here.

Title, authors and abstract are arXiv's metadata (CC0). The body is in our own words, with the paper's facts and
numbers; it says itself that it is a digest. Its bytes are the same at every run.
"""

import gzip
import re
from collections.abc import Sequence
from pathlib import Path

import pymupdf

TITLE = "BLIP-2: Bootstrapping Language-Image Pre-training with Frozen Image Encoders and Large Language Models"
AUTHORS = ("Junnan Li", "Dongxu Li", "Silvio Savarese", "Steven Hoi")
ABSTRACT = (
    "The cost of vision-and-language pre-training has become increasingly prohibitive due to end-to-end training of large-scale models. "
    "This paper proposes BLIP-2, a generic and efficient pre-training strategy that bootstraps vision-language pre-training from off-the-shelf "
    "frozen pre-trained image encoders and frozen large language models. BLIP-2 bridges the modality gap with a lightweight Querying Transformer, "
    "which is pre-trained in two stages. The first stage bootstraps vision-language representation learning from a frozen image encoder. "
    "The second stage bootstraps vision-to-language generative learning from a frozen language model. BLIP-2 achieves state-of-the-art performance "
    "on various vision-language tasks, despite having significantly fewer trainable parameters than existing methods. For example, our model "
    "outperforms Flamingo80B by 8.7% on zero-shot VQAv2 with 54x fewer trainable parameters. We also demonstrate the model's emerging "
    "capabilities of zero-shot image-to-text generation that can follow natural language instructions."
)
_BODY = [
    ("1 Introduction", "This is a digest made for tests: the lab's own sentences about the paper, with its numbers. Training a vision-language model from end to end "
     "costs more and more as models grow. Models that know only images or only text are at hand, so the digest asks how to join two of them that stay as they are."),
    ("2 Related Work", "Earlier systems either train everything together or freeze one side and feed image features into a language model."),
    ("3 Method", "A small transformer called Q-Former stands between a frozen image encoder and a frozen language model. It has 188M parameters and 32 learned queries "
     "of dimension 768. In stage one it learns from 129M images with three objectives: image-text contrast (ITC), image-grounded text generation (ITG) and image-text "
     "matching (ITM). In stage two a linear layer hands its output to the language model as a soft prompt. The stages take 250k and 80k steps."),
    ("4 Experiment", "Table 2 compares zero-shot visual question answering. Table 6 removes the generation objective and measures retrieval on COCO. Without stage one "
     "the zero-shot scores fall for both kinds of language model."),
]  # fmt: skip
_TABLE_2 = [
    ("Models", "#Trainable", "VQAv2 test-dev", "OK-VQA", "GQA"),
    ("Flamingo80B", "10.2B", "56.3", "50.6", "-"),
    ("BLIP-2 ViT-L FlanT5XL", "103M", "62.3", "39.4", "44.4"),
    ("BLIP-2 ViT-g FlanT5XL", "107M", "63.0", "40.7", "44.2"),
    ("BLIP-2 ViT-g FlanT5XXL", "108M", "65.0", "45.9", "44.7"),
]
TABLE_6 = [
    ("COCO finetuning objectives", "I->T R@1", "I->T R@5", "T->I R@1", "T->I R@5"),
    ("ITC + ITM", "84.5", "96.2", "67.2", "87.1"),
    ("ITC + ITM + ITG", "85.4", "97.0", "68.3", "87.7"),
]
_CLOSING = [
    (
        "5 Limitation",
        "The digest repeats one limit: the model shows little learning from examples in its context, because its training pairs hold one image each.",
    ),
    ("6 Conclusion", "Joining frozen models through a small trained part is cheap and strong."),
]
_REFERENCES = [
    "[1] Junnan Li, Dongxu Li, Caiming Xiong, and Steven Hoi. BLIP: Bootstrapping Language-Image Pre-training for Unified Vision-Language Understanding and Generation. 2022.",
    "[2] Jean-Baptiste Alayrac et al. Flamingo: a Visual Language Model for Few-Shot Learning. 2022.",
    "[3] Alec Radford et al. Learning Transferable Visual Models From Natural Language Supervision. 2021.",
]


class _Page:
    """Puts lines down a page, from top to bottom."""

    def __init__(self, page: pymupdf.Page) -> None:
        self.page, self.y = page, 70.0

    def line(self, text: str, size: float = 10, x: float = 72, *, bold: bool = False) -> None:
        self.page.insert_text((x, self.y), text, fontsize=size, fontname="hebo" if bold else "helv")
        self.y += size * 1.25

    def paragraph(self, text: str, size: float = 10) -> None:
        line = ""
        for word in text.split():
            if pymupdf.get_text_length(f"{line} {word}", "helv", size) > 450:
                self.line(line, size)
                line = word
            else:
                line = f"{line} {word}".strip()
        self.line(line, size)
        self.y += 6

    def heading(self, text: str) -> None:
        self.y += 6
        self.line(text, 12, bold=True)
        self.y += 3

    def table(self, caption: str, rows: Sequence[tuple[str, ...]]) -> None:
        self.paragraph(caption, 9)
        for row in rows:
            for cell, x in zip(row, (72, 240, 310, 400, 470), strict=True):
                self.page.insert_text((x, self.y), cell, fontsize=9)
            self.y += 11
        self.y += 8


def make(table_6: Sequence[tuple[str, ...]] = TABLE_6) -> bytes:
    """The digest's PDF."""
    document = pymupdf.open()
    page = _Page(document.new_page())
    for line in (
        "BLIP-2: Bootstrapping Language-Image Pre-training with",
        "Frozen Image Encoders and Large Language Models",
    ):
        page.line(line, 16, bold=True)
    page.y += 8
    page.line("   ".join(AUTHORS), 10)
    page.y += 8
    page.line("Abstract", 11, bold=True)
    page.paragraph(ABSTRACT)
    for heading, text in _BODY:
        page.heading(heading)
        page.paragraph(text)
    page = _Page(document.new_page())
    page.table("Table 2. Overview of zero-shot results on visual question answering.", _TABLE_2)
    page.table("Table 6. Effect of the image-grounded text generation objective on retrieval.", table_6)
    for heading, text in _CLOSING:
        page.heading(heading)
        page.paragraph(text)
    page.heading("References")
    for reference in _REFERENCES:
        page.paragraph(reference, 9)
    document.set_metadata({})
    data = document.tobytes(garbage=4, deflate=True, no_new_id=True)
    return re.sub(rb"/ID\s*\[.*?\]", b"", data, flags=re.DOTALL)


def _tabular(label: int, caption: str, rows: list[tuple[str, ...]]) -> str:
    body = "\n".join(" & ".join(row).replace("#", r"\#").replace(">", "$>$") + r" \\" for row in rows)
    columns = "l" * len(rows[0])
    return (
        f"\\setcounter{{table}}{{{label - 1}}}\n\\begin{{table}}\n\\caption{{{caption}}}\n"
        f"\\begin{{tabular}}{{{columns}}}\n{body}\n\\end{{tabular}}\n\\end{{table}}\n"
    )


def source() -> bytes:
    """The digest's TeX as arXiv would serve it: one gzipped file."""
    sections = [f"\\section{{{heading[2:]}}}\n{text}\n" for heading, text in (*_BODY, *_CLOSING)]
    tables = [
        _tabular(2, "Overview of zero-shot results on visual question answering.", _TABLE_2),
        _tabular(6, "Effect of the image-grounded text generation objective on retrieval.", TABLE_6),
    ]
    front = f"\\title{{{TITLE}}}\n\\author{{{' and '.join(AUTHORS)}}}\n\\maketitle\n\\begin{{abstract}}{ABSTRACT}\\end{{abstract}}"
    entries = "\n".join(f"\\bibitem{{r{n}}} {entry[4:]}" for n, entry in enumerate(_REFERENCES))
    bibliography = f"\\begin{{thebibliography}}{{9}}\n{entries}\n\\end{{thebibliography}}\n"
    text = "\n".join([*sections[:4], *tables, *sections[4:], bibliography])
    tex = f"\\documentclass{{article}}\n\\begin{{document}}\n{front}\n{text}\\end{{document}}\n"
    return gzip.compress(tex.replace("%", r"\%").encode(), mtime=0)


if __name__ == "__main__":
    Path("digest.pdf").write_bytes(make())
