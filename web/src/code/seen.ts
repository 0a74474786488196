// What a checker remembers of codes that it took. It is told what to remember and until when; it knows no clock.
import type { Verdict } from "./check";

export interface Showing { form: string; time: number; scenario: number; site: number }
export interface Earlier { showing: Showing; at: number; timesToday: number; verdict: Verdict; until: number }

const ENTRIES_MAX = 200_000;

export class Seen {
  private entries = new Map<string, Earlier>();
  constructor(private readonly capacity = ENTRIES_MAX, private readonly onRemember?: (key: string, earlier: Earlier) => void) {}

  earlier(key: string, now: number): Earlier | undefined {
    const found = this.entries.get(key);
    return found && found.until > now ? found : undefined;
  }

  /** False when there is no room for one more. */
  remember(key: string, earlier: Earlier, now: number): boolean {
    if (this.entries.size >= this.capacity && !this.entries.has(key)) {
      this.forgetUntil(now);
      if (this.entries.size >= this.capacity) return false;
    }
    this.entries.set(key, earlier);
    this.onRemember?.(key, earlier);
    return true;
  }

  /** Takes back what was kept over a restart, or seen by another gate of the site. */
  restore(key: string, earlier: Earlier): void { this.entries.set(key, earlier); }
  forgetUntil(now: number): string[] {
    const over = [...this.entries].filter(([, e]) => e.until <= now).map(([key]) => key);
    for (const key of over) this.entries.delete(key);
    return over;
  }
}
