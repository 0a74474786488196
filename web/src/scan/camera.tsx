// A viewfinder: the camera's picture, a frame to aim with, and every text that was read. It keeps no picture and sends none.
import { useEffect, useRef, useState } from "preact/hooks";
import { readImage, warmReader } from "./reader";

const FRAME_MS = 90;
const FRAME_SIDE_MAX = 1280;
/** One frame of so many is looked at twice: a hand holds still for longer than that, and the battery lasts. */
const TWICE_EVERY = 3;

export interface CameraProps { onText: (text: string) => void; onFail: () => void; caption: string; sub?: string; label: string; torch?: boolean; onTorch?: (possible: boolean) => void }

async function openCamera(): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new Error("no camera");
  return navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } } });
}

function grab(video: HTMLVideoElement, canvas: HTMLCanvasElement): ImageData | null {
  if (!video.videoWidth) return null;
  const scale = Math.min(1, FRAME_SIDE_MAX / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  const ctx = canvas.getContext("2d", { willReadFrequently: true });
  ctx?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return ctx?.getImageData(0, 0, canvas.width, canvas.height) ?? null;
}

export function Camera({ onText, onFail, caption, sub, label, torch, onTorch }: CameraProps) {
  const video = useRef<HTMLVideoElement>(null);
  const track = useRef<MediaStreamTrack | null>(null);
  const told = useRef(onText);
  told.current = onText;
  const [live, setLive] = useState(false);

  useEffect(() => {
    let over = false;
    let stream: MediaStream | null = null;
    const canvas = document.createElement("canvas");
    let frames = 0;
    const look = async (): Promise<void> => {
      if (over) return;
      const image = video.current ? grab(video.current, canvas) : null;
      const text = image && document.visibilityState === "visible" ? await readImage(image, ++frames % TWICE_EVERY === 0).catch(() => null) : null;
      if (text && !over) told.current(text);
      if (!over) setTimeout(() => void look(), FRAME_MS);
    };
    void warmReader().catch(() => undefined);
    openCamera().then((opened) => {
      stream = opened;
      if (over || !video.current) { opened.getTracks().forEach((one) => one.stop()); return; }
      track.current = opened.getVideoTracks()[0] ?? null;
      onTorch?.(Boolean((track.current?.getCapabilities?.() as { torch?: boolean } | undefined)?.torch));
      video.current.srcObject = opened;
      void video.current.play().then(() => setLive(true)).catch(() => undefined);
      void look();
    }).catch(() => { if (!over) onFail(); });
    return () => { over = true; stream?.getTracks().forEach((one) => one.stop()); };
  }, []);

  useEffect(() => {
    void track.current?.applyConstraints({ advanced: [{ torch: Boolean(torch) } as MediaTrackConstraintSet] }).catch(() => undefined);
  }, [torch]);

  return (
    <div class={live ? "cam live" : "cam"}>
      <video ref={video} playsInline muted aria-label={label} />
      <svg class="aim" viewBox="0 0 260 260" aria-hidden="true">
        <path d="M3 46V12a9 9 0 0 1 9-9h34M214 3h34a9 9 0 0 1 9 9v34M257 214v34a9 9 0 0 1-9 9h-34M46 257H12a9 9 0 0 1-9-9v-34" />
        <path class="line" d="M26 130h208" />
      </svg>
      <p>{caption}{sub && <small>{sub}</small>}</p>
    </div>
  );
}
