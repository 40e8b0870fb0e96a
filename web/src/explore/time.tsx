import { useEffect, useMemo, useState } from 'react';
import { factsOf, type Picture } from '../scene/picture';
import { useKnown } from './known';
import { yearsOf } from './figures';
import { GLYPHS, IconButton } from './parts';
import type { SceneControl } from './use-scene';

/** How long a year is shown while time plays, in milliseconds. */
const BEAT = 900;

/** Two clocks: the year that is shown, and the day whose knowledge it is. */
export function Time({ control, picture }: { control: SceneControl; picture: Picture }) {
  const { words, years } = useKnown();
  const { scene, change, pass } = control;
  const [isPlaying, setPlaying] = useState(false);
  const facts = useMemo(() => factsOf(picture), [picture]);
  const dated = facts.filter((fact) => fact.validFrom || fact.validUntil);
  const year = scene.on ? Number(scene.on.slice(0, 4)) : undefined;

  useEffect(() => {
    if (!isPlaying || !years) return;
    const timer = setTimeout(() => {
      if (year !== undefined && year >= years.last) setPlaying(false);
      else pass((scene) => ({ ...scene, on: String(year === undefined ? years.first : year + 1) }));
    }, year === undefined ? 0 : BEAT);
    return () => clearTimeout(timer);
  }, [isPlaying, year, years, pass]);

  function play() {
    if (!isPlaying && years && (year === undefined || year >= years.last)) pass((scene) => ({ ...scene, on: String(years.first) }));
    setPlaying(!isPlaying);
  }

  return (
    <section className="time" aria-label={words.time}>
      {years && (
        <>
          <IconButton label={isPlaying ? words.pause : words.play} path={isPlaying ? GLYPHS.pause : GLYPHS.play} onPress={play} />
          <div className="time-line">
            <Histogram facts={dated} first={years.first} last={years.last} year={year} />
            <input
              type="range"
              aria-label={words.year}
              aria-valuetext={year === undefined ? words.allTime : String(year)}
              min={years.first}
              max={years.last}
              value={year ?? years.last}
              className={year === undefined ? 'unset' : undefined}
              onChange={(event) => {
                setPlaying(false);
                const on = event.target.value;
                pass((scene) => ({ ...scene, on }));
              }}
            />
          </div>
          <output>{year ?? words.allTime}</output>
          {year !== undefined && (
            <button
              type="button"
              className="quiet"
              onClick={() => {
                setPlaying(false);
                pass((scene) => ({ ...scene, on: undefined }));
              }}
            >
              {words.allTime}
            </button>
          )}
        </>
      )}
      <label className="known-on">
        {words.knownOn}
        <input
          type="date"
          value={scene.knownAt?.slice(0, 10) ?? ''}
          max={new Date().toISOString().slice(0, 10)}
          onChange={(event) => {
            const day = event.target.value;
            change((scene) => ({ ...scene, knownAt: day ? `${day}T23:59:59Z` : undefined }));
          }}
        />
      </label>
      {scene.knownAt && (
        <button type="button" className="quiet" onClick={() => change((scene) => ({ ...scene, knownAt: undefined }))}>
          {words.knownNow}
        </button>
      )}
      {years && <small className="muted dated">{words.dated(dated.length, facts.length)}</small>}
    </section>
  );
}

/** How many of the statements that are shown hold in which year. */
function Histogram(props: { facts: readonly { validFrom: string | null; validUntil: string | null }[]; first: number; last: number; year: number | undefined }) {
  const { facts, first, last, year } = props;
  const counts = new Array<number>(last - first + 1).fill(0);
  for (const { validFrom, validUntil } of facts) {
    const from = validFrom ? Math.floor(yearsOf(validFrom)[0]) : first;
    const until = validUntil ? Math.ceil(yearsOf(validUntil)[1]) - 1 : last;
    for (let at = Math.max(from, first); at <= Math.min(until, last); at += 1) counts[at - first] = (counts[at - first] ?? 0) + 1;
  }
  const most = Math.max(1, ...counts);
  return (
    <svg className="histogram" viewBox={`0 0 ${counts.length} 10`} preserveAspectRatio="none" aria-hidden="true">
      {counts.map((count, index) => (
        <rect
          key={first + index}
          className={first + index === year ? 'now' : undefined}
          x={index + 0.1}
          width={0.8}
          y={10 - (10 * count) / most}
          height={(10 * count) / most}
        />
      ))}
    </svg>
  );
}
