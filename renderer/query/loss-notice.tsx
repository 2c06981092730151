import { SearchCheck } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { failureMessage } from '../../contract/failure'
import type { LossFinding, LostTransaction, SessionLoss } from '../../contract/session'
import { request } from '../bridge'
import { Button } from '../ui/button'

type Asked =
  | { readonly kind: 'not asked' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'answered'; readonly finding: LossFinding }
  | { readonly kind: 'failed'; readonly message: string }

/** What became of the transaction of a lost session, and a way to ask the server; nothing when none was open. */
export function LossNotice({ loss }: { readonly loss: SessionLoss }): ReactNode {
  const [asked, setAsked] = useState<Asked>({ kind: 'not asked' })
  if (loss.transaction === 'none') return null
  const check = async () => {
    setAsked({ kind: 'asking' })
    const { failure: _failure, ...lost } = loss
    const reply = await request('session.check', lost)
    if (reply.ok) setAsked({ kind: 'answered', finding: reply.value })
    else setAsked({ kind: 'failed', message: `The server could not be asked. ${failureMessage(reply.failure)}` })
  }
  const isOver = asked.kind === 'answered' && ['committed', 'rolled back'].includes(asked.finding.transaction)
  const canAsk = loss.transaction !== 'rolled back' && !isOver
  return (
    <div className="loss-notice" role="status" aria-label="Loss">
      <p>{asked.kind === 'answered' || asked.kind === 'failed' ? answerOf(asked) : LOST[loss.transaction]}</p>
      {canAsk ? (
        <Button size="small" isDisabled={asked.kind === 'asking'} onPress={() => void check()}>
          <SearchCheck className="i" />
          Check
        </Button>
      ) : null}
    </div>
  )
}

const LOST: Readonly<Record<LostTransaction, string>> = {
  none: '',
  'rolled back': 'The server ended the session and rolled back what was not committed.',
  held: 'The open transaction was not committed. The server rolls it back once it notices the loss; until then it may keep its locks.',
  unknown: 'Whether what ran took effect is unknown here: its answer never came. The server can be asked.',
}

function answerOf(asked: Extract<Asked, { kind: 'answered' | 'failed' }>): string {
  return asked.kind === 'answered' ? asked.finding.message : asked.message
}
