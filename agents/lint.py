"""Check the lab's notes against their schema, CLAUDE.md and each other; change nothing.

    python -m agents.lint
    python -m agents.lint papers/blip-2.md notes/fundamentals
    python -m agents.lint --lab ~/my-lab

Notes that were edited by hand are what it is for. Each finding is a line on stdout, `path:line: rule: message`, with
`warning: ` before the message where it is no error; the count is on stderr.

errors: front-matter, id-unquoted, heading, schema, incomplete, computed, link-file, link-section, reading-list,
progress, template, notebook, not-utf8, nul, size, symlink, unreadable. warnings: marked (a ⚠ of ours), draft (what a
draft lacks), status (the reading list says otherwise, and wins), round-trip, a heading or a progress block that the
next run rewrites, a dead link in what you wrote yourself, and files without front matter: those are yours, and not
checked.

exit codes: 0 no errors, warnings or not; 1 a bug of ours; 2 usage, or a PATH outside the lab; 65 errors; 66 no such
PATH; 78 no lab here; 130/143 interrupted.
"""

from collections.abc import Sequence

from agents import cli


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; the recipe stands in agents/recipes/lint.py."""
    parser = cli.bare_parser("lint", __doc__ or "")
    parser.add_argument("paths", metavar="PATH", nargs="*", help="files or folders of the lab (default: all of it)")
    cli.add_lab(parser.add_argument)
    parser.add_argument("--fix", action="store_true", help="repair what can be repaired without changing what it says")
    parser.add_argument("--online", action="store_true", help="ask arXiv too: are there newer versions of the papers")
    parser.add_argument("--json", action="store_true", help="print one JSON object about the run")
    parser.set_defaults(quiet=False, verbose=False)
    return cli.main("lint", parser, argv)


if __name__ == "__main__":
    cli.process(main)
