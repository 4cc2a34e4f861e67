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
}
# What is left of a command when the control character itself was dropped on the way: "rac{a}{b}", "heta", "imes".
_STUMP = re.compile(
    r"(?<![\\A-Za-z])(rac\{|heta(?![A-Za-z])|imes(?![A-Za-z])|abla(?![A-Za-z])|orall(?![A-Za-z])|ext\{|ight[)\]|}])"
)

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
    return None


def fault(tex: str) -> str | None:
    """Say why this cannot be the TeX of one formula, or None. Not a TeX parser: braces, comments and dollars only."""
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
    return "its braces do not match" if depth else None
