/** Something about the machine that a person has to change; its message says what, and is shown without a stack. */
export class SetupProblem extends Error {}

/**
 * Tells the person at the terminal, in one line, what is being done.
 * @param {string} text
 */
export function say(text) {
  console.log(`strata: ${text}`)
}
