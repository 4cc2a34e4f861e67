"""The door to KaTeX, which shows the formulas of a note: does it take this one.

Where there is no wheel of it (Linux on ARM), nothing is parsed, and who asks is told so by `available`.
"""

import re
from functools import cache, lru_cache
from typing import Any

NOT_CHECKED = "公式没有用 KaTeX 解析（这台机器没有它）。"
_LONGEST = 10_000  # characters: it takes quadratic time, and no formula is longer
_INSTEAD = {
    "label": r"leave it out: the number of the formula stands in `equation`",
    "ref": "write the number itself",
    "eqref": "write the number itself",
    "mathds": r"write \mathbb",
    "mathbbm": r"write \mathbb",
    "mathpzc": r"write \mathcal",
    "textsc": r"write \text",
    "mbox": r"write \text",
    "ensuremath": "leave it out",
    "xspace": "leave it out",
    "em": r"write \textit{…}",
    "sc": r"write \text{…}",
    "vspace": "leave it out",
    "resizebox": "leave it out",
    "scalebox": "leave it out",
    "intertext": "end the formula and begin another one",
    "multline": "write gathered",
    "eqnarray": "write aligned",
}
_UNKNOWN = re.compile(r"Undefined control sequence: \\([A-Za-z]+)|No such environment: (\w+)")
_COMBINING = "\u0332"  # KaTeX underlines with it what it stumbled over


@cache
def _katex() -> Any:
    try:
        import pykatex  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        return None
    return pykatex


def available() -> bool:
    return _katex() is not None


@lru_cache(maxsize=8192)
def fault(tex: str, *, display: bool) -> str | None:
    """Why KaTeX does not show it, and what to write instead where that is known; None where nothing is known of it."""
    katex = _katex()
    if katex is None:
        return None
    if len(tex) > _LONGEST:
        return f"a formula of {len(tex)} characters is not parsed"
    try:
        katex.renderToString(tex, displayMode=display, throwOnError=True, strict=False, trust=False, output="mathml")
    except katex.ParseError as error:
        return _worded(str(error).replace(_COMBINING, ""))
    except ValueError:  # a NUL, half a surrogate pair
        return "holds a character that is none"
    return None


def _worded(message: str) -> str:
    if message == "size exceeded":
        return "braces or roots are nested too deep"
    unknown = _UNKNOWN.search(message)
    if not unknown:
        return message
    name = unknown[1] or unknown[2]
    if instead := _INSTEAD.get(name):
        return f"{message}; KaTeX does not have {name}: {instead}"
    return f"{message}; KaTeX does not have it" + (f": \\operatorname{{{name}}} for a function" if unknown[1] else "")
