import { DOC_EXPLORER_PLUGIN, DocExplorer, DocExplorerStore, useDocExplorer } from '@graphiql/plugin-doc-explorer';
import { useGraphiQL, type GraphiQLPlugin } from '@graphiql/react';
import { isNamedType } from 'graphql';
import { useMemo } from 'react';
import { useIntroduction, useOpen } from './examples';
import { examplesWith, queryFor } from './type-examples';

/** Below the documentation of a type: example queries that use it, or one that is made for it. */
function TypeExamples() {
  const schema = useGraphiQL((state) => state.schema);
  const at = useDocExplorer().at(-1);
  const { loaded, words, start } = useIntroduction();
  const open = useOpen();
  const name = at?.def && isNamedType(at.def) ? at.def.name : undefined;
  const found = useMemo(() => {
    if (!schema || name === undefined) return [];
    const examples = examplesWith(schema, loaded?.examples ?? [], name);
    if (examples.length > 0) return examples;
    const query = queryFor(schema, name, start ?? '');
    return query ? [{ title: words.exampleOf(name), query, topic: null, description: null, variables: null }] : [];
  }, [schema, name, loaded, words, start]);
  if (found.length === 0) return null;
  return (
    <section className="type-examples" aria-label={words.examples}>
      <h3>{words.examples}</h3>
      <ul>
        {found.map((example) => (
          <li key={example.title}>
            <button type="button" className="quiet" disabled={!open} onClick={() => open?.(example)}>
              {example.title}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Docs() {
  return (
    <DocExplorerStore>
      <DocExplorer />
      <TypeExamples />
    </DocExplorerStore>
  );
}

export const DOCS_PLUGIN: GraphiQLPlugin = { ...DOC_EXPLORER_PLUGIN, content: Docs };
