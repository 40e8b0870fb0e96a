import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import '../look/look.css';
import './playground.css';
import { explorerPlugin } from '@graphiql/plugin-explorer';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { ask } from '../api/ask';
import { KnownContext, loadKnown, type Known } from '../explore/known';
import { themeNow, useTheme, wearTheme } from '../explore/look';
import { GLYPHS, IconButton } from '../explore/parts';
import mark from '../look/icon.svg';
import { ExamplesDocument } from '../queries/typed';
import { tongueOf, wordsOf } from '../words/words';
import { DOCS_PLUGIN } from './docs';
import { EXAMPLES_PLUGIN, IntroductionContext, type Shared } from './examples';
import { fetcher } from './fetcher';
import { MiniGraph } from './mini-graph';
import { ShareButton, shared } from './share';

const plugins = [EXAMPLES_PLUGIN, explorerPlugin(), HISTORY_PLUGIN];

function Playground({ introduction, known }: { introduction: Shared; known: Known | undefined }) {
  const [theme, turnTheme] = useTheme();
  const { words, loaded } = introduction;
  const given = shared();
  const first = loaded?.examples[0];
  return (
    <IntroductionContext.Provider value={introduction}>
      <header className="top">
        <a className="brand" href="/" aria-label={words.product}>
          <img src={mark} alt="" width="26" height="26" />
          <span>{words.product}</span>
        </a>
        <span className="subtitle">{loaded?.title}</span>
        <nav className="top-tools" aria-label={words.product}>
          <IconButton label={words.theme} path={GLYPHS.sun} onPress={turnTheme} />
          <a className="quiet" href="/">
            {words.explore}
          </a>
        </nav>
      </header>
      <GraphiQL
        fetcher={fetcher}
        plugins={plugins}
        referencePlugin={DOCS_PLUGIN}
        visiblePlugin={EXAMPLES_PLUGIN}
        forcedTheme={theme}
        initialQuery={given?.query}
        initialVariables={given?.variables}
        defaultQuery={first?.query ?? '{ graph { title entityCount } }'}
        defaultEditorToolsVisibility="variables"
        shouldPersistHeaders={false}
      >
        <GraphiQL.Logo> </GraphiQL.Logo>
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
        <GraphiQL.Footer>{known && <MiniGraph known={known} theme={theme} />}</GraphiQL.Footer>
      </GraphiQL>
    </IntroductionContext.Provider>
  );
}

async function start() {
  wearTheme(themeNow(), false);
  const tongue = tongueOf(location.search);
  const words = wordsOf(tongue);
  let problem: string | undefined;
  const note = (error: unknown) => {
    problem = String(error);
    return undefined;
  };
  const [loaded, known] = await Promise.all([
    ask(ExamplesDocument, {}).then((answer) => answer.graph, note),
    loadKnown(words, tongue).catch(note),
  ]);
  if (loaded) document.title = `${loaded.title} · Westlake playground`;
  const introduction = { loaded, problem, words, start: known?.start };
  const page = <Playground introduction={introduction} known={known} />;
  const element = document.getElementById('playground');
  if (element) createRoot(element).render(known ? <KnownContext.Provider value={known}>{page}</KnownContext.Provider> : page);
}

void start();
