"""The kinds of note that there are, by the `kind` in their front matter, and the folders that hold them."""

from agents.note.concept import ConceptNote
from agents.note.experiment import ExperimentNote
from agents.note.note import Note
from agents.note.paper import PaperNote
from agents.note.review import ReviewNote
from agents.note.weekly import WeeklyNote

KINDS: dict[str, type[Note]] = {
    "paper": PaperNote,
    "concept": ConceptNote,
    "experiment": ExperimentNote,
    "weekly": WeeklyNote,
    "review": ReviewNote,
}
