/** A text from a file as one line to show: without control characters, signs that change the direction of writing, or lone surrogates. */
export function plainText(text: string, max: number): string {
  const line = text
    .slice(0, 4 * max)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
  return line.length > max ? `${line.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : line
}
