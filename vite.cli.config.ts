import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { defineConfig } from 'vite'

const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, 'package.json'), 'utf8')) as {
  version: string
}

/** What no migration needs: pg's optional companions, and umzug's own command line, which is most of umzug. */
const leaveOut = {
  name: 'leave-out',
  enforce: 'pre' as const,
  resolveId: (id: string) =>
    /^(pg-native|pg-cloudflare|@rushstack\/ts-command-line)$/.test(id) ? `\0${id}` : undefined,
  load: (id: string) => {
    if (id === '\0@rushstack/ts-command-line')
      return 'export class CommandLineAction {}; export class CommandLineParser {}'
    return id === '\0pg-native' || id === '\0pg-cloudflare' ? 'export default undefined' : undefined
  },
}

/** The command line as files for plain Node, with everything in them. */
export default defineConfig({
  root: import.meta.dirname,
  logLevel: 'warn',
  plugins: [leaveOut],
  define: { STRATA_VERSION: JSON.stringify(version) },
  build: {
    ssr: resolve(import.meta.dirname, 'electron/cli/cli.ts'),
    outDir: resolve(import.meta.dirname, 'out/cli'),
    emptyOutDir: true,
    target: 'node20.18',
    minify: false,
    rolldownOptions: {
      output: {
        format: 'es',
        entryFileNames: 'strata.mjs',
        chunkFileNames: '[name]-[hash].mjs',
        banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node' : ''),
      },
    },
  },
  ssr: { noExternal: true },
})
