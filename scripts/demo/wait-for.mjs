import { setTimeout as wait } from 'node:timers/promises'

/**
 * Asks again and again until the answer is the fact; fails with the last answer when it never was.
 * @template T
 * @param {string} fact in words, for the failure
 * @param {() => Promise<T>} ask
 * @param {(answer: T) => boolean} isFact
 * @param {number} [limitMs]
 * @returns {Promise<T>}
 */
export async function waitFor(fact, ask, isFact, limitMs = 60_000) {
  /** @type {unknown} */
  let last
  for (const deadline = Date.now() + limitMs; Date.now() < deadline; await wait(100)) {
    try {
      const answer = await ask()
      if (isFact(answer)) return answer
      last = answer
    } catch (error) {
      last = error
    }
  }
  throw new Error(`${fact}: not within ${limitMs / 1000} s. Seen instead: ${text(last)}`)
}

/** @param {unknown} seen */
function text(seen) {
  return seen instanceof Error ? seen.message : JSON.stringify(seen, null, 2)
}
