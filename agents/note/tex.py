r"""TeX as it may stand in a note, and TeX that came through JSON damaged.

A model that writes "\\frac" into JSON with one backslash has written a form feed and "rac": JSON reads such escapes as
control characters. Such a formula looks nearly right and is wrong, so it is refused with the command that was lost.
"""

import re

_LOST = {
    "\f": r"\frac or \forall",
    "\t": r"\theta, \tau, \times or \text",
    "\b": r"\beta, \bar or \begin",
    "\n": r"\nu, \nabla or \neq",
    "\r": r"\rho or \right",
    "\a": r"\alpha or \approx",
    "\v": r"\varepsilon or \vec",
}
# What is left of a command when the control character itself was dropped on the way: "rac{a}{b}", "heta", "imes".
_STUMP = re.compile(
    r"(?<![\\A-Za-z])(rac\{|(?:heta|imes|abla|orall|ightarrow|ilde\{)(?![A-Za-z])|ext\{|ight[)\]|}]|oldsymbol\{|egin\{|ar\{)"
)
_TAKES_GROUP = (
    "frac|dfrac|tfrac|sqrt|text|mathbf|mathbb|mathcal|mathrm|mathit|mathsf|boldsymbol|operatorname|hat|tilde|bar|vec"
    "|overline|underline|widehat|underbrace|begin|end"
)
_GREEK = (
    "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|theta|kappa|lambda|sigma|omega|varphi|Gamma|Delta|Theta|Lambda"
    "|Sigma|Omega"
)
_WORD = f"{_TAKES_GROUP}|{_GREEK}|sum|prod|int|log|exp|max|min|cdot|times|left|right|nabla|partial|infty|quad|ldots"
# The backslash alone was dropped: frac{a}{b}, sum_{i}, left(, theta. In a name in \text or \mathrm it never stood.
_BARE = re.compile(
    rf"(?<![\\A-Za-z])(?:(?:{_TAKES_GROUP})\{{|(?:sum|prod|int|lim)_|(?:left|right)[()\[\]|]|(?:{_GREEK}|cdot|nabla)(?![A-Za-z]))"
)
_NAME = re.compile(r"\\(?:text\w*|math(?:rm|it|sf|tt)|operatorname\*?|mbox|tag\*?|label|begin|end|color)\s*\{[^{}]*\}")
# It was written twice too often: \\frac is the end of a line and the word "frac".
_DOUBLED = re.compile(rf"\\\\(?:{_WORD})(?![A-Za-z])")

# A formula is no place for links, pictures and macros.
_LEADS_OUT = re.compile(
    r"\\(?:href|url|includegraphics|html(?:Class|Data|Id|Style)|cssId|style|require|input|include|catcode"
    r"|newcommand|renewcommand|providecommand|[gex]?def|g?let)(?![A-Za-z])|://|(?<![a-z0-9])www\.|javascript:",
    re.IGNORECASE,
)


def damage(tex: str) -> str | None:
    """Say which command JSON escaping destroyed, or None."""
    for char, commands in _LOST.items():
        if char in tex:
            return f"{char!r} where a backslash stood (was it {commands}?): write every TeX backslash as \\\\ in JSON"
    if stump := _STUMP.search(tex):
        return f"{stump[0]!r} without its beginning: a TeX command lost its backslash in JSON; write \\\\ there"
    if doubled := _DOUBLED.search(tex):
        return f"{doubled[0]!r} ends a line and goes on with a word: a TeX backslash is \\\\ in JSON, not \\\\\\\\"
    if bare := _BARE.search(_NAME.sub(lambda name: "·" * len(name[0]), tex)):
        return f"{bare[0]!r} without its backslash: it was lost in JSON; write \\\\ there"
    return None


def fault(tex: str) -> str | None:
    """Say why this cannot be the TeX of one formula, or None. Not a TeX parser: pairs, comments and dollars only."""
    if wrong := damage(tex):
        return wrong
    if leads := _LEADS_OUT.search(tex):
        return f"{leads[0]!r} in a formula: it is no place for links, pictures and macros"
    bare = re.sub(r"\\.", "  ", tex)
    if bare.endswith("\\"):
        return "it ends in a lone backslash"
    if "$" in bare:
        return "a $ inside a formula: give the TeX without dollar signs"
    if "%" in bare:
        return r"an unescaped % would comment out the rest: write \%"
    depth = 0
    for char in bare:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            break
    if depth:
        return "its braces do not match"
    for opening, closing in ((r"\left", r"\right"), (r"\begin", r"\end")):
        if _count(opening, tex) != _count(closing, tex):
            return f"{opening} without its {closing}, or the other way round"
    return None


def _count(command: str, tex: str) -> int:
    return len(re.findall(rf"(?<!\\){re.escape(command)}(?![A-Za-z])", tex))
