// A cursor over bytes that refuses to run past the end. It knows widths, not meanings.
import type { Bytes } from "./bytes";

export class Malformed extends Error {}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

export class Reader {
  at = 0;
  private readonly view: DataView;
  constructor(readonly bytes: Bytes) { this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength); }

  get left(): number { return this.bytes.length - this.at; }
  need(length: number): number {
    if (this.left < length) throw new Malformed("ends too early");
    const at = this.at;
    this.at += length;
    return at;
  }
  u8(): number { return this.view.getUint8(this.need(1)); }
  u16(): number { return this.view.getUint16(this.need(2)); }
  u32(): number { return this.view.getUint32(this.need(4)); }
  i16(): number { return this.view.getInt16(this.need(2)); }
  take(length: number): Bytes { const at = this.need(length); return this.bytes.slice(at, at + length); }
  rest(): Bytes { return this.take(this.left); }
  text(): string {
    const length = this.u16();
    if (length > 1024) throw new Malformed("text too long");
    try {
      const text = strictUtf8.decode(this.take(length));
      if (/[\u0000-\u001f\u007f]/.test(text)) throw new Malformed("control character");
      return text;
    } catch { throw new Malformed("text"); }
  }
  /** `count` values, each read by `one`. */
  list<T>(count: number, max: number, one: () => T): T[] {
    if (count > max) throw new Malformed("too many");
    return Array.from({ length: count }, one);
  }
  end(): void { if (this.left !== 0) throw new Malformed("bytes left over"); }
}

export function must(condition: boolean, what: string): asserts condition { if (!condition) throw new Malformed(what); }
