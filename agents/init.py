"""Make a new learning lab: reading list, roadmap, templates, folders, and a first commit.

    python -m agents.init my-lab
    python -m agents.init ~/labs/diffusion --topic "扩散模型"
    python -m agents.init . --dry-run

Without --topic the lab is about multimodal large language models; what it then holds comes with the package and needs
no model. With --topic Claude plans stages, reading list and resources; every paper is looked up on arXiv, and what is
not found is marked.

In a folder that holds files only what is missing is added: nothing is overwritten, also with --force, which asks
Claude anew. The lab gets a repository of its own unless a work tree around it keeps it.

exit codes: 0 done, or done already; 1 a bug of ours; 2 usage; 3 made, but something is left (a paper that was not
found, a commit that failed); 65 unusable reply, or with --strict a paper that was not found; 73 a place where no lab
can stand; 74 disk; 75 try again, nothing is lost; 76 no answer of Claude's; 77 billing or budget; 78 configuration;
130/143 interrupted. --json prints one object where the run ends with 0 or 3.
"""

from collections.abc import Sequence

from agents import cli


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; the recipe stands in agents/recipes/init.py."""
    parser = cli.parser("init", __doc__ or "", lab=False)
    parser.add_argument("dir", metavar="DIR", help="the folder of the lab: it is made where it is missing")
    parser.add_argument("--topic", metavar="T", help="what the lab is about (default: multimodal LLMs, as shipped)")
    return cli.main("init", parser, argv)


if __name__ == "__main__":
    cli.process(main)
