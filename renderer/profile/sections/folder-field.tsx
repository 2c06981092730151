import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from 'react-aria-components'

/** The text field "Folder" with the folders there are as suggestions; any other name makes a new one. */
export function FolderField(props: {
  readonly folders: readonly string[]
  readonly value: string
  readonly onChange: (value: string) => void
  readonly isInvalid: boolean
  readonly after: ReactNode
  readonly autoFocus?: boolean
  readonly className?: string
}): ReactNode {
  const { folders, value, onChange, isInvalid, after, autoFocus = false, className = '' } = props
  return (
    <ComboBox
      className="field-pair"
      allowsCustomValue
      autoFocus={autoFocus}
      inputValue={value}
      onInputChange={onChange}
      isInvalid={isInvalid}
    >
      <Label className="end">Folder</Label>
      <div className={`field ${className} ${isInvalid ? 'invalid' : ''}`}>
        <Input className="input" spellCheck="false" autoComplete="off" placeholder="none" maxLength={100} />
        {after}
        {folders.length === 0 ? null : (
          <Button className="inside-button" aria-label="Folders">
            <ChevronDown className="i i12" />
          </Button>
        )}
      </div>
      {folders.length === 0 ? null : (
        <Popover className="menu" offset={4}>
          <ListBox>
            {folders.map((folder) => (
              <ListBoxItem key={folder} id={folder} textValue={folder} className="menu-item">
                {folder}
              </ListBoxItem>
            ))}
          </ListBox>
        </Popover>
      )}
    </ComboBox>
  )
}
