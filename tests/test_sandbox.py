"""A notebook runs and comes back with its outputs; what a hostile one tries comes to nothing. All of it for real."""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from nbformat import v4

from agents.errors import ConfigError, DataError
from agents.lab import confinement, process_tree, sandbox

KEY = "sk-ant-canary-0123456789"


def permitted() -> str:
    """Why there is no sandbox here; "" when there is one."""
    try:
        sandbox.require(sandboxed=True)
    except ConfigError as error:
        return f"{error.what}; {error.hint}"
    return ""


@pytest.fixture(scope="session")
def walls():
    if why := permitted():
        pytest.skip(why)


@pytest.fixture(params=["sandboxed", "unsandboxed"])
def sandboxed(request):
    if request.param == "sandboxed":
        request.getfixturevalue("walls")
    return request.param == "sandboxed"


@pytest.fixture
def limit(monkeypatch):
    def set_limits(**limits):
        monkeypatch.setattr(sandbox, "LIMITS", replace(confinement.LIMITS, **limits))

    return set_limits


def book(*sources, **metadata):
    """A notebook of these code cells."""
    cells = [v4.new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(sources)]
    return (v4.writes(v4.new_notebook(cells=cells, metadata=metadata)) + "\n").encode()


def run(notebook, *, sandboxed=True, scripts=None):
    return sandbox.execute(notebook, scripts=scripts or {}, sandboxed=sandboxed, progress=lambda _: None)


def outputs(executed):
    return [v4.nbbase.NotebookNode(cell).outputs for cell in v4.reads(executed.notebook.decode()).cells]


def text(executed):
    """All that the cells printed."""
    return "".join(output.get("text", "") for cell in outputs(executed) for output in cell)


def alive(mark):
    """The processes of this machine whose command line holds the mark."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if mark.encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def soon(condition, seconds=5):
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)
    return condition()


# ---- a good notebook


def test_a_notebook_comes_back_with_its_outputs_and_otherwise_as_it_was(sandboxed):
    cells = [
        v4.new_markdown_cell("# 标题 $x$\n\n  文字", id="intro", metadata={"tags": ["x"]}),
        v4.new_code_cell("import sys\nsys.path.append('../scripts')\nimport tiny\ntiny.double(21)", id="first"),
        v4.new_code_cell("%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);", id="figure"),
        v4.new_raw_cell("raw", id="raw"),
        v4.new_code_cell("", id="empty"),
        v4.new_code_cell("print('一', end='')\nprint(' 二')", id="last", outputs=[], metadata={"lab": {"a": 1}}),
    ]
    cells[5].outputs = [v4.new_output("stream", text="of an earlier run")]
    before = v4.new_notebook(cells=cells, metadata={"lab": {"title": "题", "created": "2026-11-23"}})
    said = []
    executed = sandbox.execute(
        (v4.writes(before) + "\n").encode(),
        scripts={"tiny.py": "def double(x): return 2 * x  # 中文\n".encode()},
        sandboxed=sandboxed,
        progress=said.append,
    )
    assert (executed.failed, executed.timed_out) == ("", False)
    assert 0 < executed.seconds < 60
    assert said == [f"running code cell {n} of 4" for n in (1, 2, 4)]
    after = json.loads(executed.notebook)
    found = [cell.pop("outputs") for cell in after["cells"] if cell["cell_type"] == "code"]
    counts = [cell.pop("execution_count") for cell in after["cells"] if cell["cell_type"] == "code"]
    was = json.loads(v4.writes(before))
    for cell in was["cells"]:
        if cell["cell_type"] == "code":
            del cell["outputs"], cell["execution_count"]
    assert after == was
    assert counts == [1, 2, None, 3]
    assert found[0][0]["data"] == {"text/plain": ["42"]}
    assert "".join(found[3][0]["text"]) == "一 二\n"
    picture = base64.b64decode("".join(found[1][0]["data"]["image/png"]))
    assert picture.startswith(b"\x89PNG") and len(picture) < 100_000
    assert executed.notebook.endswith(b"}\n")


def test_an_error_names_the_cell_and_the_line_and_ends_the_run(sandboxed):
    executed = run(book("x = 1", "def f(n):\n    return 1 / n\nf(0)", "print('not reached')"), sandboxed=sandboxed)
    assert executed.failed.startswith("code cell 2: ZeroDivisionError: division by zero\n")
    assert "f(0)" in executed.failed and "return 1 / n" in executed.failed
    assert "\x1b" not in executed.failed and len(executed.failed) < 8000
    assert not executed.timed_out
    _, (error,), rest = outputs(executed)
    assert error.ename == "ZeroDivisionError" and "\x1b" not in "".join(error.traceback)
    assert rest == []


def test_html_javascript_and_widgets_are_dropped_text_and_png_stay(walls):
    source = """
from IPython.display import HTML, Javascript, SVG, display
display(HTML("<script>alert(1)</script>"))
display(Javascript("alert(2)"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg'/>"))
display({"text/html": "<b>table</b>", "text/plain": "table"}, raw=True)
display({"image/png": "bm90IGEgcG5n", "text/plain": "no picture"}, raw=True)
print("\\x1b[31mred\\x1b[0m", "10%\\r100%")
"""
    executed = run(book(source))
    assert not executed.failed
    kinds = {kind for cell in outputs(executed) for output in cell for kind in output.get("data", {})}
    assert kinds == {"text/plain"}
    kept = executed.notebook.decode()
    assert "alert(1)</script>\\n" not in str(outputs(executed)) and "<b>" not in str(outputs(executed))
    assert "table" in kept and "no picture" in kept
    assert "\x1b" not in text(executed) and text(executed) == "100%\n"


def test_no_path_of_this_machine_is_left_in_the_outputs(sandboxed):
    source = (
        "import os, sys, warnings\nprint(os.getcwd(), sys.prefix)\nwarnings.warn('look')\nimport json\njson.loads('{')"
    )
    executed = run(book(source), sandboxed=sandboxed)
    kept = str(outputs(executed)) + executed.failed
    assert "/lab/experiments/notebooks <venv>" in kept
    assert (
        sys.prefix not in kept
        and (sys.base_prefix == "/usr" or sys.base_prefix not in kept)
        and "ipykernel_" not in kept
    )


def test_the_same_run_twice_gives_the_same_bytes(walls):
    notebook = book("print({'b', 'a', 'c'})\nimport warnings\nwarnings.warn('seen')", "1 + 1")
    assert run(notebook).notebook == run(notebook).notebook


# ---- a hostile one


PROBE = """
def tried(what):
    try:
        return repr(what())
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
import os, pathlib, socket, subprocess, glob
"""


def test_the_sandbox_hides_keys_home_lab_network_and_other_processes(walls, monkeypatch, tmp_path):
    home = Path(os.environ["HOME"])
    (home / ".ssh").mkdir()
    (home / ".ssh" / "id_ed25519").write_text("canary in home")
    (tmp_path / "lab.txt").write_text("canary in the lab")
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.1)
    port = server.getsockname()[1]
    executed = run(
        book(
            f"""{PROBE}
print("home:", tried(lambda: open({str(home / ".ssh" / "id_ed25519")!r}).read()))
print("lab:", tried(lambda: open({str(tmp_path / "lab.txt")!r}).read()))
print("repository:", tried(lambda: open({str(Path(__file__).resolve())!r}).read()))
print("passwd:", tried(lambda: open("/etc/passwd").read()))
print("keys:", sorted(name for name in os.environ if "KEY" in name or "ANTHROPIC" in name))
print("loopback:", tried(lambda: socket.create_connection(("127.0.0.1", {port}), 2)))
print("outside:", tried(lambda: socket.create_connection(("93.184.215.14", 80), 2)))
print("processes:", len([p for p in os.listdir("/proc") if p.isdigit()]))
print("parent's environment:", tried(lambda: pathlib.Path("/proc/1/environ").read_bytes().count(b"canary")))
"""
        )
    )
    with pytest.raises(TimeoutError):
        server.accept()
    server.close()
    assert not executed.failed
    said = dict(line.split(": ", 1) for line in text(executed).splitlines())
    for hidden in ("home", "lab", "repository", "passwd"):
        assert "No such file" in said[hidden], hidden
    assert said["keys"] == "[]"
    assert "refused" in said["loopback"] and "unreachable" in said["outside"]
    assert int(said["processes"]) < 8
    assert said["parent's environment"] == "0" or "PermissionError" in said["parent's environment"]
    assert "canary" not in text(executed)


def test_without_the_sandbox_there_is_still_no_key(monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    executed = run(book("import os\nprint(sorted(os.environ.items()))"), sandboxed=False)
    assert not executed.failed and "HOME" in text(executed)
    assert KEY not in text(executed) and os.environ["HOME"] not in text(executed)


def test_the_sandbox_writes_nothing_outside(walls, tmp_path):
    mark = f"escaped-{os.getpid()}"
    executed = run(
        book(
            f"""{PROBE}
for folder in ("/usr", "/", "/etc", "/dev", {sys.prefix!r}, {str(tmp_path)!r}, {str(Path(__file__).parent)!r}):
    print(folder, tried(lambda: open(folder + "/{mark}", "w").close()))
print("inside", tried(lambda: open("{mark}", "w").close()), tried(lambda: open("/tmp/{mark}", "w").close()))
"""
        )
    )
    *outside, inside = text(executed).splitlines()
    assert len(outside) == 7 and all("Error" in line for line in outside[:4]), outside  # the others may stand in /tmp
    assert inside == "inside None None"
    folders = ("/usr", "/", "/etc", "/dev", "/tmp", sys.prefix, tmp_path, Path(__file__).parent)
    assert not [folder for folder in folders if (Path(folder) / mark).exists()]


def test_children_that_leave_the_session_end_with_the_run(sandboxed):
    mark = f"1{os.getpid()}.125"
    source = f"""
import subprocess
subprocess.Popen(["sleep", "{mark}"], start_new_session=True)
subprocess.Popen(["sh", "-c", "(setsid sleep {mark} &)"], start_new_session=True).wait()
print(subprocess.run(["pgrep", "-fc", "^sleep {mark}"], capture_output=True, text=True).stdout)
"""
    executed = run(book(source), sandboxed=sandboxed)
    assert not executed.failed and text(executed).strip() == "2"
    assert soon(lambda: not alive(mark)), alive(mark)


STUBBORN = """
import signal
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
print("始", flush=True)
while True:
    try:
        while True:
            pass
    except KeyboardInterrupt:
        pass
"""


def test_a_cell_that_never_ends_and_ignores_every_signal_is_ended(sandboxed, limit):
    limit(seconds=4, grace=3)
    executed = run(book("print('before')", STUBBORN, "print('after')"), sandboxed=sandboxed)
    assert executed.failed == "code cell 2: the run was ended: it took longer than 4 s"
    assert executed.timed_out and executed.seconds < 11
    assert text(executed) == "before\n始\n"
    assert soon(lambda: not alive("ipykernel_launcher -f /lab/home"))


def test_a_runner_that_is_stopped_is_ended_from_outside(sandboxed, limit):
    limit(seconds=4, grace=1)
    source = "import os, signal\nos.kill(os.getppid(), signal.SIGSTOP)\nwhile True: pass"
    executed = run(book(source), sandboxed=sandboxed)
    assert executed.timed_out and "longer than 4 s" in executed.failed
    assert executed.seconds < 12


def test_memory_one_process_cannot_have_is_refused_to_it(sandboxed):
    executed = run(book("x = bytearray(20 * 2**30)"), sandboxed=sandboxed)
    assert executed.failed.startswith("code cell 1: MemoryError")


def test_memory_that_many_processes_take_together_ends_the_run(sandboxed, limit):
    limit(memory=600 * 2**20)
    source = """
import os, time
for _ in range(3):
    if not os.fork():
        x = bytearray(b"x") * (250 * 2**20)
        time.sleep(60)
time.sleep(60)
"""
    executed = run(book(source), sandboxed=sandboxed)
    assert "it took more than 0.6 GiB of memory" in executed.failed
    assert not executed.timed_out and executed.seconds < 30


def test_memory_that_forked_processes_share_is_counted_once(walls, limit):
    limit(memory=600 * 2**20)
    source = """
import os, time
x = bytearray(b"x") * (250 * 2**20)
for _ in range(4):
    if not os.fork():
        time.sleep(1)
        os._exit(0)
time.sleep(2)
"""
    assert run(book(source)).failed == ""


def test_a_fork_bomb_hits_the_limit(walls, limit):
    limit(processes=100, seconds=40)
    source = """
import os, time
for n in range(1000):
    if not os.fork():
        time.sleep(60)
"""
    executed = run(book(source))
    # root is exempt from the kernel's limit: then the watch from outside ends it
    assert "BlockingIOError" in executed.failed or "more than 100 processes" in executed.failed


def test_a_file_and_a_disk_have_an_end(walls, limit):
    limit(file=2**20, disk=3 * 2**20)
    source = f"""{PROBE}
print(tried(lambda: open("a", "wb").write(b"x" * 2**21)))
for n in range(9):
    last = tried(lambda: open(f"/tmp/{{n}}", "wb").write(b"x" * 2**20))
print(last)
"""
    one, many = text(run(book(source))).splitlines()
    assert "File too large" in one and "No space left" in many


@pytest.mark.parametrize(
    ("source", "ended"),
    [
        ("while True: print('x' * 999)", "longer than 4 s"),
        ("print('x' * 50_000_000)", ""),
        ("for n in range(300_000): print(n)", ""),
        ("from IPython.display import display\nfor n in range(3000): display('x' * 9999)", ""),
        ("'x' * 50_000_000", ""),
        ("raise ValueError('x' * 50_000_000)", "ValueError"),
    ],
    ids=["for ever", "one line", "many lines", "many outputs", "a value", "an exception"],
)
def test_what_a_cell_prints_is_cut(walls, limit, source, ended):
    limit(seconds=4 if "longer" in ended else 60)
    executed = run(book(source))
    assert ended in executed.failed and bool(executed.failed) == bool(ended)
    assert len(executed.notebook) < 500_000 and len(executed.failed) < 10_000


def test_a_runner_that_reports_without_end_is_ended(walls, limit):
    limit(said=2**20)
    source = """
import os, time
folder = f"/proc/{os.getppid()}/fd"
for name in os.listdir(folder):
    try:
        file = open(f"{folder}/{name}", "ab")
    except OSError:
        continue
    file.write(b'{"what": "start", "index": 99}\\n[[[\\n' * 99999)
time.sleep(60)
"""
    executed = run(book(source))
    assert "printed too much" in executed.failed or "kernel died" in executed.failed
    assert executed.seconds < 30


@pytest.mark.parametrize(
    "source",
    ["import os\nos._exit(3)", "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)"],
    ids=["exit", "segfault"],
)
def test_a_kernel_that_dies_is_told(sandboxed, source):
    executed = run(book("print('first')", source, "print('third')"), sandboxed=sandboxed)
    assert executed.failed.startswith("code cell 2: the kernel died")
    assert text(executed) == "first\n" and not executed.timed_out


def test_a_runner_that_a_cell_kills_is_told(sandboxed):
    executed = run(
        book("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nwhile True: pass"), sandboxed=sandboxed
    )
    assert executed.failed.startswith("code cell 1: the kernel died") and executed.seconds < 20


def test_reading_from_the_keyboard_and_leaving_are_failures(walls):
    assert "StdinNotImplementedError" in run(book("input()")).failed
    assert "SystemExit" in run(book("import sys\nsys.exit(1)")).failed


# ---- bad input, and what is missing


@pytest.mark.parametrize(
    "notebook",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"{}",
        b'{"nbformat": 4}',
        b"[" * 100000,
        b'{"cells": [{"cell_type": "x"}], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
    ],
)
def test_what_is_no_notebook_is_refused(notebook):
    with pytest.raises(DataError) as refused:
        run(notebook, sandboxed=False)
    assert "\n" not in refused.value.what and len(refused.value.what) < 300


@pytest.mark.parametrize("name", ["../x.py", "/x.py", "a/b.py", "", ".."])
def test_a_script_stays_in_its_folder(name):
    with pytest.raises(ValueError, match="experiments/scripts"):
        run(book("1"), sandboxed=False, scripts={name: b""})


def test_a_notebook_without_code_runs(sandboxed):
    assert run(book(), sandboxed=sandboxed).failed == ""


def test_require_asks_for_what_the_notebook_imports():
    with pytest.raises(ConfigError) as refused:
        sandbox.require(sandboxed=False, modules=("json", "no_such_module"))
    assert "no_such_module" in refused.value.what and "pip install no_such_module" in refused.value.hint
    assert refused.value.code == 78
    sandbox.require(sandboxed=False, modules=("json",))


def test_require_asks_for_the_extra(monkeypatch):
    monkeypatch.setattr(sandbox, "_NEEDED", ("nbclient_of_nobody",))
    with pytest.raises(ConfigError) as refused:
        sandbox.require(sandboxed=False)
    assert refused.value.hint == 'pip install "llm-learning-lab[notebooks]"'


def test_no_bubblewrap_is_told_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError) as refused:
        sandbox.require(sandboxed=True)
    assert "not installed" in refused.value.what and "apt install bubblewrap" in refused.value.hint


@pytest.mark.parametrize(
    ("says", "hint"),
    [
        ("bwrap: setting up uid map: Permission denied", "user namespaces"),
        ("bwrap: No permissions to create new namespace", "user namespaces"),
        ("bwrap: Unknown option --size", "0.7"),
    ],
)
def test_a_bubblewrap_that_may_not_is_found_out_by_trying(monkeypatch, tmp_path, says, hint):
    fake = tmp_path / "bwrap"
    fake.write_text(f"#!/bin/sh\necho '{says}' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(ConfigError) as refused:
        sandbox.require(sandboxed=True)
    assert says in refused.value.what and hint in refused.value.hint


def test_macos_is_told_that_it_has_no_sandbox(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(ConfigError) as refused:
        sandbox.require(sandboxed=True)
    assert "no sandbox" in refused.value.what and "Jupyter" in refused.value.hint


def test_a_sandbox_that_fails_is_never_left_out(monkeypatch, tmp_path):
    """`execute` without `require`: an error, and the cell did not run outside."""
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: no' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(ConfigError, match="bwrap: no"):
        run(book(f"open({str(tmp_path / 'ran')!r}, 'w')"))
    assert not (tmp_path / "ran").exists()


# ---- the parts


def test_an_interrupt_ends_the_run_and_all_its_processes(sandboxed):
    mark = f"2{os.getpid()}.125"
    source = f"import subprocess\nsubprocess.run(['sleep', '{mark}'])"
    main = threading.main_thread().ident

    def press():
        soon(lambda: alive(mark), 30)
        signal.pthread_kill(main, signal.SIGINT)

    presser = threading.Thread(target=press)
    presser.start()
    with pytest.raises(KeyboardInterrupt):
        run(book(source), sandboxed=sandboxed)
    presser.join()
    assert soon(lambda: not alive(mark))


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="there is no /proc here")
def test_the_tree_of_a_process_is_found_weighed_and_ended():
    source = "import subprocess, sys; x = bytearray(b'x') * 2**26; subprocess.Popen(['sleep', '77']); print(); sys.stdout.flush(); input()"
    with subprocess.Popen(
        [sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        process.stdout.readline()
        assert len(process_tree.tree(process.pid)) == 2
        processes, memory = process_tree.held(process.pid)
        assert processes == 2 and 2**26 < memory < 2**28
        assert 2**26 < process_tree.memory(process.pid) < memory + 2**20  # the kernel counts resident pages in batches
        process_tree.end(process.pid)
        assert process.wait(5) == -9
    assert process_tree.tree(process.pid) == [process.pid]
