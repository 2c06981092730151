import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'
import { inRoot } from '../../scripts/prepare/places.mjs'
import { run } from '../../scripts/prepare/processes.mjs'

/**
 * Builds `bench/<name>/main.ts` into a folder of its own, hands the built file to `work`, and removes the folder.
 * @template T
 * @param {string} name
 * @param {readonly string[]} external packages that stay where they are
 * @param {(file: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withBuiltBench(name, external, work) {
  await mkdir(inRoot('out'), { recursive: true })
  // Two folders below the root, as the files it is made from: paths to node_modules stay true.
  const folder = await mkdtemp(inRoot('out', `bench-${name}-`))
  try {
    await build({
      configFile: false,
      logLevel: 'warn',
      build: {
        ssr: inRoot('bench', name, 'main.ts'),
        outDir: folder,
        minify: false,
        rollupOptions: { output: { entryFileNames: '[name].mjs' } },
      },
      ssr: { noExternal: true, external: ['pg-native', ...external] },
    })
    return await work(join(folder, 'main.mjs'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Builds a bench and runs it in a process of its own.
 * @param {string} name
 */
export async function runBench(name) {
  return withBuiltBench(name, ['vite'], (file) => run([process.execPath, file], { cwd: inRoot() }))
}
