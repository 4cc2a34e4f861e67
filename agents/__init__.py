"""A learning lab in one git repository, and the agents that keep it. This is the map, in reading order.

paper.py      `python -m agents.paper 2301.12597`: the command line of the paper agent
recipes/      what the agents do, each a recipe that reads top to bottom; how all of them ask and file (filing.py)
cli.py        the flags that agents share; errors -> one line, one hint, an exit code
errors.py     everything that can go wrong, as a tree
disk.py       the one way in which a file comes to be: whole or not at all

note/         what a note is (pure): text types, `PaperReply` and `PaperNote`, Markdown <-> model
source/       where facts come from: arXiv ids, arXiv, PDF -> `Source`, a plain value (document.py)
trust/        does the note say what the paper says (pure): quotes, the echo
model/        who writes: prompts, Claude, the keyless `draft` engine, prices
lab/          the folder and its git: find it, make a new one, the reading list, `Change` -> one exact commit

Arrows run one way: recipes -> {source, model, trust, note, lab}; trust and model -> note and the `Source` value;
source and lab -> note; note -> nothing. One door per dependency: `anthropic` is imported in model/claude.py only,
`arxiv` in source/arxiv.py, `pymupdf` in source/pdf.py, `requests` in source/fetch.py, `git` in lab/git.py, and there
inside functions: they are slow to import, and `--help` should not wait for them.
"""
