import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Failure } from '../../../contract/failure'
import { FailureError } from '../../../electron/engine/failure-error'
import { checkMethod } from '../../../electron/engine/session/connect'
import { aTarget, openTestSession } from '../../support/builders'
import { createDatabase } from '../../support/database'
import type { TestDatabase } from '../../support/database-on'
import { authenticationRequest, readyForQuery, startScriptedServer } from '../../support/scripted-server'

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

describe('authentication', () => {
  it.each<[string, () => { role: string; password: string }]>([
    ['SCRAM-SHA-256', () => inject('cluster').roles.app],
    ['MD5', () => inject('cluster').roles.md5],
    ['a clear-text password on this computer', () => inject('cluster').roles.clearText],
  ])('by %s lets the role in', async (_name, find) => {
    const { role, password } = find()

    const session = await openTestSession(database, { target: { ...database.target, role }, password })

    expect(session.facts.role).toBe(role)
    await session.end()
  })

  it('needs no password where the server asks for none', async () => {
    const { role } = inject('cluster').roles.trusted

    const session = await openTestSession(database, { target: { ...database.target, role }, password: null })

    expect(session.facts.role).toBe(role)
    await session.end()
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

  it('never sends a password in clear text where others can read it', () => {
    const check = (tls: 'none' | 'encrypted' | 'verified host', isLocal: boolean) => {
      try {
        checkMethod(3, aTarget({ host: 'db.example.com', port: 5432 }), 'secret', { tls, isLocal })
        return 'accepted'
      } catch (error) {
        return error instanceof FailureError ? error.failure : error
      }
    }

    expect({
      remote: check('none', false),
      local: check('none', true),
      encrypted: check('encrypted', false),
      verified: check('verified host', false),
    }).toEqual({
      remote: {
        kind: 'connection',
        reason: 'authentication',
        message:
          'The server at db.example.com:5432 asks for the password in clear text over an unencrypted connection.',
        advice: 'Nothing was sent. Use a TLS mode that encrypts, or let the server use SCRAM-SHA-256.',
      },
      local: 'accepted',
      encrypted: 'accepted',
      verified: 'accepted',
    })
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
