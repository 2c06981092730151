import type { Profile } from '../../contract/profile'
import {
  type SecretKeeper,
  type SecretKind,
  type SecretState,
  SHORTEST_PASSPHRASE,
  type VaultState,
  type WantedSecret,
} from '../../contract/secret'
import type { Choice } from '../ui/field'
import type { Keeper } from './profile-store'

/** What a secret is called. */
export interface SecretName {
  /** Label of its field, and accessible name of the question. */
  readonly label: 'Password' | 'Passphrase'
  readonly title: string
  /** Why it is asked for when none is known. */
  readonly missing: string
  /** What became of the one that was used. */
  readonly wrong: string
  /** What it belongs to, as pairs of a word and a value. */
  readonly facts: readonly (readonly [string, string])[]
}

/** Names a secret of a profile. Nothing a server said is in it. */
export function secretName({ name, target }: Pick<Profile, 'name' | 'target'>, kind: SecretKind): SecretName {
  if (kind === 'password') {
    return {
      label: 'Password',
      title: `Password for ${name}`,
      missing: `The server asks role "${target.role}" for a password.`,
      wrong: `The server did not accept the password of role "${target.role}".`,
      facts: [
        ['Role', target.role],
        ['Host', target.host.startsWith('/') ? target.host : `${target.host}:${target.port}`],
        ['Database', target.database],
      ],
    }
  }
  if (kind === 'client key') {
    return {
      label: 'Passphrase',
      title: `Passphrase of the client key for ${name}`,
      missing: 'The client key is encrypted with a passphrase.',
      wrong: 'The passphrase does not open the client key.',
      facts: [['Key', target.clientKey ?? '~/.postgresql/postgresql.key']],
    }
  }
  const hop = target.tunnel[Number(kind.slice(-1)) - 1]
  const host = hop?.host ?? ''
  const server = hop?.user === null || hop === undefined ? host : `${hop.user}@${host}`
  const facts: SecretName['facts'] = [['SSH server', hop?.port == null ? server : `${server}:${hop.port}`]]
  if (hop?.authentication === 'password') {
    return {
      label: 'Password',
      title: `Password for SSH server ${host}`,
      missing: `The SSH server ${host} asks for a password.`,
      wrong: `The SSH server ${host} did not accept the password.`,
      facts,
    }
  }
  return {
    label: 'Passphrase',
    title: `Passphrase for SSH server ${host}`,
    missing: 'The private key is encrypted with a passphrase.',
    wrong: 'The passphrase does not open the private key.',
    facts: hop?.keyFile == null ? facts : [...facts, ['Key', hop.keyFile]],
  }
}

/** Why a secret is asked for, in sentences of Strata's own. */
export function whyAsked(
  profile: Pick<Profile, 'name' | 'target'>,
  wanted: WantedSecret,
  kept: SecretState,
  keeper: Keeper | null,
): readonly string[] {
  const { missing, wrong } = secretName(profile, wanted.kind)
  const why = [wanted.state === 'wrong' ? wrong : missing]
  if (wanted.note !== undefined) why.push(wanted.note)
  if (wanted.state === 'wrong' && kept.hindrance === null && kept.place !== 'nowhere')
    why.push('It stays kept until another one has worked.')
  if (kept.hindrance === 'other target')
    why.push('One is kept for this profile, but for another host, port, role, TLS setting or tunnel. It was not sent.')
  if (kept.hindrance === 'unreadable') why.push(unreadable(kept, keeper))
  if (kept.hindrance === 'locked') why.push('It is kept in the vault, which is locked.')
  return why
}

function unreadable(kept: SecretState, keeper: Keeper | null): string {
  if (kept.place !== 'keyring') return 'One is kept in the vault, but cannot be read. It stays there.'
  const here = keeper?.canKeepPasswords === true ? keyringName(keeper.keyring) : 'no keyring'
  return `One is kept, but what encrypted it is not there: this session has ${here}. It stays where it is.`
}

/** Where a secret can be kept on this system, the best place first. */
export function keeperChoices(keeper: Keeper | null, vault: VaultState | null): readonly Choice<SecretKeeper>[] {
  const remarks = {
    none: 'a new one, which a passphrase opens',
    locked: 'its passphrase opens it first',
    open: 'for exactly this target',
  }
  const inVault: Choice<SecretKeeper> = {
    value: 'vault',
    label: 'In the vault',
    remark: remarks[vault?.state ?? 'none'],
  }
  const inMemory: Choice<SecretKeeper> = { value: 'memory', label: 'Until Strata quits', remark: 'in memory only' }
  if (keeper?.canKeepPasswords !== true) return [inMemory, inVault]
  return [
    { value: 'keyring', label: `In ${keyringName(keeper.keyring)}`, remark: 'for exactly this target' },
    inMemory,
    inVault,
  ]
}

/** Where a secret is kept when nobody chooses: the keyring, else the vault while it is open, else memory. */
export function usualKeeper(keeper: Keeper | null, vault: VaultState | null): SecretKeeper {
  if (keeper?.canKeepPasswords === true) return 'keyring'
  return vault?.state === 'open' ? 'vault' : 'memory'
}

/** Where a password that is typed into a form will be kept. */
export function whereKept(keeper: Keeper | null, vault: VaultState | null): string {
  if (keeper === null) return ''
  const place = usualKeeper(keeper, vault)
  if (place === 'keyring')
    return `Kept in ${keyringName(keeper.keyring)}, for exactly this host, port, role, TLS setting and tunnel.`
  if (place === 'vault') return 'Kept in the vault, for exactly this host, port, role, TLS setting and tunnel.'
  if (vault?.state === 'locked') return 'Kept in memory until Strata quits: the vault is locked.'
  return 'Kept in memory until Strata quits: this system has no keyring.'
}

function keyringName(keyring: string): string {
  if (keyring === 'gnome_libsecret') return "the system's keyring (Secret Service)"
  if (keyring.startsWith('kwallet')) return 'KWallet'
  if (keyring === 'Keychain') return 'the macOS Keychain'
  if (keyring === 'DPAPI') return "this Windows user's protected storage"
  return keyring
}

/** What a new passphrase still lacks, else what happens when it is forgotten. */
export function newVaultNote(passphrase: string, repeated: string): string {
  if (passphrase.length < SHORTEST_PASSPHRASE)
    return `At least ${SHORTEST_PASSPHRASE} characters. It cannot be recovered.`
  return repeated === passphrase ? 'It cannot be recovered when it is forgotten.' : 'The two are not the same yet.'
}
