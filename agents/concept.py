"""Explain one concept and file a learning note about it, linked to what the lab already holds.

    python -m agents.concept "Cross-Attention 在多模态模型中的作用"
    python -m agents.concept "KV Cache" --area fundamentals
    python -m agents.concept "旋转位置编码" --slug rope --dry-run
    python -m agents.concept "对比学习" --engine draft

The note goes to notes/<area>/<name>.md: the area is yours (--area) or Claude's choice among the five, the name is
yours (--slug), else the concept's English name, else the topic's words. A concept that has its note already, under this
title, an alias or as a file name, is left alone wherever that note stands; --force rewrites it and keeps what is yours.
When only Claude's answer shows that a note of yours is about the same concept, that note is named and nothing is
written (exit 0); --slug files one of its own all the same, at no further cost.
--engine draft collects what the notes of the lab say about the topic, without a model.

exit codes: 0 done, or done already; 1 a bug of ours; 2 usage; 3 saved, but something is left (a mark, a commit that
failed); 65 unusable reply, or two notes about this concept; 66 a draft of what the lab says nothing about; 70 a promise
of ours failed; 73 your edits would be lost, or the name is taken; 74 disk; 75 try again, nothing is lost; 76 no answer
of Claude's; 77 billing or budget; 78 configuration; 130/143 interrupted. --json prints one object where the run ends
with 0 or 3.
"""

from collections.abc import Sequence

from agents import cli

_AREAS = ("fundamentals", "vision-language", "multimodal-arch", "training", "applications")


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; the recipe stands in agents/recipes/concept.py."""
    parser = cli.parser("concept", __doc__ or "")
    parser.add_argument("topic", metavar="TOPIC", help="the concept, in your words: a name or a phrase")
    parser.add_argument("--area", choices=_AREAS, help="the folder for a new note (default: Claude chooses)")
    parser.add_argument("--slug", metavar="NAME", help="the file name for a new note: small letters, digits, hyphens")
    return cli.main("concept", parser, argv)


if __name__ == "__main__":
    cli.process(main)
