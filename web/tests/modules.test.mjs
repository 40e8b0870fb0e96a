// The rules of the pages that need no browser: addresses, queries, drawings of answers.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { buildSchema, parse, validate } from 'graphql';
import { createServer } from 'vite';

const BINARY = process.env.WESTLAKE_BIN ?? '../target/debug/westlake';
let vite;
let schema;

before(async () => {
  vite = await createServer({ server: { middlewareMode: true, watch: null, ws: false }, appType: 'custom', logLevel: 'error', optimizeDeps: { noDiscovery: true, include: [] } });
  schema = buildSchema(readFileSync('../schema/hangzhou.api.graphql', 'utf8'));
});

after(() => vite?.close());

const load = (path) => vite.ssrLoadModule(`/src/${path}`);

/** Numbers from 0 to 1 that are the same in every run. */
function chances(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test('a scene comes back from its address, whatever keys are called', async () => {
  const { addressOf, sceneOf } = await load('scene/address.ts');
  const { EMPTY, FORMS, PANELS, SIZES } = await load('scene/scene.ts');
  const chance = chances(7);
  const pick = (list) => list[Math.floor(chance() * list.length)];
  const key = () => Array.from({ length: 1 + Math.floor(chance() * 6) }, () => pick(['a', '~', '5', ' ', '&', '=', '杭', '%', '+', '#', ',', '~12~3', '🙂'])).join('');
  const keys = () => [...new Set(Array.from({ length: Math.floor(chance() * 3) }, key))];
  const byKey = (list) => [...new Map(list.map((one) => [one.key, one])).values()];
  for (let round = 0; round < 2_000; round += 1) {
    const scene = {
      ...EMPTY,
      around: byKey(keys().map((key) => ({ key, depth: pick([1, 1, 3]), limit: pick([40, 80, 10_000]) }))),
      keys: keys(),
      hidden: keys(),
      pins: byKey(keys().map((key) => ({ key, x: Math.round(chance() * 1e5) / 1e3, y: -Math.round(chance() * 1e5) / 1e3 }))),
      connect: keys(),
      avoid: keys(),
      path: Math.floor(chance() * 4),
      offKinds: keys(),
      offPredicates: keys(),
      on: pick([undefined, '2020']),
      knownAt: pick([undefined, '2024-01-01T23:59:59Z']),
      confidence: pick([undefined, 'HIGH']),
      size: pick(SIZES),
      as: pick(FORMS),
      panel: pick(PANELS),
      selected: pick([[], ['one'], ['one', 'two', 'three']]),
    };
    if (chance() < 0.2) Object.assign(scene, { selected: ['one', 'two'], isLink: true });
    assert.deepEqual(sceneOf(`?${addressOf(scene)}`), scene);
  }
});

test('an address that makes no sense is a scene all the same', async () => {
  const { sceneOf } = await load('scene/address.ts');
  const { EMPTY } = await load('scene/scene.ts');
  assert.deepEqual(sceneOf('?as=cube&panel=&size=huge&path=-3&pin=a&pin=a~x~y&around=&confidence=sure&link=one'), EMPTY);
  assert.deepEqual(sceneOf('?around=a~0&around=b~99999~1000').around, [
    { key: 'a', limit: 1, depth: 1 },
    { key: 'b', limit: 10_000, depth: 100 },
  ]);
});

test('the queries of the pages are valid for any graph', () => {
  const documents = readdirSync('src/queries').filter((name) => name.endsWith('.graphql'));
  const document = parse(documents.map((name) => readFileSync(`src/queries/${name}`, 'utf8')).join('\n'));
  const wordnet = buildSchema(execFileSync(BINARY, ['schema', '../benches/wordnet'], { maxBuffer: 1 << 26 }).toString());
  for (const known of [schema, wordnet]) assert.deepEqual(validate(known, document).map(String), []);
});

test('a query as it is written by hand says the same, and only what is asked for', async () => {
  const { plainQuery } = await load('scene/query-text.ts');
  const { SurroundingsDocument, BetweenDocument, PathsDocument } = await load('queries/typed.ts');
  const none = { measured: false, pageRank: false, betweenness: false, closeness: false, coreNumber: false, evidence: false };
  const short = plainQuery(SurroundingsDocument.toString(), { of: ['a "b"'], depth: 1, limit: 5, lang: 'ZH', ...none });
  assert.deepEqual(validate(schema, parse(short)).map(String), []);
  assert.doesNotMatch(short, /\$|@|view|measures|references/);
  assert.match(short, /neighborhood\(of: \["a \\"b\\""\], depth: 1, limit: 5\)/);
  assert.match(short, /label\(lang: ZH\)/);
  const dated = plainQuery(SurroundingsDocument.toString(), { of: ['a'], depth: 1, limit: 5, on: '2020', ...none, measured: true, pageRank: true });
  assert.match(dated, /view\(on: "2020"\)/);
  assert.match(dated, /measures \{\s+pageRank\s+\}/);
  const between = plainQuery(BetweenDocument.toString(), { one: { key: { eq: 'a' } }, other: { key: { eq: 'b' } }, minConfidence: 'HIGH' });
  assert.deepEqual(validate(schema, parse(between)).map(String), []);
  assert.match(between, /subject: \{ ?key: \{ ?eq: "a" ?\} ?\}/);
  const paths = plainQuery(PathsDocument.toString(), { from: 'a', to: 'b', avoid: ['LOCATED_IN'], mode: 'K_SHORTEST', first: 3, ...none });
  assert.deepEqual(validate(schema, parse(paths)).map(String), []);
  assert.match(paths, /avoidPredicates: \[LOCATED_IN\]/);
});

test('every type of the API leads to a query that is valid and uses it', async () => {
  const { examplesWith, queryFor } = await load('playground/type-examples.ts');
  const names = Object.keys(schema.getTypeMap()).filter((name) => !name.startsWith('__'));
  const without = [];
  for (const name of names) {
    const query = queryFor(schema, name, 'hangzhou');
    if (!query) {
      without.push(name);
      continue;
    }
    assert.deepEqual(validate(schema, parse(query)).map(String), [], `${name}: ${query}`);
    assert.equal(examplesWith(schema, [{ query }], name).length, 1, `${name}: ${query}`);
  }
  assert.deepEqual(without, []);
});

test('an answer is drawn by what its fields are, not by what they are called', async () => {
  const { graphOf } = await load('playground/answer-graph.ts');
  const nested = graphOf(schema, {
    query: 'query A { town: city(key: "h") { k: key name: label ts: titles { nodes { key label kind } } ...F } } fragment F on City { districts { edges { node { key } statement { predicate object { key } subject { key } } } } }',
    operationName: 'A',
    data: {
      town: {
        k: 'h',
        name: 'Hangzhou',
        ts: { nodes: [{ key: 't', label: 'Title', kind: 'CONCEPT' }] },
        districts: { edges: [{ node: { key: 'd' }, statement: { predicate: 'LOCATED_IN', subject: { key: 'd' }, object: { key: 'h' } } }] },
      },
    },
  });
  assert.deepEqual([...nested.entities.keys()].sort(), ['d', 'h', 't']);
  assert.equal(nested.entities.get('h').label, 'Hangzhou');
  assert.equal(nested.entities.get('h').kind, 'CITY');
  const said = nested.links.flatMap((link) => link.facts.map((fact) => `${fact.subject} ${fact.predicate} ${fact.object}`));
  assert.ok(said.includes('d LOCATED_IN h') && said.includes('h ts t'), said.join('; '));
  const list = graphOf(schema, { query: '{ cities { nodes { key } } }', operationName: undefined, data: { cities: { nodes: [{ key: 'a' }, { key: 'b' }] } } });
  assert.equal(list, undefined, 'entities with nothing between them are no graph');
});

test('labels are drawn on one line, of bounded length, without marks that turn others around', async () => {
  const { plain } = await load('look/plain.ts');
  assert.equal(plain('\u202Eabc\u202C\n\td'), 'abc d');
  assert.equal([...plain('👩‍👩‍👧‍👦'.repeat(100))].length <= 36, true);
  assert.equal(plain('x'.repeat(10_000)).length, 36);
});

test('periods have their place in time', async () => {
  const { yearsOf } = await load('explore/figures.tsx');
  const near = (found, wanted) => assert.ok(found.every((year, index) => Math.abs(year - wanted[index]) < 0.01), `${found}`);
  near(yearsOf('2021'), [2021, 2022]);
  near(yearsOf('2021-H2'), [2021.5, 2022]);
  near(yearsOf('2017-Q1'), [2017, 2017.25]);
  near(yearsOf('2021-01/2021-08'), [2021, 2021 + 8 / 12]);
  near(yearsOf('2024-07-15'), [2024.54, 2024.54]);
});
