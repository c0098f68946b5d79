"""Two pictures of a thing, made on the device: as a shop shows it, and as a phone sees it at a shelf.

All of a batch is drawn at once. A thing is an RGBA tile, squeezed square, with its width through its height. Drawing
means: for each pixel of the canvas, where on the tile it lies (an inverse homography), twice as fine as the views are.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

SIDE = 224
FINE = 2 * SIDE
MEAN, SCALE = 127.0, 128.0


def uniform(count: int, low: float, high: float, device: torch.device) -> Tensor:
    """Return [count] numbers."""
    return torch.rand(count, device=device) * (high - low) + low


def chance(count: int, share: float, device: torch.device) -> Tensor:
    """Return [count] booleans."""
    return torch.rand(count, device=device) < share


def placed(centre_x: Tensor, centre_y: Tensor, half_w: Tensor, half_h: Tensor, angle: Tensor, tilt: Tensor) -> Tensor:
    """Return [n, 3, 3]: from a tile's [-1, 1] square to the canvas's; ``tilt`` [n, 2] is what perspective does."""
    zero, one = torch.zeros_like(angle), torch.ones_like(angle)
    cos, sin = angle.cos(), angle.sin()
    size = torch.stack((half_w, zero, zero, zero, half_h, zero, zero, zero, one), 1).view(-1, 3, 3)
    lean = torch.stack((one, zero, zero, zero, one, zero, tilt[:, 0], tilt[:, 1], one), 1).view(-1, 3, 3)
    turn = torch.stack((cos, -sin, centre_x, sin, cos, centre_y, zero, zero, one), 1).view(-1, 3, 3)
    return turn @ size @ lean


def lattice(fine: int, device: torch.device) -> Tensor:
    """Return [fine * fine, 3]: the canvas's pixels in [-1, 1], homogeneous."""
    steps = (torch.arange(fine, device=device) + 0.5) * (2 / fine) - 1
    y, x = torch.meshgrid(steps, steps, indexing="ij")
    return torch.stack((x, y, torch.ones_like(x)), -1).view(-1, 3)


def paint(canvas: Tensor, tiles: Tensor, forward: Tensor, shown: Tensor, round_: Tensor | None = None) -> Tensor:
    """Draw ``tiles`` [n, 4, s, s] in 0..1 over ``canvas`` [n, 3, f, f] where ``forward`` puts them and ``shown`` says.

    ``round_`` [n, 3]: how far a tile is wrapped around an upright cylinder (0 to 1), its turn, and the camera's height.
    """
    count, _, fine, _ = canvas.shape
    points = lattice(fine, canvas.device) @ torch.linalg.inv(forward).transpose(1, 2)
    depth = points[..., 2:].clamp(min=1e-3)
    where = (points[..., :2] / depth).view(count, fine, fine, 2)
    inside = ((where.abs() <= 1).all(-1) & (points[..., 2].view(count, fine, fine) > 0)).float()
    light: Tensor | float = 1.0
    if round_ is not None:
        u, v = where.unbind(-1)
        wrap = round_[:, 0, None, None]
        bent = torch.asin(u.clamp(-0.999, 0.999)) * (2 / math.pi)
        level = (1 - u.clamp(-1, 1).square()).clamp(min=0).sqrt()
        around = (1 - wrap) * u + wrap * (bent * 0.95 + round_[:, 1, None, None])
        where = torch.stack((around, v + wrap * round_[:, 2, None, None] * (level - 0.6)), -1)
        light = (1 - wrap * 0.55 * (1 - level))[:, None]
    drawn = functional.grid_sample(tiles, where, mode="bilinear", padding_mode="border", align_corners=False)
    alpha = drawn[:, 3:] * (inside * shown.float()[:, None, None])[:, None]
    return canvas + alpha * (drawn[:, :3] * light - canvas)


def plain(count: int, device: torch.device) -> Tensor:
    """Return walls and tables [n, 3, FINE, FINE]: one colour, a soft gradient."""
    base = torch.rand(count, 3, 1, 1, device=device) * 0.8 + 0.1
    grey = base.mean(1, keepdim=True)
    base = grey + (base - grey) * torch.rand(count, 1, 1, 1, device=device)
    steps = torch.linspace(-0.5, 0.5, FINE, device=device)
    slope = torch.randn(count, 2, 1, device=device) * 0.2
    ramp = slope[:, 0, None] * steps[None, None] + slope[:, 1, None].transpose(1, 2) * steps[None, :, None]
    return (base + ramp[:, None]).clamp(0, 1)


def finish(canvas: Tensor) -> Tensor:
    """Halve: [n, 3, FINE, FINE] to [n, 3, SIDE, SIDE]."""
    return functional.avg_pool2d(canvas, 2)


def shop(tiles: Tensor, aspects: Tensor, rims: Tensor) -> Tensor:
    """Return a catalogue picture of each thing [n, 3, SIDE, SIDE] in 0..1, cut as one of the four indexed views.

    ``rims`` [n, 3]: the colour around; where it is negative (cut-outs), white or another plain colour is drawn.
    """
    count, device = len(tiles), tiles.device
    ground = torch.where(chance(count, 0.7, device)[:, None], 1.0, torch.rand(count, 3, device=device))
    cut = rims[:, 0] < 0
    ground = torch.where(cut[:, None], ground, rims)
    # The picture around the thing: its own proportions, or a shop's square with a margin.
    margin = torch.where(cut, uniform(count, 0.72, 1.0, device), torch.ones(count, device=device))
    picture = torch.where(cut & chance(count, 0.6, device), torch.ones(count, device=device), aspects)
    width = torch.where(aspects > picture, 1.0, aspects / picture) * margin
    height = torch.where(aspects > picture, picture / aspects, 1.0) * margin
    # whole, letterbox, small, centre-60
    view = torch.randint(0, 4, (count,), device=device)
    zoom = torch.tensor([1.0, 1.0, 0.6, 1 / 0.6], device=device)[view]
    boxed = view == 1
    width = width * zoom * torch.where(boxed, picture.clamp(max=1), 1.0)
    height = height * zoom * torch.where(boxed, (1 / picture).clamp(max=1), 1.0)
    zero = torch.zeros(count, device=device)
    turn = uniform(count, -0.03, 0.03, device)
    canvas = ground[:, :, None, None].expand(-1, -1, FINE, FINE)
    everywhere = torch.ones(count, dtype=torch.bool, device=device)
    flat = torch.zeros(count, 2, device=device)
    return finish(paint(canvas, tiles, placed(zero, zero, width, height, turn, flat), everywhere))


def shelf(tiles: Tensor, aspects: Tensor, behind: Tensor, neighbours: tuple[tuple[Tensor, Tensor], ...]) -> Tensor:
    """Return a phone's photo of each thing [n, 3, SIDE, SIDE] in 0..1, before the camera spoils it.

    Args:
        tiles: [n, 4, s, s]; the thing is the nearest to the middle.
        aspects: [n].
        behind: photographs [n, 4, s, s].
        neighbours: other things and their aspects, as ``tiles``: on both sides, and one that covers a part.
    """
    count, device = len(tiles), tiles.device
    everywhere = torch.ones(count, dtype=torch.bool, device=device)
    canvas = plain(count, device)
    zoom = uniform(count, 1.0, 2.2, device)
    free = zoom - 1
    canvas = paint(
        canvas,
        behind,
        placed(
            uniform(count, -1, 1, device) * free, uniform(count, -1, 1, device) * free, zoom, zoom,
            uniform(count, -0.2, 0.2, device), torch.zeros(count, 2, device=device),
        ),
        chance(count, 0.75, device),
    )  # fmt: skip
    kind = torch.rand(count, device=device)
    size = torch.where(kind < 0.3, uniform(count, 0.85, 1.7, device), uniform(count, 0.5, 0.9, device))
    size = torch.where(kind > 0.75, uniform(count, 0.3, 0.5, device), size)
    squeeze = torch.tensor([0.75, 1.0, 1.33], device=device)[torch.randint(0, 3, (count,), device=device)].sqrt()
    root = aspects.sqrt()
    longest = torch.maximum(root, 1 / root).clamp(max=1.6)
    half_w, half_h = size * root / longest * squeeze, size / root / longest / squeeze
    upright = chance(count, 0.8, device)
    angle = torch.where(upright, uniform(count, -0.2, 0.2, device), uniform(count, -0.8, 0.8, device))
    tilt = torch.randn(count, 2, device=device).clamp(-2, 2) * 0.09
    loose = (1 - size).clamp(min=0.08) * 0.75
    x, y = uniform(count, -1, 1, device) * loose, uniform(count, -1, 1, device) * loose
    beside = chance(count, 0.45, device)
    x, y = torch.where(beside, x * 0.5, x), torch.where(beside, y * 0.6, y)
    own = placed(x, y, half_w, half_h, angle, tilt)
    cylinder = chance(count, 0.3, device).float()
    round_ = torch.stack(
        (cylinder * uniform(count, 0.6, 1, device), torch.randn(count, device=device) * 0.12,
         torch.randn(count, device=device) * 0.15), 1,
    )  # fmt: skip
    gap = uniform(count, 2.02, 2.4, device)
    one, zero = torch.ones(count, device=device), torch.zeros(count, device=device)
    for (other, other_aspects), side in zip(neighbours[:2], (-1, 1), strict=True):
        wide = (other_aspects / aspects).clamp(0.5, 2)
        step = placed(side * (gap / 2 * (1 + wide)), zero, wide, one, zero, torch.zeros(count, 2, device=device))
        canvas = paint(canvas, other, own @ step, beside & chance(count, 0.9, device), round_)
    canvas = paint(canvas, tiles, own, everywhere, round_)
    other, other_aspects = neighbours[2]
    small = torch.minimum(half_w, half_h).clamp(max=0.9) * uniform(count, 0.35, 0.65, device)
    away = uniform(count, 0, 2 * math.pi, device)
    over = placed(
        x + away.cos() * half_w * 0.8, y + away.sin() * half_h * 0.8, small, small / other_aspects.clamp(0.6, 1.6),
        uniform(count, -1, 1, device), torch.zeros(count, 2, device=device),
    )  # fmt: skip
    return finish(paint(canvas, other, over, chance(count, 0.35, device)))


def cosines(device: torch.device) -> Tensor:
    """Return the matrix [8, 8] of the discrete cosine transform."""
    n = torch.arange(8, device=device)
    matrix = torch.cos(math.pi / 8 * (n[None] + 0.5) * n[:, None]) / 2
    matrix[0] /= math.sqrt(2)
    return matrix


def camera(views: Tensor) -> Tensor:
    """Spoil [n, 3, SIDE, SIDE] in 0..1 as a phone does: light, colour, glare, blur, noise, coarse compression."""
    count, device = len(views), views.device
    steps = torch.linspace(-1, 1, SIDE, device=device)

    def each(low: float, high: float) -> Tensor:
        return uniform(count, low, high, device)[:, None, None, None]

    soft = chance(count, 0.5, device)
    for factor in (1.5, 2.5, 4.0):
        now = soft & chance(count, 0.4, device)
        if now.any():
            less = functional.interpolate(views[now], scale_factor=1 / factor, mode="area")
            views = views.clone()
            views[now] = functional.interpolate(less, (SIDE, SIDE), mode="bilinear", align_corners=False)
            soft = soft & ~now
    ramp = each(-0.35, 0.35) * steps[None, None, None] + each(-0.35, 0.35) * steps[None, None, :, None]
    warm = torch.cat((1 + each(-0.2, 0.2), torch.ones(count, 1, 1, 1, device=device), 1 + each(-0.2, 0.2)), 1)
    lit = views * each(0.5, 1.35) * warm * (1 + ramp) + each(-0.04, 0.12)
    grey = lit.mean(1, keepdim=True)
    lit = grey + (lit - grey) * each(0.55, 1.4)
    lit = (lit - 0.45) * each(0.65, 1.25) + 0.45
    spot_x, spot_y, width = each(-1, 1), each(-1, 1), each(0.08, 0.5)
    apart = (steps[None, None, None] - spot_x).square() + (steps[None, None, :, None] - spot_y).square()
    glare = (-apart / width.square()).exp() * chance(count, 0.2, device)[:, None, None, None] * each(0.2, 0.8)
    lit = (lit + glare).clamp(0, 1)
    lit = lit.pow(each(-0.35, 0.35).exp())
    lit = lit + torch.randn_like(lit) * each(0, 1).pow(3) * 0.08
    matrix = cosines(device)
    blocks = lit.clamp(0, 1).view(count, 3, SIDE // 8, 8, SIDE // 8, 8).permute(0, 1, 2, 4, 3, 5) * 255
    n = torch.arange(8, device=device)
    table = (10 + 7.0 * (n[None] + n[:, None])) * torch.where(
        chance(count, 0.6, device), uniform(count, 0.2, 2.5, device), torch.full((count,), 0.02, device=device)
    )[:, None, None, None, None, None]
    coarse = matrix.T @ ((matrix @ blocks @ matrix.T / table).round() * table) @ matrix
    return (coarse.permute(0, 1, 2, 4, 3, 5).reshape(count, 3, SIDE, SIDE) / 255).clamp(0, 1)


def pixels(views: Tensor) -> Tensor:
    """From 0..1 to what the network takes."""
    return (views * 255).round().sub(MEAN).div(SCALE)
