/** Lines of offsets, counted from 1. */
export class Lines {
  private readonly ends: readonly number[]

  constructor(text: string) {
    const ends: number[] = []
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) ends.push(at)
    this.ends = ends
  }

  /** The line an offset stands in. */
  at(offset: number): number {
    let low = 0
    let high = this.ends.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.ends[middle] ?? 0) < offset) low = middle + 1
      else high = middle
    }
    return low + 1
  }
}
