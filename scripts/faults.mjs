// npm run faults [-- rounds] [words of file paths]: every campaign whose sample `npm test` runs, with so many rounds each (300 unless said).
import { readdir, readFile } from 'node:fs/promises'
import { inRoot } from './prepare/places.mjs'
import { main, run } from './prepare/processes.mjs'
import { SetupProblem } from './prepare/say.mjs'
import { prepare } from './prepare.mjs'

const ROUNDS = 300

await main(async () => {
  const args = process.argv.slice(2)
  const asked = args.find((arg) => /^\d+$/.test(arg))
  const words = args.filter((arg) => arg !== asked)
  const files = (await campaigns()).filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  if (files.length === 0) throw new SetupProblem(`no campaign has ${words.join(' or ')} in its path`)
  await prepare('packages')
  const rounds = asked ?? String(ROUNDS)
  console.log(`${rounds} rounds each of:\n  ${files.join('\n  ')}`)
  // Hundreds of rounds may be one test: only the whole campaign's end says that it is too slow.
  const limits = ['--testTimeout=1800000', '--hookTimeout=300000', '--no-file-parallelism']
  return await run([process.execPath, inRoot('node_modules', 'vitest/vitest.mjs'), 'run', ...limits, ...files], {
    cwd: inRoot(),
    env: { ...process.env, STRATA_ROUNDS: rounds },
  })
})

/** Test files that ask how many rounds to run. */
async function campaigns() {
  const entries = await readdir(inRoot('test'), { recursive: true })
  const files = entries
    .map((entry) => `test/${entry.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.test.ts') && !path.startsWith('test/app/'))
    .sort()
  const texts = await Promise.all(files.map((file) => readFile(inRoot(file), 'utf8')))
  return files.filter((_, index) => /support\/rounds'/.test(texts[index] ?? ''))
}
