"""The surroundings of a run, found once: the lab, the environment with its .env, the clock, a voice, the engine."""

import argparse
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from agents.cli import DEFAULT_MODEL, usd, warn
from agents.errors import ConfigError
from agents.lab import environment, find
from agents.lab.find import Lab
from agents.model import claude, endpoint
from agents.note.template import faults

NO_KEY = "export ANTHROPIC_API_KEY=…, or put it into the lab's .env; --engine draft works without"


@dataclass(frozen=True, slots=True)
class Run:
    lab: Lab
    env: Mapping[str, str]
    today: date
    say: Callable[[str], None]  # progress; silent with --quiet
    detail: Callable[[str], None]  # with --verbose only


def today() -> date:
    """The person's calendar day: the one clock, which tests set."""
    return date.today()  # noqa: DTZ011 - his time zone is the system's


def begin(args: argparse.Namespace) -> Run:
    """Find the lab and read its .env. ConfigError when there is no lab."""
    return around(find.find(args.lab, os.environ, Path.cwd()), args)


def around(lab: Lab, args: argparse.Namespace) -> Run:
    """The surroundings of a run in a lab that is known."""
    env, warning = environment.load(lab, os.environ)
    if warning:
        warn(f"warning: {warning}")
    # The rooms that read these variables themselves (arXiv's mirror and pace) find what the lab's .env says.
    os.environ.update({name: value for name, value in env.items() if name.startswith("LAB_ARXIV_")})
    say = _silent if args.quiet else warn
    run = Run(lab, env, today(), say, say if args.verbose else _silent)
    run.detail(f"lab: {lab.root}")
    return run


def _silent(_: str) -> None:
    pass


def writer(args: argparse.Namespace, run: Run) -> Literal["claude", "draft"]:
    """Who writes. `auto` is Claude where there is a key, a token or an endpoint, and says so when there is none."""
    if args.engine == "draft":
        return "draft"
    if endpoint.available(run.env):
        endpoint.endpoint(run.env)  # a key that cannot be one is found out now, before anything is fetched
        max_usd(args, run.env)
        claude.preload()
        return "claude"
    if args.engine == "claude":
        raise ConfigError("no ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN or ANTHROPIC_BASE_URL is set", NO_KEY)
    if not args.estimate:
        run.say("no ANTHROPIC_API_KEY is set: the draft engine writes, by extraction only")
    return "draft"


def contract(run: Run, kind: str) -> str:
    """The lab's CLAUDE.md. ConfigError where its template of this kind is damaged, before anything is asked or paid."""
    claude_md = find.resource(run.lab, find.FORMAT)
    for fault in faults(claude_md, kind)[:1]:
        raise ConfigError(f"{find.FORMAT}, line {fault.line}: {fault.what}", fault.hint)
    return claude_md


def model(args: argparse.Namespace, env: Mapping[str, str]) -> str:
    """The model that was named, on the command line or by LAB_MODEL."""
    return args.model or env.get("LAB_MODEL") or DEFAULT_MODEL


def max_usd(args: argparse.Namespace, env: Mapping[str, str]) -> Decimal | None:
    """--max-usd, else LAB_MAX_USD; ConfigError when that is no amount."""
    if args.max_usd is not None or not env.get("LAB_MAX_USD"):
        return args.max_usd  # type: ignore[no-any-return]  # argparse types nothing
    try:
        return usd(env["LAB_MAX_USD"])
    except argparse.ArgumentTypeError as error:
        raise ConfigError(f"LAB_MAX_USD: {error}", "set it to a number such as 0.50") from error
