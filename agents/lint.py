"""Check the lab's notes against their schema, CLAUDE.md, each other and their papers; change nothing without --fix.

    python -m agents.lint
    python -m agents.lint papers/blip-2.md notes/fundamentals
    python -m agents.lint --fix papers
    python -m agents.lint --online --json

Notes that were edited by hand are what it is for. Each finding is a line on stdout, `path:line: rule: message`, with
`warning: ` before the message where it is no error; the count is on stderr. What has not changed since the last run is
not looked at again (.lab/cache/lint.json).

errors: front-matter, id-unquoted, heading, schema, incomplete, computed, link-file, link-section, reading-list,
progress, template, notebook, not-utf8, nul, size, symlink, unreadable, secret (a key or token, wherever it stands); in
sections of ours inert (HTML, a foreign picture or link), typography (bold or a formula that GitHub shows as stars or
dollar signs), table (a row that does not fit), fence (code that nothing closes), katex, mermaid and math (a formula or
a diagram that will not be shown); and by its name whatever a check finds there and no ⚠ of ours tells (quotes, …).
warnings: the same in drafts, and in what you wrote yourself (of HTML only what loads or runs something); marked (a ⚠
of ours), draft (what a draft lacks), status (the reading list says otherwise, and wins), round-trip, a heading or a
progress block that the next run rewrites, a dead link in what you wrote yourself, source (the paper of a note is not
in .lab/cache: what needs it was not checked), version (arXiv has a newer one), and files without front matter: their
schema is not checked.

--fix takes away id-unquoted, status, round-trip, and typography and tables in our sections, where it can prove that the
note says the same afterwards, to the byte in what you wrote; changes that are not committed yet are no hindrance. The
file as it was goes to .lab/backup/, the commit is yours. --json prints one object where the run ends with 0 or 65:
findings (path, line, rule, message, is_error, fixable), fixed (path, rules, copy), notes, errors, warnings.

As a hook of git, in .git/hooks/pre-commit (to be made executable); the project holds one for pre-commit.com too:

    #!/bin/sh
    git diff --cached --name-only --diff-filter=d -z | xargs -0 python -m agents.lint --

exit codes: 0 no errors, warnings or not; 1 a bug of ours; 2 usage, or a PATH outside the lab; 65 errors; 66 no such
PATH; 74 disk; 75 another run is writing; 78 no lab here; 130/143 interrupted.
"""

from collections.abc import Sequence

from agents import cli


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; the recipe stands in agents/recipes/lint.py."""
    parser = cli.bare_parser("lint", __doc__ or "")
    parser.add_argument("paths", metavar="PATH", nargs="*", help="files or folders of the lab (default: all of it)")
    cli.add_lab(parser.add_argument)
    parser.add_argument("--fix", action="store_true", help="repair what can be repaired without changing what it says")
    parser.add_argument("--online", action="store_true", help="ask arXiv too: newer versions, papers that notes name")
    parser.add_argument("--json", action="store_true", help="print one JSON object about the run")
    parser.set_defaults(quiet=False, verbose=False)
    return cli.main("lint", parser, argv)


if __name__ == "__main__":
    cli.process(main)
