import { useEffect, useRef, useState, type ReactNode } from 'react';
import { plain } from '../look/plain';
import { useKnown } from './known';

/** A name that comes from the data: on its own, whatever direction it is written in. */
export function Name({ children, longest = 160 }: { children: string; longest?: number }) {
  return <bdi className="name">{plain(children, longest)}</bdi>;
}

/** The disk that stands for a kind. */
export function KindDot({ kind }: { kind: string }) {
  const known = useKnown().kinds.get(kind);
  return (
    <svg className="kind-dot" viewBox="0 0 24 24" aria-hidden="true">
      <circle cx="12" cy="12" r="12" fill={known?.colour ?? '#777777'} />
      {known && <image href={known.image} x="5" y="5" width="14" height="14" />}
    </svg>
  );
}

/** A button of the page's own drawing: a path on 20 by 20. */
export function IconButton(props: {
  label: string;
  path: string;
  onPress: () => void;
  isPressed?: boolean;
  isOff?: boolean;
  keys?: string;
}) {
  const { label, path, onPress, isPressed, isOff, keys } = props;
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={keys ? `${label} (${keys})` : label}
      aria-pressed={isPressed}
      disabled={isOff}
      onClick={onPress}
    >
      <Glyph path={path} />
    </button>
  );
}

export function Glyph({ path }: { path: string }) {
  return (
    <svg className="glyph" viewBox="0 0 20 20" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

/** Paths of the page's own icons. */
export const GLYPHS = {
  fit: 'M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4M8 10h4M10 8v4',
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  undo: 'M7 4L3 8l4 4M3 8h9a5 5 0 0 1 0 9H8',
  redo: 'M13 4l4 4-4 4M17 8H8a5 5 0 0 0 0 9h4',
  lasso: 'M10 3c4.4 0 8 2.2 8 5s-3.6 5-8 5-8-2.2-8-5 3.6-5 8-5zM5 12c-1 2 0 3.5 1.5 3.5S8 17 6 18',
  arrange: 'M5 5m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M15 7m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M9 15m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M7 5.5l6 1M6 7l2.2 6M10.3 13.5l3.5-4.8',
  lines: 'M3 15L17 5M5 8h5M11 14h5',
  close: 'M5 5l10 10M15 5L5 15',
  play: 'M6 4l10 6-10 6z',
  pause: 'M6 4v12M14 4v12',
  sun: 'M10 6.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7M10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1',
  search: 'M9 3a6 6 0 1 0 0 12a6 6 0 1 0 0-12M13.5 13.5L18 18',
  left: 'M12 4l-6 6 6 6',
  right: 'M8 4l6 6-6 6',
  link: 'M8.5 11.5a3 3 0 0 0 4.3 0l3-3a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0l-3 3a3 3 0 0 0 4.3 4.3l1-1',
};

/** A button that copies a text, and says so. What has to be made first is made when it is pressed. */
export function CopyButton({ label, text, className = 'quiet' }: { label: string; text: string | (() => Promise<string>); className?: string }) {
  const { words } = useKnown();
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  const timer = useRef<number>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  async function copy() {
    try {
      await navigator.clipboard.writeText(typeof text === 'string' ? text : await text());
      setState('copied');
    } catch {
      setState('failed');
    }
    timer.current = window.setTimeout(() => setState('idle'), 2000);
  }
  return (
    <button type="button" className={className} onClick={copy}>
      {state === 'copied' ? words.copied : state === 'failed' ? words.failed : label}
      <span className="unseen" role="status">
        {state === 'copied' ? words.copied : ''}
      </span>
    </button>
  );
}

/** A part of a panel, under a heading. */
export function Section({ title, children, aside }: { title: string; children: ReactNode; aside?: ReactNode }) {
  return (
    <section className="section">
      <header>
        <h3>{title}</h3>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** Something that went wrong, told where it would have been shown. */
export function Problem({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const { words } = useKnown();
  return (
    <div className="problem" role="alert">
      <strong>{words.failed}</strong>
      <p>{error.message}</p>
      {onRetry && (
        <button type="button" onClick={onRetry}>
          {words.retry}
        </button>
      )}
    </div>
  );
}
