import { arch, cpus, platform, totalmem } from 'node:os'
import type { Found } from './child'

/** What was found in one round; null where the program was missing. */
export interface Round {
  readonly psqlMs: number | null
  readonly found: Readonly<Record<'pg' | 'kept' | 'spilled' | 'decoded' | 'ingest', Found>>
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
    within('cancel of `pg_sleep`, p95', cancel.sleepP95 ?? Number.NaN, 50),
    within('cancel of a sort of all rows, p95', cancel.sortP95 ?? Number.NaN, 100),
  ]
}

function linesOfWindow(shown: Found, firstPageMs: number): Line[] {
  const value = (name: string) =>
    name === 'painted' ? (shown.paintedP50 ?? Number.NaN) - firstPageMs : (shown[name] ?? Number.NaN)
  const within = (what: string, name: string, most: number, unit: 'ms' | '%'): Line => ({
    what: `app: ${what}`,
    measured: unit === 'ms' ? ms(value(name)) : `${value(name).toFixed(1)} %`,
    target: `<= ${most} ${unit}`,
    isReached: value(name) <= most,
  })
  return [
    within('first page painted, from the press of Run, beyond the engine alone, p50', 'painted', 50, 'ms'),
    within("main process's event loop lags during a read, p99", 'lagP99', 10, 'ms'),
    {
      what: 'app: frames dropped while nothing moves, to compare with',
      measured: `${value('stillDropped').toFixed(1)} %`,
      target: '',
      isReached: null,
    },
    within('frame while the wheel turns, p95', 'frameP95', 17, 'ms'),
    within('frames dropped while the wheel turns', 'dropped', 2, '%'),
    within('frames dropped while rows stream in as well', 'ingestDropped', 10, '%'),
    within('far jump until cells are filled, p95', 'jumpP95', 70, 'ms'),
  ]
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const [low = Number.NaN, high = Number.NaN] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return (low + high) / 2
}

const ms = (value: number) => (value < 100 ? `${value.toFixed(2)} ms` : `${value.toFixed(0)} ms`)
const size = (bytes: number) => `${(bytes / MEGABYTE).toFixed(0)} MiB`
