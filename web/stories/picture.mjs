// From a screen to a camera: a picture of what one page shows becomes the film that another page's camera sees.
// It knows pixels and the y4m container, not codes.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const WIDTH = 640, HEIGHT = 480, FRAMES = 4;

/** Writes a y4m film of a PNG held in front of a camera: letterboxed on grey, no colour. */
export async function film(page, png) {
  const luma = await page.evaluate(async ({ b64, width, height }) => {
    const bytes = Uint8Array.from(atob(b64), (c) => c.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(width, height), ctx = canvas.getContext("2d");
    ctx.fillStyle = "#777";
    ctx.fillRect(0, 0, width, height);
    const scale = Math.min(width / image.width, height / image.height);
    const w = image.width * scale, h = image.height * scale;
    ctx.drawImage(image, (width - w) / 2, (height - h) / 2, w, h);
    const { data } = ctx.getImageData(0, 0, width, height);
    const out = new Uint8Array(width * height);
    for (let i = 0; i < out.length; i++) out[i] = 16 + ((data[4 * i] * 0.299 + data[4 * i + 1] * 0.587 + data[4 * i + 2] * 0.114) * 219) / 255;
    let text = "";
    for (const v of out) text += String.fromCharCode(v);
    return btoa(text);
  }, { b64: png.toString("base64"), width: WIDTH, height: HEIGHT });
  const grey = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
  const frame = Buffer.concat([Buffer.from("FRAME\n"), Buffer.from(luma, "base64"), grey]);
  const path = join(mkdtempSync(join(tmpdir(), "yima-film-")), "camera.y4m");
  writeFileSync(path, Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F30:1 Ip A1:1 C420\n`), ...Array(FRAMES).fill(frame)]));
  return path;
}
