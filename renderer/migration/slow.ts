/** After this many milliseconds work is said to be under way; before, saying so would only flicker. */
export const SLOW_MS = 150
