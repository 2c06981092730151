import type { ReactNode } from 'react'
import type { ProfileId } from '../../contract/profile'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { FailureView } from '../ui/failure-view'
import { ConversionDialog } from './conversion-dialog'
import { useConversion } from './conversion-store'
import { closeConversion, convertFolder } from './convert-folder'

/** The dialog "Convert to native" while it is asked for. */
export function ShownConversion({ profileId }: { readonly profileId: ProfileId }): ReactNode {
  const conversion = useConversion()
  if (conversion.kind === 'none' || conversion.kind === 'reading' || conversion.profileId !== profileId) return null
  if (conversion.kind === 'unreadable') {
    return (
      <Dialog
        title="Convert to native"
        label="Convert to native"
        width={460}
        onClose={closeConversion}
        footer={
          <>
            <span className="grow" />
            <Button autoFocus onPress={closeConversion}>
              Close
            </Button>
          </>
        }
      >
        <FailureView failure={conversion.failure} className="in-panel" />
      </Dialog>
    )
  }
  const { plan, isWorking, failure } = conversion
  return (
    <ConversionDialog
      plan={plan}
      isWorking={isWorking}
      failure={failure}
      onConvert={(name) => void convertFolder(name)}
      onClose={closeConversion}
    />
  )
}
