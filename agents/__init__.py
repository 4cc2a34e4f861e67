"""A learning lab in one git repository, and the agents that keep it. This is the map, in reading order.

paper.py      `python -m agents.paper 2301.12597`: the command line of the paper agent; beside it those of concept,
              experiment, weekly, review, init, and of lint, which only checks
recipes/      what the agents do, each a recipe that reads top to bottom (NAME.py, with its own parts in NAME_….py);
              how all of them ask and file (filing.py), what they find around them (run.py), what notes say of their
              making (receipt.py)
cli.py        the flags that agents share; errors -> one line, one hint, an exit code
errors.py     everything that can go wrong, as a tree
disk.py       the one way in which a file comes to be: whole or not at all

note/         what a note is (pure): text types, for each kind a `…Reply` (what Claude may say) and a `…Note` (that and
              the facts), Markdown or notebook <-> model, the rules of lint
source/       where facts come from: arXiv ids, arXiv, PDF, TeX (tex/), HTML -> `Source`, a plain value (document.py)
trust/        does it say what its source says (pure). The checks, with a source (sourced.py) and without (alone.py):
              quotes, numbers (tracing.py), formulas, symbols, references, language; what they come to (outcome.py);
              the echo, what a notebook's code may do
model/        who writes: prompts, Claude, the keyless `draft` engine for papers, prices
lab/          the folder and its git: find it, make a new one, what it holds (inventory.py), the reading list, the week
              (history.py), the graph of its notes (knowledge.py), the sandbox, the schedule; `Change` -> one commit
starter/      what a new lab on the shipped topic holds

Arrows run one way: recipes -> {source, model, trust, note, lab}; trust and model -> note and the `Source` value;
source and lab -> note; note -> nothing. One door per dependency: `anthropic` is imported in model/claude.py only,
`arxiv` in source/arxiv.py, `pymupdf` in source/pdf.py, `lxml` in source/html_tree.py, `requests` in source/fetch.py,
`git` in lab/git.py, `pykatex` in trust/katex.py, `quickjs` in trust/mermaid.py, `opencc` in trust/language.py, and
there inside functions: they are slow to import, and `--help` should not wait for them.
"""
