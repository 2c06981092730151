import { lookup } from 'node:dns/promises'
import { connect, type Socket } from 'node:net'
import type { Target } from '../../../contract/profile'
import { networkFailure, tunnelMissing } from './connection-failure'
import { type Dial, type DialOptions, failedStep, type Reached } from './way'

/** Milliseconds until an address that does not answer is given up. */
export const REACH_LIMIT_MS = 10_000

/** A socket to the target itself: its Unix socket, or the first of its addresses that answers. */
export const dialDirect: Dial = async (target, options) => {
  if (target.host.startsWith('/')) return dialUnixSocket(target, options)
  // Never past the tunnel in silence: what the profile asks for is that the host sees the tunnel's end, and nobody else the bytes.
  if (target.tunnel.length > 0) throw failedStep(options.onStep, 'tunnel', performance.now(), tunnelMissing(target))
  const addresses = await resolveHost(target, options)
  const stream = await reachFirst(target, addresses, options)
  return { stream, isLocal: /^(127\.|::1$|::ffff:127\.)/.test(stream.remoteAddress ?? '') }
}

async function dialUnixSocket(target: Target, { onStep, keepaliveMs }: DialOptions): Promise<Reached> {
  const path = `${target.host}/.s.PGSQL.${target.port}`
  onStep({ name: 'resolve', state: 'not used', detail: 'Unix socket', elapsedMs: 0 })
  const startedAt = performance.now()
  try {
    const stream = await reach(() => connect(path), keepaliveMs)
    onStep({ name: 'reach', state: 'done', detail: path, elapsedMs: performance.now() - startedAt })
    return { stream, isLocal: true }
  } catch (error) {
    throw failedStep(onStep, 'reach', startedAt, networkFailure(error, target))
  }
}

async function resolveHost(target: Target, { onStep }: DialOptions): Promise<string[]> {
  const startedAt = performance.now()
  try {
    const found = await lookup(target.host, { all: true })
    const addresses = found.map((entry) => entry.address)
    onStep({ name: 'resolve', state: 'done', detail: addresses.join(', '), elapsedMs: performance.now() - startedAt })
    return addresses
  } catch (error) {
    throw failedStep(onStep, 'resolve', startedAt, networkFailure(error, target))
  }
}

async function reachFirst(target: Target, addresses: readonly string[], options: DialOptions): Promise<Socket> {
  const { onStep, keepaliveMs } = options
  const startedAt = performance.now()
  let last: unknown = new Error('the host name has no address')
  for (const address of addresses) {
    try {
      const socket = await reach(() => connect({ host: address, port: target.port }), keepaliveMs)
      const detail = `${address} port ${target.port}`
      onStep({ name: 'reach', state: 'done', detail, elapsedMs: performance.now() - startedAt })
      return socket
    } catch (error) {
      last = error
    }
  }
  throw failedStep(onStep, 'reach', startedAt, networkFailure(last, target))
}

function reach(dial: () => Socket, keepaliveMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = dial()
    const timer = setTimeout(() => {
      socket.destroy()
      reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }))
    }, REACH_LIMIT_MS)
    socket.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      socket.setNoDelay(true)
      // libuv asks ten times, a second apart, before it gives up.
      socket.setKeepAlive(true, keepaliveMs)
      resolve(socket)
    })
  })
}
