import type { ProfileId } from '../../contract/profile'
import { request } from '../bridge'
import { conversionNow, tellConversion } from './conversion-store'
import { loadMigrations } from './load-migrations'

/** Shows what converting the profile's folder would do. */
export async function askConversion(profileId: ProfileId): Promise<void> {
  tellConversion({ kind: 'reading', profileId })
  const reply = await request('migration.conversion', { profileId })
  const now = conversionNow()
  if (now.kind !== 'reading' || now.profileId !== profileId) return
  if (!reply.ok) tellConversion({ kind: 'unreadable', profileId, failure: reply.failure })
  else tellConversion({ kind: 'shown', profileId, plan: reply.value, isWorking: false, failure: null })
}

/** Converts exactly what is shown into a folder of that name; the dialog stays when it cannot be done. */
export async function convertFolder(name: string): Promise<void> {
  const shown = conversionNow()
  if (shown.kind !== 'shown' || shown.isWorking) return
  const { profileId, plan } = shown
  tellConversion({ ...shown, isWorking: true, failure: null })
  const reply = await request('migration.convert', { profileId, name, digest: plan.digest })
  if (reply.ok) {
    tellConversion({ kind: 'none' })
    await loadMigrations(profileId)
    return
  }
  const { failure } = reply
  const again = await request('migration.conversion', { profileId })
  tellConversion({ ...shown, plan: again.ok ? again.value : plan, isWorking: false, failure })
}

/** Shows the conversion no more. */
export function closeConversion(): void {
  tellConversion({ kind: 'none' })
}
