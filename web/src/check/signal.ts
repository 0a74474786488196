// What a verdict sounds and feels like: one long, two short, three rising. It knows tones, not reasons.
const KEY = "yima.sound";

export const soundOn = (): boolean => { try { return localStorage.getItem(KEY) !== "off"; } catch { return true; } };
export const setSound = (on: boolean): void => { try { localStorage.setItem(KEY, on ? "on" : "off"); } catch { /* kept for this page only */ } };

interface Tone { hertz: number; at: number; length: number }
const tones: Record<string, Tone[]> = {
  valid: [{ hertz: 880, at: 0, length: 0.36 }],
  refused: [{ hertz: 330, at: 0, length: 0.14 }, { hertz: 330, at: 0.24, length: 0.14 }],
  could_not_check: [{ hertz: 440, at: 0, length: 0.13 }, { hertz: 554, at: 0.18, length: 0.13 }, { hertz: 698, at: 0.36, length: 0.13 }],
};
const shakes: Record<string, number[]> = { valid: [360], refused: [140, 100, 140], could_not_check: [130, 60, 130, 60, 130] };

let audio: AudioContext | undefined;

export function signal(verdict: string): void {
  navigator.vibrate?.(shakes[verdict] ?? []);
  if (!soundOn()) return;
  try {
    audio ??= new AudioContext();
    void audio.resume();
    for (const { hertz, at, length } of tones[verdict] ?? []) {
      const tone = audio.createOscillator(), volume = audio.createGain(), from = audio.currentTime + at;
      tone.frequency.value = hertz;
      volume.gain.setValueAtTime(0.0001, from);
      volume.gain.exponentialRampToValueAtTime(0.4, from + 0.015);
      volume.gain.setValueAtTime(0.4, from + length - 0.03);
      volume.gain.exponentialRampToValueAtTime(0.0001, from + length);
      tone.connect(volume).connect(audio.destination);
      tone.start(from);
      tone.stop(from + length);
    }
  } catch { /* no sound on this device: word, shape and vibration remain */ }
}
