"""Gather the pictures that the instance encoder is trained on, small, in one archive a part.

    python -m shelfmatch_triton.instance.prepare --mirrors <folder of bare git repositories> \\
        --clipart <folder of PNGs> --logos <folder of PNGs> --target <folder>

`SOURCES` says where each comes from; README.md has licences and counts. A part holds WebP files of at most `SIDE`
pixels: photographs as they are, clip art and logos with their transparency.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import subprocess
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

SIDE = 224
CLIPART_SIDE = 176
QUALITY = 58
CLIPART = 1300
"""Clip arts that are taken, at random: enough variety for packages, and few bytes to send to a training machine."""


@dataclass(frozen=True)
class Source:
    """A git repository whose pictures match ``pattern`` and are at least ``least`` bytes."""

    repository: str
    pattern: str
    least: int = 3000


SOURCES = (
    Source("alexeygrigorev+clothing-dataset", r"images/.*\.jpg$"),
    Source("magento+magento2-sample-data", r"pub/media/catalog/product/.*\.jpg$"),
    Source("dotnet+eShop", r"src/Catalog\.API/Pics/.*\.webp$"),
    Source("saleor+saleor", r"saleor/static/placeholders/.*\.(png|jpe?g)$"),
)


def blobs(repository: Path, source: Source) -> Iterator[tuple[str, bytes]]:
    """Yield the names and contents of the repository's pictures, in the order of their paths."""
    git = repository / ".git" if (repository / ".git").is_dir() else repository
    listing = subprocess.run(
        ["git", f"--git-dir={git}", "ls-tree", "-rlz", "HEAD"], check=True, capture_output=True, text=True
    ).stdout
    wanted = []
    for line in listing.split("\0"):
        head, _, path = line.partition("\t")
        fields = head.split()
        if len(fields) == 4 and fields[3] != "-" and int(fields[3]) >= source.least and re.match(source.pattern, path):
            wanted.append((fields[2], path))
    for sha, path in wanted:
        found = subprocess.run(["git", f"--git-dir={git}", "cat-file", "blob", sha], check=False, capture_output=True)
        if found.returncode == 0:
            yield path, found.stdout


def small(content: bytes, side: int, quality: int) -> bytes | None:
    """Return the picture as WebP of at most ``side`` pixels, upright; None where it can't be read or is tiny."""
    try:
        opened = Image.open(io.BytesIO(content))
        upright = ImageOps.exif_transpose(opened)
        picture = upright.convert("RGBA" if "A" in upright.getbands() or "transparency" in upright.info else "RGB")
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    if min(picture.size) < 48:
        return None
    if picture.mode == "RGBA":
        box = picture.getchannel("A").getbbox()
        if box is None or min(box[2] - box[0], box[3] - box[1]) < 32:
            return None
        picture = picture.crop(box)
    picture.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()


def write(target: Path, items: Iterator[tuple[str, bytes]], side: int) -> None:
    """Write the archive of a part; its members are numbered."""
    with ThreadPoolExecutor(2) as pool, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        count = 0
        for shrunk in pool.map(lambda item: small(item[1], side, QUALITY), items):
            if shrunk is not None:
                archive.writestr(f"{count:05d}.webp", shrunk)
                count += 1
    print(f"{target.name}: {count} pictures, {target.stat().st_size} bytes", flush=True)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mirrors", type=Path, required=True)
    parser.add_argument("--clipart", type=Path, required=True)
    parser.add_argument("--logos", type=Path, required=True)
    parser.add_argument("--target", type=Path, required=True)
    args = parser.parse_args()
    args.target.mkdir(parents=True, exist_ok=True)
    for source in SOURCES:
        name = source.repository.split("+")[1]
        write(args.target / f"photos-{name}.zip", blobs(args.mirrors / source.repository / "repo", source), SIDE)
    files = sorted(file for file in args.clipart.rglob("*.png") if file.stat().st_size > 6000)
    chosen = random.Random(1).sample(files, min(CLIPART, len(files)))
    write(args.target / "clipart.zip", ((file.name, file.read_bytes()) for file in chosen), CLIPART_SIDE)
    logos = sorted(args.logos.glob("*.png"))
    write(args.target / "logos.zip", ((file.name, file.read_bytes()) for file in logos), CLIPART_SIDE)


if __name__ == "__main__":
    main()
