import os
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.request import urlopen

import pytest
from guard import NetworkReachedError


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
@pytest.mark.parametrize(
    ("family", "address"), [(socket.AF_INET, ("192.0.2.1", 80)), (socket.AF_INET6, ("2001:db8::1", 80, 0, 0))]
)
def test_no_socket_leaves_this_machine(method, family, address):
    with socket.socket(family) as outward, pytest.raises(NetworkReachedError):
        getattr(outward, method)(address)


def test_no_datagram_leaves_this_machine():
    with socket.socket(type=socket.SOCK_DGRAM) as outward:
        with pytest.raises(NetworkReachedError):
            outward.sendto(b"?", ("192.0.2.1", 53))
        with pytest.raises(NetworkReachedError):
            outward.sendto(b"?", 0, ("192.0.2.1", 53))


@pytest.mark.parametrize(
    "lookup", [socket.gethostbyname, socket.gethostbyname_ex, lambda host: socket.getaddrinfo(host, 443)]
)
def test_no_name_is_looked_up(lookup):
    with pytest.raises(NetworkReachedError):
        getattr(socket, lookup.__name__, lookup)("arxiv.org")


def test_what_is_built_on_sockets_is_stopped_too():
    with pytest.raises(NetworkReachedError):
        socket.create_connection(("arxiv.org", 443))
    with pytest.raises(NetworkReachedError):
        urlopen("http://192.0.2.1/")


def test_a_server_on_loopback_can_be_asked():
    class Hello(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"hello")

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Hello) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert urlopen(f"http://localhost:{server.server_port}/").read() == b"hello"
        thread.join()


def test_nothing_of_the_persons_own_is_seen():
    odd = [name for name in os.environ if name.startswith(("ANTHROPIC_", "LAB_", "GIT_"))]
    assert sorted(odd) == ["ANTHROPIC_CONFIG_DIR", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"]
    assert not [name for name in os.environ if name.lower().endswith("_proxy")]
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "ANTHROPIC_CONFIG_DIR"):
        assert not list(Path(os.environ[name]).iterdir())
    assert Path.home() == Path(os.environ["HOME"])
