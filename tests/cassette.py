"""How recordings are made and matched: real hosts in the file, the whole body compared, nothing secret kept."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import vcr

FOLDER = Path(__file__).parent / "cassettes"
SYNTHETIC = "# synthetic: recorded against the loopback servers of tests/fakes, not against arXiv and Claude"
REAL = "# recorded against the real services"

_REQUEST_HEADERS = {"accept", "anthropic-version", "content-type"}
_RESPONSE_HEADERS = {"content-type", "content-length", "retry-after"}
_HOSTS = {
    "/api/query": "export.arxiv.org",
    "/pdf/": "arxiv.org",
    "/src/": "arxiv.org",
    "/html/": "arxiv.org",
    "/v1/": "api.anthropic.com",
}


def _real_host(request: Any) -> Any:
    """The request as it would go to the real service, stripped to what a reviewer needs to see."""
    url = urlsplit(request.uri)
    host = next((host for path, host in _HOSTS.items() if url.path.startswith(path)), url.netloc)
    request.uri = urlunsplit(("https", host, url.path, url.query, ""))
    request.headers = {name: value for name, value in request.headers.items() if name.lower() in _REQUEST_HEADERS}
    return request


def _plain_response(response: dict[str, Any]) -> dict[str, Any]:
    response["headers"] = {k: v for k, v in response["headers"].items() if k.lower() in _RESPONSE_HEADERS}
    return response


def _same_body(one: Any, other: Any) -> None:
    assert _canonical(one.body) == _canonical(other.body)


def _canonical(body: Any) -> Any:
    return json.loads(body) if body else None


def recorder(mode: str) -> vcr.VCR:
    """`none` replays and refuses what is not in the file; `all` records anew."""
    made = vcr.VCR(
        record_mode=mode,
        cassette_library_dir=str(FOLDER),
        before_record_request=_real_host,
        before_record_response=_plain_response,
        decode_compressed_response=True,
        match_on=("method", "scheme", "host", "path", "query", "whole body"),
    )
    made.register_matcher("whole body", _same_body)
    return made
