/** Marks that turn the direction of the text around them, and characters that show nothing. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** How much of a label a drawing shows. */
const LONGEST = 36;

/** A label for a drawing: one line, of bounded length, that turns no other text around. */
export function plain(label: string, longest = LONGEST): string {
  const cleaned = label.slice(0, 8 * longest).replace(UNSEEN, ' ').replace(/\s+/g, ' ').trim();
  const characters = [...cleaned];
  return characters.length <= longest ? cleaned : `${characters.slice(0, longest - 1).join('').trimEnd()}…`;
}
