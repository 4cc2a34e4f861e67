"""What is wrong with a reply, in a sentence that is said to Claude in a re-ask and to the person when it stays."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """`fatal`: the note cannot be written with it. Otherwise it is written with a visible mark."""

    text: str
    fatal: bool = True
