// Picks a face photo and gives its bytes as base64url; a wrong kind or size is said before anything is sent.
import { Button } from "antd";
import { useId, useRef, useState } from "react";
import { useWords } from "../../words/language";
import { words } from "./residents.words";

/** As the API takes it (512 KiB). */
const PHOTO_BYTES_MAX = 512 * 1024;
const KINDS = ["image/jpeg", "image/png"];

export function PhotoField({ photo, onPhoto }: { photo: string | null; onPhoto: (base64url: string | null) => void }) {
  const t = useWords(words).cards;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState<string | null>(null);
  const [name, setName] = useState("");
  const pick = async (file: File | undefined): Promise<void> => {
    onPhoto(null);
    setSaid(!file ? null : !KINDS.includes(file.type) ? t.photoKind : file.size > PHOTO_BYTES_MAX ? t.photoLarge : null);
    if (!file || !KINDS.includes(file.type) || file.size > PHOTO_BYTES_MAX) return;
    setName(file.name);
    onPhoto(toBase64Url(new Uint8Array(await file.arrayBuffer())));
  };
  return (
    <div className="choices">
      <label htmlFor={id}>{t.photo}</label>
      <input
        ref={input}
        id={id}
        type="file"
        accept={KINDS.join(",")}
        className="away"
        tabIndex={-1}
        aria-describedby={`${id}-hint`}
        onChange={(event) => void pick(event.target.files?.[0])}
      />
      <div className="row">
        <Button onClick={() => input.current?.click()}>{t.photoPick}</Button>
        {photo && (
          <>
            <span>{name}</span>
            <button type="button" className="press" onClick={() => onPhoto(null)}>
              {t.photoDrop}
            </button>
          </>
        )}
      </div>
      <p id={`${id}-hint`} className="fine-print">
        {t.photoHint}
      </p>
      {said && (
        <p role="alert" className="standing stop">
          {said}
        </p>
      )}
    </div>
  );
}

function toBase64Url(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
