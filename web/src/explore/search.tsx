import { useEffect, useId, useRef, useState } from 'react';
import { ask } from '../api/ask';
import { SuggestDocument, type SuggestQuery } from '../queries/typed';
import { useKnown } from './known';
import { Glyph, GLYPHS, KindDot, Name } from './parts';

type Hit = SuggestQuery['suggest'][number];

/** How long the page waits for the next key, in milliseconds. */
const PATIENCE = 60;

/**
 * A box that suggests entities while somebody types, by any of their names; if no name begins so, by
 * any text. A combobox with a list, by the ARIA Authoring Practices.
 */
export function Search({ label, hint, onChoose, isFirst }: { label: string; hint: string; onChoose: (key: string) => void; isFirst?: boolean }) {
  const { words, lang, kinds } = useKnown();
  const [text, setText] = useState('');
  const [found, setFound] = useState<{ text: string; hits: readonly Hit[] }>();
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const list = useId();
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    const prefix = text.trim();
    if (!prefix) {
      setFound(undefined);
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      ask(SuggestDocument, { prefix, lang }, stop.signal).then(
        ({ suggest, search }) => {
          setFound({ text: prefix, hits: suggest.length > 0 ? suggest : search });
          setActive(0);
        },
        () => undefined,
      );
    }, PATIENCE);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, lang]);

  useEffect(() => {
    if (!isFirst) return;
    const onSlash = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches('input, textarea, select');
      if (event.key === '/' && !isTyping) {
        event.preventDefault();
        input.current?.focus();
      }
    };
    document.addEventListener('keydown', onSlash);
    return () => document.removeEventListener('keydown', onSlash);
  }, [isFirst]);

  const hits = found?.hits ?? [];
  const isShown = isOpen && found !== undefined;

  function choose(hit: Hit | undefined) {
    if (!hit) return;
    setText('');
    setFound(undefined);
    setOpen(false);
    onChoose(hit.entity.key);
  }

  function onKeyDown(event: React.KeyboardEvent) {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      if (hits.length > 0) setActive((active + step + hits.length) % hits.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      choose(hits[active]);
    } else if (event.key === 'Escape') {
      if (isShown) event.stopPropagation();
      setOpen(false);
    }
  }

  return (
    <div className="search" role="search">
      <Glyph path={GLYPHS.search} />
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={isShown}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={isShown && hits[active] ? `${list}-${active}` : undefined}
        placeholder={hint}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {isFirst && !text && <kbd aria-hidden="true">/</kbd>}
      <ul id={list} role="listbox" aria-label={label} hidden={!isShown || hits.length === 0}>
        {hits.map((hit, index) => (
          <li
            key={hit.entity.key}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === active}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(hit)}
            onMouseMove={() => setActive(index)}
          >
            <KindDot kind={hit.entity.kind} />
            <span>
              <strong>
                <Name longest={60}>{hit.entity.label}</Name>
                {hit.text !== hit.entity.label && (
                  <em>
                    <Name longest={40}>{hit.text}</Name>
                  </em>
                )}
              </strong>
              <small>
                {kinds.get(hit.entity.kind)?.label}
                {hit.entity.description && (
                  <>
                    {' · '}
                    <Name longest={80}>{hit.entity.description}</Name>
                  </>
                )}
              </small>
            </span>
          </li>
        ))}
      </ul>
      {isShown && hits.length === 0 && <p className="no-hits">{words.noHits}</p>}
      <span className="unseen" role="status">
        {isShown ? (hits.length > 0 ? words.hits(hits.length) : words.noHits) : ''}
      </span>
    </div>
  );
}
