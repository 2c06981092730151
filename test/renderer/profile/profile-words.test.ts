import { describe, expect, it } from 'vitest'
import type { ConnectionReason } from '../../../contract/failure'
import type { Target } from '../../../contract/profile'
import { impliedSteps, openedWhen, stepWords, whereItLeads } from '../../../renderer/profile/profile-words'
import { aFailure, aProfile } from './builders'

describe('words about profiles', () => {
  it.each<[Partial<Target>, string]>([
    [{}, 'app@db.example.net/orders'],
    [{ port: 5433 }, 'app@db.example.net:5433/orders'],
    [{ host: '::1' }, 'app@[::1]/orders'],
    [{ host: '/run/postgresql', port: 5433 }, 'app@[local]/orders'],
  ])('say where %o leads', (parts, words) => {
    const { target } = aProfile()

    expect(whereItLeads({ target: { ...target, ...parts } })).toBe(words)
  })

  it.each<[string | null, string]>([
    [null, 'never opened'],
    ['2026-03-10T16:40:00', 'today 16:40'],
    ['2026-03-10T00:00:00', 'today 00:00'],
    ['2026-03-09T23:59:59', 'yesterday'],
    ['2026-03-08T23:59:59', '2026-03-08'],
    ['nonsense', ''],
  ])('say when a profile of %s was opened', (lastOpenedAt, words) => {
    expect(openedWhen(lastOpenedAt, new Date(2026, 2, 10, 18, 0))).toBe(words)
  })

  it('say what came of each step', () => {
    const steps = [
      stepWords({ name: 'resolve', state: 'done', detail: '203.0.113.24', elapsedMs: 3 }, '5432'),
      stepWords({ name: 'reach', state: 'done', detail: '203.0.113.24 port 5432', elapsedMs: 31.4 }, '5432'),
      stepWords({ name: 'tls', state: 'failed', detail: 'self-signed certificate', elapsedMs: 2.25 }, '5432'),
      stepWords({ name: 'login', state: 'not tried', detail: '', elapsedMs: 0 }, '5432'),
    ]

    expect(steps.map(({ what, outcome }) => [what, outcome])).toEqual([
      ['Host name resolved', '203.0.113.24'],
      ['Server reached on port 5432', '31 ms'],
      ['TLS failed', '2.3 ms'],
      ['Role and password', 'not tried'],
    ])
  })

  it.each([
    ['TLSv1.3, verified host', 'TLS: TLSv1.3, verified host'],
    ['TLS mode is prefer, and with TLS: refused', 'TLS mode is prefer, and with TLS: refused'],
  ])('say %s of TLS with the word once', (detail, what) => {
    expect(stepWords({ name: 'tls', state: 'not used', detail, elapsedMs: 0 }, '5432').what).toBe(what)
  })
})

describe('steps that a failure implies', () => {
  it.each<[ConnectionReason, Partial<Target>, readonly string[]]>([
    ['not found', {}, ['failed', 'not tried', 'not tried', 'not tried']],
    ['not found', { host: '/run' }, ['not used', 'failed', 'not tried', 'not tried']],
    ['refused', {}, ['done', 'failed', 'not tried', 'not tried']],
    ['tls', {}, ['done', 'done', 'failed', 'not tried']],
    ['authentication', {}, ['done', 'done', 'done', 'failed']],
    ['no database', { tlsMode: 'disable' }, ['done', 'done', 'not used', 'failed']],
    ['rejected', { tlsMode: 'prefer' }, ['done', 'done', 'unknown', 'failed']],
    ['authentication', { host: '/run' }, ['not used', 'done', 'not used', 'failed']],
    ['timed out', {}, ['unknown', 'unknown', 'unknown', 'unknown']],
  ])('of %s with %o', (reason, parts, states) => {
    const { host, tlsMode } = { ...aProfile().target, ...parts }

    const steps = impliedSteps(aFailure({ reason }), { host, port: '5432', tlsMode, usesTunnel: false })

    expect(steps.map((step) => step.state)).toEqual(states)
  })

  it.each<[ConnectionReason, readonly string[]]>([
    ['tunnel', ['failed', 'not tried', 'not tried', 'not tried', 'not tried']],
    ['refused', ['done', 'not used', 'failed', 'not tried', 'not tried']],
    ['authentication', ['done', 'not used', 'done', 'done', 'failed']],
    ['timed out', ['unknown', 'unknown', 'unknown', 'unknown', 'unknown']],
  ])('of %s through a tunnel', (reason, states) => {
    const { host, tlsMode } = aProfile().target

    const steps = impliedSteps(aFailure({ reason }), { host, port: '5432', tlsMode, usesTunnel: true })

    expect(steps.map((step) => step.state)).toEqual(states)
  })
})
