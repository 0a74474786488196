// The head of a column of things to press: said to screen readers, not drawn.
import { pair, useWords } from "../words/language";

const words = pair("可以做的事", "Actions");

export function ActionsHead() {
  return <span className="away">{useWords(words)}</span>;
}
