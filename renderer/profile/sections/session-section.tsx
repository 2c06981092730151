import type { ReactNode } from 'react'
import { defaultCommitMode } from '../../../contract/profile-defaults'
import { Select, TextArea, TextField } from '../../ui/field'
import { Toggle } from '../../ui/toggle'
import { MigrationFolderField } from './migration-folder-field'
import { editField, type SectionProps, textProps } from './section-props'
import type { SessionFields } from './session-fields'

/** What every session of the profile begins with. */
export function SessionSection(props: SectionProps): ReactNode {
  const { draft } = props
  const { fields } = draft
  return (
    <div className="form session-form">
      <Toggle
        label="Read-only"
        text="The server refuses statements that write. It prevents slips, not attacks."
        isOn={fields.isReadOnly}
        onChange={(value) => editField({ field: 'isReadOnly', value })}
      />
      <Select<SessionFields['commitMode']>
        label="Commit mode"
        className="w"
        value={fields.commitMode}
        choices={[
          {
            value: 'default',
            label: 'by environment',
            remark: `${defaultCommitMode(fields.environment)} on ${fields.environment}`,
          },
          { value: 'auto', label: 'auto', remark: 'each statement commits by itself' },
          { value: 'manual', label: 'manual', remark: 'nothing is kept before Commit' },
        ]}
        onChange={(value) => editField({ field: 'commitMode', value })}
      />
      <TextField
        label="Statement timeout"
        isMono
        className="first"
        placeholder="the server's, or with a unit: 30 s"
        {...textProps(props, 'statementTimeout')}
      />
      <TextField
        label="Keepalive"
        isMono
        labelClassName="end"
        {...textProps(props, 'keepaliveSeconds', <span className="dim small">s</span>)}
      />
      <TextField
        label="Lock timeout"
        isMono
        className="first"
        placeholder="the server's, or with a unit: 500 ms"
        {...textProps(props, 'lockTimeout')}
      />
      <TextField label="SET ROLE" isMono labelClassName="end" placeholder="none" {...textProps(props, 'roleToSet')} />
      <TextField
        label="search_path"
        isMono
        className="w"
        placeholder={`the server's, usually "$user", public`}
        {...textProps(props, 'searchPath')}
      />
      <TextArea
        label="Start-up SQL"
        rows={3}
        placeholder="set work_mem = '256MB';"
        {...textProps(props, 'startupSql')}
      />
      <p className="note">
        Runs in the session of every tab, statement by statement, and again after a reconnect. The role is set for
        migrations and the explorer too.
      </p>
      <MigrationFolderField profileId={draft.profileId} />
    </div>
  )
}
