import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SshHop } from '../../../contract/profile'
import { FailureError } from '../../../electron/engine/failure-error'
import { type ResolvedHop, resolveHops } from '../../../electron/engine/tunnel/resolve-hops'
import { sshUser } from '../../../electron/engine/tunnel/ssh-user'

const CONFIG = `
# a comment
Host plain
  HostName db.internal.example
  Port 2222
  User deploy

Host EQUALS
  HostName = "quoted.example" # trailing
  Port=2022
  User "with blank"

Host *.corp !secret.corp
  User corporate
  ProxyJump jump

Host secret.corp
  User guarded

Host first-wins
  User one
Host first-wins
  User two
  Port 2201

Host tok-*
  HostName %h.pod.example
  IdentityFile ~/.ssh/%r-%h-%p
  IdentityFile %d/.ssh/second_%n
  UserKnownHostsFile ~/.ssh/kh_%n /dev/null
  HostKeyAlias alias.example
  IdentitiesOnly yes

Host jump
  HostName 10.1.1.1
  User jumper
Host two-jumps
  ProxyJump first@a.example:2200,b.example
Host no-jump
  ProxyJump none
Host no-jump
  ProxyJump jump
Host agent-*
  IdentityAgent ~/.agent.sock
Host agent-none
  IdentityAgent none
Host ?q
  Port 2299
Include conf.d/*.conf
Include extra
Host inactive
  Include never
Host strict
  StrictHostKeyChecking yes
  GlobalKnownHostsFile none
  UserKnownHostsFile none
Match all
  Port 2323
`

const FILES: Readonly<Record<string, string>> = {
  config: CONFIG,
  'conf.d/a.conf': 'Host included\n  User from-a\n',
  'conf.d/b.conf': 'Host included\n  User from-b\n  Port 2244\n',
  'conf.d/.hidden.conf': 'Host *\n  User hidden\n',
  extra: 'Host extra\n  HostName extra.example\n',
  never: 'Host *\n  User never\nPort 9\n',
}

const ALIASES = [
  'plain',
  'EQUALS',
  'equals',
  'web.corp',
  'secret.corp',
  'first-wins',
  'tok-one',
  'jump',
  'two-jumps',
  'no-jump',
  'agent-x',
  'aq',
  'abq',
  'included',
  'extra',
  'inactive',
  'strict',
  'nowhere.example',
]

describe('the SSH configuration', () => {
  let home: string

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'strata-ssh-config-'))
    write(FILES)
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  const write = (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) {
      const path = join(home, '.ssh', name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text, { mode: 0o600 })
    }
  }
  const resolve = (host: string, more: Partial<SshHop> = {}) =>
    resolveHops([{ host, port: null, user: null, authentication: 'agent', keyFile: null, ...more }], sshUser(home, {}))
  const last = (hops: readonly ResolvedHop[]) => hops.at(-1) as ResolvedHop

  it.skipIf(!existsSync('/usr/bin/ssh'))('means the same as to ssh -G, for every alias', () => {
    // ssh takes the home folder from the password database: what it writes for ~ is put into ours.
    const file = join(home, 'for-ssh')
    writeFileSync(
      file,
      CONFIG.replaceAll(/Include (.*)/g, (_, path: string) => `Include ${join(home, '.ssh', path)}`),
    )

    const theirs = ALIASES.map((alias) => askSsh(file, alias))
    const ours = ALIASES.map((alias) => {
      const hops = resolve(alias)
      const { host, port, user } = last(hops)
      return { host, port, user, jumps: hops.slice(0, -1).map((hop) => `${hop.user}@${hop.host}:${hop.port}`).length }
    })

    expect(ours).toEqual(theirs)
  })

  it('fills tokens into files, and keeps the order of keys', () => {
    const hop = last(resolve('tok-one'))

    expect(hop).toMatchObject({
      host: 'tok-one.pod.example',
      keyFiles: [`${home}/.ssh/${hop.user}-tok-one.pod.example-2323`, `${home}/.ssh/second_tok-one`],
      knownNames: ['alias.example'],
      isOnlyNamedKeys: true,
    })
    expect(hop.knownHostFiles.slice(0, 2)).toEqual([`${home}/.ssh/kh_tok-one`, '/dev/null'])
  })

  it('lets the profile say port and user', () => {
    expect(last(resolve('plain', { port: 22, user: 'me' }))).toMatchObject({
      host: 'db.internal.example',
      port: 22,
      user: 'me',
      knownNames: ['db.internal.example'],
    })
  })

  it('goes over the jump hosts in their order', () => {
    const places = (alias: string) => resolve(alias).map(({ user, host, port }) => `${user}@${host}:${port}`)

    expect(places('web.corp')).toEqual(['jumper@10.1.1.1:2323', 'corporate@web.corp:2323'])
    expect(places('two-jumps').slice(0, 2)).toEqual([
      'first@a.example:2200',
      expect.stringMatching(/@b\.example:2323$/),
    ])
  })

  it('names the agent that the configuration names', () => {
    expect([last(resolve('agent-x')).agentSocket, last(resolve('plain')).agentSocket]).toEqual([
      join(home, '.agent.sock'),
      null,
    ])
  })

  it('asks nobody where the configuration is strict, and reads no file it excludes', () => {
    expect(last(resolve('strict'))).toMatchObject({ isStrict: true, knownHostFiles: [] })
  })

  it('refuses a ProxyCommand by its line, and never runs it', () => {
    const trap = join(home, 'trap')
    write({ config: `Host trapped\n  ProxyCommand touch ${trap}\n` })

    const failure = failureOf(() => resolve('trapped'))
    write({ config: CONFIG })

    expect(failure).toMatchObject({
      reason: 'tunnel',
      message: `${join(home, '.ssh/config')} line 2 has a ProxyCommand for trapped, and Strata runs no programs.`,
    })
    expect(existsSync(trap)).toBe(false)
  })

  it('leaves a Match unread and says so, without running it', () => {
    const trap = join(home, 'trap')
    write({ config: `Match exec "touch ${trap}"\n  User attacker\nHost x\n  User right\n` })

    const hop = last(resolve('x'))
    write({ config: CONFIG })

    expect(hop).toMatchObject({ user: 'right', unread: [{ keyword: 'Match', line: 1 }] })
    expect(existsSync(trap)).toBe(false)
  })

  it('includes nothing from outside of ~/.ssh', () => {
    writeFileSync(join(home, 'outside'), 'Host x\n  User outside\n')
    write({ config: 'Include ~/outside ../outside /etc/passwd\nHost x\n  Port 24\n' })

    const hop = last(resolve('x'))
    write({ config: CONFIG })

    expect([hop.port, hop.unread.map(({ keyword }) => keyword)]).toEqual([24, ['Include', 'Include', 'Include']])
  })

  it('finds a circle of jump hosts', () => {
    write({ config: 'Host a\n  ProxyJump b\nHost b\n  ProxyJump a\n' })

    const failure = failureOf(() => resolve('a'))
    write({ config: CONFIG })

    expect(failure).toMatchObject({ reason: 'tunnel', message: expect.stringContaining('more than 8 jump hosts') })
  })

  it('ends although a file includes itself', () => {
    write({ config: 'Include config\nHost x\n  User me\n' })

    const hop = last(resolve('x'))
    write({ config: CONFIG })

    expect(hop.user).toBe('me')
  })

  it('refuses a file that others can write, as ssh does', () => {
    execFileSync('chmod', ['0666', join(home, '.ssh/config')])

    const failure = failureOf(() => resolve('plain'))
    execFileSync('chmod', ['0600', join(home, '.ssh/config')])

    expect(failure).toMatchObject({
      reason: 'tunnel',
      message: expect.stringContaining('Other users of this computer can change'),
    })
  })
})

function askSsh(file: string, alias: string) {
  const text = execFileSync('/usr/bin/ssh', ['-F', file, '-G', alias], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const value = (keyword: string) =>
    text
      .split('\n')
      .find((line) => line.startsWith(`${keyword} `))
      ?.slice(keyword.length + 1)
  const jump = value('proxyjump')
  return {
    host: value('hostname'),
    port: Number(value('port')),
    user: value('user'),
    jumps: jump === undefined || jump === 'none' ? 0 : jump.split(',').length,
  }
}

function failureOf(act: () => unknown) {
  try {
    act()
  } catch (error) {
    if (error instanceof FailureError) return error.failure
    throw error
  }
  throw new Error('nothing was refused')
}
