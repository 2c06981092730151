import type { TestProject } from 'vitest/node'
import { type ClusterFacts, startCluster } from './cluster'

declare module 'vitest' {
  interface ProvidedContext {
    cluster: ClusterFacts
  }
}

/** Starts one PostgreSQL for the whole run and gives its facts to every test as `inject('cluster')`. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startCluster()
  project.provide('cluster', cluster.facts)
  return () => cluster.stop()
}
