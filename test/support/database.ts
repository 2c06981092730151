import { inject } from 'vitest'
import { createDatabaseOn, type TestDatabase } from './database-on'
// The type of inject('cluster') is declared there.
import type {} from './global-cluster'

/** A database of its own on the run's cluster; drop it in `afterAll`. */
export function createDatabase(owner: 'postgres' | 'app' = 'postgres'): Promise<TestDatabase> {
  return createDatabaseOn(inject('cluster'), owner)
}
