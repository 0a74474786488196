// Reading a QR from a picture: the browser's own detector where there is one, else zxing compiled to WebAssembly, fetched on first use.
// It gives back text and knows nothing of codes.
import { closer } from "./closer";

interface Detector { detect(image: ImageBitmapSource): Promise<{ rawValue: string }[]> }
interface DetectorClass { new (options: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> }
type ReadText = (image: ImageData) => Promise<string | null>;

async function builtIn(): Promise<ReadText | null> {
  const Class = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  if (!Class || !(await Class.getSupportedFormats().catch(() => [] as string[])).includes("qr_code")) return null;
  const detector = new Class({ formats: ["qr_code"] });
  return async (image) => (await detector.detect(image))[0]?.rawValue ?? null;
}

async function zxing(): Promise<ReadText> {
  const [{ prepareZXingModule, readBarcodes }, wasm] = await Promise.all([
    import("zxing-wasm/reader"), import("zxing-wasm/reader/zxing_reader.wasm?url"),
  ]);
  await prepareZXingModule({ overrides: { locateFile: () => wasm.default }, fireImmediately: true });
  return async (image) => {
    const found = await readBarcodes(image, { formats: ["QRCode"], tryHarder: true, tryInvert: false, maxNumberOfSymbols: 1 });
    return found.find((one) => one.isValid)?.text ?? null;
  };
}

let reader: Promise<ReadText> | null = null;

/** Loads the reader ahead of the first picture. */
export function warmReader(): Promise<ReadText> {
  reader ??= builtIn().then((detector) => detector ?? zxing());
  reader.catch(() => { reader = null; });
  return reader;
}

/** The text in a picture. `twice` takes a second look at its middle when nothing was found: it costs several times the first. */
export async function readImage(image: ImageData, twice = false): Promise<string | null> {
  const read = await warmReader();
  const first = await read(image);
  if (first !== null || !twice) return first;
  const { data, width, height } = closer(image);
  return read(new ImageData(data, width, height));
}

const SIDE_MAX = 2000;

/** Reads a chosen image file, scaled down to 2,000 px at most. */
export async function readFile(file: Blob): Promise<string | null> {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, SIDE_MAX / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const ctx = canvas.getContext("2d", { willReadFrequently: true });
  if (!ctx) return null;
  ctx.fillStyle = "#fff";
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return readImage(ctx.getImageData(0, 0, canvas.width, canvas.height), true);
}
