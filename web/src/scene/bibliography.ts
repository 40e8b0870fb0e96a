import type { CslItem } from '../api/ask';

/** Sources as lines of a bibliography: publisher, title, date, address. */
export function bibliography(items: readonly CslItem[]): string {
  return items
    .map(({ title, publisher, 'container-title': container, URL, issued }) => {
      const [year, month, day] = issued?.['date-parts']?.[0] ?? [];
      const date = [year, month, day].filter((part) => part !== undefined).map((part) => String(part).padStart(2, '0'));
      const parts = [publisher ?? container, title && `“${title}”`, date.join('-'), URL];
      return `${parts.filter(Boolean).join('. ')}.`;
    })
    .sort()
    .join('\n');
}
