import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    pool: 'forks',
    // Many tests wait for a server: on two cores one worker would leave half of them idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'scripts', include: ['test/scripts/**/*.test.ts'] } },
      { extends: true, test: { name: 'main', include: ['test/main/**/*.test.ts'] } },
      { extends: true, test: { name: 'contract', include: ['test/contract/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'engine',
          include: ['test/engine/**/*.test.ts'],
          // One throwaway PostgreSQL cluster for the whole run; tests reach it through `inject`.
          globalSetup: ['test/support/global-cluster.ts'],
        },
      },
      { extends: true, test: { name: 'renderer', include: ['test/renderer/**/*.test.{ts,tsx}'] } },
    ],
  },
})
