// Lets a page write its one line of context beside the title that the shell draws.
// It does not know what is written.
import { createContext, useContext, useEffect, type ReactNode } from "react";

const Note = createContext<(note: ReactNode) => void>(() => undefined);

export const HeadNote = Note.Provider;

export function useHeadNote(note: string): void {
  const write = useContext(Note);
  useEffect(() => {
    write(note);
    return () => write(null);
  }, [note, write]);
}
