import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { Unreachable } from '../api/ask';
import { follow, type Change } from '../api/live';
import type { Canvas } from '../canvas/canvas';
import { FORMS, PANELS, startAt, type Panel } from '../scene/scene';
import mark from '../look/icon.svg';
import { keepTongue } from '../words/words';
import { Connect } from './connect';
import { Details } from './details';
import { useKnown } from './known';
import { Legend } from './legend';
import { useTheme } from './look';
import { GLYPHS, IconButton, Problem } from './parts';
import { QueryPanel } from './query-panel';
import { Search } from './search';
import type { PageControl } from './start';
import { Stage } from './stage';
import { TakeAway } from './take-away';
import { Time } from './time';
import { useScene } from './use-scene';
import { useView } from './use-view';

const Tables = lazy(() => import('./table').then(({ Tables }) => ({ default: Tables })));
const Timeline = lazy(() => import('./timeline').then(({ Timeline }) => ({ default: Timeline })));

/** How long changes are gathered before the view is asked for anew, in milliseconds. */
const GATHER = 150;

export function App({ onTongue, isTongueChosen, learn }: PageControl) {
  const known = useKnown();
  const { words, lang, tongue } = known;
  const control = useScene(isTongueChosen ? tongue : undefined, known.start);
  const { scene, change, pass, undo, redo } = control;
  const [theme, turnTheme] = useTheme();
  const [tick, setTick] = useState(0);
  const [canvas, setCanvas] = useState<Canvas>();
  const [hasCanvas, setHasCanvas] = useState(true);
  const view = useView(scene, lang, tick);
  const { picture, shown } = view;

  const live = useLive(known.revision, () => {
    setTick((tick) => tick + 1);
    if (known.start === undefined) learn();
  });
  const isOffline = view.error instanceof Unreachable || !live.isThere;
  useEffect(() => {
    if (!(view.error instanceof Unreachable)) return;
    const timer = setTimeout(() => setTick((tick) => tick + 1), 3000);
    return () => clearTimeout(timer);
  }, [view.error]);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches('input:not([type=range], [type=checkbox]), textarea');
      if (!(event.ctrlKey || event.metaKey) || isTyping || event.key.toLowerCase() !== 'z') return;
      event.preventDefault();
      if (event.shiftKey) redo();
      else undo();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [undo, redo]);

  useEffect(() => {
    const [first] = scene.selected;
    const label = first === undefined ? undefined : picture.entities.get(first)?.label;
    document.title = label ? `${label} · ${known.title}` : `${known.title} · Westlake`;
  }, [scene.selected, picture, known.title]);

  const form = hasCanvas ? scene.as : scene.as === 'graph' ? 'table' : scene.as;
  const isEmpty = !view.isLoading && !view.error && picture.entities.size === 0;
  const number = (count: number) => new Intl.NumberFormat(tongue).format(count);
  return (
    <>
      <a className="skip" href="#view">
        {words.skip}
      </a>
      <header className="top">
        <a className="brand" href="/" aria-label={`${words.product}: ${known.title}`}>
          <img src={mark} alt="" width="26" height="26" />
          <span>{words.product}</span>
        </a>
        <Search isFirst label={words.search} hint={words.searchHint} onChoose={(key) => change((scene) => startAt(scene, key))} />
        <nav className="top-tools" aria-label={words.product}>
          <IconButton label={words.undo} keys="Ctrl Z" path={GLYPHS.undo} isOff={!control.canUndo} onPress={undo} />
          <IconButton label={words.redo} keys="Ctrl Shift Z" path={GLYPHS.redo} isOff={!control.canRedo} onPress={redo} />
          <IconButton label={words.theme} path={GLYPHS.sun} onPress={turnTheme} />
          <button
            type="button"
            className="quiet"
            lang={tongue === 'en' ? 'zh' : 'en'}
            title={words.languageLabel}
            onClick={() => {
              const next = tongue === 'en' ? 'zh' : 'en';
              keepTongue(next);
              onTongue(next);
            }}
          >
            {words.language}
          </button>
          <a className="quiet" href="/playground">
            {words.playground}
          </a>
        </nav>
      </header>
      <main>
        <section className="view" id="view" aria-label={known.title}>
          <div className="view-head">
            <div className="segments" role="group" aria-label={words.views}>
              {FORMS.map((form) => (
                <button
                  key={form}
                  type="button"
                  aria-pressed={scene.as === form}
                  disabled={form === 'graph' && !hasCanvas}
                  onClick={() => pass((scene) => ({ ...scene, as: form }))}
                >
                  {words.forms[form]}
                </button>
              ))}
            </div>
            <p className="counts" role="status">
              {words.counts(number(shown.entities.size), number(shown.links.reduce((sum, link) => sum + link.facts.length, 0)))}
              {picture.isCut && <span className="muted"> {words.isCut}</span>}
            </p>
          </div>
          {isOffline && (
            <div className="banner" role="alert">
              {words.offline}
              <button type="button" onClick={() => setTick((tick) => tick + 1)}>
                {words.retry}
              </button>
            </div>
          )}
          {!hasCanvas && <div className="banner">{words.noWebGl}</div>}
          {live.news && (
            <div className="news" role="status">
              {live.news}
            </div>
          )}
          <div className="view-body">
            {hasCanvas && (
              <div className="layer" hidden={form !== 'graph'}>
                <Stage control={control} picture={shown} theme={theme} onCanvas={setCanvas} onBlind={() => setHasCanvas(false)} />
              </div>
            )}
            <Suspense fallback={<p className="muted middle">{words.loading}</p>}>
              {form === 'table' && <Tables control={control} picture={shown} />}
              {form === 'timeline' && <Timeline control={control} picture={shown} />}
            </Suspense>
            {view.isLoading && picture.entities.size === 0 && <p className="muted middle">{words.loading}</p>}
            {view.error && !(view.error instanceof Unreachable) && (
              <div className="middle">
                <Problem error={view.error} onRetry={() => setTick((tick) => tick + 1)} />
                <Begin control={control} />
              </div>
            )}
            {isEmpty && (
              <div className="middle">
                <strong>{words.empty}</strong>
                <p className="muted">{known.entityCount === 0 ? words.emptyGraph : words.emptyHint}</p>
                <Begin control={control} />
              </div>
            )}
          </div>
          <Time control={control} picture={picture} />
        </section>
        <aside className="side" aria-label={words.panelsLabel}>
          <Tabs panel={scene.panel} onPanel={(panel) => pass((scene) => ({ ...scene, panel }))} />
          <div className="panel" role="tabpanel" id="panel" aria-labelledby={`tab-${scene.panel}`} tabIndex={0}>
            {scene.panel === 'details' && <Details control={control} picture={picture} tick={tick} />}
            {scene.panel === 'connect' && <Connect control={control} picture={picture} isLoading={view.isLoading} />}
            {scene.panel === 'legend' && <Legend control={control} picture={picture} />}
            {scene.panel === 'query' && <QueryPanel behind={view.behind} />}
            {scene.panel === 'export' && <TakeAway scene={scene} picture={shown} canvas={canvas} />}
          </div>
        </aside>
      </main>
    </>
  );
}

function Begin({ control }: { control: ReturnType<typeof useScene> }) {
  const { words, start } = useKnown();
  if (start === undefined) return null;
  return (
    <button type="button" onClick={() => control.change((scene) => startAt({ ...scene, on: undefined, knownAt: undefined }, start))}>
      {words.begin}
    </button>
  );
}

/** Tabs by the ARIA Authoring Practices: arrows move between them. */
function Tabs({ panel, onPanel }: { panel: Panel; onPanel: (panel: Panel) => void }) {
  const { words } = useKnown();
  const list = useRef<HTMLDivElement>(null);
  return (
    <div
      ref={list}
      className="tabs"
      role="tablist"
      aria-label={words.panelsLabel}
      onKeyDown={(event) => {
        const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
        if (step === 0) return;
        const place = (PANELS.indexOf(panel) + step + PANELS.length) % PANELS.length;
        onPanel(PANELS[place] ?? panel);
        list.current?.querySelectorAll('button')[place]?.focus();
      }}
    >
      {PANELS.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`tab-${name}`}
          aria-selected={panel === name}
          aria-controls="panel"
          tabIndex={panel === name ? 0 : -1}
          onClick={() => onPanel(name)}
        >
          {words.panels[name]}
        </button>
      ))}
    </div>
  );
}

/** Changes of the graph as they are committed: the view is asked for anew, and the page says who changed how much. */
function useLive(since: number, onChanged: () => void) {
  const { words } = useKnown();
  const [isThere, setThere] = useState(true);
  const [news, setNews] = useState<string>();
  const hear = useRef({ onChanged, words });
  hear.current = { onChanged, words };
  useEffect(() => {
    let gathered: Change[] = [];
    let timer: number | undefined;
    let silence: number | undefined;
    let wasLost = false;
    const stop = follow(
      since,
      (change) => {
        gathered.push(change);
        timer ??= window.setTimeout(() => {
          timer = undefined;
          const { onChanged, words } = hear.current;
          setNews(words.changed(gathered.length, gathered.at(-1)?.author ?? ''));
          gathered = [];
          onChanged();
          clearTimeout(silence);
          silence = window.setTimeout(() => setNews(undefined), 6000);
        }, GATHER);
      },
      (isThere) => {
        setThere(isThere);
        if (isThere && wasLost) hear.current.onChanged();
        wasLost = !isThere;
      },
    );
    return () => {
      clearTimeout(timer);
      clearTimeout(silence);
      stop();
    };
  }, [since]);
  return { isThere, news };
}
