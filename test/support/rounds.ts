/** Rounds of a campaign: a small sample in `npm test`, as many as `npm run faults` asks for otherwise; the seed is the round's number. */
export function rounds(sample: number): readonly number[] {
  const asked = Number(process.env.STRATA_ROUNDS ?? sample)
  return Array.from({ length: asked }, (_, round) => round + 1)
}
