"""Small TeX sources for tests, and the ways in which arXiv (or an enemy) packs them."""

import gzip
import io
import tarfile


def source(body, preamble="", cls=r"\documentclass{article}"):
    return f"{cls}\n{preamble}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"


def tar(files, *, compress=True, members=()):
    """An archive of name -> text or bytes, and of members made by hand."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for member in members:
            archive.addfile(member)
    return gzip.compress(made.getvalue()) if compress else made.getvalue()


def link(name, target, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info
