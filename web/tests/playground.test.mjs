// Drives the playground in headless Chromium as a person would.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DESKTOP, PICTURES, SIZES, launch, open as openPage, still } from './browser.mjs';
import { startServer } from './server.mjs';

let server;
let browser;

before(async () => {
  server = await startServer();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const open = (path, size, address = server.address) => openPage(browser, address, path, size);

/** Waits until a part of the playground shows a text; the editors write spaces as no-break spaces. */
async function shows(page, selector, text) {
  await page.waitForFunction(
    ([selector, text]) =>
      [...document.querySelectorAll(selector)].some((element) =>
        element.textContent.replaceAll('\u00a0', ' ').includes(text),
      ),
    [selector, text],
  );
}

/** Opens an example and waits until its tab bears the name of its operation, as a person would see. */
async function choose(page, title, operation) {
  await page.getByRole('button', { name: title }).click();
  await page.getByRole('tab', { name: operation }).waitFor();
}

async function run(page) {
  await page.getByRole('button', { name: /Execute query/ }).click();
}

for (const [name, size] of SIZES) {
  test(`an example runs and answers on a ${name}`, async () => {
    const { page, complaints, context } = await open('/playground', size);
    await choose(page, /Which titles does the city bear/, 'Titles');
    await shows(page, '.graphiql-editor', 'titles');
    await run(page);
    await shows(page, '.graphiql-response', '"Hangzhou"');
    await page.screenshot({ path: `${PICTURES}/playground-${name}.png` });
    const tabs = await page.getByRole('tab').count();
    assert.equal(tabs, 2, 'the example opened in a tab of its own');
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

test('there are at least twenty examples, and one with variables fills them in', async () => {
  const { page, complaints, context } = await open('/playground', DESKTOP);
  const examples = page.locator('.examples button');
  await examples.first().waitFor();
  const count = await examples.count();
  assert.ok(count >= 20, `${count} examples`);
  await choose(page, /What does one article say/, 'Article');
  await run(page);
  await shows(page, '.graphiql-response', 'China Finance Online');
  await shows(page, '.graphiql-editor-tool', 'cfo-2024');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the documentation explorer shows the schema', async () => {
  const { page, complaints, context } = await open('/playground', DESKTOP);
  await page.getByRole('button', { name: /Documentation Explorer/ }).click();
  await page.getByRole('link', { name: 'Query' }).first().click();
  await page.getByText('Where every question begins.').waitFor();
  await page.screenshot({ path: `${PICTURES}/playground-docs.png` });
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a shared link opens its query', async () => {
  const query = '{ city(key: "hangzhou") { label } }';
  const path = `/playground#${new URLSearchParams({ query })}`;
  const { page, complaints, context } = await open(path, DESKTOP);
  await shows(page, '.graphiql-editor', 'city(key: "hangzhou")');
  await run(page);
  await shows(page, '.graphiql-response', '"Hangzhou"');
  await page.getByRole('button', { name: /Share/ }).click();
  assert.match(page.url(), /#query=/);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('GET /graphql of a browser leads to the playground', async () => {
  const { page, context } = await open('/graphql', DESKTOP);
  await page.locator('.graphiql-container').waitFor();
  await context.close();
});

for (const [name, size] of SIZES) {
  test(`examples stand under their topics, and an answer is drawn and opens as a view on a ${name}`, async () => {
    const { page, complaints, context } = await open('/playground', size);
    await page.getByRole('heading', { name: 'How are things connected?' }).waitFor();
    assert.ok((await page.locator('.examples h3').count()) >= 5);
    await choose(page, /What surrounds the Six Little Dragons/, 'Neighborhood');
    await run(page);
    await page.locator('.mini-canvas canvas').first().waitFor();
    const shown = await page.locator('.mini header button').textContent();
    assert.match(shown, /^Graph: \d+ entities, \d+ statements$/);
    await page.waitForTimeout(500);
    await page.screenshot({ path: `${PICTURES}/playground-graph-${name}.png` });
    await page.getByRole('link', { name: 'Open as a view' }).click();
    await still(page);
    assert.equal(await page.locator('.canvas').getAttribute('data-nodes'), shown.match(/\d+/)[0]);
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

test('an answer of nested entities is drawn too, one without a graph is not', async () => {
  const { page, complaints, context } = await open('/playground', DESKTOP);
  await choose(page, /Which titles does the city bear/, 'Titles');
  await run(page);
  await page.locator('.mini-canvas canvas').first().waitFor();
  await choose(page, /What is in this graph/, 'Contents');
  await run(page);
  await page.locator('.mini').waitFor({ state: 'detached' });
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the explorer builds a query by ticking fields', async () => {
  const query = '{ city(key: "hangzhou") { label } }';
  const { page, complaints, context } = await open(`/playground#${new URLSearchParams({ query })}`, DESKTOP);
  await shows(page, '.graphiql-editor', 'city(key: "hangzhou")');
  await page.getByRole('button', { name: /GraphiQL Explorer/ }).click();
  await page.locator('.graphiql-explorer-root').waitFor();
  await page.locator('.graphiql-explorer-root [data-field-name=aliases]').first().click();
  await shows(page, '.graphiql-editor', 'aliases');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the documentation of a type leads to queries with it', async () => {
  const { page, complaints, context } = await open('/playground', DESKTOP);
  await page.locator('.examples button:not([disabled])').first().waitFor();
  await page.getByRole('button', { name: /Documentation Explorer/ }).click();
  const go = (name) => page.locator('.graphiql-doc-explorer-type-name', { hasText: new RegExp(`^${name}$`) }).first().click();
  await go('Query');
  await go('Subgraph');
  await page.getByRole('region', { name: 'Examples' }).getByRole('button', { name: /What surrounds/ }).click();
  await page.getByRole('tab', { name: 'Neighborhood' }).waitFor();
  await page.locator('.graphiql-doc-explorer-back').click();
  await go('Country');
  await page.getByRole('button', { name: 'A query with Country' }).click();
  await page.getByRole('tab', { name: 'Example' }).waitFor();
  await run(page);
  await shows(page, '.graphiql-response', '"data"');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a subscription shows what is committed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'westlake-'));
  const writable = await startServer('--data', folder);
  const query = 'subscription Live { changes { revision author key } }';
  const { page, complaints, context } = await open(`/playground#${new URLSearchParams({ query })}`, DESKTOP, writable.address);
  await shows(page, '.graphiql-editor', 'subscription Live');
  await run(page);
  await page.getByRole('button', { name: /Stop query/ }).waitFor();
  // The socket may still be on its way: commit until one is seen.
  let number = 0;
  const commit = () => {
    number += 1;
    const change = `{ putEntity: { key: "live-${number}", kind: DISTRICT } }`;
    return fetch(`${writable.address}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `mutation { commit(input: { author: "ada", message: "m", changes: [${change}] }) { revision } }` }),
    });
  };
  const committing = setInterval(commit, 200);
  await shows(page, '.graphiql-response', '"live-');
  clearInterval(committing);
  assert.deepEqual(complaints, []);
  await context.close();
  await writable.stop();
  rmSync(folder, { recursive: true, force: true });
});
