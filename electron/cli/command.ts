import { type ParseArgsConfig, parseArgs } from 'node:util'
import { type Environment, environment } from '../../contract/profile'
import { refusal } from '../engine/failure-error'

/** The verbs of `strata migrate`. */
export const VERBS = ['status', 'apply', 'rollback', 'new'] as const
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
  | { readonly verb: 'new'; readonly common: CommonOptions; readonly title: string }

/** What `apply` and `rollback` may be told. */
export interface MoveOptions {
  readonly isNext: boolean
  readonly to: string | null
  readonly isAll: boolean
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

const OWN: Readonly<Record<Verb, Options>> = {
  status: { check: { type: 'boolean' } },
  apply: {
    next: { type: 'boolean' },
    to: { type: 'string' },
    'dry-run': { type: 'boolean' },
    yes: { type: 'boolean', short: 'y' },
  },
  rollback: {
    to: { type: 'string' },
    all: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    yes: { type: 'boolean', short: 'y' },
  },
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
  const [extra] = positionals
  if (extra !== undefined) throw refusal('command', `"${extra}" means nothing to strata migrate ${verb}.`)
  if (verb === 'status') return { verb, common, isCheck: values.check === true }
  const to = nameOf(values.to)
  const isNext = values.next === true
  const isAll = values.all === true
  if (isNext && to !== null) throw refusal('to', '--next and --to exclude each other.')
  if (isAll && to !== null) throw refusal('to', '--all and --to exclude each other.')
  const move = { isNext, to, isAll, isDryRun: values['dry-run'] === true, isAgreed: values.yes === true }
  return { verb, common, move }
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
function nameOf(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const name = value.replace(/^.*[/\\]/, '').replace(/\.(?:up|down)\.sql$/i, '')
  if (name === '') throw refusal('to', '--to needs the name of a migration.')
  return name.normalize('NFC')
}
