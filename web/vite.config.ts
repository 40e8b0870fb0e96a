import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Puts a compressed copy beside each asset, so that the server sends it as it is. */
function compressed(): Plugin {
  return {
    name: 'compressed-assets',
    apply: 'build',
    closeBundle() {
      const folder = 'dist/assets';
      for (const name of readdirSync(folder)) {
        const path = join(folder, name);
        if (!name.endsWith('.gz') && statSync(path).size > 1024) {
          writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
        }
      }
    },
  };
}

/** The drawing is loaded apart, as it fails where there is no WebGL; pages that draw ask for it at once. */
function drawingFirst(): Plugin {
  return {
    name: 'drawing-first',
    transformIndexHtml: {
      order: 'post',
      handler(_, { bundle, filename }) {
        if (filename.endsWith('playground.html')) return [];
        const chunk = Object.values(bundle ?? {}).find((one) => one.type === 'chunk' && one.facadeModuleId?.endsWith('/canvas/canvas.ts'));
        return chunk ? [{ tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `/${chunk.fileName}` }, injectTo: 'head' as const }] : [];
      },
    },
  };
}

export default defineConfig({
  base: '/',
  plugins: [compressed(), drawingFirst()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 8192,
    rollupOptions: {
      // The package of node images makes two programs that nobody here uses, each with a WebGL context: a third of a second.
      treeshake: { manualPureFunctions: ['createNodeImageProgram'] },
      input: {
        index: 'index.html',
        embed: 'embed.html',
        playground: 'playground.html',
        'westlake-view': 'src/embed/westlake-view.ts',
      },
      output: {
        // Other pages name this file: its address stays.
        entryFileNames: ({ name }) => (name === 'westlake-view' ? '[name].js' : 'assets/[name]-[hash].js'),
      },
      onwarn(warning, warn) {
        // Bundled dependencies mark modules for React's server components, which this page has not.
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
    },
  },
  worker: { format: 'es' },
  server: { proxy: { '/graphql': 'http://127.0.0.1:8080' } },
});
