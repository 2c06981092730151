import { type ReactNode, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { ProfileId } from '../contract/profile'
import type { OwnSession } from '../contract/server'
import { request } from './bridge'
import { noteClosedSessions } from './query/run-query'
import { type ServerWait, serverWaitStore } from './server-wait'
import { Button } from './ui/button'
import { Dialog } from './ui/dialog'
import { FailureView } from './ui/failure-view'
import { countOf, formatElapsed } from './ui/format'
import { useTicking } from './ui/use-ticking'
import { workspaceStore } from './workspace/workspace-store'

const TOO_MANY = '53300'

const STATE_WORDS: Readonly<Record<OwnSession['state'], string>> = {
  idle: 'Idle',
  'in transaction': 'In transaction',
  running: 'Running',
}

/** Over the window while a server is waited for: why, when the next try is, and which of our own sessions could make room. */
export function ServerWaiting(): ReactNode {
  const wait = useStore(serverWaitStore, (state) => state.wait)
  return wait === null ? null : <WaitDialog wait={wait} />
}

function WaitDialog({ wait }: { readonly wait: ServerWait }): ReactNode {
  const { failure, nextAt, profileId } = wait
  const now = useTicking(nextAt !== null, 250)
  const isFull = failure.code === TOO_MANY
  const [own, setOwn] = useState<readonly OwnSession[] | null>(null)
  useEffect(() => {
    if (!isFull) return
    let isShown = true
    void request('session.own', { profileId }).then((reply) => {
      if (isShown && reply.ok) setOwn(reply.value)
    })
    return () => {
      isShown = false
    }
  }, [isFull, profileId])
  const idle = (own ?? []).flatMap(({ sessionId, state }) => (sessionId !== null && state === 'idle' ? sessionId : []))
  const makeRoom = async () => {
    const reply = await request('session.closeIdle', { sessionIds: idle })
    if (reply.ok) noteClosedSessions(reply.value.closed)
    wait.tryNow()
  }
  const seconds = nextAt === null ? 0 : Math.max(0, Math.ceil((nextAt - now) / 1000))
  const title = isFull ? 'The server has no room for another session' : 'The server is not ready'
  return (
    <Dialog
      role="alertdialog"
      title={title}
      label={title}
      width={560}
      onClose={wait.stop}
      footer={
        <>
          <span className="t2 num" role="timer">
            {nextAt === null ? 'Trying again…' : `Trying again in ${seconds} s`}
          </span>
          <span className="grow" />
          <Button autoFocus onPress={wait.stop}>
            Stop
          </Button>
          <Button onPress={wait.tryNow} isDisabled={nextAt === null}>
            Try now
          </Button>
          {idle.length === 0 ? null : (
            <Button variant="primary" onPress={() => void makeRoom()}>
              Close {countOf(idle.length, 'idle session')}
            </Button>
          )}
        </>
      }
    >
      <FailureView failure={failure} className="in-dialog" />
      {own === null || !isFull ? null : <OwnSessions own={own} profileId={profileId} />}
    </Dialog>
  )
}

function OwnSessions(props: { readonly own: readonly OwnSession[]; readonly profileId: ProfileId }): ReactNode {
  const { own, profileId } = props
  const { situation } = useStore(workspaceStore)
  const titleOf = ({ tabId, sessionId }: OwnSession) => {
    if (sessionId === null) return 'Explorer and migrations'
    const tab = situation.kind === 'closed' ? undefined : situation.tabs.find((one) => one.tabId === tabId)
    return tab?.title ?? 'A closed tab'
  }
  if (own.length === 0) return <p className="dialog-text">None of the server’s sessions are Strata’s.</p>
  return (
    <>
      <p className="dialog-text">
        {own.length === 1 ? 'One of the server’s sessions is' : `${own.length} of the server’s sessions are`} Strata’s
        own. Closing an idle one loses what was set in it and its temporary tables; text and rows stay.
      </p>
      <ul className="leaving-list own-sessions" aria-label="Own sessions">
        {own.map((one) => (
          <li key={one.sessionId ?? one.profileId}>
            <span className="cut">{titleOf(one)}</span>
            <span className={`badge ${one.state === 'idle' ? '' : 'is-running'}`}>{STATE_WORDS[one.state]}</span>
            <span className="dim small">
              {one.profileId === profileId ? '' : `${one.profileName} · `}
              {one.state === 'running' ? 'at work' : `for ${formatElapsed(one.sinceMs)}`}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}
