import { readFileSync, renameSync } from 'node:fs'
import { z } from 'zod'
import { type SecretKind, secretKind } from '../../../contract/secret'
import { opaqueId } from '../../../contract/text'
import { writePrivately } from '../write-privately'
import type { SecretKey } from './shelf'

const slot = z.enum(['kept', 'offered'])
const encoded = z.base64().max(64 * 1024)

/** A sealed secret as it lies in a file: what it is for can be read, the secret itself cannot. */
export const secretRecord = z.strictObject({
  profileId: opaqueId,
  kind: secretKind,
  slot,
  seal: z.string().max(64),
  /** ISO 8601. */
  created: z.string().max(40),
  /** What encrypted it. */
  backend: z.string().max(100),
  /** Only where the backend does not put it into the cipher text. */
  nonce: encoded.optional(),
  ciphertext: encoded,
})
/** A sealed secret as it lies in a file. */
export type SecretRecord = z.output<typeof secretRecord>

/** The record under a key. */
export function recordOf(records: readonly SecretRecord[], key: SecretKey): SecretRecord | undefined {
  return records.find((each) => isUnder(each, key))
}

/** The records with this one in the place of the one under its key. */
export function withRecord(records: readonly SecretRecord[], record: SecretRecord): SecretRecord[] {
  return [...withoutRecord(records, record), record]
}

/** The records without the one under a key. */
export function withoutRecord(records: readonly SecretRecord[], key: SecretKey): SecretRecord[] {
  return records.filter((each) => !isUnder(each, key))
}

/** The records with the offered secret as the kept one; the same when none was offered. */
export function withPromoted(
  records: readonly SecretRecord[],
  profileId: string,
  kind: SecretKind,
): readonly SecretRecord[] {
  const offered = recordOf(records, { profileId, kind, slot: 'offered' })
  if (offered === undefined) return records
  return withRecord(withoutRecord(records, offered), { ...offered, slot: 'kept' })
}

function isUnder(record: SecretRecord, key: SecretKey): boolean {
  return record.profileId === key.profileId && record.kind === key.kind && record.slot === key.slot
}

/** What a file holds that `schema` understands; null when there is none. A file that it does not understand is kept aside, never overwritten. */
export function readSecretFile<T>(file: string, schema: z.ZodType<T>, note: (line: string) => void): T | null {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  const parsed = schema.safeParse(jsonOf(text))
  if (parsed.success) return parsed.data
  note(`${file} could not be understood and is kept as ${putAside(file)}.`)
  return null
}

/** Gives a file the next free name `<file>.kept-<n>` and answers with that. */
export function putAside(file: string): string {
  for (let number = 1; ; number += 1) {
    const aside = `${file}.kept-${number}`
    if (isThere(aside)) continue
    renameSync(file, aside)
    return aside
  }
}

/** Replaces the file. */
export function writeSecretFile(file: string, content: unknown): void {
  writePrivately(file, `${JSON.stringify(content, null, 1)}\n`)
}

function isThere(file: string): boolean {
  try {
    readFileSync(file)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT'
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
