// Headless Chromium that draws by software, and pages that fail a test when they complain.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';

export const PICTURES = process.env.PICTURES ?? '../target/pictures';
export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };
export const SIZES = [
  ['desktop', DESKTOP],
  ['phone', PHONE],
];

export async function launch(...more) {
  mkdirSync(PICTURES, { recursive: true });
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--ignore-gpu-blocklist',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });
}

/**
 * A page that notes console errors, errors of its own, and requests to other hosts: `complaints` must
 * be empty in the end.
 */
export async function open(browser, address, path, size, options = {}) {
  const context = await browser.newContext({
    viewport: size,
    hasTouch: size.width < 600,
    locale: 'en-GB',
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  });
  context.setDefaultTimeout(15_000);
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

/** Waits until the drawing has come to rest. */
export async function still(page) {
  await page.locator('.canvas[data-state=still]').waitFor({ timeout: 60_000 });
}

/** How many entities are drawn. */
export async function drawn(page) {
  return Number(await page.locator('.canvas').getAttribute('data-nodes'));
}

/** Waits until so many entities are drawn as a condition wants; gives how many. */
export async function until(page, isRight) {
  for (let tries = 0; tries < 200; tries += 1) {
    const count = await drawn(page);
    if (isRight(count)) return count;
    await page.waitForTimeout(50);
  }
  throw new Error(`${await drawn(page)} entities are drawn, not as many as expected: ${isRight}`);
}

export async function tab(page, name) {
  await page.getByRole('tab', { name }).click();
}

/** The text of a file that the page gives for download. */
export async function downloaded(page, press) {
  const [download] = await Promise.all([page.waitForEvent('download'), press()]);
  const stream = await download.createReadStream();
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return { name: download.suggestedFilename(), bytes: Buffer.concat(chunks) };
}

/** Where entities are drawn, in pixels of the window, as the page's own SVG says. */
export async function places(page) {
  await still(page);
  const before = await page.getByRole('tab', { selected: true }).textContent();
  await tab(page, 'Export');
  const { bytes } = await downloaded(page, () => page.getByRole('button', { name: 'SVG' }).click());
  await tab(page, before);
  await page.locator('.canvas').scrollIntoViewIfNeeded();
  const box = await page.locator('.canvas').boundingBox();
  const circles = [...bytes.toString().matchAll(/<circle cx="([-\d.]+)" cy="([-\d.]+)" r="([\d.]+)" fill="#/g)];
  const labels = [...bytes.toString().matchAll(/<text x="[-\d.]+" y="[-\d.]+">([^<]*)<\/text>/g)];
  assert.equal(circles.length, labels.length);
  return circles.map(([, x, y, r], index) => ({ x: box.x + Number(x), y: box.y + Number(y), size: Number(r), label: labels[index][1] }));
}

/** The place of one entity. */
export async function placeOf(page, label) {
  const found = (await places(page)).find((place) => place.label === label);
  assert.ok(found, `${label} is drawn`);
  return found;
}
