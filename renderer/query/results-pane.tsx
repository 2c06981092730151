import { ChevronLeft, ChevronRight, CircleX } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import type { ResultId } from '../../contract/query'
import { Button } from '../ui/button'
import { formatCount } from '../ui/format'
import { ResultsGrid } from './grid/results-grid'
import { Messages } from './messages'
import { ReadingLimit } from './reading-limit'
import { engineOfResult, memoryOf } from './result-engine'
import { columnMemory, continueReading, copyText, fetchCell, fetchWindow } from './result-source'
import { pageOfResults, RESULTS_SHOWN, useRecentlyChosen } from './shown-results'
import type { ResultView, StatementView, TabQuery } from './tab-query'

/** Props of `ResultsPane`. */
export interface ResultsPaneProps {
  readonly query: TabQuery
  readonly onChoose: (chosen: ResultId | 'messages') => void
  readonly placeOf: (statement: StatementView) => string | undefined
  readonly consequence: string | null
  readonly onReveal: (statement: StatementView) => void
  /** Stops the statement whose reading is paused at a limit. */
  readonly onStop: () => void
}

/** The results of the last run, each in its own tab, and the messages. */
export function ResultsPane(props: ResultsPaneProps): ReactNode {
  const { query, onChoose, placeOf, consequence, onReveal } = props
  const { results, statements, chosen } = query
  const hasFailed = statements.some((one) => one.failure !== null && one.failure.kind !== 'cancelled')
  const page = pageOfResults(results, chosen)
  const mounted = useRecentlyChosen(chosen)
  const turnTo = (from: number) => {
    const first = results[from]
    if (first !== undefined) onChoose(first.resultId)
  }
  const messages = statements.length + statements.reduce((sum, one) => sum + one.notices.length + one.droppedNotices, 0)
  return (
    <Tabs
      className="results"
      selectedKey={chosen}
      onSelectionChange={(key) => {
        const result = results.find((one) => one.resultId === key)
        onChoose(result?.resultId ?? 'messages')
      }}
    >
      <div className="rtabs-row">
        {page.from === 0 ? null : (
          <Button variant="bare" size="small" onPress={() => turnTo(page.from - RESULTS_SHOWN)}>
            <ChevronLeft className="i" />
            Earlier results
          </Button>
        )}
        <TabList className="rtabs" aria-label="Results">
          {results.slice(page.from, page.to).map((result, at) => (
            <Tab
              key={result.resultId}
              id={result.resultId}
              className="rtab"
              aria-label={`Result ${page.from + at + 1}`}
            >
              Result {page.from + at + 1}
              <span className="n">{formatCount(result.rowCount)}</span>
            </Tab>
          ))}
          <Tab id="messages" className="rtab" aria-label="Messages">
            {hasFailed ? <CircleX className="i failed-mark" aria-label="failed" /> : null}
            Messages
            <span className="n">{messages === 0 ? '' : formatCount(messages)}</span>
          </Tab>
        </TabList>
        {page.to === results.length ? null : (
          <Button variant="bare" size="small" onPress={() => turnTo(page.to)}>
            Later results
            <ChevronRight className="i" />
          </Button>
        )}
      </div>
      {results.map(
        (result, index) =>
          mounted.includes(result.resultId) && (
            <TabPanel key={result.resultId} id={result.resultId} className="rpanel" shouldForceMount>
              <ResultPanel result={result} number={index + 1} remark={statements[result.statement]?.remark ?? null} />
              <ReadingLimit
                result={result}
                isInTransaction={query.commitMode === 'manual' || query.transaction.status === 'open'}
                isStopping={query.run.kind === 'running' && query.run.cancelAskedAt !== null}
                onContinue={() => void continueReading(result.resultId)}
                onStop={props.onStop}
              />
            </TabPanel>
          ),
      )}
      <TabPanel id="messages" className="rpanel">
        <Messages
          statements={statements}
          placeOf={placeOf}
          consequence={consequence}
          onReveal={onReveal}
          onCopy={(text) => void copyText(text)}
        />
      </TabPanel>
    </Tabs>
  )
}

function ResultPanel(props: {
  readonly result: ResultView
  readonly number: number
  readonly remark: string | null
}): ReactNode {
  const { result, number, remark } = props
  const memory = memoryOf(result.resultId)
  const engine = useMemo(() => engineOfResult(result.resultId), [result.resultId])
  return (
    <>
      {result.isFromBefore ? (
        <p className="result-remark" role="note">
          These rows are from before the session was lost.
        </p>
      ) : null}
      {remark === null ? null : (
        <p className="result-remark" role="note">
          {remark}
        </p>
      )}
      <ResultsGrid
        label={`Result ${number}`}
        columns={result.columns}
        rowCount={result.rowCount}
        isGrowing={result.isGrowing}
        firstWindow={result.firstPage}
        fetchWindow={(from, count, viewId) => fetchWindow(result.resultId, from, count, viewId)}
        fetchCell={(row, column, limit, viewId) => fetchCell(result.resultId, row, column, limit, viewId)}
        engine={engine}
        arrangementMemory={memory.arrangement}
        transfer={memory.transfer}
        onCopy={(text) => void copyText(text)}
        widths={columnMemory}
      />
    </>
  )
}
