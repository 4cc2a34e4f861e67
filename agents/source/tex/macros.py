r"""The author's macros: how `\newcommand`, `\def` and their kin define one, and what a use of it becomes."""

from dataclasses import dataclass

from agents.source.tex.hidden import hide
from agents.source.tex.reader import Reader
from agents.source.tex.tokens import join


@dataclass(frozen=True, slots=True)
class Macro:
    body: tuple[str, ...]
    pattern: tuple[str, ...] = ()  # "#1", or a delimiter between them
    default: tuple[str, ...] | None = None  # of the first argument, where that is optional
    starred: bool = False  # takes a star (xparse `s`, as its #1)


def read_newcommand(reader: Reader) -> Macro:
    """After the name: [count][default]{body}."""
    count = reader.optional()
    default = reader.optional() if count is not None else None
    digits = join(count or []).strip()
    number = int(digits) if digits in tuple("123456789") else 0
    body = reader.argument()
    pattern = tuple(f"#{index}" for index in range(1, number + 1))
    return Macro(tuple(body), pattern, tuple(default) if default is not None else None)


def read_def(reader: Reader) -> Macro:
    """After the name: the parameter text up to the body's brace."""
    pattern: list[str] = []
    while (tok := reader.peek()) and tok != "{" and len(pattern) < 30:
        pattern.append(reader.pop())
    return Macro(tuple(reader.argument()), tuple(pattern))


def read_xparse(reader: Reader) -> Macro:
    """After the name: {m o O{default} s}{body}; more than one optional argument is beyond us and gets its default."""
    spec = reader.argument()
    pattern: list[str] = []
    default: tuple[str, ...] | None = None
    starred = False
    letters = [letter for tok in spec for letter in (tok.split() if tok[0] not in "\\{}" else [tok])]
    flat = "".join(letters)
    depth = 0
    for letter in flat:
        depth += (letter == "{") - (letter == "}")
        if depth or letter not in "mosO":
            continue
        pattern.append(f"#{len(pattern) + 1}")
        starred = starred or (letter == "s" and len(pattern) == 1)
        if letter in "oO" and len(pattern) == 1:
            inner = flat.partition("O{")[2].partition("}")[0] if letter == "O" else ""
            default = (inner,) if inner else ()
    return Macro(tuple(reader.argument()), tuple(pattern), default, starred)


def use(reader: Reader, macro: Macro) -> list[str] | None:
    """The body with the arguments put in; None where the delimiters are not there."""
    arguments: dict[str, list[str]] = {}
    pattern = list(macro.pattern)
    if macro.starred and pattern:
        arguments[pattern.pop(0)] = ["*"] if reader.star() else []
    if macro.default is not None and pattern:
        given = reader.optional()
        arguments[pattern.pop(0)] = list(macro.default) if given is None else given
    if pattern:
        reader.skip_spaces()
    for index, part in enumerate(pattern):
        if part[0] == "#":
            delimited = index + 1 < len(pattern) and pattern[index + 1][0] != "#"
            arguments[part] = _up_to(reader, pattern[index + 1]) if delimited else reader.argument()
        elif not _delimiter(reader, part):
            return None
    unseen = [argument for name, argument in arguments.items() if name not in macro.body]
    for argument in unseen:
        reader.hidden += hide("comment", join(argument))
    return _filled(macro.body, arguments)


def _filled(body: tuple[str, ...], arguments: dict[str, list[str]]) -> list[str]:
    filled: list[str] = []
    quoted = False
    for tok in body:
        if tok == "#":
            quoted = True  # `##1`, a parameter of a macro that this one defines
            continue
        if not quoted and tok in arguments:
            filled += arguments[tok]
        else:
            filled.append(tok)
        quoted = False
    return filled


def _delimiter(reader: Reader, part: str) -> bool:
    wanted = part.strip()
    if not wanted:
        reader.skip_spaces()
        return True
    reader.skip_spaces()
    tok = reader.pop()
    if not tok.startswith(wanted):
        if tok:
            reader.push([tok])
        return False
    if tok != wanted:
        reader.push([tok[len(wanted) :]])
    return True


def _up_to(reader: Reader, part: str) -> list[str]:
    """A delimited argument; the delimiter itself stays."""
    taken: list[str] = []
    depth = 0
    while (tok := reader.pop()) and len(taken) < 2000:
        if not depth and (tok == part or (part[0] != "\\" and part.strip() and part.strip() in tok)):
            before, found, after = tok.partition(part.strip())
            reader.push([found + after])
            return [*taken, before] if before else taken
        depth += (tok == "{") - (tok == "}")
        taken.append(tok)
    return taken
