"""Train the comparer on drawn pairs.

    python -m shelfmatch_triton.comparer.train --data <folder of instance.prepare> --out <folder> --seconds 400

Wants one CUDA GPU for real; `--device cpu --seconds 20 --batch 8 --families 8` is a rehearsal. Stops by the clock, its
learning rate with it. `--out` gets `comparer.pt` and `log.json`. `--watch` names a zip of real pairs that are judged
on the way and never learnt from.
"""

from __future__ import annotations

import argparse
import copy
import io
import json
import math
import os
import random
import time
import zipfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from shelfmatch_triton.comparer.network import SIDE, Comparer
from shelfmatch_triton.comparer.pairs import Pairs, cropped, draw_pairs, edited
from shelfmatch_triton.instance.network import InstanceEncoder, load_published
from shelfmatch_triton.instance.packages import Assets, draw, family, sister

SISTERS = 3
ASSETS: Assets | None = None


def members(archive: Path) -> list[bytes]:
    """Return the files of an archive."""
    with zipfile.ZipFile(archive) as opened:
        return [opened.read(name) for name in sorted(opened.namelist())]


def assets_of(data: Path) -> Assets:
    """Read what packages are drawn with; kept in each process."""
    global ASSETS
    if ASSETS is None:
        art = [content for name in ("clipart.zip", "logos.zip") for content in members(data / name)]
        photos = [content for file in sorted(data.glob("photos-*.zip")) for content in members(file)]
        rng = random.Random(5)
        ASSETS = Assets(
            art=[Image.open(io.BytesIO(one)).convert("RGBA") for one in art],
            photos=[Image.open(io.BytesIO(one)).convert("RGB") for one in rng.sample(photos, min(600, len(photos)))],
            fonts=sorted((data / "fonts").iterdir()),
        )
    return ASSETS


def packages_of(task: tuple[Path, int, int]) -> np.ndarray:
    """Draw families of sisters: uint8 [count * SISTERS, 4, SIDE, SIDE]."""
    data, seed, count = task
    assets, rng = assets_of(data), random.Random(seed)
    tiles = []
    for _ in range(count):
        base, layout = family(rng, assets), rng.getrandbits(30)
        for index in range(SISTERS):
            front = draw(base if index == 0 else sister(base, rng, assets), layout, assets)[0]
            tiles.append(np.asarray(front.resize((SIDE, SIDE), Image.Resampling.BOX)).transpose(2, 0, 1))
    return np.stack(tiles)


def picture_of(content: bytes) -> np.ndarray:
    """Return a picture as uint8 [4, SIDE, SIDE], squeezed square."""
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGBA").resize((SIDE, SIDE))).transpose(2, 0, 1)


class World:
    """Everything that pairs are drawn of, on the device."""

    def __init__(self, data: Path, families: int, device: torch.device, seed: int) -> None:
        """Read and draw it, on all cores."""
        cores = os.cpu_count() or 1
        each = max(1, min(20, families // cores))
        photos = [content for file in sorted(data.glob("photos-*.zip")) for content in members(file)]
        art = [content for name in ("clipart.zip", "logos.zip") for content in members(data / name)]
        with ProcessPoolExecutor(cores) as pool:
            tasks = [(data, seed * 100_003 + n, each) for n in range(max(1, families // each))]
            drawn = list(pool.map(packages_of, tasks))
            read = [np.stack(list(pool.map(picture_of, some, chunksize=32))) for some in (photos, art)]
        self.packages = torch.from_numpy(np.concatenate(drawn)).to(device)
        self.photos, self.art = (torch.from_numpy(some).to(device) for some in read)

    def some(self, of: Tensor, count: int) -> Tensor:
        """Return pictures 0 to 1."""
        return of[torch.randint(0, len(of), (count,), device=of.device)].float() / 255

    def batch(self, count: int) -> Pairs:
        """Draw pairs: half the same; sisters as a family has them, edited ones, and strangers with a mark in common."""
        device = self.packages.device
        blocks = torch.randint(0, len(self.packages) // SISTERS, (count,), device=device)
        own_place, other_place = torch.rand(count, SISTERS, device=device).argsort(1)[:, :2].unbind(1)
        own = self.packages[blocks * SISTERS + own_place].float() / 255
        other = self.packages[blocks * SISTERS + other_place].float() / 255
        kind = torch.rand(count, device=device)[:, None, None, None]
        photos = self.some(self.photos, count)
        own = torch.where(kind < 0.15, photos, own)
        half, quarter = count // 2, count // 4
        counts = ((self.packages, half), (self.art, quarter), (self.photos, count - half - quarter))
        things = torch.cat([self.some(of, number) for of, number in counts])
        other = torch.where(kind < 0.45, edited(own, things), other)
        # Of one brand, and nothing else in common: its mark lies on the same place of both.
        strangers = self.some(self.packages, count)
        mark = self.some(self.art, count)
        size = torch.rand(count, 1, 1, 2, device=device) * 0.35 + 0.2
        centre = (torch.rand(count, 1, 1, 2, device=device) * 2 - 1) * (1 - size)
        steps = (torch.arange(SIDE, device=device) + 0.5) * (2 / SIDE) - 1
        y, x = torch.meshgrid(steps, steps, indexing="ij")
        where = (torch.stack((x, y), -1)[None] - centre) / size
        stamp = functional.grid_sample(mark, where, align_corners=False)
        marked = (kind > 0.88).float()

        def stamped(picture: Tensor) -> Tensor:
            return picture + marked * stamp[:, 3:] * (torch.cat((stamp[:, :3], picture[:, 3:]), 1) - picture)

        other = torch.where(kind > 0.88, strangers, other)
        own, other = stamped(own), stamped(other)
        # Another crop of both: fronts that end elsewhere, larger print.
        zoomed = cropped(torch.cat((own, other), 1), 0.6, 1)
        zoom = (torch.rand(count, 1, 1, 1, device=device) < 0.4).float()
        own, other = own + zoom * (zoomed[:, :4] - own), other + zoom * (zoomed[:, 4:] - other)
        same = (torch.rand(count, device=device) < 0.5).float()
        behind = torch.cat((self.some(self.photos, count - count // 2), self.some(self.packages, count // 2)))[:, :3]
        return draw_pairs(own, other, things[torch.randperm(count, device=device)], behind, same)


def losses(comparer: Comparer, pairs: Pairs) -> tuple[Tensor, Tensor]:
    """Return the loss of the pair and that of its places."""
    judged = comparer(pairs.catalogue, pairs.photo, pairs.mask)
    whole = functional.binary_cross_entropy_with_logits(judged.same, pairs.same * 0.98 + 0.01, reduction="none")
    cells = functional.avg_pool2d(pairs.mask, 8)[:, 0] * pairs.weight[:, None, None]
    wanted = (pairs.differs * 2).clamp(max=1)
    place = functional.binary_cross_entropy_with_logits(judged.differs, wanted, reduction="none")
    return (whole * pairs.weight).sum() / pairs.weight.sum(), (place * cells).sum() / (cells.sum() + 1)


def auroc(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return how often one of label 1 is above one of label 0."""
    ranks = np.argsort(np.argsort(scores)) + 1.0
    ones = labels.sum()
    return float((ranks[labels == 1].sum() - ones * (ones + 1) / 2) / max(1, ones * (len(labels) - ones)))


class Watched:
    """Real pairs, that nothing is learnt from."""

    def __init__(self, archive: Path, device: torch.device) -> None:
        with zipfile.ZipFile(archive) as opened:
            rows = json.loads(opened.read("pairs.json"))
            self.labels = np.array([row["same"] for row in rows])
            files = [io.BytesIO(opened.read(f"{n}.webp")) for n in range(len(rows))]
            pictures = [np.asarray(Image.open(file).convert("RGB")) for file in files]
            masks = np.unpackbits(np.frombuffer(opened.read("masks.bin"), np.uint8)).reshape(-1, 1, SIDE, SIDE)
        both = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float().to(device)
        self.masks = torch.from_numpy(masks[: len(rows)].astype(np.float32)).to(device)
        self.catalogue, self.photo = (half * self.masks for half in both.split(SIDE, dim=3))

    def scores(self, comparer: Comparer) -> np.ndarray:
        """Judge them."""
        with torch.no_grad():
            parts = zip(self.catalogue.split(128), self.photo.split(128), self.masks.split(128), strict=True)
            return torch.cat([comparer(*part).same for part in parts]).cpu().numpy()


def train(args: argparse.Namespace) -> None:
    """Run it."""
    started = time.monotonic()
    torch.manual_seed(args.seed)
    device = torch.device(args.device)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    world = World(args.data, args.families, device, args.seed)
    print(len(world.packages), len(world.photos), len(world.art), f"{time.monotonic() - started:.0f} s", flush=True)
    comparer = Comparer().to(device)
    published = InstanceEncoder(8)
    load_published(published, torch.load(args.data / "published.pt", weights_only=True))
    first = comparer.trunk.state_dict()
    layers = published.backbone.layers.state_dict()
    comparer.trunk.load_state_dict({name: layers[name] for name in first})
    comparer.to(memory_format=torch.channels_last)
    average = copy.deepcopy(comparer).eval().requires_grad_(False)
    watched = Watched(args.watch, device) if args.watch else None
    trunk = list(comparer.trunk.parameters())
    own = {id(parameter) for parameter in trunk}
    rest = [parameter for parameter in comparer.parameters() if id(parameter) not in own]
    groups = [{"params": trunk, "peak": args.rate * 0.3}, {"params": rest, "peak": args.rate}]
    optimiser = torch.optim.AdamW(groups, lr=args.rate, weight_decay=0.02)
    log: list[dict[str, float]] = []
    began = last = time.monotonic()
    step = 0
    while (done := (time.monotonic() - began) / args.seconds) < 1:
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * min(1, done / 0.03) * (0.5 + 0.5 * math.cos(math.pi * done))
        comparer.train()
        # Statistics of the trunk stay as published.
        comparer.trunk.eval()
        with torch.no_grad():
            pairs = world.batch(args.batch)
        whole, place = losses(comparer, pairs)
        optimiser.zero_grad(set_to_none=True)
        (whole + 0.5 * place).backward()
        torch.nn.utils.clip_grad_norm_(comparer.parameters(), 1.0)
        optimiser.step()
        step += 1
        with torch.no_grad():
            keep = min(0.998, step / (step + 10))
            for mean, value in zip(average.state_dict().values(), comparer.state_dict().values(), strict=True):
                if mean.is_floating_point():
                    mean.lerp_(value, 1 - keep)
        if time.monotonic() - last > args.every or step == 1:
            last = time.monotonic()
            entry = {"step": step, "seconds": last - began, "whole": whole.item(), "place": place.item()}
            with torch.no_grad():
                fresh = [world.batch(args.batch) for _ in range(4)]
                found = [average(one.catalogue, one.photo, one.mask).same.cpu().numpy() for one in fresh]
                known = [one.weight.cpu().numpy() > 0 for one in fresh]
                truth = [one.same.cpu().numpy() for one in fresh]
            entry["made"] = auroc(
                np.concatenate([a[b] for a, b in zip(found, known, strict=True)]),
                np.concatenate([a[b] for a, b in zip(truth, known, strict=True)]),
            )
            if watched is not None:
                entry["real"] = auroc(watched.scores(average), watched.labels)
            log.append(entry)
            print({key: round(value, 4) for key, value in entry.items()}, flush=True)
    args.out.mkdir(parents=True, exist_ok=True)
    state = {name: value.cpu().contiguous() for name, value in average.state_dict().items()}
    torch.save(state, args.out / "comparer.pt")
    settings = {key: str(value) for key, value in vars(args).items()}
    (args.out / "log.json").write_text(json.dumps({"settings": settings, "steps": step, "log": log}, indent=1))
    print(step, f"{time.monotonic() - started:.0f} s", flush=True)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--watch", type=Path)
    parser.add_argument("--seconds", type=float, default=400)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--families", type=int, default=6000)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--every", type=float, default=20)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--seed", type=int, default=1)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
