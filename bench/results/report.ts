import { arch, cpus, platform, totalmem } from 'node:os'
import type { Found } from './child'
import { SORTED_COLUMNS } from './table'

/** What was found in one round; null where the program was missing. */
export interface Round {
  readonly psqlMs: number | null
  /** psql's `\copy` of the same rows to a CSV file. */
  readonly copyMs: number | null
  /** The server's own sorting, by column. */
  readonly serverSortMs: Readonly<Record<string, number | null>>
  readonly found: Readonly<Record<'pg' | 'kept' | 'spilled' | 'decoded' | 'ingest' | 'exported', Found>>
}

interface Line {
  readonly what: string
  readonly measured: string
  readonly target: string
  /** Null where nothing is asked of it. */
  readonly isReached: boolean | null
}

const MEGABYTE = 1024 * 1024

/** The text of RESULTS.md. */
export function describeRounds(
  rounds: readonly Round[],
  cancel: Found,
  shown: Found,
  versions: readonly string[],
): string {
  const firstPageMs = median(rounds.map(({ found }) => found.spilled.firstPageMs ?? Number.NaN))
  const lines = [...linesOf(rounds, cancel), ...linesOfWindow(shown, firstPageMs)]
  const widths = ['what', 'measured', 'target'] as const
  const wide = widths.map((name) => Math.max(name.length, ...lines.map((line) => line[name].length)))
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell, index) => cell.padEnd(wide[index] ?? 7)).join(' | ')} |`
  const reached = { true: 'yes', false: 'no', null: '' }
  return [
    '# Results, measured',
    '',
    'Written by `npm run bench`; nothing in it is edited by hand. `t` is a table of ten mixed columns (`bench/results/table.ts`), read over TCP',
    'without TLS. Every round runs each way once, in a process of its own; a ratio is the median over the rounds of way / psql of the same round.',
    'Times of psql include its start. Read the ratios: the machine may have had other work.',
    '',
    '`floor` is the same done in the same window by the least that can show rows: plain elements of the same look, filled by hand',
    '(`bench/results/floor.ts`), which fetch nothing. Without a graphics card, and beside other work, this machine does no better.',
    'Frames are counted at 60 Hz. `node bench/splitter.mjs` and `node bench/history.mjs` measure the splitter of scripts and the',
    'search of the history; they print what they find.',
    '',
    row(['what', 'measured', 'target', 'reached']),
    row([...wide.map((length) => '-'.repeat(length)), '-------']),
    ...lines.map(({ what, measured, target, isReached }) => row([what, measured, target, reached[`${isReached}`]])),
    '',
    `${rounds.length} rounds. ${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${(totalmem() / 2 ** 30).toFixed(0)} GB, ${platform()} ${arch()}.`,
    `${versions.join(', ')}.`,
    '',
  ].join('\n')
}

function linesOf(rounds: readonly Round[], cancel: Found): Line[] {
  const of = (name: keyof Round['found'], value: string) =>
    median(rounds.map(({ found }) => found[name][value] ?? Number.NaN))
  const ratio = (name: keyof Round['found']) =>
    median(rounds.map(({ psqlMs, found }) => (psqlMs === null ? Number.NaN : (found[name].ms ?? Number.NaN) / psqlMs)))
  const psql = median(rounds.map(({ psqlMs }) => psqlMs ?? Number.NaN))
  const rows = of('kept', 'rows')
  const wire = of('kept', 'wireBytes') / rows
  const budget = 64 * MEGABYTE + 8 * rows
  const timed = (what: string, name: keyof Round['found'], most: number | null): Line => ({
    what,
    measured: Number.isNaN(psql)
      ? `${ms(of(name, 'ms'))}, psql is missing`
      : `${ratio(name).toFixed(2)}x psql, ${ms(of(name, 'ms'))}`,
    target: most === null ? '' : `<= ${most}x psql`,
    isReached: most === null || Number.isNaN(psql) ? null : ratio(name) <= most,
  })
  const within = (what: string, value: number, most: number): Line => ({
    what,
    measured: ms(value),
    target: `<= ${most} ms`,
    isReached: value <= most,
  })
  const keptPerRow = of('kept', 'grown') / rows
  const firstPage = median(
    rounds.map(({ found }) => (found.spilled.firstPageMs ?? Number.NaN) - (found.pg.firstRowMs ?? Number.NaN)),
  )
  return [
    {
      what: '`psql -A -t`: read whole, printed to nowhere',
      measured: Number.isNaN(psql) ? 'psql is missing' : ms(psql),
      target: '',
      isReached: null,
    },
    timed("`pg`'s `client.query`: read whole", 'pg', null),
    timed('result store: read whole, past 64 MB to a file', 'spilled', 0.9),
    timed('result store: read whole, all in memory', 'kept', 0.9),
    timed('result store: the same, and every cell decoded once', 'decoded', 1.25),
    within('first page at the engine, beyond the first row of `pg`', firstPage, 10),
    {
      what: 'memory per row, all in memory',
      measured: `${keptPerRow.toFixed(0)} B, wire ${wire.toFixed(0)} B`,
      target: `<= ${(1.1 * wire + 8).toFixed(0)} B`,
      isReached: keptPerRow <= 1.1 * wire + 8,
    },
    {
      what: 'memory, with the file: growth of the process',
      measured: size(of('spilled', 'grown')),
      target: `<= ${size(budget)}`,
      isReached: of('spilled', 'grown') <= budget,
    },
    {
      what: 'memory, with the file: what the store counts',
      measured: size(of('spilled', 'counted')),
      target: `<= ${size(budget)}`,
      isReached: of('spilled', 'counted') <= budget,
    },
    {
      what: "`pg`'s `client.query`: growth of the process",
      measured: size(of('pg', 'grown')),
      target: '',
      isReached: null,
    },
    within('window of 200 rows, idle, p50', of('spilled', 'windowP50'), 1),
    within('window of 200 rows, idle, p95', of('spilled', 'windowP95'), 3),
    within('window of 200 rows while rows stream in, p95', of('ingest', 'windowP95'), 10),
    ...linesOfKeptRows(rounds),
    within('cancel of `pg_sleep`, p95', cancel.sleepP95 ?? Number.NaN, 50),
    within('cancel of a sort of all rows, p95', cancel.sortP95 ?? Number.NaN, 100),
  ]
}

/** Export and sorting of loaded rows, beside psql's \copy and the server's ORDER BY. */
function linesOfKeptRows(rounds: readonly Round[]): Line[] {
  const beside = (
    what: string,
    name: string,
    other: (round: Round) => number | null | undefined,
    otherName: string,
    most: number | null,
  ): Line => {
    const took = median(rounds.map(({ found }) => found.exported[name] ?? Number.NaN))
    const ratio = median(
      rounds.map((round) => (round.found.exported[name] ?? Number.NaN) / (other(round) ?? Number.NaN)),
    )
    const isKnown = !Number.isNaN(ratio)
    return {
      what,
      measured: isKnown ? `${ratio.toFixed(2)}x ${otherName}, ${ms(took)}` : `${ms(took)}, psql is missing`,
      target: most === null ? '' : `<= ${most}x ${otherName}`,
      isReached: most === null || !isKnown ? null : ratio <= most,
    }
  }
  const copy = (round: Round) => round.copyMs
  const copies = '`\\copy`'
  return [
    beside('export: the query read and written to a CSV file', 'ms', copy, copies, null),
    beside('export: the loaded rows written to a CSV file', 'loadedMs', copy, copies, 1),
    ...SORTED_COLUMNS.map((column) =>
      beside(
        `sort of all loaded rows by \`${column}\``,
        `sort ${column}`,
        (round) => round.serverSortMs[column],
        "the server's `ORDER BY`",
        null,
      ),
    ),
  ]
}

function linesOfWindow(shown: Found, firstPageMs: number): Line[] {
  const value = (name: string) => shown[name] ?? Number.NaN
  const line = (what: string, found: number, most: number | null, unit: 'ms' | '%', floor: number | null): Line => {
    const measured = inUnit(found, unit)
    return {
      what: `app: ${what}`,
      measured: floor === null ? measured : `${measured}, floor ${inUnit(floor, unit)}${besides(found, floor, unit)}`,
      target: most === null ? '' : `<= ${most} ${unit}`,
      isReached: most === null ? null : found <= most,
    }
  }
  return [
    line(
      'first page painted, from the press of Run, beyond the engine alone, p50',
      value('paintedP50') - firstPageMs,
      50,
      'ms',
      value('floorPaintedP50'),
    ),
    line("main process's event loop lags during a read, p99", value('lagP99'), 10, 'ms', null),
    line('frames dropped while nothing moves, to compare with', value('stillDropped'), null, '%', null),
    line('frame while the wheel turns, p95', value('frameP95'), 17, 'ms', value('floorFrameP95')),
    line('frames dropped while the wheel turns', value('dropped'), 2, '%', value('floorDropped')),
    line('frames dropped while rows stream in as well', value('ingestDropped'), 10, '%', value('floorIngestDropped')),
    line('far jump until cells are filled, p95', value('jumpP95'), 70, 'ms', value('floorJumpP95')),
  ]
}

const inUnit = (value: number, unit: 'ms' | '%') => (unit === 'ms' ? ms(value) : `${value.toFixed(1)} %`)

// A ratio to no dropped frame says nothing.
const besides = (value: number, floor: number, unit: 'ms' | '%') =>
  unit === 'ms' ? ` (${(value / floor).toFixed(2)}x)` : ''

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const [low = Number.NaN, high = Number.NaN] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return (low + high) / 2
}

const ms = (value: number) => (value < 100 ? `${value.toFixed(2)} ms` : `${value.toFixed(0)} ms`)
const size = (bytes: number) => `${(bytes / MEGABYTE).toFixed(0)} MiB`
