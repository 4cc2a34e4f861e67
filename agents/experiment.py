"""Design a code experiment as a checked notebook, and run it where you say so.

    python -m agents.experiment "从零实现一个简化版的 CLIP 对比学习"
    python -m agents.experiment "从零实现一个简化版的 CLIP 对比学习" --run
    python -m agents.experiment "Attention 与 KV Cache" --slug kv-cache --dry-run

The notebook goes to experiments/notebooks/<name>.ipynb, a module worth reusing to experiments/scripts/, both into one
commit. --run executes it in a sandbox (bubblewrap: no network, no key, none of your files); Claude mends what fails, at
most twice, and writes the last two sections from the real outputs. A notebook that stands is left alone; with --run it
is executed as it is, your edits included, and only its outputs and those two sections are written anew.

exit codes: 0 done, or done already; 1 a bug of ours; 2 usage; 3 saved, but something is left (a number that no output
holds, a commit that failed); 65 unusable reply, or a notebook that fails or never ends; 70 a promise of ours failed; 73
your edits would be lost; 74 disk; 75 try again, nothing is lost; 76 no answer of Claude's; 77 billing or budget; 78
configuration: no key, no sandbox; 130/143 interrupted. --json prints one object where the run ends with 0 or 3.
"""

from collections.abc import Sequence

from agents import cli


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; the recipe stands in agents/recipes/experiment.py."""
    parser = cli.parser("experiment", __doc__ or "")
    parser.add_argument("topic", metavar="TOPIC", help="what the experiment is about, in your own words")
    parser.add_argument("--slug", metavar="NAME", help="the file name of a new notebook (letters, digits, hyphens)")
    one_of = parser.add_mutually_exclusive_group()
    one_of.add_argument("--run", action="store_true", help="execute the notebook in a sandbox")
    one_of.add_argument(
        "--run-unsandboxed",
        action="store_true",
        help="execute it without one: the code can do whatever you can; read it first",
    )
    return cli.main("experiment", parser, argv)


if __name__ == "__main__":
    cli.process(main)
