// Drives the playground in headless Chromium as a person would.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { startServer } from './server.mjs';

const PICTURES = process.env.PICTURES ?? '../target/pictures';
let server;
let browser;

before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  server = await startServer();
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A page that fails the test on a console error, a page error, or a request to another host. */
async function open(path, size, address = server.address) {
  const context = await browser.newContext({ viewport: size });
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const url = request.url();
    const isLocal = url.startsWith(address) || url.startsWith('blob:') || url.startsWith('data:');
    if (!isLocal) complaints.push(`asked ${url}`);
  });
  const response = await page.goto(address + path);
  assert.equal(response.status(), 200);
  return { page, complaints, context };
}

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

for (const [name, size] of [
  ['desktop', { width: 1440, height: 900 }],
  ['phone', { width: 390, height: 844 }],
]) {
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

test('there are at least ten examples, and one with variables fills them in', async () => {
  const { page, complaints, context } = await open('/playground', { width: 1440, height: 900 });
  const examples = page.locator('.examples button');
  await examples.first().waitFor();
  const count = await examples.count();
  assert.ok(count >= 10, `${count} examples`);
  await choose(page, /What does one article say/, 'Article');
  await run(page);
  await shows(page, '.graphiql-response', 'China Finance Online');
  await shows(page, '.graphiql-editor-tool', 'cfo-2024');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the documentation explorer shows the schema', async () => {
  const { page, complaints, context } = await open('/playground', { width: 1440, height: 900 });
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
  const { page, complaints, context } = await open(path, { width: 1440, height: 900 });
  await shows(page, '.graphiql-editor', 'city(key: "hangzhou")');
  await run(page);
  await shows(page, '.graphiql-response', '"Hangzhou"');
  await page.getByRole('button', { name: /Share/ }).click();
  assert.match(page.url(), /#query=/);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the root and GET /graphql of a browser lead to the playground', async () => {
  const { page, context } = await open('/', { width: 1440, height: 900 });
  assert.equal(new URL(page.url()).pathname, '/playground');
  await page.goto(`${server.address}/graphql`);
  await page.locator('.graphiql-container').waitFor();
  await context.close();
});

test('a subscription shows what is committed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'westlake-'));
  const writable = await startServer('--data', folder);
  const query = 'subscription Live { changes { revision author key } }';
  const size = { width: 1440, height: 900 };
  const { page, complaints, context } = await open(`/playground#${new URLSearchParams({ query })}`, size, writable.address);
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
