// Fifty thousand entities of WordNet: drawn, moved, read; slowly, as everything is drawn by software here.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESKTOP, PICTURES, drawn, launch, open, tab } from './browser.mjs';
import { startServer } from './server.mjs';

/** Entities that lie far from each other: what surrounds one is mostly not what surrounds another. */
const FAR = ['n10794014', 'n12205694', 'n01342529', 'n14336539', 'n13604718', 'n14662574', 'a02143057'];
let server;
let browser;

before(async () => {
  server = await startServer('../benches/wordnet');
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Frames a second, and the longest one in milliseconds, while something is done. */
async function frames(page, act) {
  const counting = page.evaluate(
    () =>
      new Promise((resolve) => {
        const begun = performance.now();
        let [count, longest, last] = [0, 0, begun];
        const step = (now) => {
          count += 1;
          longest = Math.max(longest, now - last);
          last = now;
          if (now - begun < 2_000) requestAnimationFrame(step);
          else resolve({ rate: Math.round(count / 2), longest: Math.round(longest) });
        };
        requestAnimationFrame(step);
      }),
  );
  await act();
  return counting;
}

async function pan(page) {
  const box = await page.locator('.canvas').boundingBox();
  const [x, y] = [box.x + 20, box.y + box.height - 20];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let step = 1; step <= 30; step += 1) {
    await page.mouse.move(x + 6 * step, y - 3 * step);
    await page.waitForTimeout(40);
  }
  await page.mouse.up();
}

for (const [count, path] of [
  [5_000, '/?around=n00001740~5000~8'],
  [50_000, `/?${FAR.map((key) => `around=${key}~10000~20`).join('&')}`],
]) {
  test(`${count} entities can be used`, { timeout: 300_000 }, async () => {
    const { page, complaints, context } = await open(browser, server.address, path, DESKTOP);
    context.setDefaultTimeout(120_000);
    await page.waitForFunction((least) => Number(document.querySelector('.canvas')?.dataset.nodes) >= least, count);
    await page.locator('.canvas[data-state=still]').waitFor();
    const still = await frames(page, () => {});
    const moved = await frames(page, () => pan(page));
    console.log(`# ${await drawn(page)} entities: ${still.rate} frames a second at rest, ${moved.rate} while moved (longest ${moved.longest} ms)`);
    await page.locator('.canvas').focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => location.search.includes('select='));
    await page.getByRole('tabpanel').getByRole('heading', { name: 'Facts' }).waitFor();
    await tab(page, 'Legend');
    await page.getByRole('checkbox', { name: /verb/i }).first().click();
    await page.waitForFunction((before) => Number(document.querySelector('.canvas').dataset.nodes) < before, count);
    await page.getByRole('button', { name: 'Table' }).click();
    await page.locator('tbody tr').first().waitFor();
    assert.ok((await page.locator('tbody tr').count()) <= 200, 'a page of rows');
    await page.screenshot({ path: `${PICTURES}/large-${count}.png` });
    // Drawing by software decides the rest: this only sees that the page does not stand still.
    assert.ok(moved.rate >= 2, `${moved.rate} frames a second`);
    assert.deepEqual(complaints, []);
    await context.close();
  });
}
