"""Write the learning log of a week: what was done, from git; what it taught, from Claude; a plan for the next one.

    python -m agents.weekly
    python -m agents.weekly --done "推了一遍 DPO 的损失" --stuck "Q-Former 为什么要分两个阶段训练"
    python -m agents.weekly --week 2026-W48 --engine draft
    python -m agents.weekly --catch-up --max-usd 0.50
    python -m agents.weekly --schedule systemd

The log goes to weekly-log/2026-W48.md, the progress block of README.md is brought up to date, both in one commit.

The lines of weekly-log/inbox.md go into the log and out of that file. A line is something done, or, where it begins
with 卡住：, 问题：, stuck: or a question mark, or ends with one, something you are stuck with. With --catch-up
they go into the newest week that is written.

The log of a week may be written again: sections that you have edited stay byte for byte, also with --force, the others
are brought up to date, and a run that would change nothing asks and commits nothing.

exit codes: 0 done, or done already; 1 a bug of ours; 2 usage, such as a week that does not exist; 3 saved, but
something is left (a mark, a commit that failed); 65 unusable inbox or reply; 70 a promise of ours failed; 73 your
edits would be lost, or the progress block is damaged; 74 disk; 75 try again, nothing is lost; 76 no answer of
Claude's; 77 billing or budget; 78 configuration; 130/143 interrupted. --json prints one object where the run ends with
0 or 3.
"""

from collections.abc import Sequence

from agents import cli


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; the recipe stands in agents/recipes/weekly.py."""
    parser = cli.parser("weekly", __doc__ or "")
    add = parser.add_argument
    add("--done", metavar="TEXT", action="append", default=[], help="something that you did; may be given again")
    add("--stuck", metavar="TEXT", action="append", default=[], help="something you are stuck with; may be given again")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--week", metavar="WEEK", help="the ISO week, as 2026-W48 (default: this one)")
    which.add_argument(
        "--catch-up", action="store_true", help="refresh the newest log, write every missing one since (for a timer)"
    )
    kinds = ("systemd", "launchd", "cron", "github")
    add("--schedule", metavar="KIND", choices=kinds, help=f"print what runs it on Fridays: {', '.join(kinds)}")
    add("--install", action="store_true", help="put the systemd user timer in place")
    return cli.main("weekly", parser, argv)


if __name__ == "__main__":
    cli.process(main)
