import { createHash } from 'node:crypto'
import type { ConversionPlan } from '../../../../../contract/migration-conversion'
import type { MigrationFile } from '../../migration-folder'
import type { History, HistoryRow } from '../../migration-history'
import { downFileOf, upFileOf } from '../../migration-name'
import { readScript, type Script, type ScriptOptions } from '../../migration-script'
import { titleOf } from '../../migration-state'
import type { ForeignContents } from '../foreign-contents'
import { nativeNames } from './native-name'
import { type NativeTexts, nativeTexts } from './native-text'

/** One pair of the new folder, and the row of the history it takes over; null where it is not applied. */
export interface ConvertedPair {
  readonly name: string
  readonly title: string
  readonly file: string
  readonly texts: NativeTexts
  readonly up: Script
  readonly down: Script | null
  readonly row: HistoryRow | null
}

/** What a conversion comes to. With refusals nothing of it may be done. */
export interface Conversion {
  readonly pairs: readonly ConvertedPair[]
  readonly refusals: readonly string[]
  readonly digest: string
}

/** Plans the copy of another tool's folder into native pairs, in the tool's order, with the history it takes over. */
export function planConversion(
  contents: ForeignContents,
  history: History,
  ownRows: number,
  options: ScriptOptions,
): Conversion {
  const { tool, migrations } = contents
  const rows = new Map(history.rows.map((row) => [row.name, row]))
  const title = (file: MigrationFile) => titleOf(file.name, file, rows.get(file.name))
  const names = nativeNames(migrations, title)
  const nameOf = new Map(migrations.map((file, index) => [file.name, names[index] ?? file.name]))
  const refusals: string[] = contents.readOnlyBecause === undefined ? [] : [contents.readOnlyBecause]
  if (ownRows > 0) {
    refusals.push(
      `Strata's own history records ${ownRows} migrations in this database already. Two histories cannot be joined.`,
    )
  }
  if (migrations.length === 0) refusals.push('The folder holds no migration.')
  for (const row of history.rows) {
    if (row.status !== 'applied') refusals.push(`"${row.name}" stands half-way. Settle it first.`)
    if (!nameOf.has(row.name))
      refusals.push(`"${row.name}" is applied, but its file is gone, and ${tool} keeps no text of it.`)
  }
  const pairs = migrations.map((file, index): ConvertedPair => {
    const problem = file.problem ?? file.up?.problem ?? file.down?.problem ?? null
    if (problem !== null && contents.readOnlyBecause === undefined) refusals.push(problem)
    const name = names[index] ?? file.name
    const depends = (file.up?.header.depends ?? []).map((each) => nameOf.get(each) ?? each)
    const texts = nativeTexts(file, { title: title(file), tool, depends }, options)
    const up = readScript(upFileOf(name), texts.up, 'up', options)
    const down = texts.down === null ? null : readScript(downFileOf(name), texts.down, 'down', options)
    const misread = up.problem ?? down?.problem ?? null
    if (problem === null && misread !== null) refusals.push(misread)
    return { name, title: title(file), file: file.upFile, texts, up, down, row: rows.get(file.name) ?? null }
  })
  const facts = pairs.map(({ name, texts, row }) => [
    name,
    texts.up,
    texts.down,
    row?.seq ?? null,
    row?.finishedAt ?? null,
  ])
  const digest = createHash('sha256')
    .update(JSON.stringify([tool, facts, refusals]))
    .digest('hex')
  return { pairs, refusals, digest }
}

/** The plan as it is shown. */
export function conversionForWindow(
  conversion: Conversion,
  place: Pick<ConversionPlan, 'tool' | 'folder' | 'parent' | 'name' | 'database'>,
): ConversionPlan {
  return {
    ...place,
    digest: conversion.digest,
    refusals: [...conversion.refusals],
    migrations: conversion.pairs.map(({ name, title, file, texts, row }) => ({
      file,
      name,
      title,
      isApplied: row !== null,
      irreversible: texts.irreversible,
    })),
  }
}
