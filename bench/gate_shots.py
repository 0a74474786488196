"""Simulated gate shots: how often zxing-cpp reads a T1, beside a code of the size of an EU Digital COVID Certificate.

Each shot is the same for both codes: printed at the same width, turned, tilted, blurred, badly lit, noisy, small.
Fixed seed. Prints a Markdown table. `pip install -r bench/requirements.txt && python3 bench/gate_shots.py [SHOTS]`
"""

import io
import random
import sys

import numpy as np
import segno
import zxingcpp
from PIL import Image, ImageFilter

SHOTS = int(sys.argv[1]) if len(sys.argv) > 1 else 120
SEED = 20200101
WIDTH, HEIGHT = 640, 480
# A code's width on a screen, with its quiet zone, in camera pixels.
CODE_PX = (200, 330)


def picture(symbol, width_px):
    out = io.BytesIO()
    symbol.save(out, kind="png", scale=12, border=4)
    return Image.open(out).convert("L").resize((width_px, width_px), Image.Resampling.LANCZOS)


def perspective(corners, size):
    """Coefficients that bring the square of `size` to `corners` (Pillow asks for the inverse map)."""
    rows, right = [], []
    square = [(0, 0), (size, 0), (size, size), (0, size)]
    for (x, y), (u, v) in zip(corners, square):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
        right += [u, v]
    return np.linalg.solve(np.array(rows, float), np.array(right, float))


def shot(symbol, number):
    chance = random.Random(SEED + number)
    width = chance.randint(*CODE_PX)
    code = picture(symbol, width)
    left, top = chance.randint(40, WIDTH - width - 40), chance.randint(30, max(31, HEIGHT - width - 30))
    angle = np.radians(chance.uniform(-20, 20))
    lean = width * 0.10
    corners = []
    for x, y in [(0, 0), (width, 0), (width, width), (0, width)]:
        dx, dy = x - width / 2, y - width / 2
        corners.append((
            left + width / 2 + dx * np.cos(angle) - dy * np.sin(angle) + chance.uniform(-lean, lean),
            top + width / 2 + dx * np.sin(angle) + dy * np.cos(angle) + chance.uniform(-lean, lean),
        ))
    frame = code.transform(
        (WIDTH, HEIGHT), Image.Transform.PERSPECTIVE, perspective(corners, width),
        Image.Resampling.BICUBIC, fillcolor=235,
    )
    frame = frame.filter(ImageFilter.GaussianBlur(chance.uniform(0.3, 1.7)))
    light = np.asarray(frame, float)
    ramp = np.linspace(chance.uniform(0.45, 0.8), 1.0, WIDTH)
    contrast = chance.uniform(0.4, 0.9)
    light = (light * contrast + 255 * (1 - contrast) * 0.5) * ramp
    noise = np.random.default_rng(SEED + number).normal(0, chance.uniform(4, 16), light.shape)
    return Image.fromarray(np.clip(light + noise, 0, 255).astype(np.uint8))


def read(symbol, text):
    hits = 0
    for number in range(SHOTS):
        found = zxingcpp.read_barcodes(shot(symbol, number))
        hits += any(one.text == text for one in found)
    return hits


def main():
    chance = random.Random(SEED)
    t1 = "1" + "".join(chance.choice("0123456789") for _ in range(475))
    t0 = "3" + "".join(chance.choice("0123456789") for _ in range(61))
    dcc = "HC1:" + "".join(chance.choice("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:") for _ in range(552))
    codes = [
        ("T1, v10-M", segno.make_qr(t1, version=10, error="m", mode="numeric", boost_error=False), t1),
        ("T0, v2-M", segno.make_qr(t0, version=2, error="m", mode="numeric", boost_error=False), t0),
        ("DCC size, v18-Q", segno.make_qr(dcc, version=18, error="q", mode="alphanumeric", boost_error=False), dcc),
        ("DCC size at level M", segno.make_qr(dcc, error="m", mode="alphanumeric", boost_error=False), dcc),
    ]
    print(f"| code | read of {SHOTS} | share |\n|---|---|---|")
    for name, symbol, text in codes:
        hits = read(symbol, text)
        print(f"| {name} | {hits} | {100 * hits / SHOTS:.0f} % |")


if __name__ == "__main__":
    main()
