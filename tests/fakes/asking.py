"""A small question, asked of the engine against a script: the answer or the error, with what it took."""

from fakes import claude_server as fake
from pydantic import BaseModel, ConfigDict

from agents.errors import LabError
from agents.model import engine
from agents.model.question import Question
from agents.model.retry import Patience
from agents.note.problem import Problem

MODEL = "claude-sonnet-5-5"
CANARY = "sk-ant-canary-7d1f"


class Reply(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str
    score: int


QUESTION = Question("paper", "2301.12597v3", "rules", "{{title}}", "prompt", "the paper's text", Reply)
GOOD = fake.good('{"title": "对比", "score": 1}')
HIGHER = fake.good('{"title": "对比", "score": 9}')
BROKEN = fake.good('{"title": "对比"}')


def nothing_wrong(reply):
    return []


def at_least_five(reply):
    """A check with a small complaint below 5, and a grave one below 0."""
    return [] if reply.score >= 5 else [Problem(f"score {reply.score} is not in the paper", fatal=reply.score < 0)]


class Asker:
    """Keeps its replies in one folder from call to call, as the lab does from run to run."""

    def __init__(self, folder):
        self.folder = folder
        self.lines, self.seen, self.counts = [], [], []

    def __call__(self, script, check=nothing_wrong, *, question=QUESTION, env=None, counted=2100, model="", **options):
        """The Answer or the LabError, and the number of requests."""
        self.lines = []
        with fake.ClaudeServer(script, counted=counted, model=model) as server:
            options |= {"model": MODEL, "replies": self.folder, "progress": self.lines.append}
            options |= {"env": {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": CANARY} if env is None else env}
            try:
                answer = engine.ask(question, check, patience=Patience(sleep=lambda _: None), **options)
            except LabError as error:
                answer = error
            self.seen, self.counts = server.requests, server.counts
        return answer, len(self.seen)

    def files(self):
        return sorted(file.name.partition(".")[2] for file in self.folder.iterdir())
