import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hostKeyAlgorithms, judgeHostKey, parseKnownHosts } from '../../../electron/engine/tunnel/known-hosts'

const ED = wireKey('ssh-ed25519', 1)
const OTHER_ED = wireKey('ssh-ed25519', 2)
const RSA = wireKey('ssh-rsa', 3)
const DSA = wireKey('ssh-dss', 4)

const PLAIN = ['db.example']
const ON_PORT = ['[db.example]:2222', 'db.example']

interface Case {
  readonly what: string
  readonly file: string
  readonly names?: readonly string[]
  readonly key?: Buffer
  readonly verdict: string
}

const CASES: readonly Case[] = [
  { what: 'an empty file', file: '', verdict: 'unknown' },
  { what: 'the same key', file: line('db.example', ED), verdict: 'trusted 1' },
  { what: 'the same key with a comment', file: `${line('db.example', ED)} root@db # old`, verdict: 'trusted 1' },
  { what: 'a comment line before it', file: `# db.example\n\n${line('db.example', ED)}`, verdict: 'trusted 3' },
  { what: 'lines that end in CR LF', file: `${line('x', RSA)}\r\n${line('db.example', ED)}\r\n`, verdict: 'trusted 2' },
  { what: 'tabs between the words', file: line('db.example', ED).replaceAll(' ', '\t'), verdict: 'trusted 1' },
  { what: 'a name of another case', file: line('DB.Example', ED), verdict: 'trusted 1' },
  { what: 'several names in a line', file: line('10.0.0.1,db.example', ED), verdict: 'trusted 1' },
  { what: 'another key of the same type', file: line('db.example', OTHER_ED), verdict: 'changed 1' },
  { what: 'another key of another type', file: line('db.example', RSA), verdict: 'changed 1' },
  {
    what: 'the old key and the new one',
    file: `${line('db.example', OTHER_ED)}\n${line('db.example', ED)}`,
    verdict: 'trusted 2',
  },
  { what: 'a type that no server is asked for', file: line('db.example', DSA), verdict: 'unknown' },
  { what: 'another host', file: line('db2.example', ED), verdict: 'unknown' },
  { what: 'a hashed name', file: line(hashed('db.example'), ED), verdict: 'trusted 1' },
  { what: 'a hashed name with another key', file: line(hashed('db.example'), OTHER_ED), verdict: 'changed 1' },
  { what: 'the hash of another name', file: line(hashed('db2.example'), ED), verdict: 'unknown' },
  { what: 'a hash of an unknown version', file: line('|2|c2FsdA==|aGFzaA==', ED), verdict: 'unknown' },
  { what: 'a port', file: line('[db.example]:2222', ED), names: ON_PORT, verdict: 'trusted 1' },
  {
    what: 'a hashed name with a port',
    file: line(hashed('[db.example]:2222'), ED),
    names: ON_PORT,
    verdict: 'trusted 1',
  },
  { what: 'another port', file: line('[db.example]:2200', ED), names: ON_PORT, verdict: 'unknown' },
  {
    what: 'the host without the port, with this key',
    file: line('db.example', ED),
    names: ON_PORT,
    verdict: 'trusted 1',
  },
  {
    what: 'the host without the port, with another key',
    file: line('db.example', OTHER_ED),
    names: ON_PORT,
    verdict: 'unknown',
  },
  {
    what: 'the port with another key, the host with this one',
    file: `${line('[db.example]:2222', RSA)}\n${line('db.example', ED)}`,
    names: ON_PORT,
    verdict: 'trusted 2',
  },
  { what: 'a port where 22 is meant', file: line('[db.example]:2222', ED), verdict: 'unknown' },
  { what: 'a wildcard', file: line('*.example', ED), verdict: 'trusted 1' },
  { what: 'a question mark', file: line('d?.example', ED), verdict: 'trusted 1' },
  { what: 'a wildcard with another key', file: line('*.example', OTHER_ED), verdict: 'changed 1' },
  { what: 'a negated name', file: line('*.example,!db.example', ED), verdict: 'unknown' },
  { what: 'a negated name before the wildcard', file: line('!db.*,*.example', OTHER_ED), verdict: 'unknown' },
  { what: 'a revoked key', file: `@revoked ${line('db.example', ED)}`, verdict: 'revoked 1' },
  {
    what: 'a key that is known and revoked',
    file: `${line('db.example', ED)}\n@revoked ${line('*', ED)}`,
    verdict: 'revoked 2',
  },
  { what: 'another revoked key', file: `@revoked ${line('db.example', OTHER_ED)}`, verdict: 'unknown' },
  { what: 'a certificate authority', file: `@cert-authority ${line('*.example', ED)}`, verdict: 'unknown' },
  { what: 'a marker that nobody knows', file: `@trusted ${line('db.example', ED)}`, verdict: 'unknown' },
  { what: 'a type that the key is not', file: `db.example ssh-rsa ${ED.toString('base64')}`, verdict: 'unknown' },
  { what: 'a broken key', file: 'db.example ssh-ed25519 AAAA!', verdict: 'unknown' },
  { what: 'a cut key', file: `db.example ssh-ed25519 ${ED.toString('base64').slice(0, 12)}`, verdict: 'unknown' },
]

describe('known hosts', () => {
  it('judge a key that is shown', () => {
    const verdicts = CASES.map(({ what, file, names = PLAIN, key = ED }) => {
      const verdict = judgeHostKey(parseKnownHosts(file, 'known_hosts'), names, key)
      const line = 'entry' in verdict ? verdict.entry.line : 'entries' in verdict ? verdict.entries[0]?.line : ''
      return `${what}: ${`${verdict.type} ${line}`.trim()}`
    })

    expect(verdicts).toEqual(CASES.map(({ what, verdict }) => `${what}: ${verdict}`))
    expect(CASES.length).toBeGreaterThanOrEqual(20)
  })

  it('ask a server for the keys that are known first, and never for SHA-1', () => {
    const known = parseKnownHosts(`${line('db.example', RSA)}\n@revoked ${line('db.example', ED)}`, 'known_hosts')

    const algorithms = hostKeyAlgorithms(known, PLAIN)

    expect(algorithms.slice(0, 3)).toEqual(['rsa-sha2-512', 'rsa-sha2-256', 'ssh-ed25519'])
    expect(algorithms).not.toContain('ssh-rsa')
  })
})

function line(hosts: string, key: Buffer): string {
  const type = key.toString('latin1', 4, 4 + key.readUInt32BE(0))
  return `${hosts} ${type} ${key.toString('base64')}`
}

function hashed(name: string): string {
  const salt = Buffer.alloc(20, 7)
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}

function wireKey(type: string, fill: number): Buffer {
  return Buffer.concat([field(type), field(Buffer.alloc(32, fill))])
}

function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
