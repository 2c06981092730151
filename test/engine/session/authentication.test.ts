import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { AuthenticationMethod } from '../../../contract/authentication'
import type { Failure } from '../../../contract/failure'
import type { Target } from '../../../contract/profile'
import { FailureError } from '../../../electron/engine/failure-error'
import { Authentication } from '../../../electron/engine/session/authentication'
import type { Transport } from '../../../electron/engine/session/transport'
import { aTarget, openingFailure, openTestSession } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { authenticationRequest, loginAnswer, readyForQuery, startScriptedServer } from '../../support/scripted-server'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase('app')
})
afterAll(() => database.drop())

/** What a client is told by a server that asks for one authentication method, and whether it sent anything after its start-up message. */
async function askedFor(method: number, password: string | null): Promise<{ failure: Failure | null; sent: number }> {
  let sent = 0
  const server = await startScriptedServer({
    onStartup: (socket) => socket.write(Buffer.concat([authenticationRequest(method), readyForQuery()])),
    onStatement: (_socket, bytes) => {
      sent += bytes.length
    },
  })
  const error = await openTestSession(database, { target: aTarget({ port: server.port }), password }).catch(
    (reason: unknown) => reason,
  )
  await server.close()
  return { failure: error instanceof FailureError ? error.failure : null, sent }
}

const ALL: AuthenticationMethod[] = ['scram-sha-256', 'md5', 'password', 'none']

/** How a login goes on after one request: by which method, or why not. */
function outcomeOf(
  method: number,
  state: Pick<Transport, 'tls' | 'isLocal'> & {
    readonly channelBinding?: Target['channelBinding']
    readonly mechanisms?: string
  },
): string {
  const { channelBinding = 'prefer', mechanisms = '' } = state
  const target = aTarget({ host: 'db.example', port: 5432, channelBinding, authenticationMethods: ALL })
  const authentication = new Authentication(target, 'secret', state)
  try {
    authentication.request(method, Buffer.from(mechanisms))
    return `${authentication.method}${authentication.isChannelBound ? ', bound' : ''}`
  } catch (error) {
    if (!(error instanceof FailureError)) throw error
    return error.message.replace('The server at db.example:5432 ', '').replace(/\.$/, '')
  }
}

describe('authentication', () => {
  it.each<[AuthenticationMethod, () => { role: string; password: string | null }]>([
    ['scram-sha-256', () => inject('cluster').roles.app],
    ['md5', () => inject('cluster').roles.md5],
    ['password', () => inject('cluster').roles.clearText],
    ['none', () => ({ ...inject('cluster').roles.trusted, password: null })],
  ])('by %s is allowed by a profile that lists it, and shown', async (method, find) => {
    const { role, password } = find()
    const target = { ...database.target, role, authenticationMethods: [method] }

    const session = await openTestSession(database, { target, password })

    expect([session.facts.role, session.facts.authentication]).toEqual([role, method])
    await session.end()
  })

  it.each<[AuthenticationMethod, string, () => { role: string; password: string }]>([
    ['md5', 'asks for the password as MD5, which the profile does not allow', () => inject('cluster').roles.md5],
    [
      'password',
      'asks for the password in clear text, which the profile does not allow',
      () => inject('cluster').roles.clearText,
    ],
    ['none', 'let role "trusted" in without asking for a password', () => inject('cluster').roles.trusted],
  ])('by %s is refused by a new profile, which says what to allow', async (method, what, find) => {
    const { role, password } = find()
    const { host, port } = database.target

    const failure = await openingFailure(database, { target: { ...database.target, role }, password })

    expect(failure).toEqual({
      kind: 'connection',
      reason: 'authentication',
      message: `The server at ${host}:${port} ${what}.`,
      advice: expect.stringMatching(/^Nothing was (sent|run)[.:]/),
      refusedMethod: method,
    })
  })

  it('by SCRAM-SHA-256 is refused where only another method is allowed', async () => {
    const target = { ...database.target, authenticationMethods: ['none' as const] }

    expect(await openingFailure(database, { target })).toMatchObject({ refusedMethod: 'scram-sha-256' })
  })

  it.each([
    ['Kerberos V5', 2],
    ['SCM credentials', 6],
    ['GSSAPI', 7],
    ['SSPI', 9],
    ['method 4', 4],
  ])('by %s is refused, and nothing is sent', async (name, method) => {
    const outcome = await askedFor(method, 'secret')

    expect(outcome).toEqual({
      failure: {
        kind: 'connection',
        reason: 'authentication',
        message: expect.stringContaining(`asks for ${name} authentication.`),
        advice: 'Strata supports passwords (SCRAM-SHA-256 and MD5).',
      },
      sent: 0,
    })
  })

  it.each([
    ['in clear text', 3],
    ['as MD5', 5],
    ['as SCRAM', 10],
  ])('with a password %s needs one, and nothing is sent while none is known', async (_name, method) => {
    const outcomes = [await askedFor(method, null), await askedFor(method, '')]

    const expected = {
      failure: {
        kind: 'connection',
        reason: 'authentication',
        message: 'The server asks role "app" for a password.',
        advice: 'Enter the password.',
        secret: { kind: 'password', state: 'missing' },
      },
      sent: 0,
    }
    expect(outcomes).toEqual([expected, expected])
  })

  it('never sends a password in clear text where others can read it, or where who reads it was not verified', () => {
    const ofNetwork = (['none', 'encrypted', 'verified chain', 'verified host'] as const).map((tls) => [
      tls,
      outcomeOf(3, { tls, isLocal: false }),
    ])

    expect([...ofNetwork, ['none, on this computer', outcomeOf(3, { tls: 'none', isLocal: true })]]).toEqual([
      ['none', 'asks for the password in clear text over an unencrypted connection'],
      ['encrypted', 'asks for the password in clear text, and its certificate was not verified'],
      ['verified chain', 'password'],
      ['verified host', 'password'],
      ['none, on this computer', 'password'],
    ])
  })

  it('is bound to the TLS channel where the server can, and refused where it must be and is not', () => {
    const [plus, scram] = ['SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0', 'SCRAM-SHA-256\0\0']
    const outcomes = (['disable', 'prefer', 'require'] as const).map((channelBinding) => [
      channelBinding,
      outcomeOf(10, { tls: 'encrypted', isLocal: false, channelBinding, mechanisms: plus }),
      outcomeOf(10, { tls: 'encrypted', isLocal: false, channelBinding, mechanisms: scram }),
      outcomeOf(10, { tls: 'none', isLocal: false, channelBinding, mechanisms: scram }),
      outcomeOf(10, { tls: 'none', isLocal: false, channelBinding, mechanisms: plus }),
      outcomeOf(5, { tls: 'encrypted', isLocal: false, channelBinding }),
      outcomeOf(0, { tls: 'encrypted', isLocal: false, channelBinding }),
    ])

    const [unbound, unencrypted] = [
      'does not bind the login to its TLS channel',
      'cannot bind the login to TLS, because the connection is not encrypted',
    ]
    const inBetween = 'offers channel binding over an unencrypted connection'
    expect(outcomes).toEqual([
      ['disable', 'scram-sha-256', 'scram-sha-256', 'scram-sha-256', inBetween, 'md5', 'none'],
      ['prefer', 'scram-sha-256, bound', 'scram-sha-256', 'scram-sha-256', inBetween, 'md5', 'none'],
      ['require', 'scram-sha-256, bound', unbound, unencrypted, inBetween, unbound, unbound],
    ])
  })

  it('is refused when a server lets in before SCRAM has proved it', async () => {
    const server = await startScriptedServer({
      onStatement: (socket) => socket.write(loginAnswer()),
      onStartup: (socket) => socket.write(authenticationRequest(10)),
    })

    const target = aTarget({ port: server.port, authenticationMethods: ['scram-sha-256'] })
    const failure = await openingFailure(database, { target, password: 'secret' })

    expect(failure).toMatchObject({
      kind: 'connection',
      message: expect.stringMatching(/without proving that it knows the password|out of its order/),
    })
    await server.close()
  })

  it('is over once the server is ready: a later request for a password is not answered', async () => {
    const server = await startScriptedServer({
      onStatement: (socket, bytes) => {
        if (bytes.includes('select')) socket.write(authenticationRequest(3))
      },
    })
    const session = await openTestSession(database, { target: aTarget({ port: server.port }), password: 'app secret' })

    const error = await session.query('select 1').catch((reason: unknown) => reason)

    expect(error).toMatchObject({ failure: { kind: 'unknown-outcome' } })
    expect(server.heard().includes('app secret')).toBe(false)
    await server.close()
  })
})
