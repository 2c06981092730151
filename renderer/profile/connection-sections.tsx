import { CircleAlert } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import type { ConnectionDraft } from './connection-form'
import { type Problems, problemsOf, SECTIONS, type Section, sectionOf } from './connection-problems'
import { whereItLeads } from './profile-words'
import { generalTargetOf } from './sections/general-fields'
import { GeneralSection } from './sections/general-section'
import type { SectionProps } from './sections/section-props'
import { sessionSummary } from './sections/session-fields'
import { SessionSection } from './sections/session-section'
import { sshSummary } from './sections/ssh-fields'
import { SshSection } from './sections/ssh-section'
import { tlsSummary } from './sections/tls-fields'
import { TlsSection } from './sections/tls-section'

interface SectionWords {
  readonly title: string
  readonly Content: (props: SectionProps) => ReactNode
  /** What it says, in a few words. */
  readonly summary: (draft: ConnectionDraft) => string
}

const WORDS: Readonly<Record<Section, SectionWords>> = {
  general: {
    title: 'General',
    Content: GeneralSection,
    summary: ({ kind, fields }) =>
      kind === 'local'
        ? 'kept by Strata'
        : fields.database === '' || fields.role === ''
          ? 'host, database, role'
          : whereItLeads({ target: generalTargetOf(fields) }),
  },
  tls: { title: 'TLS', Content: TlsSection, summary: ({ fields }) => tlsSummary(fields) },
  ssh: { title: 'SSH', Content: SshSection, summary: ({ fields }) => sshSummary(fields) },
  session: { title: 'Session', Content: SessionSection, summary: ({ fields }) => sessionSummary(fields) },
}

/** The sections of the connection dialog: a list of them with what each one says, and the chosen one. */
export function ConnectionSections(props: {
  readonly draft: ConnectionDraft
  readonly section: Section
  readonly onSection: (section: Section) => void
  /** True when the shown section's first field is to take the focus. */
  readonly isFocused: boolean
}): ReactNode {
  const { draft, section, onSection, isFocused } = props
  const problems = draft.showsProblems ? problemsOf(draft) : {}
  const shown = draft.kind === 'local' ? SECTIONS.filter((each) => each === 'general' || each === 'session') : SECTIONS
  return (
    <Tabs
      className="sections"
      orientation="vertical"
      selectedKey={section}
      onSelectionChange={(key) => {
        const chosen = SECTIONS.find((each) => each === key)
        if (chosen !== undefined) onSection(chosen)
      }}
    >
      <TabList aria-label="Sections" className="section-list">
        {shown.map((each) => (
          <SectionTab key={each} section={each} draft={draft} problems={problems} />
        ))}
      </TabList>
      {shown.map((each) => {
        const { Content } = WORDS[each]
        return (
          <TabPanel key={each} id={each} className="section-panel">
            <Content draft={draft} problems={problems} isFocused={isFocused && each === 'general'} />
          </TabPanel>
        )
      })}
    </Tabs>
  )
}

function SectionTab(props: {
  readonly section: Section
  readonly draft: ConnectionDraft
  readonly problems: Problems
}): ReactNode {
  const { section, draft, problems } = props
  const id = useId()
  const { title, summary } = WORDS[section]
  const count = Object.keys(problems).filter((field) => sectionOf(field) === section).length
  const says = count === 0 ? summary(draft) : count === 1 ? '1 field to mend' : `${count} fields to mend`
  return (
    <Tab id={section} className="section" aria-labelledby={`${id}-title`} aria-describedby={`${id}-says`}>
      <span className="section-title">
        <b id={`${id}-title`}>{title}</b>
        {count === 0 ? null : <CircleAlert className="i is-failed" aria-hidden />}
      </span>
      <span id={`${id}-says`} className={count === 0 ? 'dim small cut' : 'small cut bad'} title={says}>
        <bdi>{says}</bdi>
      </span>
    </Tab>
  )
}
