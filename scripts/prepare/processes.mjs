import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { SetupProblem } from './say.mjs'

// Stopping the local PostgreSQL server may take the app ten seconds.
const PATIENCE_MS = 15_000

/** @type {Set<() => unknown>} */
const endings = new Set()
/** @type {Set<import('node:child_process').ChildProcess>} */
const living = new Set()
let isEnding = false

async function endAll() {
  for (const end of [...endings].reverse()) {
    endings.delete(end)
    try {
      await end()
    } catch (error) {
      console.error(error)
    }
  }
}

/**
 * Gives a function that ends something exactly once: when called, when the script is over, or at Ctrl+C.
 * @param {() => unknown} end
 * @returns {() => Promise<void>}
 */
export function atEnd(end) {
  endings.add(end)
  return async () => {
    if (endings.delete(end)) await end()
  }
}

/**
 * Runs a script to its exit code; at Ctrl+C everything it started is stopped first, at a second one at once.
 * @param {() => Promise<number | void>} work
 */
export async function main(work) {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => {
      const code = 128 + constants.signals[signal]
      if (isEnding) process.exit(code)
      isEnding = true
      void endAll().finally(() => process.exit(code))
    })
  process.on('exit', () => {
    for (const child of living) child.kill('SIGKILL')
  })
  try {
    const code = await work()
    if (isEnding) return
    process.exitCode = code ?? 0
  } catch (error) {
    if (isEnding) return
    if (error instanceof SetupProblem) console.error(`strata: ${error.message}`)
    else console.error(error)
    process.exitCode = 1
  }
  await endAll()
}

/**
 * Keeps a child from outliving the script; the answer stops it before.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {() => Promise<void>}
 */
export function guard(child) {
  living.add(child)
  const closed = new Promise((resolve) => {
    child.once('close', resolve)
    child.once('error', resolve)
  })
  const end = atEnd(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
    await closed
    clearTimeout(timer)
  })
  void closed.then(() => {
    living.delete(child)
    void end()
  })
  return end
}

/**
 * Runs a program in this terminal and answers with its exit code; a program that cannot be started throws.
 * @param {readonly [string, ...string[]]} command
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, isQuiet?: boolean, timeoutMs?: number }} [options]
 * @returns {Promise<number>}
 */
export async function run([file, ...args], { cwd, env, isQuiet = false, timeoutMs } = {}) {
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', isQuiet ? 'ignore' : 'inherit', 'inherit'],
    timeout: timeoutMs,
    // Node refuses to start .cmd files without a shell.
    shell: process.platform === 'win32' && file.endsWith('.cmd'),
  })
  guard(child)
  return await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']))
  })
}

/**
 * Runs a program unseen and answers with what it printed; `code` is null when it could not be started.
 * @param {readonly [string, ...string[]]} command
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number }} [options]
 * @returns {Promise<{ code: number | null, stdout: string, stderr: string }>}
 */
export async function capture([file, ...args], { cwd, env, timeoutMs } = {}) {
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
  })
  guard(child)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  return await new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, stdout, stderr: String(error) }))
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/**
 * The command line of npm with these arguments, on every platform without a shell where npm's own script can be found.
 * @param {...string} args
 * @returns {[string, ...string[]]}
 */
export function npm(...args) {
  const folder = dirname(process.execPath)
  const scripts = [
    // Set by npm for the scripts it runs; pnpm and yarn set it too.
    process.env.npm_execpath ?? '',
    join(folder, 'node_modules/npm/bin/npm-cli.js'),
    join(folder, '../lib/node_modules/npm/bin/npm-cli.js'),
  ]
  const script = scripts.find((path) => basename(path) === 'npm-cli.js' && existsSync(path))
  if (script !== undefined) return [process.execPath, script, ...args]
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm', ...args]
}
