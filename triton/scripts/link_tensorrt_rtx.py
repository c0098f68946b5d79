"""Join TensorRT's Python bindings with TensorRT-RTX's libraries, so that graphs are parsed and built without a GPU.

TensorRT's own libraries are not on PyPI. Those of TensorRT-RTX are, inside ONNX Runtime's execution provider; the
bindings of TensorRT load them under the names that they look for beside themselves. Of what they import, one function
has no counterpart (`initLibNvInferPlugins`; nothing of ours uses plugins): the copy calls a harmless one instead.

Usage: ``python link_tensorrt_rtx.py <folder>`` in the environment of ``requirements-models.txt``; then put the folder
on PYTHONPATH and ``import tensorrt``.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import struct
from pathlib import Path

ABSENT = b"initLibNvInferPlugins"
HARMLESS = b"getInferLibVersion"
"""Takes nothing and returns a number, which reads as success."""
LINKS = {
    "libnvinfer.so.11": "libtensorrt_rtx.so.*",
    "libnvonnxparser.so.11": "libtensorrt_onnxparser_rtx.so.*",
    # Any library: nothing is called in it.
    "libnvinfer_plugin.so.11": "libtensorrt_onnxparser_rtx.so.*",
}
SHT_DYNSYM = 11


def folder_of(package: str) -> Path:
    """Return where a package lies, without importing it.

    Raises:
        ImportError: it is not installed.
    """
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ImportError(f"{package} is not installed: triton/requirements-models.txt names it")
    return Path(found.submodule_search_locations[0])


def redirect(library: bytes, absent: bytes, other: bytes) -> bytes:
    """Return the ELF64 library asking for the function ``other`` in the place of ``absent``.

    The loader looks an undefined symbol up by its name alone, so another name is all that it takes.

    Raises:
        ValueError: the library does not ask for ``absent``.
    """
    (sections_at,) = struct.unpack_from("<Q", library, 0x28)
    size, count = struct.unpack_from("<HH", library, 0x3A)
    headers = [struct.unpack_from("<IIQQQQIIQQ", library, sections_at + index * size) for index in range(count)]
    for header in headers:
        kind, start, length, link, entry = header[1], header[4], header[5], header[6], header[9]
        names = headers[link][4]
        for at in range(start, start + length if kind == SHT_DYNSYM else start, entry or 1):
            name_at, _, _, section = struct.unpack_from("<IBBH", library, at)
            name = names + name_at
            if section == 0 and library[name : library.index(b"\0", name)] == absent:
                return library[:name] + other.ljust(len(absent), b"\0") + library[name + len(absent) :]
    raise ValueError(f"the bindings do not ask for {absent.decode()}: another version of TensorRT?")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    target: Path = parser.parse_args().folder / "tensorrt"
    bindings = folder_of("tensorrt_bindings")
    target.mkdir(parents=True)
    for source in bindings.rglob("*.py"):
        copy = target / source.relative_to(bindings)
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, copy)
    (target / "tensorrt.so").write_bytes(redirect((bindings / "tensorrt.so").read_bytes(), ABSENT, HARMLESS))
    libraries = folder_of("onnxruntime_ep_nv_tensorrt_rtx")
    for name, pattern in LINKS.items():
        (target / name).symlink_to(next(libraries.glob(pattern)))
    print(target)


if __name__ == "__main__":
    main()
