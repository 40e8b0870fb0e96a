import { useMemo, useRef, useState, type ReactNode } from 'react';
import { plain } from '../look/plain';
import { factsOf, type Fact, type Picture, type Shown } from '../scene/picture';
import { toggled } from '../scene/scene';
import { predicateLabel, useKnown, type Known } from './known';
import { KindDot, Name } from './parts';
import { rowAfter } from './rows';
import type { SceneControl } from './use-scene';

/** How many rows are shown at first, and more each time. */
const PAGE = 200;

interface Column<Row> {
  name: string;
  value: (row: Row) => string | number;
  show?: (row: Row) => ReactNode;
}

/** The picture as tables: what the drawing shows, for those who would rather read. */
export function Tables({ control, picture }: { control: SceneControl; picture: Picture }) {
  const known = useKnown();
  const { words } = known;
  const [table, setTable] = useState<'entities' | 'statements'>('entities');
  const [filter, setFilter] = useState('');
  const entities = useMemo(() => [...picture.entities.values()], [picture]);
  const facts = useMemo(() => factsOf(picture), [picture]);
  return (
    <div className="reading">
      <div className="row spread">
        <div className="segments" role="group" aria-label={words.tableLabel}>
          {(['entities', 'statements'] as const).map((name) => (
            <button key={name} type="button" aria-pressed={table === name} onClick={() => setTable(name)}>
              {words.tables[name]} <small>{name === 'entities' ? entities.length : facts.length}</small>
            </button>
          ))}
        </div>
        <input type="search" aria-label={words.filter} placeholder={words.filter} value={filter} onChange={(event) => setFilter(event.target.value)} />
      </div>
      {table === 'entities' ? (
        <Table
          key="entities"
          label={words.tables.entities}
          columns={entityColumns(known)}
          rows={entities}
          filter={filter}
          keyOf={(row) => row.key}
          isSelected={(row) => !control.scene.isLink && control.scene.selected.includes(row.key)}
          onChoose={(row, isMore) => control.selectKeys(isMore ? toggled(control.scene.isLink ? [] : control.scene.selected, row.key) : [row.key])}
        />
      ) : (
        <Table
          key="statements"
          label={words.tables.statements}
          columns={factColumns(known, picture)}
          rows={facts}
          filter={filter}
          keyOf={(row) => row.key}
          isSelected={(row) => control.scene.isLink && control.scene.selected.includes(row.subject) && control.scene.selected.includes(row.object)}
          onChoose={(row) => control.selectKeys([row.subject, row.object], true)}
        />
      )}
    </div>
  );
}

function entityColumns(known: Known): Column<Shown>[] {
  const { columns } = known.words;
  return [
    {
      name: columns.label,
      value: (row) => row.label,
      show: (row) => (
        <span className="entity-link">
          <KindDot kind={row.kind} />
          <Name>{row.label}</Name>
        </span>
      ),
    },
    { name: columns.kind, value: (row) => known.kinds.get(row.kind)?.label ?? row.kind },
    { name: columns.total, value: (row) => row.total },
    {
      name: columns.measure,
      value: (row) => row.measure,
      show: (row) => new Intl.NumberFormat(known.tongue, { maximumSignificantDigits: 4 }).format(row.measure),
    },
  ];
}

function factColumns(known: Known, picture: Picture): Column<Fact>[] {
  const { columns, confidence } = known.words;
  const label = (key: string) => picture.entities.get(key)?.label ?? key;
  const sources = (row: Fact) => [...new Set(row.references.map(({ source }) => source.title))].join('; ');
  const order = ['LOW', 'MEDIUM', 'HIGH'];
  return [
    { name: columns.subject, value: (row) => label(row.subject), show: (row) => <Name>{label(row.subject)}</Name> },
    { name: columns.predicate, value: (row) => predicateLabel(known, row.predicate) },
    { name: columns.object, value: (row) => label(row.object), show: (row) => <Name>{label(row.object)}</Name> },
    { name: columns.from, value: (row) => row.validFrom ?? '' },
    { name: columns.until, value: (row) => row.validUntil ?? '' },
    { name: columns.confidence, value: (row) => order.indexOf(row.confidence), show: (row) => confidence[row.confidence] },
    { name: columns.sources, value: sources, show: (row) => <Name longest={80}>{sources(row)}</Name> },
  ];
}

/** A table that can be sorted, filtered, and walked through by keys: arrows, Home, End, Enter; Shift and Enter choose more than one. */
function Table<Row>(props: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  filter: string;
  keyOf: (row: Row) => string;
  isSelected: (row: Row) => boolean;
  /** `isMore`: beside what is chosen already. */
  onChoose: (row: Row, isMore: boolean) => void;
}) {
  const { label, columns, rows, filter, keyOf, isSelected, onChoose } = props;
  const { words, tongue } = useKnown();
  const [sort, setSort] = useState<{ column: number; isDown: boolean }>();
  const [most, setMost] = useState(PAGE);
  const [active, setActive] = useState(0);
  const body = useRef<HTMLTableSectionElement>(null);

  const listed = useMemo(() => {
    const wanted = filter.trim().toLowerCase();
    const kept = wanted
      ? rows.filter((row) => columns.some(({ value, show }) => `${value(row)} ${show && typeof show(row) === 'string' ? show(row) : ''}`.toLowerCase().includes(wanted)))
      : [...rows];
    const by = sort && columns[sort.column];
    if (by) {
      const compare = new Intl.Collator(tongue, { numeric: true }).compare;
      const sign = sort.isDown ? -1 : 1;
      kept.sort((one, other) => {
        const [a, b] = [by.value(one), by.value(other)];
        if (a === '' || b === '') return a === b ? 0 : a === '' ? 1 : -1;
        return sign * (typeof a === 'number' && typeof b === 'number' ? a - b : compare(String(a), String(b)));
      });
    }
    return kept;
  }, [rows, columns, filter, sort, tongue]);
  const shown = listed.slice(0, most);

  function onKeyDown(event: React.KeyboardEvent, index: number, row: Row) {
    const next = rowAfter(event.key, index, shown.length - 1);
    if (next !== undefined) {
      setActive(next);
      (body.current?.rows[next] as HTMLElement | undefined)?.focus();
    } else if (event.key === 'Enter' || event.key === ' ') onChoose(row, event.shiftKey || event.ctrlKey || event.metaKey);
    else return;
    event.preventDefault();
  }

  return (
    <>
      <div className="table-frame">
        <table aria-label={label}>
          <thead>
            <tr>
              {columns.map(({ name }, index) => {
                const isBy = sort?.column === index;
                return (
                  <th key={name} scope="col" aria-sort={isBy ? (sort.isDown ? 'descending' : 'ascending') : 'none'}>
                    <button type="button" onClick={() => setSort({ column: index, isDown: isBy && !sort.isDown })}>
                      {name}
                      <span aria-hidden="true">{isBy ? (sort.isDown ? ' ↓' : ' ↑') : ''}</span>
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody ref={body}>
            {shown.map((row, index) => (
              <tr
                key={keyOf(row)}
                tabIndex={index === Math.min(active, shown.length - 1) ? 0 : -1}
                aria-selected={isSelected(row)}
                onClick={(event) => {
                  setActive(index);
                  onChoose(row, event.shiftKey || event.ctrlKey || event.metaKey);
                }}
                onKeyDown={(event) => onKeyDown(event, index, row)}
              >
                {columns.map(({ name, value, show }) => (
                  <td key={name}>{show ? show(row) : typeof value(row) === 'string' ? plain(String(value(row)), 80) : value(row)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="muted" role="status">
        {words.rows(listed.length, rows.length)}
      </p>
      {listed.length > shown.length && (
        <button type="button" className="quiet" onClick={() => setMost(most + PAGE)}>
          {words.moreRows(Math.min(PAGE, listed.length - shown.length))}
        </button>
      )}
    </>
  );
}
