"""The kinds of note that there are, by the `kind` in their front matter, and the folders that hold them."""

from agents.note.concept import ConceptNote
from agents.note.note import Note
from agents.note.paper import PaperNote
from agents.note.weekly import WeeklyNote

KINDS: dict[str, type[Note]] = {"paper": PaperNote, "concept": ConceptNote, "weekly": WeeklyNote}
