// The box at the top right, reached with `/`: a resident by name, ID number or id, a gate by id.
// It does not know who exists; it only opens the page that asks.
import { useEffect, useRef, useState, type FormEvent } from "react";
import { Icon } from "../parts/icons";
import { useWords } from "../words/language";
import { askFor } from "./asked";
import { go, href } from "./route";
import { words } from "./shell.words";

const QUERY_CHARS_MAX = 60;

export function Find() {
  const t = useWords(words);
  const [text, setText] = useState("");
  const box = useRef<HTMLInputElement>(null);
  useSlash(box);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim()) open(text.trim());
    setText("");
    box.current?.blur();
  };
  return (
    <form className="find" role="search" aria-label={t.find.label} onSubmit={submit}>
      <Icon name="search" small />
      <input
        ref={box}
        value={text}
        onChange={(event) => setText(event.target.value)}
        maxLength={QUERY_CHARS_MAX}
        aria-label={t.find.label}
        placeholder={t.find.hint}
        autoComplete="off"
        spellCheck={false}
      />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}

function open(text: string): void {
  if (/^res_\w+$/.test(text)) return go(href("residents", text));
  if (/^gat_\w+$/.test(text)) return go(href("gates", null, { find: text }));
  askFor(text);
  return go(href("residents"));
}

function useSlash(box: React.RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const where = event.target as HTMLElement | null;
      if (event.key !== "/" || event.ctrlKey || event.metaKey || where?.closest("input, textarea, select, [contenteditable]"))
        return;
      event.preventDefault();
      box.current?.focus();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [box]);
}
