import { loadModule } from 'libpg-query'
import { beforeAll, describe, expect, it } from 'vitest'
import { scanInSlices, scanScript } from '../../contract/script-scanner'
import { seededRandom } from '../support/builders'
import { rounds } from '../support/rounds'
import { parserStatements } from './parser-statements'
import { type GeneratedStatement, generateStatement, generateTrivia, type Random } from './sql-generator'

const ROUNDS = rounds(30).length

beforeAll(async () => {
  await loadModule()
})

/** Texts of the SQL statements that the scanner finds, each with its place. */
const mine = (script: string) =>
  scanScript(script)
    .statements.filter(({ kind }) => kind === 'sql')
    .map(({ from, to }) => `${from}: ${script.slice(from, to)}`)

/** The same by PostgreSQL's parser, to which psql's lines and COPY data are blank; null when it refuses the script. */
function theirs(script: string): string[] | null {
  const blank = scanScript(script).statements.filter(({ kind }) => kind !== 'sql')
  let sql = script.startsWith('\ufeff') ? ` ${script.slice(1)}` : script
  for (const { from, to, kind } of blank) {
    const end = kind === 'copy data' ? Math.min(script.length, to + 2) : to // with the line \.
    sql = sql.slice(0, from) + ' '.repeat(end - from) + sql.slice(end)
  }
  return parserStatements(sql)?.map(({ from, to }) => `${from}: ${sql.slice(from, to)}`) ?? null
}

const PSQL_LINES = ['\\restrict abc\n', '\\echo ; \' " $$\r\n', '\\.\n']
const COPY = [
  "copy t (a, b) from stdin;\n1\t;'x\n$$\t\\\\\n\\.\n",
  'COPY t FROM stdin with (format csv);\r\n"a;\n\\.x\n",1\r\n\\.\r\n',
]

function aScript(random: Random, statements: number): GeneratedStatement[] {
  return Array.from({ length: statements }, () => {
    const roll = random()
    if (roll < 0.02) return { text: PSQL_LINES[Math.floor(random() * PSQL_LINES.length)] ?? '', behind: '' }
    if (roll < 0.04) return { text: COPY[Math.floor(random() * COPY.length)] ?? '', behind: '' }
    let text = generateStatement(random)
    // A few combinations are no SQL: `- -1` runs into a comment, a label is an operator's operand.
    while (parserStatements(text)?.length !== 1) text = generateStatement(random)
    const end = random() < 0.1 ? ';;' : ';'
    return {
      text: text + (random() < 0.3 ? generateTrivia(random) : ''),
      behind: end + (random() < 0.8 ? generateTrivia(random) : ''),
    }
  })
}

const written = (statements: readonly GeneratedStatement[]) =>
  statements.map(({ text, behind }) => text + behind).join('')

const differs = (script: string) => {
  const expected = theirs(script)
  const found = mine(script)
  return expected === null || expected.length !== found.length || expected.some((one, index) => one !== found[index])
}

/** The fewest statements that still differ. */
function shrink(statements: readonly GeneratedStatement[]): readonly GeneratedStatement[] {
  let kept = statements
  for (let size = kept.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < kept.length; ) {
      const fewer = [...kept.slice(0, at), ...kept.slice(at + size)]
      if (fewer.length > 0 && differs(written(fewer))) kept = fewer
      else at += size
    }
  }
  return kept
}

describe('the splitter', () => {
  it('finds the statements of generated scripts where the parser of PostgreSQL finds them', () => {
    for (let seed = 1; seed <= ROUNDS; seed += 1) {
      const random = seededRandom(seed)
      const bom = random() < 0.1 ? '\ufeff' : ''
      const statements = aScript(random, seed === 1 ? 1_500 : 1 + Math.floor(random() * 60))

      if (!differs(bom + written(statements))) continue
      const script = written(shrink(statements))
      expect({ seed, script, found: mine(script) }).toEqual({ seed, script, found: theirs(script) })
      expect.fail(`seed ${seed} differs only with a byte order mark`)
    }
  })

  it('finds the same in slices as at once', async () => {
    const script = written(aScript(seededRandom(7), 200)).repeat(30)
    let pauses = 0

    const scan = await scanInSlices(script, {}, async () => {
      pauses += 1
      return true
    })

    expect(scan).toEqual(scanScript(script))
    expect(pauses).toBeGreaterThan(1)
  })

  it('gives a scan up that nobody wants any more', async () => {
    expect(await scanInSlices('select 1;'.repeat(100_000), {}, async () => false)).toBeNull()
  })

  it('never throws, and its ranges are in order and apart, for garbage and for scripts that are cut off', () => {
    const pieces = [
      ...`'";$\\()/*-eEuU&bBxXnN.;\n\r\t 0aé`,
      '$$',
      '$a$',
      '/*',
      '*/',
      '--',
      '\\.',
      '😀',
      '\ud800',
      '\udc00',
      '\0',
      '\ufeff',
      'begin atomic ',
      'create function ',
      'end',
      'copy t from stdin;',
    ]
    for (let seed = 1; seed <= ROUNDS * 20; seed += 1) {
      const random = seededRandom(seed)
      const garbage = Array.from(
        { length: Math.floor(random() * 80) },
        () => pieces[Math.floor(random() * pieces.length)],
      ).join('')
      const whole = written(aScript(random, 2))
      for (const script of [garbage, whole.slice(0, Math.floor(random() * whole.length)), whole + garbage]) {
        const { statements, problem } = scanScript(script)

        const borders = statements.flatMap(({ from, to }) => [from, to])
        const isOrdered = borders.every(
          (border, index) => border >= (borders[index - 1] ?? 0) && border <= script.length,
        )
        const isPlaced = problem === null || (problem.at >= 0 && problem.at <= script.length)
        expect({ script, isOrdered, isPlaced }).toEqual({ script, isOrdered: true, isPlaced: true })
      }
    }
  })

  it.each([
    ['open comments', '/*'],
    ['comments that close more than was open', '/**/*/'],
    ['comments without an end of line', '--'],
    ['quotes', "'"],
    ['escapes', "E'\\"],
    ['dollars', '$'],
    ['dollar tags', '$a$b'],
    ['double quotes', '"'],
    ['parentheses', '('],
    ['backslashes', '\\'],
    ['COPY without data', 'copy t from stdin;\n'],
    ['bodies', 'create function f() begin atomic '],
    ['ends', 'end;'],
    ['strings that go on', "E''\n--\n"],
  ])('reads a megabyte of %s in time that grows with its length alone', (_name, piece) => {
    const script = piece.repeat(Math.floor(1_000_000 / piece.length))
    const startedAt = performance.now()

    scanScript(script)

    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  it('reads a script of 20 MB in less than a second', () => {
    const line = `select 1 as one, 'é; it''s a line of a hundred bytes or so; with a semicolon or two -- in it' as text;\n`
    const script = line.repeat(200_000)
    const took = [0, 1, 2].map(() => {
      const startedAt = performance.now()
      expect(scanScript(script).statements).toHaveLength(200_000)
      return performance.now() - startedAt
    })

    expect(Math.min(...took)).toBeLessThan(1_000)
  })
})
