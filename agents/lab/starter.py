"""What a new lab starts with: a plan, and what in it nobody has verified. The shipped one is about multimodal LLMs."""

import re
from dataclasses import dataclass
from pathlib import Path

import agents
from agents.disk import read
from agents.lab import naming
from agents.lab.reading_list import Row
from agents.note.plan import Paper, PlanReply, Resource

FOLDER = Path(agents.__file__).parent / "starter"
_SHIPPED = "mllm.json"


@dataclass(frozen=True, slots=True)
class Starter:
    plan: PlanReply
    doubted: frozenset[str] = frozenset()  # titles and addresses that stay unverified
    is_shipped: bool = False

    @property
    def awesome(self) -> str:
        """The path of the list of resources; in any script where the topic has no English name."""
        return f"resources/awesome-{naming.stem('', self.plan.english_name, self.plan.subject)}.md"

    def row(self, paper: Paper) -> Row:
        """A paper as the reading list has it."""
        return Row(
            paper.title,
            arxiv=paper.arxiv,
            year=paper.year,
            stage=str(paper.stage),
            short=short(paper),
            unverified=paper.title in self.doubted,
        )

    def doubts(self, resource: Resource) -> bool:
        """Whether nobody has looked at this address."""
        return resource.url in self.doubted or not resource.url


def shipped() -> Starter:
    """The plan that comes with the package; every id and address in it was looked up."""
    return Starter(PlanReply.model_validate_json(read(FOLDER / _SHIPPED)), is_shipped=True)


def short(paper: Paper) -> str:
    """The short name, where the title does not hold it already."""
    name = paper.short
    told = re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", paper.title, re.IGNORECASE)
    return "" if told else name
