"""What of the paper Claude is shown: all of its text, or what fits; and its figures where the person asks for them."""

import argparse
from dataclasses import replace
from pathlib import Path

from agents.cli import warn
from agents.model.prices import picture_tokens, tokens
from agents.model.question import Question
from agents.model.rendering import render
from agents.model.schema import as_text
from agents.model.shorten import shorten
from agents.note.paper import PaperReply
from agents.recipes import paper_source
from agents.recipes.run import Run
from agents.source import fetch, pdf
from agents.source.document import Picture, Source
from agents.source.figures import main_figures
from agents.source.ids import ArxivId


def choices(args: argparse.Namespace) -> tuple[str, ...]:
    """What the person chose of the source: another choice is another question. Who chose nothing asks as ever."""
    chosen = {
        "source": "" if args.source == "auto" else args.source,
        "tokens": args.max_input_tokens,
        "figures": args.figures,
    }
    return tuple(f"{name}:{value}" for name, value in chosen.items() if value)


def chosen(
    args: argparse.Namespace, run: Run, source: Source, question: Question[PaperReply], path: Path | None
) -> tuple[Question[PaperReply], Source, list[str]]:
    """The question with what was chosen; the part of the source that its text shows; the lines on that for 溯源.

    `path`: the person's own file, None for a paper of arXiv's. The draft engine is shown all there is, but no figure.
    """
    if not question.template:
        if args.figures:
            run.say("--figures is for Claude: the draft engine looks at no figure")
        return question, source, []
    pictures = _pictures(args.figures, run, source, path) if args.figures else []
    question = replace(question, pictures=tuple(pictures))
    lines = paper_source.seen(pictures)
    if not args.max_input_tokens:
        return question, source, lines
    others = sum(map(tokens, (question.system, question.prompt, as_text(question.reply))))
    others += sum(picture_tokens(picture.width, picture.height) for picture in pictures)
    shown, cut = shorten(source, args.max_input_tokens - others)
    if cut:
        warn(f"left out for --max-input-tokens: {'; '.join(cut)}")
        question = replace(question, source=render(shown))
    return question, shown, [*lines, *paper_source.cut(cut, args.max_input_tokens)]


def _pictures(most: int, run: Run, source: Source, path: Path | None) -> list[Picture]:
    path = path or fetch.kept_pdf(ArxivId(source.arxiv, source.version), run.lab.cache)
    figures = main_figures(source.document, most)
    pictures = pdf.crop(path, source.document, figures) if path and figures else []
    if missing := {figure.label for figure in figures} - {picture.label for picture in pictures}:
        warn(f"warning: not found on its page, so not shown to Claude: {', '.join(sorted(missing))}")
    elif not figures:
        warn("warning: --figures: no figure was found in this paper")
    return pictures
