r"""Rows and cells: what `\\` and `&` divide, in formulas of several lines and in tables."""

from agents.source.tex.stream import Span, Stream

_BREAKS = {r"\\", r"\\*", r"\tabularnewline", r"\cr", r"\crcr"}


def rows(stream: Stream, start: int, stop: int) -> list[Span]:
    r"""The rows between two indices; a break inside braces or an environment ends none."""
    found: list[Span] = []
    index = first = start
    while index < stop:
        tok = stream.tokens[index]
        if index in stream.ends:
            index = stream.ends[index]
        elif tok in _BREAKS:
            after = index + 1
            space = stream.optional(after)  # \\[2pt]
            if space and _is_length(stream.source(space.start, space.stop)):
                after = space.after
            found.append(Span(first, index, after))
            first = after
            index = after - 1
        index += 1
    found.append(Span(first, stop, stop))
    return found


def _is_length(text: str) -> bool:
    bare = text.strip().lstrip("-+.")
    return bare[:1].isdigit() or bare.startswith("\\")


def cells(stream: Stream, start: int, stop: int) -> list[Span]:
    found: list[Span] = []
    index = first = start
    while index < stop:
        if index in stream.ends:
            index = stream.ends[index]
        elif stream.tokens[index] == "&":
            found.append(Span(first, index, index + 1))
            first = index + 1
        index += 1
    found.append(Span(first, stop, stop))
    return found
