"""Made-up packages in families: sisters of a brand differ in a colour, a flavour or a picture, as on a real shelf.

Drawn from clip art, logos and fonts; nothing of any real product is copied, and every family is new.
"""

from __future__ import annotations

import colorsys
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SIDE = 224
SYLLABLES_TEXT = (
    "ba be bo ca co da do fi fro ga go ha hi jo ka ki la le lo lu ma mi mo na no nu o pa po ra ri ro sa so ta ti "
    "va vi zo "
)
SYLLABLES = SYLLABLES_TEXT.split()
WORDS_TEXT = (
    "milk juice apple orange mild strong classic original light fresh natural organic crunchy creamy dark white "
    "vanilla berry cherry lemon mint coffee tea oat wheat corn rice tomato onion garlic pepper salt honey nut "
    "cocoa cream cheese yoghurt butter soap care repair clean ultra max plus zero sugar free family pack premium "
    "extra eko mjölk jus äpple mörk ljus kaffe Käse Milch Saft Äpfel lait beurre pomme queso leche manzana burro "
    "mela "
)
WORDS = WORDS_TEXT.split()

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Assets:
    """What packages are drawn with."""

    art: Sequence[Image.Image]
    """Clip art and logos, RGBA."""
    photos: Sequence[Image.Image]
    fonts: Sequence[Path]


def colour(rng: random.Random) -> Colour:
    """Return a colour as printers like it: white, black and strong ones more often than chance has it."""
    kind = rng.random()
    if kind < 0.2:
        return (rng.randint(235, 255),) * 3
    if kind < 0.27:
        return (rng.randint(5, 40),) * 3
    red, green, blue = colorsys.hsv_to_rgb(rng.random(), rng.uniform(0.25, 1), rng.uniform(0.35, 1))
    return int(red * 255), int(green * 255), int(blue * 255)


def against(ground: Colour, rng: random.Random) -> Colour:
    """Return a colour that can be read on another."""
    for _ in range(20):
        one = colour(rng)
        if abs(sum(one) - sum(ground)) > 220:
            return one
    return (255, 255, 255) if sum(ground) < 380 else (10, 10, 10)


@dataclass
class Part:
    """One thing that is printed: what changes between sisters is drawn anew."""

    kind: str
    box: Box
    """Left, top, width and height as shares of the front."""
    text: str = ""
    font: int = 0
    seed: int = 0
    ink: int = 0
    style: int = 0
    variable: bool = False
    lines: list[str] = field(default_factory=list)


@dataclass
class Family:
    """The design that sisters share."""

    aspect: float
    palette: list[Colour]
    ground: str
    parts: list[Part]
    outline: str


def name(rng: random.Random) -> str:
    """Return a brand that nobody has."""
    word = "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 3)))
    return rng.choice((word.upper(), word.capitalize(), word.capitalize()))


def family(rng: random.Random, assets: Assets) -> Family:
    """Return a new design."""
    fonts = [rng.randrange(len(assets.fonts)) for _ in range(3)]
    ground = colour(rng)
    palette = [ground, colour(rng), against(ground, rng), against(ground, rng), colour(rng)]
    top = rng.uniform(0.04, 0.25)
    parts: list[Part] = []
    if rng.random() < 0.6:
        parts.append(
            Part("panel", (rng.uniform(0, 0.15), rng.uniform(0, 0.5), rng.uniform(0.6, 1), rng.uniform(0.2, 0.5)),
                 ink=1, style=rng.randrange(3), variable=rng.random() < 0.5)
        )  # fmt: skip
    if rng.random() < 0.8:
        parts.append(
            Part("art", (rng.uniform(0.05, 0.4), rng.uniform(0.3, 0.55), rng.uniform(0.35, 0.6),
                         rng.uniform(0.25, 0.45)),
                 seed=rng.getrandbits(30), variable=rng.random() < 0.7)
        )  # fmt: skip
    if rng.random() < 0.25:
        parts.append(Part("photo", (0, rng.uniform(0.3, 0.6), 1, rng.uniform(0.3, 0.5)), seed=rng.getrandbits(30),
                          variable=rng.random() < 0.6))  # fmt: skip
    if rng.random() < 0.5:
        parts.append(Part("art", (rng.uniform(0.05, 0.6), rng.uniform(0.02, 0.2), 0.3, 0.15), seed=rng.getrandbits(30)))
    width = rng.uniform(0.55, 0.95)
    parts.append(Part("text", ((1 - width) / 2, top, width, rng.uniform(0.1, 0.24)), name(rng), fonts[0], ink=2,
                      style=rng.randrange(3)))  # fmt: skip
    words = " ".join(rng.sample(WORDS, rng.randint(1, 2)))
    parts.append(Part("text", (rng.uniform(0.05, 0.2), top + 0.25, rng.uniform(0.4, 0.75), rng.uniform(0.05, 0.12)),
                      words, fonts[1], ink=3, variable=rng.random() < 0.4))  # fmt: skip
    parts.append(Part("text", (rng.uniform(0.05, 0.3), rng.uniform(0.5, 0.85), rng.uniform(0.3, 0.65),
                      rng.uniform(0.04, 0.1)), rng.choice(WORDS), fonts[1], ink=3, variable=True))  # fmt: skip
    if rng.random() < 0.5:
        parts.append(Part("small", (rng.uniform(0.05, 0.5), rng.uniform(0.7, 0.85), rng.uniform(0.3, 0.5), 0.12), "",
                          fonts[2], rng.getrandbits(30), ink=3))  # fmt: skip
    if rng.random() < 0.4:
        parts.append(Part("badge", (rng.uniform(0.05, 0.7), rng.uniform(0.1, 0.75), 0.25, 0.16),
                          rng.choice(("NEW", "500 g", "1 L", "3%", "-20%", "BIO", "0%", "2x", "750ml", "12")), fonts[0],
                          ink=4, style=rng.randrange(2), variable=rng.random() < 0.5))  # fmt: skip
    grounds = ("plain", "plain", "plain", "bands", "gradient", "stripes", "dots", "photo")
    outlines = ("box", "box", "box", "rounded", "bottle", "gable", "pouch")
    return Family(rng.uniform(0.4, 1.7), palette, rng.choice(grounds), parts, rng.choice(outlines))


def sister(base: Family, rng: random.Random, assets: Assets) -> Family:
    """Return another of the family: at least one thing differs that a person would see."""
    palette = list(base.palette)
    changed = rng.random()
    if changed < 0.65:
        place = rng.choice((0, 1, 1, 4))
        palette[place] = colour(rng)
        if place == 0:
            palette[2:4] = [against(palette[0], rng), against(palette[0], rng)]
    parts = []
    for part in base.parts:
        new = Part(**vars(part))
        if part.variable and (changed >= 0.65 or rng.random() < 0.7):
            new.seed = rng.getrandbits(30)
            if part.kind == "text":
                new.text = " ".join(rng.sample(WORDS, rng.randint(1, 2)))
            if part.kind == "panel":
                new.ink = rng.choice((1, 4))
        parts.append(new)
    return Family(base.aspect, palette, base.ground, parts, base.outline)


def fitted(text: str, file: Path, width: int, height: int) -> Image.Image | None:
    """Return a mask of the text, as large as the box lets it be; None where there is nothing to see."""
    font = ImageFont.truetype(str(file), 48)
    left, top, right, bottom = font.getbbox(text)
    if right - left < 2 or bottom - top < 2:
        return None
    mask = Image.new("L", (int(right - left), int(bottom - top)))
    ImageDraw.Draw(mask).text((-left, -top), text, fill=255, font=font)
    scale = min(width / mask.width, height / mask.height)
    return mask.resize((max(1, int(mask.width * scale)), max(1, int(mask.height * scale))), Image.Resampling.BILINEAR)


def ground_of(design: Family, size: tuple[int, int], rng: random.Random, assets: Assets) -> Image.Image:
    """Return what is printed on."""
    width, height = size
    first, second = design.palette[:2]
    front = Image.new("RGB", size, first)
    draw = ImageDraw.Draw(front)
    if design.ground == "bands":
        draw.rectangle((0, int(height * rng.uniform(0.3, 0.7)), width, height), fill=second)
    elif design.ground == "gradient":
        ramp = Image.linear_gradient("L").resize(size)
        front.paste(Image.new("RGB", size, second), mask=ramp)
    elif design.ground == "stripes":
        step = rng.randint(10, 50)
        for x in range(0, width, step):
            draw.rectangle((x, 0, x + step // 2, height), fill=second)
    elif design.ground == "dots":
        step = rng.randint(14, 40)
        for x in range(0, width, step):
            for y in range(0, height, step):
                draw.ellipse((x, y, x + step // 2, y + step // 2), fill=second)
    elif design.ground == "photo" and assets.photos:
        front = Image.blend(front, rng.choice(assets.photos).resize(size), 0.7)
    return front


def outline_of(kind: str, size: tuple[int, int]) -> Image.Image:
    """Return the shape that is cut out: 255 inside."""
    width, height = size
    mask = Image.new("L", size, 255 if kind == "box" else 0)
    draw = ImageDraw.Draw(mask)
    if kind == "rounded":
        draw.rounded_rectangle((0, 0, width - 1, height - 1), min(size) // 6, fill=255)
    elif kind == "bottle":
        draw.rounded_rectangle((0, height // 4, width - 1, height - 1), width // 8, fill=255)
        draw.rectangle((width * 0.32, 0, width * 0.68, height // 3), fill=255)
        neck = ((width * 0.32, height * 0.15), (0, height * 0.3), (width, height * 0.3), (width * 0.68, height * 0.15))
        draw.polygon(neck, fill=255)
    elif kind == "gable":
        roof = ((0, height * 0.18), (width * 0.15, 0), (width * 0.85, 0), (width, height * 0.18))
        draw.polygon((*roof, (width, height), (0, height)), fill=255)
    elif kind == "pouch":
        draw.polygon(((width * 0.08, 0), (width * 0.92, 0), (width, height), (0, height)), fill=255)
    return mask


def draw(design: Family, seed: int, assets: Assets) -> tuple[Image.Image, float]:
    """Return the front as RGBA [224, 224], squeezed square, and its width through its height.

    The same seed gives sisters the same layout.
    """
    rng = random.Random(seed)
    width = SIDE if design.aspect >= 1 else max(80, int(SIDE * design.aspect))
    height = SIDE if design.aspect <= 1 else max(80, int(SIDE / design.aspect))
    front = ground_of(design, (width, height), rng, assets)
    pen = ImageDraw.Draw(front)
    for part in design.parts:
        own = random.Random(part.seed)
        left, top = int(part.box[0] * width), int(part.box[1] * height)
        w, h = max(6, int(part.box[2] * width)), max(6, int(part.box[3] * height))
        ink = design.palette[part.ink]
        corners = (left, top, left + w, top + h)
        if part.kind == "panel":
            (pen.rectangle, pen.ellipse, pen.rounded_rectangle)[part.style](corners, fill=ink)
        elif part.kind == "art" and assets.art:
            art = assets.art[own.randrange(len(assets.art))]
            scale = min(w / art.width, h / art.height)
            art = art.resize((max(1, int(art.width * scale)), max(1, int(art.height * scale))))
            front.paste(art, (left, top), art)
        elif part.kind == "photo" and assets.photos:
            front.paste(assets.photos[own.randrange(len(assets.photos))].resize((w, h)), (left, top))
        elif part.kind == "badge":
            (pen.ellipse, pen.rectangle)[part.style](corners, fill=ink)
            mask = fitted(part.text, assets.fonts[part.font], int(w * 0.8), int(h * 0.6))
            if mask is not None:
                front.paste(against(ink, own), (left + (w - mask.width) // 2, top + (h - mask.height) // 2), mask)
        elif part.kind == "text":
            mask = fitted(part.text, assets.fonts[part.font], w, h)
            if mask is not None:
                if part.style == 1:
                    around = (left - 3, top - 3, left + mask.width + 3, top + mask.height + 3)
                    pen.rectangle(around, fill=design.palette[4])
                front.paste(ink, (left, top), mask)
        elif part.kind == "small":
            for line in range(4):
                text = " ".join(own.choice(WORDS) for _ in range(5))
                mask = fitted(text, assets.fonts[part.font], w, max(3, h // 5))
                if mask is not None:
                    front.paste(ink, (left, top + line * h // 4), mask)
    whole = front.convert("RGBA")
    whole.putalpha(outline_of(design.outline, front.size))
    return whole.resize((SIDE, SIDE), Image.Resampling.BILINEAR), width / height
