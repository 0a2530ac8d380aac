"""The program's icon, drawn here: a camera, and a tick that says "ready". Written as .ico, .icns and .png.

Each shape is a function that tells how far a point is from its edge (negative inside), in units of the icon's width;
a pixel is covered by as much as that distance says, which is what smooths the edges.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from itertools import pairwise
from math import hypot

Point = tuple[float, float]
Distance = Callable[[float, float], float]
Colour = tuple[int, int, int]

_BLUE, _WHITE, _GREEN = (0x15, 0x3E, 0x75), (0xFF, 0xFF, 0xFF), (0x1E, 0x8E, 0x3E)
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)
_ICNS_KINDS = ((b"ic11", 32), (b"ic12", 64), (b"ic07", 128), (b"ic13", 256), (b"ic08", 256), (b"ic14", 512), (b"ic09", 512), (b"ic10", 1024))  # fmt: skip
"""Kinds that hold a PNG, and their pixels (Apple's IconServices, as `iconutil` writes them)."""


def _box(left: float, top: float, right: float, bottom: float, radius: float) -> Distance:
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    half_x, half_y = (right - left) / 2 - radius, (bottom - top) / 2 - radius

    def distance(x: float, y: float) -> float:
        beside, above = abs(x - middle_x) - half_x, abs(y - middle_y) - half_y
        return hypot(max(beside, 0.0), max(above, 0.0)) + min(max(beside, above), 0.0) - radius

    return distance


def _disc(x0: float, y0: float, radius: float) -> Distance:
    return lambda x, y: hypot(x - x0, y - y0) - radius


def _stroke(points: tuple[Point, ...], width: float) -> Distance:
    def to_line(x: float, y: float, start: Point, end: Point) -> float:
        along_x, along_y = end[0] - start[0], end[1] - start[1]
        part = ((x - start[0]) * along_x + (y - start[1]) * along_y) / (along_x**2 + along_y**2)
        part = min(max(part, 0.0), 1.0)
        return hypot(x - start[0] - part * along_x, y - start[1] - part * along_y)

    return lambda x, y: min(to_line(x, y, start, end) for start, end in pairwise(points)) - width / 2


def _convex(points: tuple[Point, ...]) -> Distance:
    """The inside of a polygon whose corners are told clockwise on the screen."""
    sides = []
    for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1], strict=True):
        length = hypot(x1 - x0, y1 - y0)
        sides.append((x0, y0, (y1 - y0) / length, (x0 - x1) / length))
    return lambda x, y: max((x - x0) * across + (y - y0) * down for x0, y0, across, down in sides)


_SHAPES: tuple[tuple[Distance, Colour], ...] = (
    (_box(0.03, 0.03, 0.97, 0.97, 0.2), _BLUE),
    (_box(0.14, 0.28, 0.62, 0.64, 0.07), _WHITE),
    (_convex(((0.66, 0.42), (0.84, 0.3), (0.84, 0.62), (0.66, 0.5))), _WHITE),
    (_disc(0.69, 0.69, 0.235), _BLUE),
    (_disc(0.69, 0.69, 0.2), _GREEN),
    (_stroke(((0.59, 0.69), (0.66, 0.77), (0.79, 0.61)), 0.06), _WHITE),
)


def pixels(size: int) -> bytes:
    """The icon in rows from the top, four bytes a pixel: red, green, blue, opacity."""
    drawn = bytearray()
    for row in range(size):
        y = (row + 0.5) / size
        for column in range(size):
            drawn += _pixel((column + 0.5) / size, y, size)
    return bytes(drawn)


def _pixel(x: float, y: float, size: int) -> bytes:
    red = green = blue = opacity = 0.0
    for distance, colour in _SHAPES:
        cover = min(max(0.5 - distance(x, y) * size, 0.0), 1.0)
        if cover:
            red += (colour[0] - red) * cover
            green += (colour[1] - green) * cover
            blue += (colour[2] - blue) * cover
            opacity += (1.0 - opacity) * cover
    if not opacity:
        return bytes(4)
    # only the ground has an edge to nothing, and under it there is no colour to mix with
    strength = 1.0 if opacity == 1.0 else opacity
    return bytes(
        (round(red / strength), round(green / strength), round(blue / strength), round(255 * opacity))
    )


def png(size: int) -> bytes:
    """A PNG (W3C, third edition): truecolour with alpha, unfiltered rows."""
    raw = pixels(size)
    rows = b"".join(b"\0" + raw[start : start + 4 * size] for start in range(0, len(raw), 4 * size))

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )


def _bitmap(size: int) -> bytes:
    """A picture as an .ico holds it: BITMAPINFOHEADER of twice the height, rows from the bottom, an empty mask."""
    raw = pixels(size)
    header = struct.pack("<IiiHHIIiiII", 40, size, 2 * size, 1, 32, 0, 0, 0, 0, 0, 0)
    rows = bytearray()
    for row in range(size - 1, -1, -1):
        for at in range(4 * size * row, 4 * size * (row + 1), 4):
            red, green, blue, opacity = raw[at : at + 4]
            rows += bytes((blue, green, red, opacity))
    mask_row = (size + 31) // 32 * 4
    return header + bytes(rows) + bytes(mask_row * size)


def ico() -> bytes:
    """An icon for Windows: PNG at 256 pixels, bitmaps below (what older parts of Windows read)."""
    pictures = [png(size) if size == 256 else _bitmap(size) for size in ICO_SIZES]  # noqa: PLR2004 - Vista and later
    directory = struct.pack("<HHH", 0, 1, len(pictures))
    at = len(directory) + 16 * len(pictures)
    for size, picture in zip(ICO_SIZES, pictures, strict=True):
        directory += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), at)
        at += len(picture)
    return directory + b"".join(pictures)


def icns() -> bytes:
    """An icon for macOS."""
    of_size = {size: png(size) for _, size in _ICNS_KINDS}
    chunks = b"".join(
        kind + struct.pack(">I", 8 + len(of_size[size])) + of_size[size] for kind, size in _ICNS_KINDS
    )
    return b"icns" + struct.pack(">I", 8 + len(chunks)) + chunks
