import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { guard } from '../prepare/processes.mjs'

/**
 * Packs a folder into a .tar.gz in which it has the given name and belongs to root.
 * @param {string} folder
 * @param {string} name
 * @param {string} file
 */
export async function archive(folder, name, file) {
  const owner = ['--owner=0', '--group=0', '--numeric-owner', '--sort=name']
  const renamed = `--transform=flags=r;s,^${basename(folder)},${name},`
  const tar = spawn('tar', ['-c', ...owner, renamed, '-C', dirname(folder), basename(folder)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  guard(tar)
  /** @type {Promise<number | null>} */
  const closed = new Promise((resolve, reject) => {
    tar.once('error', reject)
    tar.once('close', resolve)
  })
  const unfinished = `${file}.part`
  try {
    // Level 9 takes twenty times as long and saves a few percent.
    await Promise.all([pipeline(tar.stdout, createGzip({ level: 4 }), createWriteStream(unfinished)), closed])
    if ((await closed) !== 0) throw new Error(`tar ended with code ${await closed}`)
    await rename(unfinished, file)
  } finally {
    await rm(unfinished, { force: true })
  }
}
