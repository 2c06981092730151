import type { ServerFacts, ServerKind } from '../../../contract/server'

/** What a server answered about itself; null where it could not be asked, or has no such thing. */
export interface ServerAnswers {
  /** By which process id the server knows the session. */
  readonly serverPid: string | null
  /** `version()`. */
  readonly version: string | null
  readonly isInRecovery: boolean | null
  readonly isReadOnly: boolean | null
  /** Version of the Citus extension. */
  readonly citus: string | null
}

/** Nothing was asked yet. */
export const NOT_ASKED: ServerAnswers = {
  serverPid: null,
  version: null,
  isInRecovery: null,
  isReadOnly: null,
  citus: null,
}

const QUESTIONS: Readonly<Record<keyof ServerAnswers, string>> = {
  serverPid: 'pg_catalog.pg_backend_pid()',
  version: 'pg_catalog.version()',
  isInRecovery: 'pg_catalog.pg_is_in_recovery()',
  isReadOnly: `pg_catalog.current_setting('default_transaction_read_only')`,
  citus: `(select e.extversion from pg_catalog.pg_extension e
    where e.extname operator(pg_catalog.=) 'citus'::pg_catalog.name)`,
}

const NAMES = Object.keys(QUESTIONS) as (keyof ServerAnswers)[] // the record's own keys, which its type names

/**
 * What a server says of itself: one question for PostgreSQL; where a look-alike lacks a part of it, each part by itself.
 * `askRow` answers with the cells of one row, and throws when the server declines.
 */
export async function askServer(
  askRow: (sql: string) => Promise<readonly (string | null)[]>,
  mayGoOn: () => boolean,
): Promise<ServerAnswers> {
  try {
    return answersOf(await askRow(`select ${NAMES.map((name) => QUESTIONS[name]).join(', ')}`))
  } catch (error) {
    if (!mayGoOn()) throw error
  }
  const cells: (string | null)[] = []
  for (const name of NAMES) {
    try {
      cells.push((await askRow(`select ${QUESTIONS[name]}`))[0] ?? null)
    } catch (error) {
      if (!mayGoOn()) throw error
      cells.push(null)
    }
  }
  return answersOf(cells)
}

function answersOf(cells: readonly (string | null | undefined)[]): ServerAnswers {
  const [serverPid = null, version = null, isInRecovery = null, isReadOnly = null, citus = null] = cells
  return {
    serverPid,
    version,
    isInRecovery: isInRecovery === null ? null : isInRecovery === 't',
    isReadOnly: isReadOnly === null ? null : isReadOnly === 'on',
    citus,
  }
}

/** What the server is, from what it reports by itself and what it answered. What it reports is the newer. */
export function serverFactsOf(
  reported: ReadonlyMap<string, string>,
  answers: ServerAnswers,
  backendPid: number,
): ServerFacts {
  const { kind, product } = productOf(reported, answers)
  const inHotStandby = reported.get('in_hot_standby') // from PostgreSQL 14 on
  const readOnly = reported.get('default_transaction_read_only') // from PostgreSQL 14 on
  return {
    kind,
    product,
    isStandby: inHotStandby === undefined ? answers.isInRecovery === true : inHotStandby === 'on',
    isReadOnly: readOnly === undefined ? answers.isReadOnly === true : readOnly === 'on',
    // CockroachDB's own proxy keeps one session of the server for each of its clients.
    isPooled: kind !== 'cockroachdb' && answers.serverPid !== null && !isServersPid(answers, backendPid),
  }
}

/** True when the server knows the session by the process id that came with the login. */
export function isServersPid({ serverPid }: ServerAnswers, backendPid: number): boolean {
  // The login carries 32 bits, which the driver reads as signed and a look-alike may use whole.
  return serverPid !== null && Number(serverPid) >>> 0 === backendPid >>> 0
}

/** Servers that name themselves in `version()`, after which its number follows. */
const LOOK_ALIKES: readonly (readonly [RegExp, ServerKind, name: string])[] = [
  [/CockroachDB(?: \w+)? v?(\d[\w.]*)/, 'cockroachdb', 'CockroachDB'],
  [/-YB-(\d+(?:\.\d+)*)/, 'yugabytedb', 'YugabyteDB'],
  [/Redshift (\d[\w.]*)/, 'redshift', 'Amazon Redshift'],
  [/Greenplum Database (\d[\w.]*)/, 'other', 'Greenplum Database'],
  [/Materialize v?(\d[\w.]*)/, 'other', 'Materialize'],
  [/RisingWave-(\d[\w.]*)/, 'other', 'RisingWave'],
  [/QuestDB ?v?(\d[\w.]*)?/, 'other', 'QuestDB'],
]

function productOf(
  reported: ReadonlyMap<string, string>,
  { version, citus }: ServerAnswers,
): Pick<ServerFacts, 'kind' | 'product'> {
  const serverVersion = reported.get('server_version') ?? 'unknown'
  const said = [reported.get('crdb_version'), version, serverVersion].join('\n')
  for (const [pattern, kind, name] of LOOK_ALIKES) {
    const found = pattern.exec(said)
    if (found !== null) return { kind, product: `${name} ${found[1] ?? ''}`.trim() }
  }
  if (version !== null && !/^(PostgreSQL|EnterpriseDB) /.test(version)) {
    return { kind: 'other', product: visible(version).slice(0, 80) }
  }
  const product = `PostgreSQL ${visible(serverVersion.split(' ')[0] ?? 'unknown').slice(0, 40)}`
  return citus === null
    ? { kind: 'postgresql', product }
    : { kind: 'citus', product: `${product} with Citus ${visible(citus).slice(0, 40)}` }
}

/** The server's words on one line. */
function visible(text: string): string {
  return text.replaceAll(/[\p{C}\s]+/gu, ' ').trim()
}
