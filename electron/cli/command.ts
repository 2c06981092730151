import { type ParseArgsConfig, parseArgs } from 'node:util'
import { type Environment, environment } from '../../contract/profile'
import { refusal } from '../engine/failure-error'

/** The verbs of `strata migrate`. */
export const VERBS = ['status', 'apply', 'rollback', 'repair', 'rehearse', 'new'] as const
/** A verb of `strata migrate`. */
export type Verb = (typeof VERBS)[number]

/** What every verb may be told. */
export interface CommonOptions {
  /** `--url`, as written; null where it is not given. */
  readonly url: string | null
  readonly folder: string
  readonly sslMode: string | null
  readonly sslRootCertificate: string | null
  readonly isJson: boolean
  /** Milliseconds to wait for the migration lock; null waits until it is had. */
  readonly lockWaitMs: number | null
  readonly environment: Environment | null
  readonly databaseName: string | null
}

/** What the command line asks for. */
export type Command =
  | { readonly verb: 'help'; readonly about: Verb | null }
  | { readonly verb: 'version' }
  | { readonly verb: 'status'; readonly common: CommonOptions; readonly isCheck: boolean }
  | { readonly verb: 'apply' | 'rollback'; readonly common: CommonOptions; readonly move: MoveOptions }
  | {
      readonly verb: 'repair'
      readonly common: CommonOptions
      readonly move: MoveOptions
      readonly name: string
      readonly how: RepairKind
    }
  | {
      readonly verb: 'rehearse'
      readonly common: CommonOptions
      readonly name: string | null
      readonly isScratch: boolean
      readonly isCheck: boolean
    }
  | { readonly verb: 'new'; readonly common: CommonOptions; readonly title: string }

/** What to do about a migration that stopped half-way, by the option that says so. */
export const REPAIRS = {
  resume: 'resume',
  retry: 'retry',
  'drop-index': 'drop index and retry',
  'mark-applied': 'mark as applied',
  'mark-not-applied': 'mark as not applied',
} as const
/** What to do about a migration that stopped half-way, in the words of an action. */
export type RepairKind = (typeof REPAIRS)[keyof typeof REPAIRS]

/** What a verb that moves migrations may be told. */
export interface MoveOptions {
  readonly isNext: boolean
  readonly to: string | null
  readonly isAll: boolean
  readonly isAllOrNothing: boolean
  readonly isDryRun: boolean
  readonly isAgreed: boolean
}

type Options = NonNullable<ParseArgsConfig['options']>

const COMMON = {
  url: { type: 'string' },
  dir: { type: 'string' },
  sslmode: { type: 'string' },
  sslrootcert: { type: 'string' },
  json: { type: 'boolean' },
  'lock-wait': { type: 'string' },
  environment: { type: 'string' },
  'database-name': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const satisfies Options

const AGREEMENT = {
  'dry-run': { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
} as const satisfies Options

const OWN: Readonly<Record<Verb, Options>> = {
  status: { check: { type: 'boolean' } },
  apply: {
    next: { type: 'boolean' },
    to: { type: 'string' },
    'all-or-nothing': { type: 'boolean' },
    ...AGREEMENT,
  },
  rollback: {
    to: { type: 'string' },
    all: { type: 'boolean' },
    'all-or-nothing': { type: 'boolean' },
    ...AGREEMENT,
  },
  repair: {
    ...Object.fromEntries(Object.keys(REPAIRS).map((name) => [name, { type: 'boolean' }] as const)),
    ...AGREEMENT,
  },
  rehearse: { only: { type: 'string' }, scratch: { type: 'boolean' }, check: { type: 'boolean' } },
  new: {},
}

type Values = Readonly<Record<string, unknown>>

/** What these words ask for; throws a refusal that says what is wrong with them. */
export function readCommand(words: readonly string[]): Command {
  const [group, verbWord, ...rest] = words
  if (group === undefined || group === '--help' || group === '-h' || group === 'help')
    return { verb: 'help', about: null }
  if (group === '--version') return { verb: 'version' }
  if (group !== 'migrate') throw refusal('command', `"${group}" is no command. The only one is: strata migrate.`)
  if (verbWord === undefined || verbWord === '--help' || verbWord === '-h') return { verb: 'help', about: null }
  if (verbWord === '--version') return { verb: 'version' }
  const verb = VERBS.find((each) => each === verbWord)
  if (verb === undefined) {
    throw refusal('command', `"strata migrate ${verbWord}" is no command. There are: ${VERBS.join(', ')}.`)
  }
  const { values, positionals } = parsed(verb, rest)
  if (values.help === true) return { verb: 'help', about: verb }
  if (values.version === true) return { verb: 'version' }
  const common = commonOf(values)
  if (verb === 'new') {
    const title = positionals.join(' ').trim()
    if (title === '') throw refusal('title', 'Give the migration a title: strata migrate new "Add an index".')
    return { verb, common, title }
  }
  const named = verb === 'repair' ? nameOf(positionals[0], 'repair') : null
  const extra = positionals[named === null ? 0 : 1]
  if (extra !== undefined) throw refusal('command', `"${extra}" means nothing to strata migrate ${verb}.`)
  if (verb === 'status') return { verb, common, isCheck: values.check === true }
  if (verb === 'rehearse') {
    const name = nameOf(values.only, '--only')
    return { verb, common, name, isScratch: values.scratch === true, isCheck: values.check === true }
  }
  const move = {
    to: nameOf(values.to, '--to'),
    isNext: values.next === true,
    isAll: values.all === true,
    isAllOrNothing: values['all-or-nothing'] === true,
    isDryRun: values['dry-run'] === true,
    isAgreed: values.yes === true,
  }
  if (verb === 'repair') return { verb, common, move, ...repairOf(named, values) }
  if (move.isNext && move.to !== null) throw refusal('to', '--next and --to exclude each other.')
  if (move.isAll && move.to !== null) throw refusal('to', '--all and --to exclude each other.')
  return { verb, common, move }
}

function repairOf(name: string | null, values: Values): { readonly name: string; readonly how: RepairKind } {
  const chosen = Object.entries(REPAIRS).filter(([option]) => values[option] === true)
  const [how] = chosen
  if (name === null || how === undefined || chosen.length > 1) {
    const options = Object.keys(REPAIRS).map((option) => `--${option}`)
    throw refusal(
      'command',
      `Say which migration to repair and how: strata migrate repair NAME ${options.join(' | ')}.`,
    )
  }
  return { name, how: how[1] }
}

function parsed(verb: Verb, words: readonly string[]): { values: Values; positionals: readonly string[] } {
  try {
    return parseArgs({ args: [...words], options: { ...COMMON, ...OWN[verb] }, allowPositionals: true, strict: true })
  } catch (error) {
    // Node's own words, up to its advice, which is about something else.
    const said = (error instanceof Error ? error.message : String(error)).split(/\. |\n/, 1)[0] ?? ''
    throw refusal('command', `${said.replace(/\.$/, '')}. See strata migrate ${verb} --help.`)
  }
}

function commonOf(values: Values): CommonOptions {
  const text = (name: string) => (typeof values[name] === 'string' ? values[name] : null)
  const wait = text('lock-wait')
  if (wait !== null && !/^\d{1,6}(\.\d{1,3})?$/.test(wait)) {
    throw refusal('lock-wait', `--lock-wait is a number of seconds, not "${wait}".`)
  }
  const place = text('environment')
  const known = environment.safeParse(place)
  if (place !== null && !known.success) {
    throw refusal('environment', `--environment is one of ${environment.options.join(', ')}; not "${place}".`)
  }
  return {
    url: text('url'),
    folder: text('dir') ?? 'migrations',
    sslMode: text('sslmode'),
    sslRootCertificate: text('sslrootcert'),
    isJson: values.json === true,
    lockWaitMs: wait === null ? null : Number(wait) * 1000,
    environment: known.data ?? null,
    databaseName: text('database-name'),
  }
}

/** A migration is named as the list names it, or by one of its files. */
function nameOf(value: unknown, by: string): string | null {
  if (typeof value !== 'string') return null
  const name = value.replace(/^.*[/\\]/, '').replace(/\.(?:up|down)\.sql$/i, '')
  if (name === '') throw refusal('name', `${by} needs the name of a migration.`)
  return name.normalize('NFC')
}
