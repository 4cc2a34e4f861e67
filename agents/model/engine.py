"""Ask Claude one typed question: replay what is kept, else call; check, re-ask, keep."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from agents.errors import DataError, LabError, ProtocolError, RefusedError
from agents.model import claude, endpoint, prices
from agents.model.judge import Verdict, judge
from agents.model.prompt import again, first_message
from agents.model.question import Answer, Check, Question, R, Usage
from agents.model.replies import Turn, keep, load, reject
from agents.model.retry import Patience, Progress, persist
from agents.model.schema import as_text
from agents.source.document import Picture

ROOM = 16_000  # output tokens that an answer may take,
MORE_ROOM = 32_000  # and what it gets, once, when that cut it short
ANSWERS = 3  # the first one and two re-asks

_PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Estimate:
    """The price of one call at its most: the answer fills its room, and nothing was cached before."""

    tokens_in: int
    tokens_out: int
    usd: Decimal | None  # None: no price is known for the model
    how: str  # who counted, and the date of the prices


class _Line:
    """The way to Claude, opened when something is really asked: a replay needs neither key nor network."""

    def __init__(self, env: Mapping[str, str], patience: Patience, progress: Progress) -> None:
        self._env, self._patience, self._progress = env, patience, progress
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @cached_property
    def place(self) -> endpoint.Endpoint:
        return endpoint.endpoint(self._env)

    @cached_property
    def _client(self) -> Any:
        return self._open.enter_context(claude.connected(self.place))

    def send(self, request: claude.Request) -> Turn:
        client, progress = self._client, self._progress
        turn = persist(lambda left: claude.send(client, request, left, progress), self._patience, progress)
        if not turn.model.startswith(request.model):
            progress(f"asked for {request.model}, answered by {turn.model or 'a model without a name'}")
        return turn

    def count(self, request: claude.Request) -> int | None:
        client = self._client
        return persist(lambda left: claude.count(client, request, left), self._patience, self._progress)


def ask(
    question: Question[R],
    check: Check[R],
    *,
    model: str,
    replies: Path,
    env: Mapping[str, str],
    progress: Progress,
    max_usd: Decimal | None = None,
    force: bool = False,
    patience: Patience = _PATIENCE,
) -> Answer[R]:
    """The checked answer. Every raw answer lies in the folder `replies` before anything looks at it.

    What an earlier run paid for is taken from there, even half a conversation; `force` asks anew. `max_usd` bounds
    what this run may spend (else RefusedError, nothing sent). An answer that stays unusable is a DataError; a call
    may end in any LabError.
    """
    path = replies / f"{question.key(model)}.json"
    turns = [] if force else load(path)
    known = len(turns)

    with _Line(env, patience, progress) as line:

        def speak(last: Verdict[R] | None, room: int) -> Turn:
            request = _request(question, model, line.place, last, room)
            if max_usd is not None:
                _afford(
                    request,
                    line.count(request) or _count_here(request, question.pictures),
                    max_usd,
                    _usage(turns[known:], model),
                )
            turns.append(line.send(request))
            keep(path, turns, {"agent": question.agent, "target": question.target, "model": model})
            return turns[-1]

        best = _converse(question, check, iter(turns[:]), speak, path)
    if best.reply is None or best.fatal:
        aside = reject(path)
        named = "; ".join(problem.text for problem in best.fatal[:3])
        raise DataError(f"Claude's answer stays unusable: {named}", f"it is kept in {aside}; run again to ask anew")
    answered_by = turns[-1].model or model
    usage = _usage(turns, model)
    return Answer(best.reply, best.problems, "claude", answered_by, usage, replayed=len(turns) == known)


def estimate(
    question: Question[R],
    model: str,
    env: Mapping[str, str],
    progress: Progress,
    patience: Patience = _PATIENCE,
) -> Estimate:
    """What the first call would cost at most; counted by the API where there is one to ask, else here."""
    counted = None
    if endpoint.available(env):
        with _Line(env, patience, progress) as line:
            request = _request(question, model, line.place, None, ROOM)
            counted = line.count(request)
    else:
        request = _request(question, model, None, None, ROOM)
    tokens_in = counted or _count_here(request, question.pictures)
    by = "counted by the API" if counted else "counted here (3 characters a token, 1 if Chinese)"
    usd = _worst(model, tokens_in, ROOM)
    return Estimate(tokens_in, ROOM, usd, f"{by}, an answer of full length, prices of {prices.AS_OF}")


def _converse(
    question: Question[R],
    check: Check[R],
    kept: Iterator[Turn],
    speak: Callable[[Verdict[R] | None, int], Turn],
    path: Path,
) -> Verdict[R]:
    """The best of at most three answers. Kept turns take the same way as new ones, so a killed run goes on."""
    best = last = None
    answers, room = 0, ROOM
    while True:
        turn = next(kept, None) or speak(last, room)
        if turn.stop_reason == "max_tokens" and turn.max_tokens < MORE_ROOM:
            room = MORE_ROOM
            continue
        if (fault := _fault(turn)) and best and best.reply and not best.fatal:
            return best  # cut or refused while mending small things: what we have will do
        with _set_aside(path):
            if fault:
                raise fault
            last = judge(turn.text, question.reply, check)
        answers += 1
        best = last if best is None or last.badness <= best.badness else best
        if not last.problems or answers == ANSWERS:
            return best


def _fault(turn: Turn) -> LabError | None:
    """Why a turn is no answer, whatever its text looks like; None if it is one."""
    reason = turn.stop_reason
    if reason == "end_turn":
        return None
    if reason == "max_tokens":
        hint = "run again, or choose another model with --model"
        return DataError(f"Claude's answer was cut at {turn.max_tokens} tokens", hint)
    if reason == "refusal":
        category = f" ({turn.stopped_for})" if turn.stopped_for else ""
        return DataError(f"Claude declined{category}", "try another model with --model, or --engine draft")
    if reason == "model_context_window_exceeded":
        return DataError(f"paper too long for {turn.model}", "choose a model with a larger context with --model")
    return ProtocolError(f"the answer stopped for {reason!r}, which was not asked for", "check ANTHROPIC_BASE_URL")


@contextmanager
def _set_aside(path: Path) -> Iterator[None]:
    """An error inside is about the answer itself: replaying it would only raise it again."""
    try:
        yield
    except LabError:
        reject(path)
        raise


def _request(
    question: Question[R], model: str, place: endpoint.Endpoint | None, last: Verdict[R] | None, room: int
) -> claude.Request:
    schema = "" if place is None or place.takes_schemas else f"\n\n{as_text(question.reply)}"
    first = first_message(question.source, question.prompt + schema, question.pictures)
    messages = again(first, last.text, last.problems) if last else [first]
    return claude.Request(model, question.system, messages, room, question.reply)


def _afford(request: claude.Request, counted: int, max_usd: Decimal, spent: Usage) -> None:
    worst = _worst(request.model, counted, request.max_tokens)
    if worst is None or spent.usd is None:
        hint = "leave out --max-usd, or name a model of Anthropic's with --model"
        raise RefusedError(f"no price is known for {request.model}, so --max-usd cannot be kept", hint)
    if worst + spent.usd > max_usd:
        what = f"the next call may cost {worst:.3f} USD, {spent.usd:.3f} are spent, and --max-usd is {max_usd}"
        raise RefusedError(what, "raise --max-usd, choose a cheaper model with --model, or use --engine draft")


def _worst(model: str, tokens_in: int, tokens_out: int) -> Decimal | None:
    return prices.usd(model, cache_write=tokens_in, output=tokens_out)


def _count_here(request: claude.Request, pictures: Sequence[Picture]) -> int:
    said = [request.system, as_text(request.reply)]
    for message in request.messages:
        content = message["content"]
        said += [content] if isinstance(content, str) else [block.get("text", "") for block in content]
    return sum(map(prices.tokens, said)) + sum(prices.picture_tokens(p.width, p.height) for p in pictures)


def _usage(turns: Sequence[Turn], model: str) -> Usage:
    usd: Decimal | None = Decimal(0)
    for turn in turns:
        cost = prices.usd(
            turn.model or model,
            input=turn.input,
            output=turn.output,
            cache_read=turn.cache_read,
            cache_write=turn.cache_write,
        )
        usd = None if usd is None or cost is None else usd + cost
    return Usage(
        input=sum(turn.input for turn in turns),
        output=sum(turn.output for turn in turns),
        cache_read=sum(turn.cache_read for turn in turns),
        cache_write=sum(turn.cache_write for turn in turns),
        usd=usd,
        seconds=sum(turn.seconds for turn in turns),
    )
