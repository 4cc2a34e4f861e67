"""The wall around the tests: sockets reach this machine only."""

import ipaddress
import os
import socket
from collections.abc import Callable
from typing import Any

import pytest


class NetworkReachedError(RuntimeError):
    """A test tried to leave this machine."""


def _is_here(host: Any) -> bool:
    host = os.fsdecode(host) if isinstance(host, bytes) else host
    if host in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guarded_connection(original: Callable[..., Any]) -> Callable[..., Any]:
    """`connect` and `connect_ex`: to loopback and to sockets of the file system only."""

    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_here(address[0]):
            raise NetworkReachedError(f"a test connects to {address[0]}")
        return original(self, address)

    return guarded


def _guarded_sending(original: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, data: Any, *rest: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_here(rest[-1][0]):
            raise NetworkReachedError(f"a test sends to {rest[-1][0]}")
        return original(self, data, *rest)

    return guarded


def _guarded_lookup(original: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_here(host):
            raise NetworkReachedError(f"a test looks up {host}")
        return original(host, *args, **kwargs)

    return guarded


def raise_wall(patch: pytest.MonkeyPatch) -> None:
    """Guard every way out that the standard library has."""
    for name in ("connect", "connect_ex"):
        patch.setattr(socket.socket, name, _guarded_connection(getattr(socket.socket, name)))
    patch.setattr(socket.socket, "sendto", _guarded_sending(socket.socket.sendto))
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
        patch.setattr(socket, name, _guarded_lookup(getattr(socket, name)))
