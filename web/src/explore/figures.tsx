import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { useState } from 'react';
import { ask } from '../api/ask';
import { SeriesDocument, type FigureFragment, type SeriesQuery } from '../queries/typed';
import { narrowing } from '../scene/load';
import type { Scene } from '../scene/scene';
import { useKnown, type Known } from './known';
import { SourcesButton } from './facts';
import { Name } from './parts';
import { useAnswer } from './use-answer';

type Series = SeriesQuery['view']['series'][number];

/** Every claim of some series. */
function claimsOf(series: readonly Series[]): FigureFragment[] {
  return series.flatMap((one) => one.points.flatMap((point) => point.claims));
}

/** The chart's measure, in units of its drawing. */
const WIDTH = 360;
const HEIGHT = 150;
const MARGIN = { top: 12, right: 16, bottom: 22, left: 46 };

/** When a period begins and ends, in years: `2021-H1` is 2021 to 2021.5. */
export function yearsOf(period: string): [number, number] {
  const [from = '', until = from] = period.split('/');
  return [edge(from)[0], edge(until)[1]];
}

function edge(date: string): [number, number] {
  const [, year = '0', rest = ''] = /^(-?\d+)-?(.*)$/.exec(date) ?? [];
  const first = Number(year);
  const part = (index: number, of: number): [number, number] => [first + (index - 1) / of, first + index / of];
  const half = /^H([12])$/.exec(rest);
  if (half) return part(Number(half[1]), 2);
  const quarter = /^Q([1-4])$/.exec(rest);
  if (quarter) return part(Number(quarter[1]), 4);
  const [, month, day] = /^(\d\d)(?:-(\d\d))?$/.exec(rest) ?? [];
  if (!month) return [first, first + 1];
  if (!day) return part(Number(month), 12);
  const start = first + (Number(month) - 1) / 12 + (Number(day) - 1) / 366;
  return [start, start + 1 / 366];
}

function compact(known: Known, value: number): string {
  return new Intl.NumberFormat(known.tongue, { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

/** A figure as its source words it. */
export function wording(known: Known, figure: Pick<FigureFragment, 'approximation' | 'number' | 'value' | 'unit'>): string {
  const number = new Intl.NumberFormat(known.tongue, { maximumFractionDigits: 6 }).format(figure.number);
  const word = known.words.approximations[figure.approximation];
  const unit = figure.unit === 'count' ? '' : figure.unit === 'percent' ? '%' : ` ${figure.unit}`;
  return `${word ? `${word} ` : ''}${number}${unit}`;
}

/** The mark of a figure: filled as it stands, hollow if about, pointing up if over, down if under; a diamond for a target. */
function Mark({ figure, x, y }: { figure: FigureFragment; x: number; y: number }) {
  const { approximation, status } = figure;
  const name = `mark ${status.toLowerCase()} ${approximation.toLowerCase()}`;
  if (status !== 'RESULT') return <path className={name} d={`M${x} ${y - 5}l5 5-5 5-5-5z`} />;
  if (approximation === 'OVER') return <path className={name} d={`M${x - 5} ${y + 4}h10l-5-9z`} />;
  if (approximation === 'UNDER' || approximation === 'NEARLY') return <path className={name} d={`M${x - 5} ${y - 4}h10l-5 9z`} />;
  return <circle className={name} cx={x} cy={y} r="4" />;
}

/** One metric over the years: a line for each length of period, every claim a mark. */
function Chart({ known, label, series }: { known: Known; label: string; series: readonly Series[] }) {
  const claims = claimsOf(series);
  const spans = claims.map((claim) => yearsOf(claim.period));
  const values = claims.map((claim) => claim.number);
  const middle = ([from, until]: [number, number]) => (from + until) / 2;
  const [first, last] = [Math.min(...spans.map(middle)), Math.max(...spans.map(middle))];
  const x = scaleLinear([first - 0.5, last + 0.5], [MARGIN.left, WIDTH - MARGIN.right]);
  const y = scaleLinear([Math.min(0, ...values), Math.max(...values) || 1], [HEIGHT - MARGIN.bottom, MARGIN.top]).nice(4);
  const path = line<{ period: string; number: number }>()
    .x((point) => x(middle(yearsOf(point.period))))
    .y((point) => y(point.number));
  const years = x.ticks(5).filter(Number.isInteger);
  return (
    <svg className="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={known.words.chart(label, claims.length)}>
      {y.ticks(3).map((tick) => (
        <g key={tick} className="tick">
          <line x1={MARGIN.left} x2={WIDTH - MARGIN.right} y1={y(tick)} y2={y(tick)} />
          <text x={MARGIN.left - 6} y={y(tick) + 3.5} textAnchor="end">
            {compact(known, tick)}
          </text>
        </g>
      ))}
      {years.map((year) => (
        <text key={year} className="year" x={x(year + 0.5) <= WIDTH - MARGIN.right ? x(year + 0.5) : x(year)} y={HEIGHT - 6} textAnchor="middle">
          {year}
        </text>
      ))}
      {series.map((one) => (
        <path key={`${one.status} ${one.months} ${one.unit}`} className={`course ${one.status.toLowerCase()}`} d={path([...one.points]) ?? ''} />
      ))}
      {series.flatMap((one) =>
        one.points.map((point) => {
          const place = x(middle(yearsOf(point.period)));
          const heights = point.claims.map((claim) => y(claim.number));
          return (
            <g key={`${one.status} ${one.months} ${point.period}`}>
              {!point.agrees && <line className="dispute" x1={place} x2={place} y1={Math.min(...heights) - 7} y2={Math.max(...heights) + 7} />}
              {point.claims.map((claim) => (
                <g key={claim.key}>
                  <title>{`${claim.period}: ${wording(known, claim)}`}</title>
                  <Mark figure={claim} x={place} y={y(claim.number)} />
                </g>
              ))}
            </g>
          );
        }),
      )}
    </svg>
  );
}

/** What the marks of these charts mean: only those that are there. */
function Key({ series }: { series: readonly Series[] }) {
  const { words } = useKnown();
  const claims = claimsOf(series);
  const seen = new Map<string, FigureFragment>();
  for (const claim of claims) {
    const word = claim.status === 'RESULT' ? words.approximations[claim.approximation] : words.statuses[claim.status];
    if (word && !seen.has(word)) seen.set(word, claim);
  }
  const isDisputed = series.some((one) => one.points.some((point) => !point.agrees));
  return (
    <ul className="chart-key">
      {[...seen].map(([word, claim]) => (
        <li key={word}>
          <svg viewBox="0 0 14 14" aria-hidden="true">
            <Mark figure={claim} x={7} y={7} />
          </svg>
          {word}
        </li>
      ))}
      {isDisputed && (
        <li>
          <svg viewBox="0 0 14 14" aria-hidden="true">
            <line className="dispute" x1="7" x2="7" y1="1" y2="13" />
          </svg>
          {words.disagreeing}
        </li>
      )}
    </ul>
  );
}

function Metric({ metric, series }: { metric: string; series: readonly Series[] }) {
  const known = useKnown();
  const { words } = known;
  const label = known.metrics.get(metric)?.label ?? metric;
  const [isOpen, setOpen] = useState(false);
  const units = [...new Set(series.map((one) => one.unit))];
  const count = claimsOf(series).length;
  return (
    <article className="metric">
      <h4>
        <Name>{label}</Name>
      </h4>
      {units.map((unit) => {
        const some = series.filter((one) => one.unit === unit);
        return claimsOf(some).length > 1 ? <Chart key={unit} known={known} label={label} series={some} /> : null;
      })}
      {count > 1 && <Key series={series} />}
      {count > 3 && (
        <button type="button" className="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {words.rows(count, count)}
        </button>
      )}
      {(isOpen || count <= 3) && (
        <ul className="claims">
          {series.flatMap((one) =>
            one.points.flatMap((point) =>
              point.claims.map((claim) => (
                <li key={claim.key}>
                  <span className="period">{claim.period}</span> <strong>{wording(known, claim)}</strong>
                  {claim.status !== 'RESULT' && <span className="tag">{words.statuses[claim.status]}</span>}
                  {!point.agrees && <span className="tag disputed">{words.disputed}</span>}
                  {claim.note && (
                    <span className="note">
                      <Name longest={300}>{claim.note}</Name>
                    </span>
                  )}
                  <SourcesButton references={claim.references} />
                </li>
              )),
            ),
          )}
        </ul>
      )}
    </article>
  );
}

/** The figures about an entity, each metric by itself. */
export function Figures({ entity, metrics, scene }: { entity: string; metrics: readonly string[]; scene: Scene }) {
  const { words } = useKnown();
  const asked = useAnswer([entity, metrics.join(), scene.on, scene.knownAt, scene.confidence], (signal) =>
    Promise.all(
      metrics.map(async (metric) => {
        const answer = await ask(SeriesDocument, { metric, key: entity, ...narrowing(scene) }, signal);
        return { metric, series: answer.view.series };
      }),
    ),
  );
  if (!asked.data) return <p className="muted">{words.loading}</p>;
  return asked.data.map(({ metric, series }) => <Metric key={metric} metric={metric} series={series} />);
}
