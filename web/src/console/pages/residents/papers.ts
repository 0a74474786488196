// The papers in a resident's hands: a sheet is one paper, though each of its codes is a row of its own in the API.
// A deed on any code of a sheet is a deed on the sheet.
import type { PaperCard } from "../../../api/types";

/** One paper; `codes` is how many codes stand on it. */
export interface Paper extends PaperCard {
  codes: number;
}

export function papersOf(cards: readonly PaperCard[]): Paper[] {
  const papers: Paper[] = [];
  for (const card of cards) {
    const same = (paper: Paper): boolean =>
      paper.kind === "sheet" && card.kind === "sheet" && paper.issued_at === card.issued_at && paper.state === card.state;
    const sheet = papers.find(same);
    if (sheet) sheet.codes += 1;
    else papers.push({ ...card, codes: 1 });
  }
  return papers;
}
