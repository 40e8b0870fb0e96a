import { useMemo, useRef, useState } from 'react';
import { factsOf, type Fact, type Picture } from '../scene/picture';
import { Dates } from './facts';
import { yearsOf } from './figures';
import { predicateLabel, useKnown } from './known';
import { Name } from './parts';
import { rowAfter } from './rows';
import type { SceneControl } from './use-scene';

const SORTS = ['from', 'subject', 'predicate'] as const;
type Sort = (typeof SORTS)[number];

/** Statements by the time in which they hold: a bar for each, the earliest first. */
export function Timeline({ control, picture }: { control: SceneControl; picture: Picture }) {
  const known = useKnown();
  const { words } = known;
  const [filter, setFilter] = useState('');
  const [sort, setSort] = useState<Sort>('from');
  const [active, setActive] = useState(0);
  const list = useRef<HTMLOListElement>(null);
  const facts = useMemo(() => factsOf(picture), [picture]);
  const label = (key: string) => picture.entities.get(key)?.label ?? key;
  const parts = (fact: Fact) => [label(fact.subject), predicateLabel(known, fact.predicate), label(fact.object)];
  const dated = facts.filter((fact) => fact.validFrom || fact.validUntil);
  const now = new Date().getFullYear() + 1;
  const spans = new Map(
    dated.map((fact) => {
      const from = fact.validFrom ? yearsOf(fact.validFrom)[0] : undefined;
      const until = fact.validUntil ? yearsOf(fact.validUntil)[1] : undefined;
      return [fact, { from, until }];
    }),
  );
  const edges = [...spans.values()].flatMap(({ from, until }) => [from, until]).filter((edge) => edge !== undefined);
  const [first, last] = [Math.floor(Math.min(...edges, now)), Math.ceil(Math.max(...edges, now))];
  const wanted = filter.trim().toLowerCase();
  const shown = dated
    .filter((fact) => parts(fact).join(' ').toLowerCase().includes(wanted))
    .sort((one, other) => {
      if (sort === 'subject') return label(one.subject).localeCompare(label(other.subject), known.tongue);
      if (sort === 'predicate') return predicateLabel(known, one.predicate).localeCompare(predicateLabel(known, other.predicate), known.tongue);
      return (spans.get(one)?.from ?? first) - (spans.get(other)?.from ?? first);
    });
  const at = (year: number) => `${(100 * (year - first)) / (last - first || 1)}%`;
  const step = Math.max(1, Math.ceil((last - first) / 8));
  const ticks = Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);

  function onKeyDown(event: React.KeyboardEvent, index: number) {
    const next = rowAfter(event.key, index, shown.length - 1);
    if (next === undefined) return;
    event.preventDefault();
    setActive(next);
    list.current?.querySelectorAll('button')[next]?.focus();
  }

  return (
    <div className="reading">
      <div className="row spread">
        <div className="segments" role="group" aria-label={words.timelineLabel}>
          {SORTS.map((name) => (
            <button key={name} type="button" aria-pressed={sort === name} onClick={() => setSort(name)}>
              {words.columns[name]}
            </button>
          ))}
        </div>
        <input type="search" aria-label={words.filter} placeholder={words.filter} value={filter} onChange={(event) => setFilter(event.target.value)} />
      </div>
      {dated.length === 0 ? (
        <p className="muted">{words.noneDated}</p>
      ) : (
        <div className="timeline">
          <div className="timeline-years" aria-hidden="true">
            {ticks.map((year) => (
              <span key={year} style={{ left: at(year) }}>
                {year}
              </span>
            ))}
          </div>
          <ol ref={list} aria-label={words.timelineLabel}>
            {shown.map((fact, index) => {
              const span = spans.get(fact);
              const [from, until] = [span?.from ?? first, span?.until ?? last];
              const isSelected = control.scene.isLink && control.scene.selected.includes(fact.subject) && control.scene.selected.includes(fact.object);
              const kind = picture.entities.get(fact.subject)?.kind ?? '';
              return (
                <li key={fact.key}>
                  <button
                    type="button"
                    tabIndex={index === Math.min(active, shown.length - 1) ? 0 : -1}
                    aria-pressed={isSelected}
                    onClick={() => {
                      setActive(index);
                      control.selectKeys([fact.subject, fact.object], true);
                    }}
                    onKeyDown={(event) => onKeyDown(event, index)}
                  >
                    <span className="timeline-text">
                      {parts(fact).map((word, place) => (
                        <span key={place}>
                          <Name longest={60}>{word}</Name>{' '}
                        </span>
                      ))}
                      <Dates from={fact.validFrom} until={fact.validUntil} />
                    </span>
                    <span className="timeline-track" aria-hidden="true">
                      <span
                        className={`timeline-bar ${span?.from === undefined ? 'open-start' : ''} ${span?.until === undefined ? 'open-end' : ''}`}
                        style={{ left: at(from), width: `max(6px, ${(100 * (until - from)) / (last - first || 1)}%)`, background: known.kinds.get(kind)?.colour }}
                      />
                    </span>
                  </button>
                </li>
              );
            })}
          </ol>
        </div>
      )}
      <p className="muted" role="status">
        {words.rows(shown.length, dated.length)}
        {facts.length > dated.length && ` · ${words.undated(facts.length - dated.length)}`}
      </p>
    </div>
  );
}
