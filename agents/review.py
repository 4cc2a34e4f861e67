"""Look over everything the lab knows: a map, its weak spots, five questions, three directions.

    python -m agents.review
    python -m agents.review --since 2026-11-01
    python -m agents.review --engine draft --dry-run

Every note in papers/ and notes/ is read, drafts and notes written by hand included. The map (what depends on what,
what grew out of what) and the weak spots are computed; Claude explains them, asks five questions, each on a section of
a note, with folded answers, and names three directions with first steps. The review goes to notes/reviews/<today>.md,
in one commit. A day that has its review already is left alone; --force writes it anew and keeps what is yours.

exit codes: 0 done, or done already; 1 a bug of ours; 2 usage; 3 saved, but something is left (a mark, a commit that
failed); 65 unusable reply or reading list; 66 no note to review; 70 a promise of ours failed; 73 your edits would be
lost; 74 disk; 75 try again, nothing is lost; 76 no answer of Claude's; 77 billing or budget; 78 configuration;
130/143 interrupted. --json prints one object where the run ends with 0 or 3.
"""

import argparse
from collections.abc import Sequence
from datetime import date

from agents import cli


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; the recipe stands in agents/recipes/review.py."""
    parser = cli.parser("review", __doc__ or "")
    parser.add_argument(
        "--since",
        metavar="DATE",
        type=_day,
        help="only notes created or updated since then, and what they touch: 2026-11-01 (default: everything)",
    )
    return cli.main("review", parser, argv)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-11-01") from None


if __name__ == "__main__":
    cli.process(main)
