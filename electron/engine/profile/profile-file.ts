import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { type Profile, profile } from '../../../contract/profile'
import { methodsFor, SETTINGS_DEFAULTS, TARGET_DEFAULTS } from '../../../contract/profile-defaults'
import { OLDER_COPIES, writeAtomically } from '../disk/atomic-write'
import { readWithFallback } from '../disk/read-with-fallback'

/** Format of the file of profiles that this Strata reads and writes. */
export const FORMAT_VERSION = 2

const MAX_PROFILES = 1000
/** Where libpq looks for root certificates. */
const OWN_ROOTS = join(homedir(), '.postgresql', 'root.crt')
const fileHead = z.looseObject({ format: z.literal('strata profiles'), version: z.number().int().min(1) })
const fileBody = z.strictObject({
  format: z.literal('strata profiles'),
  version: z.literal(FORMAT_VERSION),
  profiles: z.array(profile).max(MAX_PROFILES),
})

/** What the file of profiles holds. */
export type ProfileFile =
  | {
      readonly type: 'readable'
      readonly profiles: readonly Profile[]
      /** What had to be passed over to read it, in words for the person whose profiles they are. */
      readonly notices: readonly string[]
    }
  | { readonly type: 'newer'; readonly version: number }

type Parsed = { readonly newer: number } | { readonly profiles: readonly Profile[] }

/** The profiles of a file, or of its newest good copy; none when there is no file yet. A file of a newer format is left untouched. */
export async function readProfileFile(path: string): Promise<ProfileFile> {
  const { value, restoredFrom, damaged } = await readWithFallback<Parsed>(path, parse)
  if (value !== null && 'newer' in value) return { type: 'newer', version: value.newer }
  const notices = damaged.map(({ path: file, keptAs, reason }) => {
    const kept = keptAs === null ? 'It could not be moved' : `It is kept as ${keptAs}`
    return `The profiles in ${file} could not be read: ${reason}. ${kept}.`
  })
  if (restoredFrom !== null) {
    const written = restoredFrom.writtenAt.toISOString().slice(0, 16).replace('T', ' ')
    notices.push(`The profiles are those of ${written} UTC, from ${restoredFrom.path}. Later changes are missing.`)
  } else if (damaged.length > 0) {
    notices.push('There was no earlier copy that could be read, so the list of profiles begins anew.')
  }
  return { type: 'readable', profiles: value === null ? [] : value.profiles, notices }
}

/** Replaces the file as a whole and keeps the earlier versions beside it. */
export function writeProfileFile(path: string, profiles: readonly Profile[]): Promise<void> {
  const body: z.output<typeof fileBody> = {
    format: 'strata profiles',
    version: FORMAT_VERSION,
    profiles: [...profiles],
  }
  return writeAtomically(path, `${JSON.stringify(body, null, 2)}\n`, { copies: OLDER_COPIES })
}

function parse(text: string): Parsed {
  const json = jsonOf(text)
  const head = fileHead.safeParse(json)
  if (!head.success) throw new Error('it is not a file of profiles')
  if (head.data.version > FORMAT_VERSION) return { newer: head.data.version }
  const body = fileBody.safeParse(head.data.version === 1 ? upgrade(json) : json)
  if (!body.success) {
    const issue = body.error.issues[0]
    throw new Error(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it has another shape'}`)
  }
  const { profiles } = body.data
  if (new Set(profiles.map((each) => each.id)).size < profiles.length) throw new Error('two profiles have one id')
  return { profiles }
}

/**
 * Format 1 knew neither folders, settings and tunnels nor more of TLS than its mode and root certificate. Where it named no root certificate
 * it meant libpq's own file, and the system's roots where there is none.
 */
function upgrade(json: unknown): unknown {
  const file = objectOf(json)
  if (!Array.isArray(file.profiles)) return json
  const profiles = file.profiles.map((each: unknown) => {
    const profile = objectOf(each)
    const old = objectOf(profile.target)
    const meansSystem = old.tlsMode === 'verify-full' && old.rootCertificate === null && !existsSync(OWN_ROOTS)
    const target = {
      ...TARGET_DEFAULTS,
      authenticationMethods: methodsFor(String(old.host)),
      ...old,
      ...(meansSystem ? { rootCertificate: 'system' } : {}),
    }
    return { folder: '', settings: SETTINGS_DEFAULTS, ...profile, target }
  })
  return { ...file, version: FORMAT_VERSION, profiles }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text.
    throw new Error('it is cut off or not JSON')
  }
}
