import { useState } from 'react';
import type { Look } from '../canvas/canvas';
import type { Link } from '../scene/picture';
import { predicateLabel, type Known } from './known';

export type Theme = 'light' | 'dark';

const KEPT = 'westlake-theme';

/** The theme that was chosen, else the one the system has. */
export function themeNow(): Theme {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEPT);
  } catch {
    // Nothing is kept: the system's theme it is.
  }
  if (kept === 'light' || kept === 'dark') return kept;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

export function wearTheme(theme: Theme, isChosen: boolean) {
  document.documentElement.dataset.theme = theme;
  if (!isChosen) return;
  try {
    localStorage.setItem(KEPT, theme);
  } catch {
    // The choice holds for this page.
  }
}

/** The theme of the page, and what turns it to the other. */
export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState(themeNow);
  const turn = () => {
    const next = theme === 'dark' ? 'light' : 'dark';
    wearTheme(next, true);
    setTheme(next);
  };
  return [theme, turn];
}

/** The predicates of a line, each once. */
function lineName(known: Known, link: Link): string {
  return [...new Set(link.facts.map((fact) => predicateLabel(known, fact.predicate)))].join(' · ');
}

/** How the drawing looks, from the style sheet. */
export function lookOf(known: Known): Look {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    kinds: new Map([...known.kinds.values()].map(({ kind, colour, image }) => [kind, { colour, image }])),
    ink: colour('--ink'),
    paper: colour('--stage'),
    faint: colour('--faint'),
    line: colour('--line'),
    accent: colour('--accent'),
    font: colour('--font'),
    isStill: matchMedia('(prefers-reduced-motion: reduce)').matches,
    nameOf: (link) => lineName(known, link),
  };
}
