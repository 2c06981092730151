// npm run package [-- targets of electron-builder] [--e2e]: an unpacked build of the app that can be run, and on Linux a
// .tar.gz of it. --e2e makes the one that tests can drive, in dist/e2e; it is never given to anyone.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { archive } from './package/archive.mjs'
import { embeddedPostgres } from './prepare/embedded-postgres.mjs'
import { withLock } from './prepare/lock.mjs'
import { inRoot } from './prepare/places.mjs'
import { main } from './prepare/processes.mjs'
import { SetupProblem, say } from './prepare/say.mjs'
import { prepare } from './prepare.mjs'

await main(async () => {
  const args = process.argv.slice(2)
  const isForTests = args.includes('--e2e')
  const targets = args.filter((arg) => arg !== '--e2e')
  const runtime = await prepare('runtime')
  if (runtime.isStandIn && targets.some((target) => target !== 'dir'))
    throw new SetupProblem(
      `${targets.join(', ')} would hold the Electron that was assembled for development. Releases are made where the official one can be downloaded.`,
    )
  if (embeddedPostgres() === undefined)
    throw new SetupProblem(`there is no PostgreSQL package for ${process.platform} on ${process.arch}`)
  await withLock(inRoot('.cache', 'package.lock'), async () => {
    const { gatherLicences } = await import('./package/licences.mjs')
    await gatherLicences()
    await build(runtime, targets, isForTests)
    if (process.platform === 'linux' && targets.length === 0 && !isForTests) await pack(runtime)
  })
  return 0
})

/**
 * @param {import('./prepare/electron.mjs').Runtime} runtime
 * @param {readonly string[]} targets
 * @param {boolean} isForTests
 */
async function build({ folder, version, isStandIn }, targets, isForTests) {
  const { build: buildWith, Platform } = await import('electron-builder')
  const output = isForTests ? 'dist/e2e' : 'dist'
  say(
    `packing into ${output}${isStandIn ? `; with Electron ${version}, assembled for development: not for users` : ''}`,
  )
  await buildWith({
    projectDir: inRoot(),
    targets: Platform.current().createTarget(targets.length === 0 ? ['dir'] : [...targets]),
    publish: 'never',
    config: {
      extends: inRoot('electron-builder.yml'),
      directories: { output },
      electronDist: folder,
      electronVersion: version,
      // Playwright attaches through Node's inspector, which releases leave off.
      ...(isForTests && { electronFuses: { enableNodeCliInspectArguments: true } }),
    },
  })
}

/** @param {import('./prepare/electron.mjs').Runtime} runtime */
async function pack({ isStandIn }) {
  const { version } = JSON.parse(await readFile(inRoot('package.json'), 'utf8'))
  const name = `strata-${version}-linux-${process.arch}${isStandIn ? '-devruntime' : ''}`
  const folder = ['dist/linux-unpacked', `dist/linux-${process.arch}-unpacked`].find((path) => existsSync(inRoot(path)))
  if (folder === undefined) throw new Error('electron-builder left no unpacked build')
  say(`packing dist/${name}.tar.gz`)
  await archive(inRoot(folder), name, inRoot('dist', `${name}.tar.gz`))
}
