"""Train the instance encoder: the picture in the shop and the photo at the shelf lie together, sisters apart.

    python -m shelfmatch_triton.instance.train --data <folder of prepare.py> --out <folder> --seconds 420

Wants one CUDA GPU for real; `--device cpu --seconds 20 --batch 8 --families 8 --most 64` is a rehearsal. Stops by the
clock, its learning rate with it. `--out` gets `weights-<n>.pt` (parts of one state) and `log.json`.
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
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from shelfmatch_triton.instance.network import InstanceEncoder, load_published
from shelfmatch_triton.instance.packages import SIDE, Assets, draw, family, sister
from shelfmatch_triton.instance.scenes import camera, pixels, shelf, shop

DIMENSIONS = 512
TEMPERATURE = 0.05
SISTERS = 3
PART_BYTES = 14 << 20
"""No file of weights is larger: what carries them back may not take large ones."""

Tile = tuple[np.ndarray, float, tuple[float, float, float]]
NO_RIM = (-1.0, -1.0, -1.0)


def tile_of(content: bytes) -> Tile:
    """Return a picture as uint8 [4, SIDE, SIDE], its width through its height, and the colour of its rim in 0..1."""
    picture = Image.open(io.BytesIO(content))
    cut = picture.mode == "RGBA"
    values = np.array(picture.convert("RGBA").resize((SIDE, SIDE), Image.Resampling.BILINEAR))
    edge = np.concatenate((values[0], values[-1], values[:, 0], values[:, -1]))[:, :3]
    red, green, blue = (float(value) / 255 for value in np.median(edge, axis=0))
    return values.transpose(2, 0, 1).copy(), picture.width / picture.height, NO_RIM if cut else (red, green, blue)


def members(archive: Path) -> list[bytes]:
    """Return the files of an archive."""
    with zipfile.ZipFile(archive) as opened:
        return [opened.read(name) for name in sorted(opened.namelist())]


ASSETS: Assets | None = None


def assets_of(data: Path) -> Assets:
    """Read what packages are drawn with; kept in each process."""
    global ASSETS
    if ASSETS is None:
        rng = random.Random(5)
        art = [content for name in ("clipart.zip", "logos.zip") for content in members(data / name)]
        photos = [content for file in sorted(data.glob("photos-*.zip")) for content in members(file)]
        ASSETS = Assets(
            art=[Image.open(io.BytesIO(content)).convert("RGBA") for content in rng.sample(art, min(900, len(art)))],
            photos=[Image.open(io.BytesIO(one)).convert("RGB") for one in rng.sample(photos, min(300, len(photos)))],
            fonts=sorted((data / "fonts").iterdir()),
        )
    return ASSETS


def packages_of(task: tuple[Path, int, int]) -> list[Tile]:
    """Draw ``count`` families of sisters."""
    data, seed, count = task
    assets, rng = assets_of(data), random.Random(seed)
    tiles: list[Tile] = []
    for _ in range(count):
        base, layout = family(rng, assets), rng.getrandbits(30)
        for index in range(SISTERS):
            front, aspect = draw(base if index == 0 else sister(base, rng, assets), layout, assets)
            tiles.append((np.asarray(front).transpose(2, 0, 1).copy(), aspect, NO_RIM))
    return tiles


@dataclass
class Things:
    """What is told apart, on the device."""

    tiles: Tensor
    """uint8 [n, 4, SIDE, SIDE]"""
    aspects: Tensor
    rims: Tensor

    @classmethod
    def of(cls, tiles: list[Tile], device: torch.device) -> Things:
        """Put them on the device."""
        return cls(
            torch.from_numpy(np.stack([tile for tile, _, _ in tiles])).to(device),
            torch.tensor([aspect for _, aspect, _ in tiles], device=device).clamp(0.35, 2.8),
            torch.tensor([rim for _, _, rim in tiles], device=device),
        )

    def __len__(self) -> int:
        return len(self.tiles)


@dataclass
class World:
    """Everything that is trained on; ``packages`` lie family by family."""

    photos: Things
    art: Things
    packages: Things


def gather(data: Path, families: int, most: int, device: torch.device, seed: int) -> World:
    """Read and draw everything, on all cores."""
    cores = os.cpu_count() or 1
    photos = [content for file in sorted(data.glob("photos-*.zip")) for content in members(file)][:most]
    art = [content for name in ("clipart.zip", "logos.zip") for content in members(data / name)][:most]
    each = max(1, min(20, families // cores))
    with ProcessPoolExecutor(cores) as pool:
        drawn = pool.map(packages_of, [(data, seed * 100_003 + n, each) for n in range(max(1, families // each))])
        photo_tiles = list(pool.map(tile_of, photos, chunksize=64))
        art_tiles = list(pool.map(tile_of, art, chunksize=64))
        packages = [tile for some in drawn for tile in some]
    # Of artwork without transparency nothing is cut out.
    return World(Things.of(photo_tiles, device), Things.of(art_tiles, device), Things.of(packages, device))


def pick(things: Things, index: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return tiles in 0..1, aspects and rims."""
    return things.tiles[index].float() / 255, things.aspects[index], things.rims[index]


class Batches:
    """Draws what a step looks at: half packages, two sisters of a family each; photographs; a few pieces of art."""

    def __init__(self, world: World, size: int, held: int) -> None:
        """``held``: every so manyth thing is kept from training."""
        self.world, self.size, self.held = world, size, held

    def indices(self, things: Things, count: int, group: int, test: bool) -> Tensor:
        """Return ``count`` places, ``group`` of each drawn family; families are of SISTERS where group is over 1."""
        device = things.tiles.device
        block = SISTERS if group > 1 else 1
        blocks = torch.arange(len(things) // block, device=device)
        blocks = blocks[(blocks % self.held == 0) == test]
        chosen = blocks[torch.randint(0, len(blocks), (math.ceil(count / group) * 2,), device=device)].unique()
        chosen = chosen[torch.randperm(len(chosen), device=device)][: math.ceil(count / group)]
        if group == 1:
            return chosen
        within = torch.rand(len(chosen), SISTERS, device=device).argsort(1)[:, :group]
        return (chosen[:, None] * SISTERS + within).flatten()

    def draw(self, test: bool = False) -> tuple[Tensor, Tensor]:
        """Return shop pictures and photos of the same things, each [n, 3, SIDE, SIDE] as the network takes them."""
        half, eighth = self.size // 2, self.size // 8
        parts = [
            pick(self.world.packages, self.indices(self.world.packages, half, 2, test)),
            pick(self.world.photos, self.indices(self.world.photos, self.size - half - eighth, 1, test)),
            pick(self.world.art, self.indices(self.world.art, eighth, 1, test)),
        ]
        tiles, aspects, rims = (torch.cat(tensors) for tensors in zip(*parts, strict=True))
        photos = self.world.photos.tiles
        behind = photos[torch.randint(0, len(photos), (len(tiles),), device=tiles.device)]
        shops, seen = [], []
        order = [torch.randperm(len(tiles), device=tiles.device) for _ in range(3)]
        # A family's sister stands beside it half of the time, as on a shelf.
        order[0] = torch.arange(len(tiles), device=tiles.device).roll(1)
        step = 64
        for start in range(0, len(tiles), step):
            own = slice(start, start + step)
            others = [(tiles[turn[own]], aspects[turn[own]]) for turn in order]
            shops.append(shop(tiles[own], aspects[own], rims[own]))
            photo = shelf(tiles[own], aspects[own], behind[own].float() / 255, (others[0], others[1], others[2]))
            seen.append(camera(photo))
        light = torch.rand(len(tiles), 1, 1, 1, device=tiles.device) * 0.25 + 0.85
        return pixels((torch.cat(shops) * light).clamp(0, 1)), pixels(torch.cat(seen))


def spread(embedding: Tensor) -> Tensor:
    """The entropy regulariser (Kozachenko and Leonenko): minus the log of each one's distance to its nearest."""
    with torch.no_grad():
        cosines = embedding @ embedding.T
        cosines.fill_diagonal_(-2)
        nearest = cosines.argmax(1)
    return -(functional.pairwise_distance(embedding, embedding[nearest]) + 1e-4).log().mean()


def whiten(encoder: InstanceEncoder, batches: Batches, rounds: int) -> None:
    """Set the head to the principal directions of what the network sees, each divided by its spread."""
    with torch.no_grad():
        pooled = torch.cat([encoder.pooled(encoder.backbone(view)) for _ in range(rounds) for view in batches.draw()])
    mean = pooled.mean(0)
    values, vectors = torch.linalg.eigh(torch.cov((pooled - mean).T).double())
    values, vectors = values.flip(0)[:DIMENSIONS], vectors.flip(1)[:, :DIMENSIONS]
    weight = (vectors / (values + values.mean() * 0.3).sqrt()).T.float()
    encoder.head.load_state_dict({"weight": weight, "bias": -(weight @ mean)})


def recall(encoder: InstanceEncoder, batches: Batches, rounds: int, device: torch.device) -> dict[str, float]:
    """Return recall@1 of photos among shop pictures of things that were held back, one view each."""
    found: list[Tensor] = []
    for _ in range(rounds):
        shops, photos = batches.draw(test=True)
        with torch.no_grad():
            embedded = encoder(torch.cat((shops, photos)).to(memory_format=torch.channels_last))[0]
        near = embedded[len(shops) :] @ embedded[: len(shops)].T
        found.append(near.argmax(1) == torch.arange(len(shops), device=device))
    return {"held back": torch.cat(found).float().mean().item()}


def save(encoder: InstanceEncoder, target: Path, name: str) -> None:
    """Write the state in parts of at most PART_BYTES."""
    parts: list[dict[str, Tensor]] = [{}]
    size = 0
    for key, value in encoder.state_dict().items():
        if size + value.nbytes > PART_BYTES and parts[-1]:
            parts.append({})
            size = 0
        parts[-1][key] = value.detach().cpu().contiguous()
        size += value.nbytes
    for number, part in enumerate(parts):
        torch.save(part, target / f"{name}-{number}.pt")


def train(args: argparse.Namespace) -> None:
    """Run it."""
    started = time.monotonic()
    torch.manual_seed(args.seed)
    device = torch.device(args.device)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    world = gather(args.data, args.families, args.most, device, args.seed)
    counts = {"photos": len(world.photos), "art": len(world.art), "packages": len(world.packages)}
    print(counts, f"{time.monotonic() - started:.0f} s", flush=True)
    encoder = InstanceEncoder(DIMENSIONS).to(device)
    load_published(encoder, torch.load(args.data / "published.pt", weights_only=True, map_location=device))
    # Statistics of batch norms stay as published: what is learnt is run as it was learnt.
    encoder = encoder.eval().to(memory_format=torch.channels_last)
    teacher = copy.deepcopy(encoder).requires_grad_(False)
    batches = Batches(world, args.batch, args.held)
    whiten(encoder, batches, max(1, args.whiten // (2 * args.batch)))
    average = copy.deepcopy(encoder).requires_grad_(False)
    log: list[dict[str, float]] = [{"step": 0, **recall(encoder, batches, 4, device)}]
    print(log[-1], f"{time.monotonic() - started:.0f} s", flush=True)
    args.out.mkdir(parents=True, exist_ok=True)
    heads = [*encoder.head.parameters(), encoder.power]
    own = {id(parameter) for parameter in heads}
    others = [parameter for parameter in encoder.parameters() if id(parameter) not in own]
    groups = [{"params": others, "peak": args.rate}, {"params": heads, "peak": args.rate * 3}]
    optimiser = torch.optim.AdamW(groups, lr=args.rate, weight_decay=1e-4, fused=device.type == "cuda")
    began = last = time.monotonic()
    step = 0
    while (done := (time.monotonic() - began) / args.seconds) < 1:
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * min(1, done / 0.04) * (0.5 + 0.5 * math.cos(math.pi * done))
        shops, photos = batches.draw()
        views = torch.cat((shops, photos)).to(memory_format=torch.channels_last)
        # TF32 in channels_last: as fast as bf16 here, whose kernels for depthwise convolutions are slow to be found.
        embedding, logits, _ = encoder(views)
        with torch.no_grad():
            wanted = teacher.classifier(teacher.backbone(views).mean((2, 3)))
        shop_side, photo_side = embedding.chunk(2)
        near = shop_side @ photo_side.T / TEMPERATURE
        right = torch.arange(len(near), device=device)
        contrast = (functional.cross_entropy(near, right) + functional.cross_entropy(near.T, right)) / 2
        classes = functional.kl_div(
            (logits.float() / 2).log_softmax(1), (wanted.float() / 2).log_softmax(1), log_target=True,
            reduction="batchmean",
        )  # fmt: skip
        loss = contrast + args.spread * spread(shop_side) + args.teach * classes
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
        optimiser.step()
        step += 1
        with torch.no_grad():
            keep = min(0.998, step / (step + 10))
            for mean, value in zip(average.parameters(), encoder.parameters(), strict=True):
                mean.lerp_(value, 1 - keep)
        if time.monotonic() - last > args.every or step == 1:
            last = time.monotonic()
            entry = {"step": step, "seconds": last - began, "contrast": contrast.item(), "classes": classes.item()}
            log.append({**entry, **recall(average, batches, 4, device)})
            print({key: round(value, 4) for key, value in log[-1].items()}, flush=True)
    save(average, args.out, "weights")
    log.append({"step": step, "power": average.power.item(), **recall(average, batches, 8, device)})
    settings = {key: str(value) for key, value in vars(args).items()}
    (args.out / "log.json").write_text(json.dumps({"settings": settings, "things": counts, "log": log}, indent=1))
    print(log[-1], f"{time.monotonic() - started:.0f} s", flush=True)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=420)
    parser.add_argument("--batch", type=int, default=384)
    parser.add_argument("--families", type=int, default=5000)
    parser.add_argument("--most", type=int, default=100_000, help="photographs, and pieces of art, at most")
    parser.add_argument("--held", type=int, default=12)
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--spread", type=float, default=0.05)
    parser.add_argument("--teach", type=float, default=0.3)
    parser.add_argument("--whiten", type=int, default=6000, help="pictures that the head is begun with")
    parser.add_argument("--every", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cuda")
    train(parser.parse_args())


if __name__ == "__main__":
    main()
