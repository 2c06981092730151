/** Runs questions one after the other, each in a transaction of its own that begins with the same settings. */
export class FramedQuestions {
  private readonly settings: string
  private last: Promise<unknown> = Promise.resolve()

  /** `settings` is a statement whose effect ends with the transaction. */
  constructor(settings: string) {
    this.settings = settings
  }

  /** The question's answer; its error, when it fails, comes after the transaction was rolled back. */
  ask<T>(question: () => Promise<T>, together: (statements: readonly string[]) => Promise<unknown>): Promise<T> {
    const turn = this.last.then(async () => {
      await together(['begin', this.settings])
      try {
        const answer = await question()
        await together(['commit'])
        return answer
      } catch (error) {
        await together(['rollback']).catch(() => {}) // lost, then: the question's own error says so
        throw error
      }
    })
    this.last = turn.catch(() => {})
    return turn
  }
}
