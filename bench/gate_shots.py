"""Simulated gate shots: how often zxing-cpp reads our codes, beside a transit code and an EU Digital COVID Certificate.

Each shot is the same for every code: printed at the same width, turned, tilted, blurred, badly lit, noisy, small.
Two readers: zxing-cpp as it comes, and with the second look of web/src/scan/reader.ts and crates/print/src/read.rs.
A gate's camera sees several frames a second, so three frames of one showing are read too: the hand moves a little.
Fixed seed. Prints Markdown tables. `cargo xtask bench shots [SHOTS]`
"""

import functools
import io
import os
import random
import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import segno
import zxingcpp
from PIL import Image, ImageFilter

SHOTS = int(sys.argv[1]) if len(sys.argv) > 1 else 240
SEED = 20200101
WIDTH, HEIGHT = 640, 480
# A code's width on a screen, with its quiet zone, in camera pixels: how hard it is. The first is the hardest.
WIDTHS = [(140, 270), (160, 290), (180, 310), (200, 330), (220, 350), (240, 370)]
FRAMES = 3


@functools.cache
def printed(name):
    out = io.BytesIO()
    symbol(name)[0].save(out, kind="png", scale=12, border=4)
    return Image.open(out).convert("L")


def picture(name, width_px):
    return printed(name).resize((width_px, width_px), Image.Resampling.LANCZOS)


def perspective(corners, size):
    """Coefficients that bring the square of `size` to `corners` (Pillow asks for the inverse map)."""
    rows, right = [], []
    square = [(0, 0), (size, 0), (size, size), (0, size)]
    for (x, y), (u, v) in zip(corners, square):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
        right += [u, v]
    return np.linalg.solve(np.array(rows, float), np.array(right, float))


def shot(name, number, widths, frame=0):
    """The picture that a camera takes; frames 1 and 2 follow within a second, from nearly the same place."""
    chance, hand = random.Random(SEED + number), random.Random(f"{SEED} {number} {frame}")
    moved = lambda most: hand.uniform(-most, most) if frame else 0.0
    width = chance.randint(*widths)
    code = picture(name, width)
    left, top = chance.randint(40, WIDTH - width - 40), chance.randint(30, max(31, HEIGHT - width - 30))
    angle = np.radians(chance.uniform(-20, 20) + moved(2))
    lean = width * 0.10
    dx_px, dy_px = moved(6), moved(6)
    corners = []
    for x, y in [(0, 0), (width, 0), (width, width), (0, width)]:
        dx, dy = x - width / 2, y - width / 2
        corners.append((
            left + dx_px + width / 2 + dx * np.cos(angle) - dy * np.sin(angle) + chance.uniform(-lean, lean) + moved(lean / 6),
            top + dy_px + width / 2 + dx * np.sin(angle) + dy * np.cos(angle) + chance.uniform(-lean, lean) + moved(lean / 6),
        ))
    flat = code.transform(
        (WIDTH, HEIGHT), Image.Transform.PERSPECTIVE, perspective(corners, width),
        Image.Resampling.BICUBIC, fillcolor=235,
    )
    flat = flat.filter(ImageFilter.GaussianBlur(max(0.3, chance.uniform(0.3, 1.7) + moved(0.2))))
    light = np.asarray(flat, float)
    ramp = np.linspace(chance.uniform(0.45, 0.8), 1.0, WIDTH)
    contrast = chance.uniform(0.4, 0.9)
    light = (light * contrast + 255 * (1 - contrast) * 0.5) * ramp
    noise = np.random.default_rng(SEED + number + 1_000_000 * frame).normal(0, chance.uniform(4, 16), light.shape)
    return Image.fromarray(np.clip(light + noise, 0, 255).astype(np.uint8))


def plainly(frame, text):
    found = zxingcpp.read_barcodes(frame, formats=zxingcpp.BarcodeFormat.QRCode)
    return any(one.text == text for one in found)


def closer(frame):
    """Twice the size, smoothed over 3 pixels, and each pixel moved away from the mean of the 17 around it."""
    large = frame.resize((2 * frame.width, 2 * frame.height), Image.Resampling.BILINEAR).filter(ImageFilter.BoxBlur(1))
    value = np.asarray(large, np.float32)
    mean = np.asarray(large.filter(ImageFilter.BoxBlur(8)), np.float32)
    return Image.fromarray(np.clip(value + 1.5 * (value - mean), 0, 255).astype(np.uint8))


def again(frame, text):
    return plainly(frame, text) or plainly(closer(frame), text)


def shares(task):
    """Of all shots: read plainly, with the second look, and each within three frames."""
    name, widths = task
    text = symbol(name)[1]
    hits = np.zeros(4)
    for number in range(SHOTS):
        first = shot(name, number, widths)
        plain, second = plainly(first, text), again(first, text)
        plain_in, second_in = plain, second
        for frame in range(1, FRAMES):
            if plain_in:
                break
            later = shot(name, number, widths, frame)
            plain_in = plain_in or plainly(later, text)
            second_in = second_in or again(later, text)
        hits += [plain, second, plain_in, second_in or plain_in]
    return 100 * hits / SHOTS


@functools.cache
def symbol(name):
    """The code and its text, the same at every call."""
    chance = random.Random(SEED)
    digits = lambda first, count: first + "".join(chance.choice("0123456789") for _ in range(count - 1))
    numeric = {"T1, v10-M": ("1", 476, 10, "m"), "T0, v2-M": ("3", 62, 2, "m"), "T2, v7-Q": ("4", 192, 7, "q")}
    if name in numeric:
        first, count, version, level = numeric[name]
        text = digits(first, count)
        return segno.make_qr(text, version=version, error=level, mode="numeric", boost_error=False), text
    if name == TRANSIT:
        text = "".join(chance.choice("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/") for _ in range(332))
        return segno.make_qr(text, version=14, error="m", mode="byte", boost_error=False), text
    text = "HC1:" + "".join(chance.choice("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:") for _ in range(552))
    version, level = (18, "q") if name == DCC_Q else (15, "m")
    return segno.make_qr(text, version=version, error=level, mode="alphanumeric", boost_error=False), text


TRANSIT, DCC_Q, DCC_M = "transit code, 332 B, v14-M", "DCC, v18-Q", "DCC at level M"
CODES = ["T0, v2-M", "T2, v7-Q", "T1, v10-M", TRANSIT, DCC_M, DCC_Q]
READERS = [
    "One frame, zxing-cpp as it comes", "One frame, with the second look",
    "Three frames, zxing-cpp as it comes", "Three frames, with the second look",
]


def main():
    tasks = [(name, widths) for widths in WIDTHS for name in CODES]
    with ProcessPoolExecutor(os.cpu_count()) as lanes:
        found = dict(zip(tasks, lanes.map(shares, tasks)))
    for at, reader in enumerate(READERS):
        print(f"{reader}, {SHOTS} shots a figure:\n\n| camera pixels | {' | '.join(CODES)} | T1 / DCC |")
        print("|---" * (len(CODES) + 2) + "|")
        for widths in WIDTHS:
            row = [found[name, widths][at] for name in CODES]
            ratio = found["T1, v10-M", widths][at] / max(found[DCC_Q, widths][at], 0.1)
            print(f"| {widths[0]}-{widths[1]} | {' | '.join(f'{one:.0f} %' for one in row)} | {ratio:.1f} |")
        print()


if __name__ == "__main__":
    main()
