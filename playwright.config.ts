import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'test/app',
  testMatch: '**/*.test.ts',
  globalSetup: './test/app/global-setup.ts',
  outputDir: 'test-results/app',
  // Each test has its own app and its own server.
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/app.json' }]],
})
