import { describe, expect, it } from 'vitest'
import { isServerWide } from '../../../../electron/engine/migration/rehearsal/server-wide'

describe('what concerns the whole server', () => {
  it.each([
    'create role app',
    "-- the app\n/* its role */ ALTER USER app password 'x'",
    'drop group g',
    'create database other',
    'alter database shop set work_mem = 1',
    'alter system set work_mem = 1',
    "create tablespace t location '/x'",
    "create subscription s connection 'x' publication p",
    'grant a to b',
    'revoke "on" from b',
    'grant connect on database shop to app',
    'reassign owned by a to b',
    "comment on role app is 'x'",
    "do $$ begin execute 'alter role app login'; end $$",
  ])('is: %s', (text) => {
    expect(isServerWide(text)).toBe(true)
  })

  it.each([
    'create table role (x integer)',
    'create user mapping for app server s',
    'grant select on a to b',
    'grant select (x) on table "database" to b',
    "comment on column a.role is 'alter role'",
    'alter default privileges grant select on tables to b',
    'do $$ begin create table a (); end $$',
    "insert into a values ('create role x')",
  ])('is not: %s', (text) => {
    expect(isServerWide(text)).toBe(false)
  })
})
