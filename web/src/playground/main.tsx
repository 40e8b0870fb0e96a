import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './playground.css';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { EXAMPLES_PLUGIN, introduction, type Introduction } from './examples';
import { fetcher } from './fetcher';
import { ShareButton, shared } from './share';

const plugins = [EXAMPLES_PLUGIN, HISTORY_PLUGIN];

function Playground({ graph }: { graph: Introduction | undefined }) {
  const given = shared();
  const first = graph?.examples[0];
  return (
    <GraphiQL
      fetcher={fetcher}
      plugins={plugins}
      visiblePlugin={EXAMPLES_PLUGIN}
      initialQuery={given?.query}
      initialVariables={given?.variables}
      defaultQuery={first?.query ?? '{ graph { title entityCount } }'}
      defaultEditorToolsVisibility="variables"
      shouldPersistHeaders={false}
    >
      <GraphiQL.Logo>
        <a className="logo" href="/">
          Westlake
        </a>
        <span className="subtitle">{graph?.title}</span>
      </GraphiQL.Logo>
      <GraphiQL.Toolbar>
        {({ merge, prettify, copy }) => (
          <>
            {prettify}
            {merge}
            {copy}
            <ShareButton />
          </>
        )}
      </GraphiQL.Toolbar>
    </GraphiQL>
  );
}

async function start() {
  const graph = await introduction().catch(() => undefined);
  if (graph) document.title = `${graph.title} · Westlake playground`;
  const element = document.getElementById('playground');
  if (element) createRoot(element).render(<Playground graph={graph} />);
}

void start();
