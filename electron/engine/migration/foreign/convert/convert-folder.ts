import { mkdir, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { ConversionPlan } from '../../../../../contract/migration-conversion'
import { FailureError, refusal } from '../../../failure-error'
import type { Session } from '../../../session/session'
import { openFolder } from '../../ledger/open-folder'
import { strataLedger } from '../../ledger/strata-ledger'
import { writeNew } from '../../migration-files'
import { createHistory, INSERT, readHistory, valuesOf } from '../../migration-history'
import { beginWithLock } from '../../migration-lock'
import { downFileOf, upFileOf } from '../../migration-name'
import { isForeign } from '../foreign-contents'
import { type ConvertedPair, conversionForWindow, planConversion } from './plan-conversion'

/** What converting a folder would do; refused when it is ours already. */
export async function describeConversion(folder: string, session: Session): Promise<ConversionPlan> {
  const { contents, conversion } = await plan(folder, session)
  const parent = dirname(folder)
  const taken = new Set(await readdir(parent).catch(() => []))
  let name = `${basename(folder)}-native`
  for (let number = 2; taken.has(name); number += 1) name = `${basename(folder)}-native-${number}`
  return conversionForWindow(conversion, {
    tool: contents.tool,
    folder,
    parent,
    name,
    database: session.facts.database,
  })
}

/**
 * Copies the folder into a new one beside it and takes its history over, in one transaction. The tool's files and tables stay as they
 * are. Answers with the new folder; refused when files or history are not those that were shown, and then nothing is left behind.
 */
export async function convertFolder(
  folder: string,
  input: { readonly name: string; readonly digest: string },
  session: Session,
  appVersion: string,
): Promise<string> {
  const target = join(dirname(folder), input.name)
  try {
    await mkdir(target)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error)
    throw refusal(
      'name',
      code === 'EEXIST' ? `${target} exists already. Choose another name.` : `${target} cannot be made (${code}).`,
    )
  }
  try {
    await adopt(folder, target, input.digest, session, appVersion)
    return target
  } catch (error) {
    // Made a moment ago, and by nobody else: what is in it is what was just written.
    await rm(target, { recursive: true, force: true })
    throw error
  }
}

async function adopt(
  folder: string,
  target: string,
  digest: string,
  session: Session,
  appVersion: string,
): Promise<void> {
  try {
    const isLocked = await beginWithLock(session)
    if (!isLocked) throw refusal('history', LOCKED)
    const { conversion, ledger, history } = await plan(folder, session)
    if (history.exists && !(await ledger.tryLock(session, 'transaction'))) throw refusal('history', LOCKED)
    if (conversion.refusals.length > 0) {
      throw new FailureError({
        kind: 'refused',
        issues: conversion.refusals.map((message) => ({ path: folder, message })),
      })
    }
    if (conversion.digest !== digest) throw refusal('digest', CHANGED)
    for (const pair of conversion.pairs) await writePair(target, pair)
    if (!(await readHistory(session)).exists) await createHistory(session)
    const applied = conversion.pairs.filter((pair) => pair.row !== null)
    applied.sort((a, b) => (a.row?.seq ?? 0) - (b.row?.seq ?? 0))
    for (const pair of applied) await adoptRow(session, pair, ledger.tool, appVersion)
    // Told apart from a folder of the tool by this, also where nothing was applied.
    await session.query(`insert into strata.log (name, action, detail) values ($1, 'adopt', $2::pg_catalog.jsonb)`, [
      '(folder)',
      JSON.stringify({ tool: ledger.tool, migrations: conversion.pairs.length, applied: applied.length }),
    ])
    await ledger.unlock(session)
    await session.query('commit')
  } catch (error) {
    await session.query('rollback').catch(() => {})
    throw error
  }
}

async function plan(folder: string, session: Session) {
  const { contents, ledger } = await openFolder(folder, session)
  if (!isForeign(contents)) throw refusal('folder', 'The folder is one of Strata already.')
  const history = await ledger.readHistory(session)
  const own = (await strataLedger.readHistory(session)).rows.length
  const options = { hasStandardStrings: session.hasStandardStrings }
  return { contents, ledger, history, conversion: planConversion(contents, history, own, options) }
}

async function writePair(target: string, { name, texts }: ConvertedPair): Promise<void> {
  const files = [
    [upFileOf(name), texts.up] as const,
    ...(texts.down === null ? [] : [[downFileOf(name), texts.down] as const]),
  ]
  for (const [file, text] of files) {
    if (!(await writeNew(join(target, file), text)))
      throw refusal('name', `${file} exists already. Nothing was converted.`)
  }
}

/** The row says when and by whom it was applied with the tool; where that is not known, now. */
async function adoptRow(session: Session, pair: ConvertedPair, tool: string, appVersion: string): Promise<void> {
  const { name, title, up, down, row } = pair
  const record = {
    name,
    title,
    checksum: up.checksum,
    downChecksum: down?.checksum ?? null,
    up: up.text,
    down: down?.text ?? null,
    isTransactional: up.header.isTransactional,
    statementCount: up.statements.length,
    appVersion,
  }
  const at = row?.finishedAt ?? null
  await session.query(
    `with adopted as (${INSERT}, 'applied', $9::integer, coalesce($11::pg_catalog.timestamptz, pg_catalog.clock_timestamp()),
         coalesce($11::pg_catalog.timestamptz, pg_catalog.clock_timestamp()), null) returning name, checksum)
     insert into strata.log (name, action, checksum, detail) select name, 'adopt', checksum, $12::pg_catalog.jsonb from adopted`,
    [...valuesOf(record), at, JSON.stringify({ tool, was: row?.name ?? name, appliedBy: row?.appliedBy || null })],
  )
  if (row?.appliedBy) {
    await session.query('update strata.migration set applied_by = $2 where name = $1', [name, row.appliedBy])
  }
}

const LOCKED =
  'Somebody else migrates this database at this moment. Nothing was converted. Try again when they are done.'
const CHANGED =
  'The files or the history changed since the plan was shown. Nothing was converted. Look at the new plan.'
