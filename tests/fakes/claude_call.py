"""One call by the real SDK against a script: what went over the wire, what came of it, what was said and slept."""

from fakes import claude_server as fake
from pydantic import BaseModel

from agents.errors import LabError
from agents.model import claude, endpoint, retry
from agents.model.prompt import first_message

CANARY = "sk-ant-canary-7d1f"
MODEL = "claude-sonnet-5-5"
GOOD = fake.good('{"title": "对比"}')


class Title(BaseModel):
    title: str


REQUEST = claude.Request(MODEL, "rules", [first_message("paper", "prompt")], 16_000, Title)


class Call:
    """One call against a script; after it, what went over the wire and what was said."""

    def __init__(self, script, total=900.0, attempts=5, **server):
        self.lines, self.slept = [], []
        patience = retry.Patience(attempts=attempts, total=total, sleep=self.slept.append)
        with fake.ClaudeServer(script, **server) as self.server:
            place = endpoint.endpoint({"ANTHROPIC_BASE_URL": self.server.url, "ANTHROPIC_API_KEY": CANARY})
            with claude.connected(place) as client:
                self.turn = self.error = None
                try:
                    self.turn = retry.persist(
                        lambda left: claude.send(client, REQUEST, left, self.lines.append), patience, self.lines.append
                    )
                except LabError as error:
                    self.error = error

    @property
    def requests(self):
        return len(self.server.requests)
