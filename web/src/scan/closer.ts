// A second look at a picture in which nothing was found: its middle, larger, smoother, and without the shade that lies over it.
// It knows pixels alone; docs/benchmarks.md says how much more is read that way, and crates/print/src/closer.rs does the same.

export interface Pixels { data: Uint8ClampedArray<ArrayBuffer>; width: number; height: number }
interface Grey { data: Uint8ClampedArray<ArrayBuffer>; width: number; height: number }

/** Longest side of what is looked at; it is doubled, and a phone must do that between two frames. */
const SIDE_MAX = 720;
/** Pixels on each side that are smoothed into one, and whose mean is the shade around one. */
const SMOOTH = 1, SHADE = 8;
/** By how much of its difference from the shade a pixel moves away from it. */
const STRENGTH = 1.5;

/** Four bytes a pixel in, four bytes a pixel out. */
export function closer(image: Pixels): Pixels {
  const smooth = mean(doubled(middle(image)), SMOOTH), shade = mean(smooth, SHADE);
  const { width, height } = smooth;
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < smooth.data.length; i++) {
    const value = smooth.data[i]!;
    data[4 * i] = data[4 * i + 1] = data[4 * i + 2] = value + STRENGTH * (value - shade.data[i]!);
    data[4 * i + 3] = 255;
  }
  return { data, width, height };
}

/** The middle of the picture, where a code is held, in grey (ITU-R BT.601). */
function middle({ data, width: across, height: down }: Pixels): Grey {
  const width = Math.min(across, SIDE_MAX), height = Math.min(down, SIDE_MAX);
  const left = (across - width) >> 1, top = (down - height) >> 1;
  const grey = new Uint8ClampedArray(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 4 * ((y + top) * across + x + left);
      grey[y * width + x] = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
    }
  }
  return { data: grey, width, height };
}

/** Twice the size: each new pixel lies a quarter of a pixel beside an old one. */
function doubled(grey: Grey): Grey {
  const width = 2 * grey.width, height = 2 * grey.height;
  const data = new Uint8ClampedArray(width * height);
  const beside = (at: number, most: number): number => Math.min(Math.max((at >> 1) + (at & 1 ? 1 : -1), 0), most - 1);
  for (let y = 0; y < height; y++) {
    const near = (y >> 1) * grey.width, far = beside(y, grey.height) * grey.width;
    for (let x = 0; x < width; x++) {
      const a = x >> 1, b = beside(x, grey.width);
      data[y * width + x] = (9 * grey.data[near + a]! + 3 * (grey.data[near + b]! + grey.data[far + a]!) + grey.data[far + b]!) / 16;
    }
  }
  return { data, width, height };
}

/** The mean of the square with `radius` pixels on each side, cut at the edges: rows first, then columns. */
function mean(grey: Grey, radius: number): Grey {
  const { width, height } = grey;
  const rows = { data: new Uint8ClampedArray(width * height), width, height }, out = { ...rows, data: new Uint8ClampedArray(width * height) };
  for (let y = 0; y < height; y++) slide(grey.data, rows.data, y * width, 1, width, radius);
  for (let x = 0; x < width; x++) slide(rows.data, out.data, x, width, height, radius);
  return out;
}

function slide(from: Uint8ClampedArray, to: Uint8ClampedArray, start: number, step: number, length: number, radius: number): void {
  let sum = 0, count = 0;
  for (let at = -radius; at < length; at++) {
    if (at + radius < length) { sum += from[start + (at + radius) * step]!; count++; }
    if (at - radius - 1 >= 0) { sum -= from[start + (at - radius - 1) * step]!; count--; }
    if (at >= 0) to[start + at * step] = sum / count;
  }
}
