// The list of uses is paged by key, and a use's key begins with its time: so a time is a place in the list.

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const TIME_CHARS = 10;
const RANDOM_CHARS = 16;

/** The smallest key of a use at `unix_s`; asking "after" it gives what was recorded before. */
export function keyAt(unix_s: number): string {
  let rest = unix_s * 1000;
  let text = "";
  for (let i = 0; i < TIME_CHARS; i += 1) {
    text = (ALPHABET[rest % 32] ?? "0") + text;
    rest = Math.floor(rest / 32);
  }
  return `use_${text}${"0".repeat(RANDOM_CHARS)}`;
}
