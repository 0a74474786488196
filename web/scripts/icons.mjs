// Draws the icons from the mark: PNG by a small rasteriser (4x4 samples a pixel), so that no image tool is needed.
// It knows the mark's path commands only: M, L, l, H, h, V, v, C, c, A for quarter rounds, Z.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { deflateSync } from "node:zlib";

const root = new URL("..", import.meta.url);
const svg = readFileSync(new URL("public/icons/mark.svg", root), "utf8");
const shapes = [...svg.matchAll(/<path fill="(#\w{6})"[^>]* d="([^"]+)"/g)].map(([, fill, d]) => ({ colour: rgb(fill), edges: edges(flatten(d)) }));
if (shapes.length !== 2) throw new Error("failed to find the two shapes of the mark");

function rgb(hex) { return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)); }

function flatten(d) {
  const tokens = d.match(/[a-zA-Z]|-?(?:\d+\.?\d*|\.\d+)/g);
  const polygons = [];
  let points = [], x = 0, y = 0, i = 0, command = "";
  const number = () => Number(tokens[i++]);
  const to = (nx, ny) => { x = nx; y = ny; points.push([x, y]); };
  while (i < tokens.length) {
    if (/[a-zA-Z]/.test(tokens[i])) command = tokens[i++];
    const relative = command === command.toLowerCase();
    const dx = relative ? x : 0, dy = relative ? y : 0;
    switch (command.toUpperCase()) {
      case "M": points = [[(x = dx + number()), (y = dy + number())]]; polygons.push(points); command = relative ? "l" : "L"; break;
      case "L": to(dx + number(), dy + number()); break;
      case "H": to(dx + number(), y); break;
      case "V": to(x, dy + number()); break;
      case "C": {
        const [ax, ay, bx, by, ex, ey] = [0, 1, 2, 3, 4, 5].map((n) => (n % 2 ? dy : dx) + number());
        const sx = x, sy = y;
        for (let s = 1; s <= 16; s++) {
          const t = s / 16, u = 1 - t;
          to(u ** 3 * sx + 3 * u * u * t * ax + 3 * u * t * t * bx + t ** 3 * ex, u ** 3 * sy + 3 * u * u * t * ay + 3 * u * t * t * by + t ** 3 * ey);
        }
        break;
      }
      case "A": {
        i += 4; // rx, ry, rotation, large-arc: the mark has quarter rounds only
        const sweep = number() === 1;
        const ex = dx + number(), ey = dy + number(), sx = x, sy = y;
        const corner = ((ex - sx) * (ey - sy) > 0) === sweep ? [ex, sy] : [sx, ey];
        for (let s = 1; s <= 8; s++) { const t = s / 8, u = 1 - t; to(u * u * sx + 2 * u * t * corner[0] + t * t * ex, u * u * sy + 2 * u * t * corner[1] + t * t * ey); }
        break;
      }
      case "Z": [x, y] = points[0]; break;
      default: throw new Error(`failed to draw the path command ${command}`);
    }
  }
  return polygons;
}

function edges(polygons) {
  return polygons.flatMap((p) => p.map((a, n) => [a, p[(n + 1) % p.length]])).filter(([a, b]) => a[1] !== b[1]);
}
// Even-odd: the seal has a hole and an eye.
function inside(list, x, y) {
  let odd = false;
  for (const [[ax, ay], [bx, by]] of list) if ((ay > y) !== (by > y) && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) odd = !odd;
  return odd;
}

function draw(size, margin, paper) {
  const pixels = Buffer.alloc(size * size * 4);
  const scale = 48 / (size * (1 - 2 * margin));
  const S = 4;
  for (let py = 0; py < size; py++) for (let px = 0; px < size; px++) {
    const hits = shapes.map(() => 0);
    for (let sy = 0; sy < S; sy++) for (let sx = 0; sx < S; sx++) {
      const x = (px + (sx + .5) / S - size * margin) * scale, y = (py + (sy + .5) / S - size * margin) * scale;
      shapes.forEach((shape, n) => { if (inside(shape.edges, x, y)) hits[n]++; });
    }
    let colour = paper;
    hits.forEach((h, n) => { const a = h / (S * S); colour = colour.map((c, k) => c * (1 - a) + shapes[n].colour[k] * a); });
    pixels.set([...colour.map(Math.round), 255], (py * size + px) * 4);
  }
  return png(size, pixels);
}

function png(size, pixels) {
  const rows = Buffer.alloc(size * (size * 4 + 1));
  for (let y = 0; y < size; y++) pixels.copy(rows, y * (size * 4 + 1) + 1, y * size * 4, (y + 1) * size * 4);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0); head.writeUInt32BE(size, 4); head.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk("IHDR", head), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0); body.copy(out, 4); out.writeUInt32BE(crc(body), body.length + 4);
  return out;
}
function crc(bytes) {
  let c = ~0;
  for (const b of bytes) { c ^= b; for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0); }
  return ~c >>> 0;
}

mkdirSync(new URL("public/icons/", root), { recursive: true });
const paper = [245, 242, 235];
for (const [name, size, margin] of [["icon-180", 180, .14], ["icon-192", 192, .12], ["icon-512", 512, .12], ["maskable-512", 512, .22]]) {
  writeFileSync(new URL(`public/icons/${name}.png`, root), draw(size, margin, paper));
}
