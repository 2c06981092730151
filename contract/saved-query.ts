import { z } from 'zod'
import { count, scriptText } from './text'

/** Why this cannot be the name of a saved query, in words; null when it can. The same on every system: projects are shared. */
export function savedQueryNameProblem(name: string): string | null {
  if (name === '') return 'Give the query a name.'
  if (name.length > 100 || utf8Length(name) > 240) return 'The name is too long: 100 characters at most.'
  if (!/^[\p{L}\p{M}\p{N} _.-]+$/u.test(name)) return 'Use letters, digits, spaces and - _ . only.'
  if (/^[. ]|[. ]$/.test(name)) return 'A name neither begins nor ends with a dot or a space.'
  if (/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name))
    return `Windows keeps the name ${name} for itself. Choose another one.`
  return null
}

/** File systems count bytes. */
function utf8Length(text: string): number {
  const bytesOf = (code: number) => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4)
  return [...text].reduce((sum, character) => sum + bytesOf(character.codePointAt(0) ?? 0), 0)
}

/** The name of a saved query: its file without `.sql`, never a path. */
export const savedQueryName = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[\p{L}\p{M}\p{N} _.-]+$/u, 'must hold letters, digits, spaces and - _ . only')
  .refine((name) => savedQueryNameProblem(name) === null, 'cannot be the name of a file everywhere')

/** Size and time of a file: what is shown before it is replaced. */
export const savedQueryFile = z.strictObject({
  bytes: count,
  /** ISO 8601. */
  modifiedAt: z.string().max(40),
})
/** Size and time of a file. */
export type SavedQueryFile = z.output<typeof savedQueryFile>

/** The saved queries of a profile's project. */
export const savedQueryListing = z.strictObject({
  /** Where they are, or would be; null when the profile has no project folder yet. */
  folder: z.string().nullable(),
  /** True when the project is the sample, whose own folder is not the user's. */
  isSample: z.boolean(),
  /** Why they cannot be read, in words; null when they were. */
  problem: z.string().nullable(),
  queries: z.array(savedQueryFile.extend({ name: z.string() })),
  /** What was left out, in words; null when nothing was. */
  remark: z.string().nullable(),
})
/** The saved queries of a profile's project. */
export type SavedQueryListing = z.output<typeof savedQueryListing>

/** What the writer believes is on the disk: no file, a file with this text, or the file that it was shown. */
export const savedQueryExpected = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('nothing') }),
  z.strictObject({ kind: z.literal('text'), text: scriptText }),
  z.strictObject({ kind: z.literal('file'), file: savedQueryFile }),
])
/** What the writer believes is on the disk. */
export type SavedQueryExpected = z.output<typeof savedQueryExpected>

/** Whether it was written; otherwise what is there instead of what was expected, null when nothing is. */
export const savedQueryWritten = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('written') }),
  z.strictObject({ outcome: z.literal('different'), there: savedQueryFile.nullable() }),
])
/** Whether it was written. */
export type SavedQueryWritten = z.output<typeof savedQueryWritten>
