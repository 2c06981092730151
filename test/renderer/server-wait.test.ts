import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ConnectionFailure, Reply } from '../../contract/failure'
import type { ProfileId } from '../../contract/profile'
import { serverWaitStore, waitForServer } from '../../renderer/server-wait'

const profileId = 'p1' as ProfileId // branded here: no profile is saved in these tests
const failing = (code: string): Reply<string> => ({
  ok: false,
  failure: { kind: 'connection', reason: 'rejected', message: 'the database system is starting up', code },
})
const wait = () => serverWaitStore.getState().wait

describe('waiting for a server', () => {
  let replies: Reply<string>[]
  let asked: number[]
  let abandoned: ConnectionFailure[]
  const start = () => {
    const begun = performance.now()
    const ask = async () => {
      asked.push(Math.round((performance.now() - begun) / 1000))
      return replies.shift() ?? ({ ok: true, value: 'session' } as const)
    }
    return waitForServer(profileId, ask, (failure) => abandoned.push(failure))
  }
  beforeEach(() => {
    vi.useFakeTimers()
    replies = []
    asked = []
    abandoned = []
  })
  afterEach(() => {
    vi.useRealTimers()
    serverWaitStore.setState({ wait: null })
  })

  it('tries again after 1, 2, 5 and then every 10 seconds, and ends with the answer', async () => {
    replies = Array.from({ length: 6 }, () => failing('57P03'))

    const reply = start()
    await vi.advanceTimersByTimeAsync(60_000)

    expect(await reply).toEqual({ ok: true, value: 'session' })
    expect([asked, wait()]).toEqual([[0, 1, 3, 8, 18, 28, 38], null])
  })

  it('shows the reason and when the next try is', async () => {
    replies = [failing('53300')]

    void start()
    await vi.advanceTimersByTimeAsync(0)

    expect(wait()).toMatchObject({ profileId, failure: { code: '53300' }, nextAt: performance.now() + 1000 })
  })

  it('tries at once when asked to', async () => {
    replies = [failing('53300')]
    const reply = start()
    await vi.advanceTimersByTimeAsync(0)

    wait()?.tryNow()

    expect(await reply).toEqual({ ok: true, value: 'session' })
    expect(asked).toEqual([0, 0])
  })

  it('answers with the failure when it is stopped between two tries', async () => {
    replies = [failing('57P03')]
    const reply = start()
    await vi.advanceTimersByTimeAsync(0)

    wait()?.stop()

    expect(await reply).toEqual(failing('57P03'))
    expect([asked, abandoned, wait()]).toEqual([[0], [], null])
  })

  it('gives up at once when it is stopped during a try, and hands over whatever the try still answers', async () => {
    replies = [failing('57P03')]
    let answer: (reply: Reply<string>) => void = () => {}
    const reply = waitForServer(
      profileId,
      () =>
        replies.shift() === undefined
          ? new Promise<Reply<string>>((resolve) => {
              answer = resolve
            })
          : Promise.resolve(failing('57P03')),
      (failure) => abandoned.push(failure),
    )
    await vi.advanceTimersByTimeAsync(1_000)

    wait()?.stop()
    answer(failing('57P03'))

    expect(abandoned).toMatchObject([{ code: '57P03' }])
    expect(await reply).toEqual(failing('57P03'))
    expect(wait()).toBeNull()
  })

  it('is not begun for any other failure', async () => {
    replies = [failing('28P01')]

    expect(await start()).toEqual(failing('28P01'))
    expect([asked, wait()]).toEqual([[0], null])
  })
})
