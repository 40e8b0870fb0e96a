import { en, type Words } from './en';
import { zh } from './zh';

export type Tongue = 'en' | 'zh';

const WORDS: Record<Tongue, Words> = { en, zh };
const KEPT = 'westlake-language';

export function wordsOf(tongue: Tongue): Words {
  return WORDS[tongue];
}

/** The language of the page: what its address says, else what was chosen before, else what the browser likes. */
export function tongueOf(query: string): Tongue {
  const wishes = [new URLSearchParams(query).get('lang'), kept(), ...navigator.languages];
  for (const wish of wishes) {
    if (wish?.startsWith('zh')) return 'zh';
    if (wish?.startsWith('en')) return 'en';
  }
  return 'en';
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

export function keepTongue(tongue: Tongue) {
  try {
    localStorage.setItem(KEPT, tongue);
  } catch {
    // A browser that keeps nothing asks again the next time.
  }
}

/** The graph's own language that is nearest to the page's; none if it has none of that sort. */
export function languageFor(tongue: Tongue, languages: readonly { language: string; tag: string }[]): string | undefined {
  return languages.find(({ tag }) => tag === tongue || tag.startsWith(`${tongue}-`))?.language;
}
