import { describe, expect, it } from 'vitest'
import { loginFailure } from '../../../electron/engine/session/connection-failure'
import { aTarget } from '../../support/builders'

const said = (code: string, message: string) =>
  loginFailure(Object.assign(new Error(message), { code }), aTarget()).failure

describe('a login that the server refused', () => {
  it.each([
    ['28P01', 'password authentication failed for user "app"'],
    ['28P01', 'Passwort-Authentifizierung für Benutzer »app« fehlgeschlagen'],
    ['28000', 'LDAP authentication failed for user "app"'],
    ['28000', 'PAM authentication failed for user "app"'],
    ['28000', 'RADIUS authentication failed for user "app"'],
    ['08P01', 'password authentication failed'],
  ])('asks for the password again after %s %s', (code, message) => {
    expect(said(code, message)).toMatchObject({
      reason: 'authentication',
      secret: { kind: 'password', state: 'wrong' },
    })
  })

  it.each([
    ['28000', 'no pg_hba.conf entry for host "192.0.2.1", user "app", database "shop", no encryption'],
    ['28000', 'Peer authentication failed for user "app"'],
    ['28000', 'certificate authentication failed for user "app"'],
    ['08P01', 'unsupported startup parameter: search_path'],
    ['3D000', 'database "shop" does not exist'],
  ])('asks for no password after %s %s', (code, message) => {
    expect(said(code, message)).not.toHaveProperty('secret')
  })
})
