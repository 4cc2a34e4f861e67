"""Does a program that a model wrote keep to what it may do, as far as its text tells.

This finds mistakes and the plain cases of mischief early, where Claude can still mend them. It is no wall: a program
that wants to hide what it does can. The wall is the sandbox (lab/sandbox.py), in which there is nothing to reach.
"""

import ast
import re
import sys
import tokenize
import warnings
from collections.abc import Collection, Iterator


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BANNED = _words("""
    asyncio builtins code codeop concurrent ctypes ensurepip ftplib http imaplib importlib inspect marshal mmap
    multiprocessing nntplib pip pkgutil poplib posix pty runpy sched selectors shutil signal site smtplib socket
    socketserver ssl subprocess telnetlib urllib venv webbrowser xmlrpc zipimport
""")
_NAMES = _words("eval exec compile __import__ __builtins__ __loader__ input breakpoint exit quit get_ipython")
_OS = re.compile(
    r"system|popen|exec\w*|spawn\w*|posix_spawn\w*|fork\w*|kill\w*|_exit|abort|remove\w*|unlink|rmdir|rename\w*|replace"
    r"|symlink|link|chmod|chown|chroot|chdir|environb|walk|scandir"
)
# Ways to the network, and to other programs, that the packages of `Library` have.
_ATTRIBUTES = _words("""
    hub model_zoo cpp_extension from_pretrained load_state_dict_from_url download_url_to_file urlopen urlretrieve
    fetch_openml read_html expanduser expandvars __globals__ __subclasses__ __builtins__
""")
_OPENERS = _words("""
    open Path PurePath PosixPath load save savefig savez savez_compressed loadtxt savetxt genfromtxt fromfile tofile
    imread imsave read_csv to_csv read_json to_json read_pickle to_pickle read_parquet to_parquet read_text write_text
    join joinpath mkdir makedirs listdir glob iglob exists
""")
_OUTSIDE = re.compile(r"/|~|[A-Za-z]:[\\/]|\\\\|(?:.*[/\\])?\.\.(?:[/\\]|\Z)")
_URL = re.compile(r"(?:https?|ftp|file)://", re.IGNORECASE)
_SHELL = re.compile(r"^[ \t]*[!%]", re.MULTILINE)
# `step` is left out: that is also what an optimizer does
_PLOTS = _words("""
    plot scatter bar barh imshow hist hist2d matshow pcolor pcolormesh contour contourf boxplot violinplot errorbar
    fill_between stem stackplot plot_surface quiver pie loglog semilogx semilogy hexbin eventplot
""")


def faults(code: str, allowed: Collection[str]) -> list[str]:
    """What a cell or a module may not do, a sentence each; `allowed` are the packages that it may import."""
    tree = _parsed(code)
    if isinstance(tree, str):
        return [tree]
    found = [f"line {line}: {what}" for line, what in sorted({*_imports(tree, allowed), *_uses(tree)})]
    return found if _has_comment(code) else [*found, "holds no # comment that explains its intent"]


def _parsed(code: str) -> ast.Module | str:
    """The program; a sentence where there is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\d" in a string is no reason to bother anybody
            # Not ast.parse alone: that one takes a top-level `await` or `return`.
            compile(code, "<cell>", "exec", dont_inherit=True)
            return ast.parse(code)
    except SyntaxError as error:
        shell = " (no shell escapes, no magics)" if _SHELL.search(code) else ""
        return f"does not compile: line {error.lineno}: {error.msg}{shell}"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"does not compile: {str(error) or type(error).__name__}"


def _imports(tree: ast.Module, allowed: Collection[str]) -> Iterator[tuple[int, str]]:
    for line, module in imported(tree):
        root = module.partition(".")[0]
        if not root:
            yield line, "a relative import: a notebook is no package"
        elif root in allowed:
            continue
        elif root in _BANNED or (root.startswith("_") and root != "__future__"):
            yield line, f"imports {root}: no processes, no network, no way around the checks"
        elif root not in sys.stdlib_module_names:
            yield line, f"imports {root}, which `environment` does not declare"


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every import, inside functions too: line and module; "" for a relative one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "" if node.level else node.module or ""


def _uses(tree: ast.Module) -> Iterator[tuple[int, str]]:
    systems = {"os"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            systems |= {alias.asname for alias in node.names if alias.name == "os" and alias.asname}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in _NAMES:
            yield node.lineno, f"uses {node.id}"
        elif isinstance(node, ast.Attribute):
            on_os = isinstance(node.value, ast.Name) and node.value.id in systems
            if node.attr in _ATTRIBUTES or (on_os and _OS.fullmatch(node.attr)):
                yield node.lineno, f"uses {'os.' * on_os}{node.attr}"
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            yield from ((node.lineno, f"uses os.{a.name}") for a in node.names if _OS.fullmatch(a.name))
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"uses {a.name}") for a in node.names if a.name in _ATTRIBUTES)
        elif isinstance(node, ast.Call):
            yield from _paths(node)


def _paths(call: ast.Call) -> Iterator[tuple[int, str]]:
    """Paths and addresses that are written out: those outside the notebook's folder, and all of the network."""
    opens = called(call) in _OPENERS
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        if isinstance(argument, ast.JoinedStr):
            argument = argument.values[0] if argument.values else argument  # noqa: PLW2901 - how an f-string begins
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            if _URL.match(argument.value):
                yield argument.lineno, "names an address: there is no network"
            elif opens and _OUTSIDE.match(argument.value):
                yield argument.lineno, f"the path {argument.value[:60]!r} leads out of the notebook's folder"
    if called(call) == "home":
        yield call.lineno, "uses the home folder"


def called(call: ast.Call) -> str:
    """The last name of what is called: `plot` for `plt.plot(…)`."""
    function = call.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def _has_comment(code: str) -> bool:
    lines = iter(code.splitlines(keepends=True))
    return any(token.type == tokenize.COMMENT for token in tokenize.generate_tokens(lambda: next(lines, "")))


def _calls(codes: Collection[str]) -> Iterator[ast.Call]:
    for code in codes:
        tree = _parsed(code)
        if not isinstance(tree, str):
            yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def imports(codes: Collection[str], package: str) -> bool:
    """Whether one of these programs imports the package."""
    trees = [tree for tree in map(_parsed, codes) if not isinstance(tree, str)]
    return any(module.partition(".")[0] == package for tree in trees for _, module in imported(tree))


def needed(codes: Collection[str]) -> set[str]:
    """The packages without which these programs cannot begin: imported first thing, and not the standard library's."""
    trees = [tree for tree in map(_parsed, codes) if not isinstance(tree, str)]
    first = [
        ast.Module([node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)], []) for tree in trees
    ]
    roots = {module.partition(".")[0] for tree in first for _, module in imported(tree)}
    return {root for root in roots if root and root not in sys.stdlib_module_names}


def is_seeded(codes: Collection[str]) -> bool:
    """Whether one of them calls `torch.manual_seed`."""
    return any(called(call) == "manual_seed" for call in _calls(codes))


def draws(codes: Collection[str]) -> bool:
    """Whether one of them calls something of matplotlib's that draws data."""
    return any(called(call) in _PLOTS and isinstance(call.func, ast.Attribute) for call in _calls(codes))
