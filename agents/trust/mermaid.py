"""The door to Mermaid: whether a diagram that a person wrote parses, and shows what was meant.

The parser is Mermaid itself, as the package `mermaidx` ships it, run by QuickJS: no Node, no browser. There is no page
either, so a few things that it looks for on loading are stubs. Loading takes a third of a second, once.
"""

import re
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

_LONGEST = 50_000  # characters: Mermaid's own limit
_STACK = 2 * 1024 * 1024  # bytes, well below what a thread has: too deep a nesting is an error, not a crash
_SECONDS = 5  # a diagram of a page takes some 15 ms
# `setTimeout` must not call back: it would for ever. A sanitizer is a function object, made for a DOM.
_STUB = """
var window = globalThis, self = globalThis, navigator = {userAgent: ""}, location = {href: "", protocol: "https:"};
var console = {log() {}, info() {}, warn() {}, error() {}, debug() {}, trace() {}};
var addEventListener = () => {}, removeEventListener = () => {}, setTimeout = () => 0, clearTimeout = () => {};
Function.prototype.addHook = function () {};
Function.prototype.sanitize = text => text;
globalThis.structuredClone ??= value => JSON.parse(JSON.stringify(value));
globalThis.TextEncoder ??= class { encode() { return new Uint8Array(0); } };
globalThis.TextDecoder ??= class { decode() { return ""; } };
"""
# `slice` makes one flat string of what QuickJS keeps as a rope, which cannot be handed over.
_CHECK = """
var outcome = "";
function check(text) {
  outcome = "it does not end";
  mermaid.parse(text).then(() => { outcome = ""; },
                           wrong => { outcome = ("" + (wrong && wrong.message || wrong)).slice(0); });
}
"""
_LINE = re.compile(r"on line (\d+)")
_HEADER = re.compile(r"\s*[A-Za-z][\w-]*(?:\s+(?:TB|TD|BT|RL|LR))?\s*;?\s*")
_DOLLARS = re.compile(r"(?<!\$)\$(?!\$)[^$\n]+\$(?!\$)")
_BOLD = re.compile(r"\*\*[^*\n]+\*\*")


@cache
def _context() -> Any:
    try:
        import quickjs  # type: ignore[import-not-found,import-untyped,unused-ignore]

        shipped = distribution("mermaidx").files or ()
        program = next(file for file in shipped if file.name == "mermaid.js").read_text(encoding="utf-8")
    except (ImportError, PackageNotFoundError, StopIteration, OSError):
        return None
    context = quickjs.Context()
    context.set_max_stack_size(_STACK)
    for script in (_STUB, program, _CHECK):
        context.eval(script)
    return context


def available() -> bool:
    return _context() is not None


def faults(text: str) -> list[tuple[int, str]] | None:
    """Line (from 1) and message of what is wrong with a diagram, without its fence; None where Mermaid is not here."""
    context = _context()
    if context is None:
        return None
    if len(text) > _LONGEST:
        return [(1, f"a diagram of {len(text)} characters: Mermaid shows at most {_LONGEST}")]
    lines = _lines(text)
    if wrong := _parsed(context, text):
        said = _LINE.search(wrong)
        at = int(said[1]) if said else 1
        return [(lines[min(at, len(lines)) - 1][0] if lines else 1, " ".join(wrong.split())[:300])]
    return list(_literal(lines))


def _parsed(context: Any, text: str) -> str:
    """What Mermaid says against it, "" for nothing."""
    import quickjs  # type: ignore[import-not-found,import-untyped,unused-ignore]

    context.set_time_limit(_SECONDS)
    try:
        context.get("check")(text)
        while context.execute_pending_job():
            pass
    except StopIteration:  # its way to say that no job is left
        pass
    except (quickjs.JSException, UnicodeError) as error:
        _context.cache_clear()  # what was interrupted would go on with the next diagram
        return f"Mermaid gives it up: {str(error).partition(' at ')[0]}"
    return str(context.get("outcome"))


def _lines(text: str) -> list[tuple[int, str]]:
    """The lines that Mermaid counts, each with its real number: without front matter, comments and what leads."""
    numbered = list(enumerate(text.split("\n"), start=1))
    if numbered[0][1].strip() == "---":
        end = next((n for n, line in numbered[1:] if line.strip() == "---"), 0)
        numbered = numbered[end:]
    numbered = [(n, line) for n, line in numbered if not line.lstrip().startswith("%%")]
    first = next((at for at, (_, line) in enumerate(numbered) if line.strip()), len(numbered))
    return numbered[first:]


def _literal(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """What parses, and then shows nothing or its own marks."""
    found = []
    said = [(n, line) for n, line in lines if line.strip()]
    if len(said) == 1 and _HEADER.fullmatch(said[0][1]):
        found.append((said[0][0], "the diagram has a header and nothing else: it shows nothing"))
    for n, line in said:
        if math := _DOLLARS.search(line):
            found.append((n, f"{math[0]} is shown with its dollar signs: only $$…$$ is math in Mermaid"))
        if "`" not in line and (bold := _BOLD.search(line)):
            found.append((n, f'{bold[0]} is shown with its stars: bold is "`**…**`" in Mermaid'))
    return found
