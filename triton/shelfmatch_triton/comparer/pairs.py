"""Pairs as the engine lays them on each other, drawn on the device: the same print, or a sister of it.

A design is drawn twice with one layout: as a catalogue shows it, and as a phone sees it once the engine has carried the
photo into the catalogue's frame. What the flat mapping gets wrong stays wrong: bent cartons, faces on the side, rounded
bottles. Whether the second drawing is of a sister changes nothing else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from shelfmatch_triton.comparer.network import CELL, SIDE
from shelfmatch_triton.instance.scenes import chance, cosines, uniform

DIFFERENT = 0.12
"""Least difference of a channel that a person would see, of 1."""
LEAST = 0.012
"""Share of the visible package that must differ for a pair to be called one of sisters; below, it is not judged."""


@dataclass
class Pairs:
    """One batch."""

    catalogue: Tensor
    """[n, 3, SIDE, SIDE], 0 to 255."""
    photo: Tensor
    mask: Tensor
    """[n, 1, SIDE, SIDE]"""
    same: Tensor
    """[n], 0 or 1."""
    weight: Tensor
    """[n]: 0 where nobody could tell."""
    differs: Tensor
    """[n, SIDE / CELL, SIDE / CELL]: share of a cell that differs."""


def numbers(count: int, low: float, high: float, device: torch.device) -> Tensor:
    """Return [count, 1, 1, 1]."""
    return uniform(count, low, high, device)[:, None, None, None]


def maybe(count: int, share: float, device: torch.device) -> Tensor:
    """Return [count, 1, 1, 1] of 0 and 1."""
    return chance(count, share, device).float()[:, None, None, None]


def grid(count: int, device: torch.device) -> Tensor:
    """Return [count, SIDE, SIDE, 2]: every pixel's own place in -1..1."""
    steps = (torch.arange(SIDE, device=device) + 0.5) * (2 / SIDE) - 1
    y, x = torch.meshgrid(steps, steps, indexing="ij")
    return torch.stack((x, y), -1).expand(count, -1, -1, -1)


def at(pictures: Tensor, where: Tensor, padding: str = "border") -> Tensor:
    """Read pictures at places."""
    return functional.grid_sample(pictures, where, mode="bilinear", padding_mode=padding, align_corners=False)


def leaning(where: Tensor, strength: Tensor) -> Tensor:
    """Carry places by a small random homography; ``strength`` [n, 1, 1, 1]."""
    count, device = len(where), where.device
    s = strength[:, :, :, 0]
    # Points often lie on a mark in a corner: the farther away, the less is known.
    anchor = torch.rand(count, 1, 2, device=device) * 1.4 - 0.7
    move = torch.randn(count, 2, 1, device=device) * s
    linear = torch.eye(2, device=device) + torch.randn(count, 2, 2, device=device) * s
    lean = torch.randn(count, 2, 1, device=device) * s * 0.7
    flat = where.reshape(count, -1, 2) - anchor
    carried = anchor + flat @ linear.transpose(1, 2) + move.transpose(1, 2) * 0.3
    return (anchor + (carried - anchor) / (1 + flat @ lean).clamp(min=0.3)).view_as(where)


def waves(count: int, channels: int, cells: int, device: torch.device) -> Tensor:
    """Return smooth noise [count, channels, SIDE, SIDE]."""
    coarse = torch.randn(count, channels, cells, cells, device=device)
    return functional.interpolate(coarse, (SIDE, SIDE), mode="bicubic", align_corners=True)


def blob(count: int, small: float, large: float, device: torch.device) -> Tensor:
    """Return soft-edged boxes and ellipses [count, 1, SIDE, SIDE] of a size between."""
    where = grid(count, device)
    centre = torch.rand(count, 1, 1, 2, device=device) * 1.8 - 0.9
    size = torch.rand(count, 1, 1, 2, device=device) * (large - small) + small
    angle = numbers(count, -0.3, 0.3, device)[..., 0]
    away = where - centre
    x = away[..., 0] * angle.cos() + away[..., 1] * angle.sin()
    y = away[..., 1] * angle.cos() - away[..., 0] * angle.sin()
    x, y = x / size[..., 0], y / size[..., 1]
    box = torch.maximum(x.abs(), y.abs())
    ellipse = (x.square() + y.square()).sqrt()
    distance = torch.where(chance(count, 0.5, device)[:, None, None], box, ellipse)
    edge = uniform(count, 0.02, 0.12, device)[:, None, None]
    return ((1 - distance) / edge + 0.5).clamp(0, 1)[:, None]


def recoloured(pictures: Tensor) -> Tensor:
    """Turn hues, or exchange channels: [n, 3, ...]."""
    count, device = len(pictures), pictures.device
    order = torch.rand(count, 3, device=device).argsort(1)
    swapped = pictures.gather(1, order[:, :, None, None].expand_as(pictures))
    axis = torch.ones(3, device=device) / math.sqrt(3)
    angle = uniform(count, 0.5, 5.8, device)
    cross = torch.tensor([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], device=device) / math.sqrt(3)
    cos, sin = angle.cos()[:, None, None], angle.sin()[:, None, None]
    turn = cos * torch.eye(3, device=device) + sin * cross + (1 - cos) * torch.outer(axis, axis)
    turned = torch.einsum("nij,njhw->nihw", turn, pictures).clamp(0, 1)
    return torch.where(chance(count, 0.5, device)[:, None, None, None], turned, swapped)


def cropped(pictures: Tensor, low: float, high: float) -> Tensor:
    """Return a random part of each, a share between of its sides."""
    count, device = len(pictures), pictures.device
    size = torch.rand(count, 1, 1, 2, device=device) * (high - low) + low
    centre = (torch.rand(count, 1, 1, 2, device=device) * 2 - 1) * (1 - size)
    return at(pictures, grid(count, device) * size + centre)


def edited(pictures: Tensor, others: Tensor) -> Tensor:
    """Return sisters [n, 4, SIDE, SIDE] of any picture: one to three places in other colours or with other things."""
    count, device = len(pictures), pictures.device
    colour, alpha = pictures[:, :3], pictures[:, 3:]
    for share in (1.0, 0.5, 0.3):
        place = blob(count, 0.12, 0.6, device) * maybe(count, share, device)
        other = cropped(others[torch.randperm(count, device=device)], 0.3, 1.0)
        ink = torch.rand(count, 3, 1, 1, device=device)
        pasted = other[:, :3] * other[:, 3:] + torch.where(
            chance(count, 0.5, device)[:, None, None, None], colour, ink
        ) * (1 - other[:, 3:])
        changed = torch.where(chance(count, 0.35, device)[:, None, None, None], recoloured(colour), pasted)
        colour = colour + place * (changed - colour)
    return torch.cat((colour, alpha), 1)


@dataclass
class Layout:
    """How a front is put into a box: what own and sister have in common."""

    front: Tensor
    """[n, SIDE, SIDE, 2]: the place on the front of every pixel of the frame."""
    side: Tensor
    """[n, 1, SIDE, SIDE]: 1 where the face beside the front is."""
    top: Tensor
    face: Tensor
    """[n, 4, SIDE, SIDE]: what is printed there."""
    left: Tensor
    """[n, 1, 1]: whether the face is on the left."""
    edge: Tensor
    """[n, 1, 1]: where the front begins, in -1..1 from the face's side."""
    roof: Tensor
    """[n, 1, 1]: where it begins from above."""


def layout_of(faces: Tensor) -> Layout:
    """Draw layouts; half of the boxes show a face beside their front, some a gable above it."""
    count, device = len(faces), faces.device
    where = grid(count, device).clone()
    left = chance(count, 0.5, device)[:, None, None].float()
    wide = (chance(count, 0.5, device).float() * uniform(count, 0.12, 0.4, device))[:, None, None] * 2
    high = (chance(count, 0.4, device).float() * uniform(count, 0.06, 0.25, device))[:, None, None] * 2
    x = where[..., 0] * (2 * left - 1)
    edge = wide - 1
    side = (x < edge).float()
    along = ((x - edge) / (2 - wide) * 2 - 1) * (2 * left - 1)
    slant = (uniform(count, -0.12, 0.12, device)[:, None, None]) * (wide > 0)
    y = where[..., 1]
    top = (y < high - 1).float()
    down = (y - (high - 1)) / (2 - high) * 2 - 1 + slant * (x + 1)
    return Layout(
        front=torch.stack((along, down), -1), side=side[:, None], top=top[:, None],
        face=cropped(faces, 0.4, 1), left=left,
        edge=edge, roof=high - 1,
    )  # fmt: skip


def composed(fronts: Tensor, layout: Layout, darker: Tensor) -> Tensor:
    """Draw the whole package [n, 4, SIDE, SIDE]: its front, the face beside it, the gable."""
    front = at(fronts, layout.front)
    # The face is of the front's colours: sisters differ there, too.
    mean = (front[:, :3] * front[:, 3:]).mean((2, 3), keepdim=True) / (front[:, 3:].mean((2, 3), keepdim=True) + 0.05)
    face = layout.face[:, :3] * layout.face[:, 3:] * 0.5 + mean * (1 - layout.face[:, 3:] * 0.5)
    colour = front[:, :3] + layout.side * (face * darker - front[:, :3])
    roof = mean * 0.6 + 0.4 * layout.face[:, :3]
    colour = colour + layout.top * (roof - colour)
    alpha = torch.maximum(front[:, 3:], torch.maximum(layout.side, layout.top))
    return torch.cat((colour.clamp(0, 1), alpha), 1)


def photographed(layout: Layout) -> tuple[Tensor, Tensor]:
    """Return where the photo shows each place of the package, off by what a flat mapping can't undo, and what bends."""
    count, device = len(layout.face), layout.face.device
    where = grid(count, device)
    hard = torch.rand(count, 1, 1, 1, device=device).pow(2.5)
    where = leaning(where, 0.006 + 0.08 * hard)
    flow = waves(count, 2, 4, device).permute(0, 2, 3, 1) * (0.008 + 0.04 * torch.rand_like(hard).pow(3))
    where = where + flow
    bend = maybe(count, 0.35, device) * numbers(count, -0.12, 0.3, device)
    u = where[..., :1]
    where = torch.cat(
        (u + bend * (u.pow(3) - u * 0.4), where[..., 1:] + bend * numbers(count, -0.4, 0.4, device) * u.square()), -1
    )
    # The faces beside and above are seen from elsewhere: wider, narrower or, often, not at all.
    sign = 2 * layout.left - 1
    x, y = where[..., 0] * sign, where[..., 1]

    def stretch() -> Tensor:
        kind = torch.rand(count, device=device)
        factor = torch.where(kind < 0.3, 1.0, uniform(count, -1.2, 1.2, device).exp())
        return torch.where(kind > 0.6, uniform(count, 1.5, 4, device).exp(), factor)[:, None, None]

    x = torch.where(x < layout.edge, layout.edge + (x - layout.edge) * stretch(), x)
    y = torch.where(y < layout.roof, layout.roof + (y - layout.roof) * stretch(), y)
    return torch.stack((x * sign, y), -1), bend


def hands(canvas: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
    """Put fingers from the rim over a part of some: returns the canvas and what is hidden [n, 1, SIDE, SIDE]."""
    count, device = len(canvas), canvas.device
    where = grid(count, device)
    held = chance(count, 0.45, device)
    base = torch.tensor([0.85, 0.62, 0.5], device=device) * uniform(count, 0.35, 1.1, device)[:, None]
    skin = (base + torch.randn(count, 3, device=device) * 0.04)[:, :, None, None]
    turn = uniform(count, 0, 2 * math.pi, device)
    # A palm or a thumb: as large as a third of the package.
    centre = (
        torch.stack((turn.cos(), turn.sin()), -1)[:, None, None] * uniform(count, 0.7, 1.4, device)[:, None, None, None]
    )
    size = torch.stack((uniform(count, 0.25, 0.9, device), uniform(count, 0.25, 0.9, device)), -1)[:, None, None]
    distance = ((where - centre) / size).square().sum(-1).sqrt()
    shown = (((1 - distance) * 8).clamp(0, 1) * (held & chance(count, 0.6, device))[:, None, None])[:, None]
    canvas = canvas + shown * (skin * (1.1 - 0.4 * distance.clamp(0, 1).square())[:, None] - canvas)
    hidden = torch.maximum(hidden, shown)
    for finger in range(4):
        angle = turn + finger * 0.35 + torch.randn(count, device=device) * 0.08
        reach = uniform(count, 0.2, 0.95, device)
        away = where - 1.25 * torch.stack((angle.cos(), angle.sin()), -1)[:, None, None]
        inward = -(away * torch.stack((turn.cos(), turn.sin()), -1)[:, None, None]).sum(-1)
        across = (away * torch.stack((-turn.sin(), turn.cos()), -1)[:, None, None]).sum(-1)
        thick = uniform(count, 0.08, 0.22, device)[:, None, None]
        length = (inward - reach[:, None, None]).clamp(min=0)
        distance = (across.square() + length.square()).sqrt() / thick
        shown = ((1 - distance) * 6).clamp(0, 1) * held[:, None, None]
        shade = (1.1 - 0.5 * distance.clamp(0, 1).square())[:, None]
        canvas = canvas + shown[:, None] * (skin * shade - canvas)
        hidden = torch.maximum(hidden, shown[:, None])
    return canvas, hidden


def covered(canvas: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    """Put price tags, shelf edges and neighbours over a part of some."""
    count, device = len(canvas), canvas.device
    hidden = torch.zeros(count, 1, SIDE, SIDE, device=device)
    where = grid(count, device)
    for share in (0.3, 0.15):
        angle = torch.randint(0, 4, (count,), device=device) * math.pi / 2 + torch.randn(count, device=device) * 0.12
        beyond = where[..., 0] * angle.cos()[:, None, None] + where[..., 1] * angle.sin()[:, None, None]
        edge = uniform(count, 0.3, 1.0, device)[:, None, None]
        shown = ((beyond - edge) * 30).clamp(0, 1)[:, None] * maybe(count, share, device)
        other = cropped(others[torch.randperm(count, device=device)], 0.3, 1.0)[:, :3]
        canvas = canvas + shown * (other - canvas)
        hidden = torch.maximum(hidden, shown)
    small = blob(count, 0.06, 0.3, device) * maybe(count, 0.12, device)
    plain = torch.rand(count, 3, 1, 1, device=device)
    canvas = canvas + small * (plain - canvas)
    hidden = torch.maximum(hidden, small)
    return hands(canvas, hidden)


def lit(canvas: Tensor, bend: Tensor) -> Tensor:
    """Light a package: lamps, their colour, shadows, glare."""
    count, device = len(canvas), canvas.device
    x, y = grid(count, device)[..., 0][:, None], grid(count, device)[..., 1][:, None]
    ramp = numbers(count, -0.3, 0.3, device) * x + numbers(count, -0.3, 0.3, device) * y
    ramp = ramp - bend.abs() * 2 * x.square() + waves(count, 1, 4, device) * numbers(count, 0, 0.12, device)
    warm = torch.exp(torch.cat((numbers(count, -0.3, 0.3, device), numbers(count, -0.06, 0.06, device),
                                numbers(count, -0.3, 0.3, device)), 1) * numbers(count, 0, 1, device))  # fmt: skip
    bright = torch.exp(numbers(count, -0.9, 0.35, device))
    canvas = canvas.clamp(0, 1).pow(torch.exp(numbers(count, -0.35, 0.45, device)))
    canvas = canvas * bright * warm * (1 + ramp).clamp(0.2, 2) + numbers(count, -0.04, 0.14, device)
    grey = canvas.mean(1, keepdim=True)
    canvas = grey + (canvas - grey) * numbers(count, 0.45, 1.35, device)
    for share in (0.3, 0.15):
        spot = blob(count, 0.05, 0.5, device)
        spot = functional.avg_pool2d(spot, 15, 1, 7) * maybe(count, share, device)
        canvas = canvas + spot * numbers(count, 0.15, 0.9, device)
    shadow = blob(count, 0.4, 1.0, device) * maybe(count, 0.15, device)
    return (canvas * (1 - shadow * numbers(count, 0.1, 0.5, device))).clamp(0, 1)


def resampled(pictures: Tensor, smallest: float, share: float) -> Tensor:
    """See some with fewer pixels, down to a share of them."""
    count, device = len(pictures), pictures.device
    out = pictures.clone()
    turn = torch.rand(count, device=device)
    steps = 4
    for step in range(steps):
        now = (turn >= share * step / steps) & (turn < share * (step + 1) / steps)
        if not now.any():
            continue
        factor = smallest + (0.9 - smallest) * (step + torch.rand(1).item()) / steps
        size = max(16, int(SIDE * factor))
        less = functional.interpolate(pictures[now], (size, size), mode="bilinear", antialias=True, align_corners=False)
        out[now] = functional.interpolate(less, (SIDE, SIDE), mode="bilinear", align_corners=False)
    return out


def saved(pictures: Tensor, worst: float, share: float) -> Tensor:
    """Save as JPEG does, coarsely."""
    count, device = len(pictures), pictures.device
    matrix = cosines(device)
    blocks = pictures.clamp(0, 1).view(count, 3, SIDE // 8, 8, SIDE // 8, 8).permute(0, 1, 2, 4, 3, 5) * 255
    n = torch.arange(8, device=device)
    strength = torch.where(
        chance(count, share, device), uniform(count, 0.1, worst, device), torch.full((count,), 0.02, device=device)
    )
    table = (10 + 7.0 * (n[None] + n[:, None])) * strength[:, None, None, None, None, None]
    coarse = matrix.T @ ((matrix @ blocks @ matrix.T / table).round() * table) @ matrix
    return (coarse.permute(0, 1, 2, 4, 3, 5).reshape(count, 3, SIDE, SIDE) / 255).clamp(0, 1)


def taken(canvas: Tensor) -> Tensor:
    """Blur, noise and compression of a phone."""
    count, device = len(canvas), canvas.device
    canvas = resampled(canvas, 0.28, 0.75)
    length = torch.randint(0, 3, (1,)).item()
    if length:
        kernel = torch.zeros(1, 1, 2 * length + 1, 2 * length + 1, device=device)
        line = torch.arange(2 * length + 1, device=device)
        kernel[0, 0, line, line.flip(0) if torch.rand(1).item() < 0.5 else line * 0 + length] = 1 / (2 * length + 1)
        moved = functional.conv2d(canvas.reshape(-1, 1, SIDE, SIDE), kernel, padding=length).view_as(canvas)
        canvas = torch.where(chance(count, 0.2, device)[:, None, None, None], moved, canvas)
    canvas = canvas + torch.randn_like(canvas) * torch.rand(count, 1, 1, 1, device=device).pow(3) * 0.1
    return resampled(saved(canvas, 2.0, 0.6), 0.7, 0.4)


def shop(canvas: Tensor) -> Tensor:
    """The catalogue's copy: small, its colour coarser than its brightness, some of it rendered otherwise."""
    count, device = len(canvas), canvas.device
    canvas = canvas.pow(torch.exp(numbers(count, -0.2, 0.2, device))) * numbers(count, 0.85, 1.05, device)
    canvas = resampled(saved(canvas.clamp(0, 1), 0.8, 0.4), 0.4, 0.7)
    grey = canvas.mean(1, keepdim=True)
    small = functional.interpolate(canvas - grey, (32, 32), mode="area")
    return (grey + functional.interpolate(small, (SIDE, SIDE), mode="bilinear", align_corners=False)).clamp(0, 1)


def hull(alpha: Tensor) -> Tensor:
    """What lies between the first and the last pixel of the package, in its row and in its column."""
    inside = (alpha > 0.5).float()
    spans = [torch.minimum(inside.cummax(d).values, inside.flip(d).cummax(d).values.flip(d)) for d in (2, 3)]
    return spans[0] * spans[1]


def draw_pairs(own: Tensor, sister: Tensor, faces: Tensor, behind: Tensor, same: Tensor) -> Pairs:
    """Draw a batch.

    Args:
        own: fronts [n, 4, SIDE, SIDE], 0 to 1, as the catalogue shows them.
        sister: as ``own``: seen in the photo where ``same`` is 0.
        faces: anything [n, 4, SIDE, SIDE]: printed on the sides.
        behind: photographs [n, 3, SIDE, SIDE]: the shop.
        same: [n] of 0 and 1.
    """
    count, device = len(own), own.device
    pick = same[:, None, None, None]
    layout = layout_of(faces)
    darker = numbers(count, 0.6, 1.05, device)
    in_shop = composed(own, layout, darker)
    on_shelf = composed(torch.where(pick > 0, own, sister), layout, darker * numbers(count, 0.7, 1.3, device))
    where, bend = photographed(layout)
    seen = at(on_shelf, where, "zeros")
    background = cropped(torch.cat((behind, torch.ones_like(behind[:, :1])), 1), 0.3, 1)[:, :3]
    light = lit(seen[:, :3] / seen[:, 3:].clamp(min=0.05), bend)
    canvas = background * torch.exp(numbers(count, -0.8, 0.2, device)) * (1 - seen[:, 3:]) + light * seen[:, 3:]
    canvas, hidden = covered(canvas, faces)
    ground = torch.where(maybe(count, 0.8, device) > 0, 1.0, torch.rand(count, 3, 1, 1, device=device))
    catalogue = shop((in_shop[:, :3] * in_shop[:, 3:] + ground * (1 - in_shop[:, 3:])).clamp(0, 1))
    photo = taken(canvas.clamp(0, 1))
    # A photo's edge cuts some off.
    beyond = grid(count, device)[..., 0] * (2 * chance(count, 0.5, device).float()[:, None, None] - 1)
    over = grid(count, device)[..., 1] * (2 * chance(count, 0.5, device).float()[:, None, None] - 1)
    frame = (
        torch.where(chance(count, 0.5, device)[:, None, None], beyond, over)
        < torch.where(
            chance(count, 0.25, device), uniform(count, -0.2, 1, device), torch.full((count,), 2.0, device=device)
        )[:, None, None]
    )
    mask = hull(in_shop[:, 3:]) * frame[:, None].float()
    visible = mask * (1 - hidden) * (at(in_shop, where, "zeros")[:, 3:] > 0.5)
    changed = (in_shop[:, :3] - on_shelf[:, :3]).abs().amax(1, keepdim=True) * (in_shop[:, 3:] > 0.5)
    other = ((changed > DIFFERENT).float() * visible) * (1 - pick)
    share = other.sum((1, 2, 3)) / (visible.sum((1, 2, 3)) + 1)
    weight = ((same > 0) | (share > LEAST)).float() * (visible.mean((1, 2, 3)) > 0.12)
    return Pairs(
        catalogue * 255, photo * mask * 255, mask, same, weight, functional.avg_pool2d(other, CELL)[:, 0],
    )  # fmt: skip
