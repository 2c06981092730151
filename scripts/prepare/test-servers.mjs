import { ensurePackages } from './packages.mjs'
import { inRoot } from './places.mjs'
import { SetupProblem, say } from './say.mjs'

/** Where the older PostgreSQL versions of the tests are named and installed. */
const FOLDER = inRoot('test/servers')

/**
 * Installs the older PostgreSQL versions that the tests of servers run against, 290 MB. Without them those tests say why they
 * were left out, so a registry that cannot be reached is no reason to run nothing at all.
 */
export async function ensureTestServers() {
  try {
    // Their own install scripts only make links between libraries, which the engine makes itself where they are missing.
    await ensurePackages({
      folder: FOLDER,
      what: 'PostgreSQL 13 to 17 for the tests',
      flags: ['--ignore-scripts'],
      isWhole: true,
    })
  } catch (error) {
    if (!(error instanceof SetupProblem)) throw error
    say(`${error.message}. The tests of PostgreSQL 13 to 17 are left out`)
  }
}
