// Corrected time: the phone's clock moved by the offset to signed server time, carried by the monotonic clock while the page lives.
// It does not know how the server's time was fetched or verified.
export interface Offset { offsetMs: number; verified: boolean; syncedMs: number }

export interface Ticks { wall(): number; steady(): number }
export const browserTicks: Ticks = { wall: () => Date.now(), steady: () => performance.now() };

/** A wall clock that moved this far against the steady one was set, or the phone slept. */
const JUMP_MS = 2_000;

export class Clock {
  private offset: Offset;
  private wallThen: number;
  private steadyThen: number;

  constructor(private readonly ticks: Ticks, saved: Offset | undefined) {
    this.offset = saved ?? { offsetMs: 0, verified: false, syncedMs: 0 };
    this.wallThen = ticks.wall();
    this.steadyThen = ticks.steady();
  }

  /** Corrected milliseconds. The steady clock leads; a forward jump of the wall alone is sleep, a backward one is somebody setting the phone. */
  nowMs(): number {
    const wall = this.ticks.wall(), steady = this.ticks.steady();
    const drift = (wall - this.wallThen) - (steady - this.steadyThen);
    if (drift < -JUMP_MS || drift > JUMP_MS) this.absorb(drift);
    this.wallThen = this.ticks.wall();
    this.steadyThen = steady;
    return this.wallThen + this.offset.offsetMs;
  }

  private absorb(drift: number): void {
    if (drift < 0) this.offset = { ...this.offset, offsetMs: this.offset.offsetMs - drift };
  }

  at(): number { return Math.floor(this.nowMs() / 1000); }

  /** Takes a server time that left the server between `sentSteadyMs` and now; half of the way is assumed for each direction. */
  learn(serverMs: number, sentSteadyMs: number, verified: boolean): Offset {
    const half = (this.ticks.steady() - sentSteadyMs) / 2;
    this.offset = { offsetMs: Math.round(serverMs + half - this.ticks.wall()), verified, syncedMs: serverMs };
    this.wallThen = this.ticks.wall();
    this.steadyThen = this.ticks.steady();
    return this.offset;
  }

  /** Whole minutes that the phone is wrong, positive when slow; 0 below one minute. */
  minutesSlow(): number { return Math.trunc(this.offset.offsetMs / 60_000); }
  phoneAt(): number { return Math.floor(this.ticks.wall() / 1000); }
  get saved(): Offset { return this.offset; }
}
