import { randomUUID } from 'node:crypto'
import { access, realpath } from 'node:fs/promises'
import { basename } from 'node:path'
import type { z } from 'zod'
import type { FindingToken, ImportReading, importChoices } from '../../../../contract/import'
import { mayGoUnencrypted } from '../../../../contract/local-host'
import { type Profile, type ProfileId, type Target, target as targetSchema } from '../../../../contract/profile'
import { SETTINGS_DEFAULTS, TARGET_DEFAULTS } from '../../../../contract/profile-defaults'
import type { SecretKeeper, SecretKind } from '../../../../contract/secret'
import { FailureError, refusal } from '../../failure-error'
import type { Profiles } from '../profile-store'
import { completeFinding } from './complete-finding'
import type { FoundConnection } from './found-connection'
import { plainText } from './plain-text'
import { readConnections } from './read-connections'
import { readSmallFile } from './read-small-file'

/** Hands a secret to the shell, to be used for exactly the target of the profile. */
export type OfferSecret = (profile: Profile, kind: SecretKind, secret: string, keeper: SecretKeeper) => void

interface Kept {
  readonly found: FoundConnection
  readonly finding: ImportReading['findings'][number]
}

/** What was found by the last import, with its secrets: those go from here to the shell, never to the window. */
export class Imports {
  private readonly profiles: Pick<Profiles, 'list' | 'save' | 'get'>
  private readonly serviceFiles: readonly string[]
  private readonly offer: OfferSecret
  private readonly kept = new Map<FindingToken, Kept>()

  constructor(profiles: Pick<Profiles, 'list' | 'save' | 'get'>, serviceFiles: readonly string[], offer: OfferSecret) {
    this.profiles = profiles
    this.serviceFiles = serviceFiles
    this.offer = offer
  }

  /** The connections of a text that was pasted. */
  readText(text: string): Promise<ImportReading> {
    return this.note('', text)
  }

  /** The connections of a file that the user chose. */
  readFile(path: string): Promise<ImportReading> {
    return this.readNamed(basename(path), path)
  }

  private async readNamed(fileName: string, path: string): Promise<ImportReading> {
    const name = plainText(fileName, 100)
    try {
      return await this.note(name, await readSmallFile(path))
    } catch (error) {
      if (!(error instanceof FailureError) || error.failure.kind !== 'refused') throw error
      throw refusal('file', `${name} cannot be imported. ${error.failure.issues[0]?.message ?? ''}`)
    }
  }

  /** The services of libpq's own service file: the user's, or the system's where the user has none. */
  async readServiceFile(): Promise<ImportReading> {
    const path = (await this.ownServiceFile()) ?? this.serviceFiles[0] ?? ''
    // libpq follows links, and many keep their settings behind one; a file that was chosen is the one that was shown.
    return this.readNamed(basename(path), await realpath(path).catch(() => path))
  }

  /** True when there is a service file. */
  async hasServiceFile(): Promise<boolean> {
    return (await this.ownServiceFile()) !== null
  }

  private async ownServiceFile(): Promise<string | null> {
    for (const file of this.serviceFiles) {
      const isThere = await access(file).then(
        () => true,
        () => false,
      )
      if (isThere) return file
    }
    return null
  }

  /** Saves findings as profiles and offers their secrets; nothing is saved when one of them cannot be. Connects to nothing. */
  async save(choices: z.output<typeof importChoices>, keeper: SecretKeeper): Promise<Profile[]> {
    const drafts = choices.map(({ token, name, folder, environment }) => {
      const { found, finding } = this.get(token)
      const target = targetSchema.safeParse({ ...TARGET_DEFAULTS, ...finding.target })
      if (!target.success)
        throw refusal('token', `"${name}" lacks ${finding.missing.join(', ') || 'a part'}: edit it first.`)
      const settings = { ...SETTINGS_DEFAULTS, ...found.settings }
      return { id: null, name, folder, environment, target: target.data, settings }
    })
    const saved: Profile[] = []
    for (const [index, draft] of drafts.entries()) {
      const profile = await this.profiles.save(draft)
      saved.push(profile)
      const choice = choices[index]
      if (choice?.keepsSecrets !== true) continue
      for (const [kind, secret] of this.get(choice.token).found.secrets) {
        // The question for it is where the person accepts that way.
        if (kind === 'password' && mayGoUnencrypted(profile.target)) continue
        this.offer(profile, kind, secret, keeper)
      }
    }
    return saved
  }

  /** Offers the secrets of a finding for a profile that was made of it, but for kinds that were typed; the kinds that were offered. */
  async offerFor(profileId: ProfileId, token: FindingToken, typed: readonly SecretKind[], keeper: SecretKeeper) {
    const profile = await this.profiles.get(profileId)
    const offered: SecretKind[] = []
    for (const kind of this.kept.get(token)?.found.secrets.keys() ?? []) {
      const secret = typed.includes(kind) ? null : this.secretFor(token, kind, profile.target)
      if (secret === null) continue
      this.offer(profile, kind, secret, keeper)
      offered.push(kind)
    }
    return offered
  }

  /** A secret that was found, for a target that leads where the source said; null when it was edited to lead elsewhere. */
  secretFor(token: FindingToken, kind: SecretKind, target: Target): string | null {
    const kept = this.kept.get(token)
    if (kept === undefined) return null
    const { database: _, ...said } = kept.found.target
    const names = Object.keys(said) as (keyof typeof said)[]
    const isSame = names.every((name) => JSON.stringify(said[name]) === JSON.stringify(target[name]))
    return isSame ? (kept.found.secrets.get(kind) ?? null) : null
  }

  /** Forgets what was found, and its secrets, but for the one finding that is still being edited. */
  forget(except: FindingToken | null): void {
    for (const token of this.kept.keys()) if (token !== except) this.kept.delete(token)
  }

  private get(token: FindingToken): Kept {
    const kept = this.kept.get(token)
    if (kept === undefined) throw refusal('token', 'What was found is not there any more. Read the file again.')
    return kept
  }

  private async note(fileName: string, content: string | Uint8Array): Promise<ImportReading> {
    const { format, connections, isCut } = readConnections(fileName, content)
    const profiles = await this.profiles.list()
    this.forget(null)
    const findings = connections.map((found) => {
      const token = randomUUID() as FindingToken // branded here: this is where these tokens are minted
      const finding = completeFinding(found, token, fileName, profiles)
      this.kept.set(token, { found, finding })
      return finding
    })
    const problems = isCut
      ? [{ line: null, message: 'There are more connections than are listed. Import the rest from a smaller file.' }]
      : []
    return { format, fileName, findings, problems }
  }
}
