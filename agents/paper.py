"""Read one paper and file a checked reading note about it.

    python -m agents.paper 2301.12597
    python -m agents.paper https://arxiv.org/abs/2301.12597v3 --my-notes rough.md
    python -m agents.paper ~/Downloads/some-paper.pdf --engine draft
    python -m agents.paper "Attention Is All You Need" --dry-run
    python -m agents.paper - < title-and-abstract.txt
    python -m agents.paper 2301.12597 --source pdf
    python -m agents.paper 2301.12597 --status read

The note goes to papers/<short-name>.md, its row into papers/README.md, both into one commit. A paper that has its note
already is left alone; --update and --force rewrite it and keep what is yours.

exit codes: 0 done, or done already; 1 a bug of ours; 2 usage; 3 saved, but something is left (a mark, a commit that
failed); 65 unusable paper or reply; 66 no such paper; 69 arXiv; 70 a promise of ours failed; 73 your edits would be
lost; 74 disk; 75 try again, nothing is lost; 76 no answer of Claude's about this paper; 77 billing or budget;
78 configuration; 130/143 interrupted. --json prints one object where the run ends with 0 or 3.
"""

from collections.abc import Sequence

from agents import cli


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; the recipe stands in agents/recipes/paper.py."""
    parser = cli.parser("paper", __doc__ or "")
    parser.add_argument(
        "paper", metavar="PAPER", help="arXiv id or link, PDF file, title, or - for title and abstract on stdin"
    )
    parser.add_argument("--title", action="store_true", help="PAPER is a title, though it has no space")
    parser.add_argument(
        "--source",
        choices=("auto", "tex", "html", "pdf"),
        default="auto",
        help="what is read beside the PDF, for exact formulas and tables: TeX, HTML, nothing (default: TeX, else HTML)",
    )
    parser.add_argument(
        "--max-input-tokens",
        metavar="N",
        type=cli.count,
        help="send Claude at most so many tokens: whole sections are left out, the appendix first",
    )
    parser.add_argument(
        "--figures",
        metavar="N",
        type=cli.count,
        default=0,
        help="also show Claude the N main figures (--estimate says what that costs)",
    )
    parser.add_argument("--my-notes", metavar="FILE", help="your own rough notes, for Claude to build on")
    one_of = parser.add_mutually_exclusive_group()
    one_of.add_argument("--status", choices=("unread", "reading", "read"), help="only set the reading status")
    one_of.add_argument("--update", action="store_true", help="ask arXiv for the newest version and rewrite the note")
    return cli.main("paper", parser, argv)


if __name__ == "__main__":
    cli.process(main)
