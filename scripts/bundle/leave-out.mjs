const LEFT_OUT = '\0left-out:'

/**
 * A plugin that leaves out what pg, umzug and ssh2 can do without: optional packages and native code, which may be there or not, so that every
 * build is the same. They find it missing, which each of them is written for.
 */
export const leaveOut = {
  name: 'leave-out',
  /** @type {'pre'} */
  enforce: 'pre',
  resolveId: (/** @type {string} */ id) =>
    /^(pg-native|pg-cloudflare|cpu-features)$|\.node$/.test(id) ? `${LEFT_OUT}${id}` : undefined,
  load: (/** @type {string} */ id) => {
    if (!id.startsWith(LEFT_OUT)) return undefined
    return id.endsWith('.node') ? "throw new Error('there is no native code')" : 'export default undefined'
  },
}
