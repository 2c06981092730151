import { cpus, totalmem } from 'node:os'
import type { Tool } from './tools'

/** What is done by whole processes. */
export const DEEDS = ['apply 500', 'status of 500', 'status of 5,000', 'nothing to do'] as const
/** What is done by a whole process. */
export type Deed = (typeof DEEDS)[number]

/** Milliseconds of one round; null where the tool is not installed. */
export type Times = Readonly<Record<Deed, number>> | null

/** Milliseconds of the engine alone in one round. */
export interface EngineTimes {
  readonly apply500: number
  readonly first500: number
  readonly refresh500: number
  readonly first5000: number
  readonly refresh5000: number
}

/** Writes what the rounds found as this benchmark's section of the results. */
export function describeMigrations(
  tools: readonly Tool[],
  rounds: readonly (readonly Times[])[],
  engine: readonly EngineTimes[],
  versions: readonly string[],
): string {
  const rows = tools.map((tool, index) => [tool.name, ...DEEDS.map((deed) => cellOf(rounds, index, deed)), tool.about])
  const lines: [what: string, found: number, most: number][] = [
    ['engine alone: apply 500', median(engine.map((each) => each.apply500)), 3000],
    ['engine alone: 500 listed for the first time', median(engine.map((each) => each.first500)), 500],
    ['engine alone: 500 listed again', median(engine.map((each) => each.refresh500)), 100],
    ['engine alone: 5,000 listed for the first time', median(engine.map((each) => each.first5000)), 500],
    ['engine alone: 5,000 listed again', median(engine.map((each) => each.refresh5000)), 500],
  ]
  const [processor] = cpus()
  return `## Migrations

Written by \`node bench/migrations.mjs\`; nothing in it is edited by hand. 500 migrations that each create a table with a primary key, as files of
each tool's own kind, on the same server and in a fresh database. Times are those of whole processes, start included; a ratio is the
median over the rounds of tool / Strata of the same round: above 1 the tool takes longer. \`status of 5,000\` lists 500 applied among 5,000 files.
node-pg-migrate has no status: what it would do, as \`--dry-run\`, stands for it.

${table(['tool', ...DEEDS, 'what it keeps'], rows)}

${table(
  ['what', 'measured', 'target', 'reached'],
  lines.map(([what, found, most]) => [what, ms(found), `<= ${most} ms`, found <= most ? 'yes' : 'no']),
)}

${rounds.length} rounds. ${cpus().length} x ${processor?.model.trim()}, ${Math.round(totalmem() / 1e9)} GB, ${process.platform} ${process.arch}.
${versions.join(', ')}.
`
}

function cellOf(rounds: readonly (readonly Times[])[], tool: number, deed: Deed): string {
  const own = rounds.map((round) => round[tool]?.[deed])
  if (own.some((each) => each === undefined)) return 'not installed'
  const took = median(own.map((each) => each ?? Number.NaN))
  if (tool === 0) return ms(took)
  const ratio = median(rounds.map((round) => (round[tool]?.[deed] ?? Number.NaN) / (round[0]?.[deed] ?? Number.NaN)))
  return `${ratio.toFixed(2)}x, ${ms(took)}`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const [low = Number.NaN, high = Number.NaN] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return (low + high) / 2
}

const ms = (value: number) => `${value.toFixed(0)} ms`
