import type { KeyboardEvent, ReactNode } from 'react'
import type { Layout } from '../contract/workspace'
import { insertIntoEditor, openQueryFile, openRelation, openText, saveShownQuery } from './app-actions'
import type { OpenProfile } from './app-store'
import { Explorer } from './catalog/explorer'
import { HistoryPanel } from './workspace/history-panel'
import { SavedQueriesPanel } from './workspace/saved-queries-panel'
import { changeLayout } from './workspace/workspace-actions'
import './left-side.css'

type Panel = NonNullable<Layout['leftPanel']>

const PANELS: readonly { readonly id: Panel; readonly title: string }[] = [
  { id: 'explorer', title: 'Explorer' },
  { id: 'queries', title: 'Queries' },
  { id: 'history', title: 'History' },
]

/** The left side: explorer, saved queries and history, one at a time. */
export function LeftSide({ opened, panel }: { readonly opened: OpenProfile; readonly panel: Panel }): ReactNode {
  const { profile, facts } = opened
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const at = PANELS.findIndex(({ id }) => id === panel)
    const next = PANELS[(at + step + PANELS.length) % PANELS.length]
    if (next === undefined) return
    changeLayout({ leftPanel: next.id })
    document.getElementById(`left-tab-${next.id}`)?.focus()
  }
  return (
    <>
      <div className="left-tabs" role="tablist" aria-label="Left side" onKeyDown={move}>
        {PANELS.map(({ id, title }) => (
          <button
            key={id}
            id={`left-tab-${id}`}
            type="button"
            role="tab"
            className="rtab"
            aria-selected={id === panel}
            aria-controls="left-panel"
            tabIndex={id === panel ? 0 : -1}
            onClick={() => changeLayout({ leftPanel: id })}
          >
            <span className="cut">{title}</span>
          </button>
        ))}
      </div>
      <div className="left-panel" id="left-panel" role="tabpanel" aria-labelledby={`left-tab-${panel}`}>
        {panel === 'explorer' ? (
          <Explorer profileId={profile.id} database={facts.database} onOpenRelation={openRelation} />
        ) : panel === 'queries' ? (
          <SavedQueriesPanel
            profileId={profile.id}
            onOpen={(name) => void openQueryFile(name)}
            onSave={saveShownQuery}
          />
        ) : (
          <HistoryPanel profileId={profile.id} onOpen={openText} onInsert={insertIntoEditor} />
        )}
      </div>
    </>
  )
}
