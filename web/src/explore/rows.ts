/** Where a key leads from a row of a list: arrows, pages, Home and End; nowhere for other keys. */
export function rowAfter(key: string, row: number, last: number): number | undefined {
  const goals: Record<string, number> = { ArrowDown: row + 1, ArrowUp: row - 1, PageDown: row + 15, PageUp: row - 15, Home: 0, End: last };
  const goal = goals[key];
  return goal === undefined ? undefined : Math.min(last, Math.max(0, goal));
}
