"""The bodies of sections that are just text: one line or prose, and bullet lists of lines."""

from agents.note.section import Body


def _show_lines(lines: tuple[str, ...]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _read_lines(text: str) -> list[str]:
    lines = text.split("\n") if text else []
    for line in lines:
        if not line.startswith("- "):
            raise ValueError(f"not a bullet point (`- …`): {line[:60]!r}")
    return [line[2:] for line in lines]


TEXT = Body(str, str)
LINES = Body(_show_lines, _read_lines)
