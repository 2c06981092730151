import { z } from 'zod'
import { environment, profileId, sessionSettings, target } from './profile'
import { secretKind } from './secret'
import { count, fieldText, opaqueId } from './text'
import { fileToken } from './transfer'

/** Largest file or text that connections are looked for in, in bytes. */
export const MAX_IMPORT_BYTES = 1024 * 1024

/** Stands for a connection that was found: its secrets stay in the engine. */
export const findingToken = opaqueId.brand<'FindingToken'>()
/** Stands for a connection that was found. */
export type FindingToken = z.output<typeof findingToken>

/** Where connections are looked for: a pasted text, a file that the user chose, or libpq's own service file. */
export const importSource = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string().max(MAX_IMPORT_BYTES) }),
  z.strictObject({ type: z.literal('file'), token: fileToken }),
  z.strictObject({ type: z.literal('service file') }),
])
/** Where connections are looked for. */
export type ImportSource = z.output<typeof importSource>

/** Formats that are recognised by their content and name. */
export const importFormat = z.enum([
  'text',
  'environment file',
  'Compose file',
  'yoyo.ini',
  'alembic.ini',
  'service file',
  'DBeaver',
  'pgAdmin',
])
/** Formats that are recognised by their content and name. */
export type ImportFormat = z.output<typeof importFormat>

/** Something that was not used as it stands: `line` counts from 1. Never holds a secret. */
const remark = z.strictObject({ line: count.nullable(), message: z.string() })

/** A key that was not used, and why. Never holds its value where that may be a secret. */
const ignored = z.strictObject({ name: z.string(), reason: z.string() })

/** Parts of a target that a finding can lack. */
export const missingPart = z.enum(['host', 'port', 'database', 'role'])

/** A connection that was found. */
export const finding = z.strictObject({
  token: findingToken,
  /** Where it stood, in words: a service, a section, variables. */
  place: z.string(),
  line: count.nullable(),
  name: fieldText(100),
  folder: fieldText(100),
  /** A guess from names and the host; the person decides. */
  environment,
  /** What the profile would hold; what could not be found out is absent. */
  target: target.partial(),
  /** Parts of `target` that the source does not say: what is usual was taken. */
  assumed: z.array(z.enum(['host', 'port', 'database', 'role', 'tlsMode'])),
  /** What has to be filled in before this can be saved. */
  missing: z.array(missingPart),
  settings: sessionSettings.partial(),
  /** Secrets that were found; they are kept out of the window. */
  secrets: z.array(secretKind),
  /** What could not be used as it stands: the value is not taken. */
  problems: z.array(remark),
  /** What is worth knowing about values that were taken. */
  notes: z.array(remark),
  ignored: z.array(ignored),
  /** A saved profile that leads to the same host, port, database and role. */
  savedAs: z.strictObject({ profileId, name: z.string() }).nullable(),
})
/** A connection that was found. */
export type Finding = z.output<typeof finding>

/** What a source says about connections. */
export const importReading = z.strictObject({
  format: importFormat,
  /** The file's own name without its folder; empty for a pasted text. */
  fileName: z.string(),
  findings: z.array(finding),
  /** What concerns the source as a whole. */
  problems: z.array(remark),
})
/** What a source says about connections. */
export type ImportReading = z.output<typeof importReading>

/** Findings to save as profiles, as the person wants each. */
export const importChoices = z
  .array(
    z.strictObject({
      token: findingToken,
      name: fieldText(100).min(1),
      folder: fieldText(100),
      environment,
      /** False leaves the found secrets behind: they are asked for when the profile is opened. */
      keepsSecrets: z.boolean(),
    }),
  )
  .min(1)
  .max(500)
