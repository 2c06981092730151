import { describe, expect, it } from 'vitest'
import type { ConnectionReport } from '../../../contract/profile'
import { draftOfProfile, newDraft } from '../../../renderer/profile/connection-form'
import {
  initialProfileState,
  type ProfileEvent,
  type ProfileState,
  reduceProfiles,
} from '../../../renderer/profile/profile-store'
import { aFailure, aProfile } from './builders'

const REPORT: ConnectionReport = { steps: [], failure: null, serverVersion: '18.4' }
const OPENED: ProfileEvent = { type: 'formOpened', draft: newDraft() }

function stateAfter(...events: readonly ProfileEvent[]): ProfileState {
  return events.reduce(reduceProfiles, initialProfileState)
}

function roleTyped(value: string): ProfileEvent {
  return { type: 'fieldEdited', edit: { field: 'role', value } }
}

function draftIn({ form }: ProfileState) {
  return form.type === 'closed' ? null : form.draft
}

describe('connection dialog', () => {
  it('shows the report of its test', () => {
    const state = stateAfter(
      OPENED,
      { type: 'attemptStarted', kind: 'testing', attempt: 1 },
      { type: 'testEnded', attempt: 1, report: REPORT },
    )

    expect(state.form).toEqual({ type: 'tested', draft: newDraft(), report: REPORT })
  })

  it('keeps every field when an attempt fails', () => {
    const state = stateAfter(
      OPENED,
      roleTyped('me'),
      { type: 'fieldEdited', edit: { field: 'password', value: 'secret' } },
      { type: 'attemptStarted', kind: 'connecting', attempt: 1 },
      { type: 'attemptFailed', attempt: 1, failure: aFailure() },
    )

    expect(state.form).toMatchObject({ type: 'failed', draft: { fields: { role: 'me', password: 'secret' } } })
  })

  it('marks nothing that is added after an attempt that lacked nothing', () => {
    const state = stateAfter(
      OPENED,
      { type: 'problemsFound' },
      { type: 'attemptStarted', kind: 'testing', attempt: 1 },
      { type: 'testEnded', attempt: 1, report: REPORT },
    )

    expect(draftIn(state)?.showsProblems).toBe(false)
  })

  it('drops a report once a field is edited', () => {
    const tested = [
      OPENED,
      { type: 'attemptStarted', kind: 'testing', attempt: 1 },
      { type: 'testEnded', attempt: 1, report: REPORT },
    ] as const

    const state = stateAfter(...tested, roleTyped('me'))

    expect(state.form.type).toBe('editing')
  })

  it.each<[string, ProfileEvent]>([
    ['a report', { type: 'testEnded', attempt: 1, report: REPORT }],
    ['a failure', { type: 'attemptFailed', attempt: 1, failure: aFailure() }],
    ['a saved profile', { type: 'profileSaved', attempt: 1, profile: aProfile() }],
    ['an end', { type: 'attemptEnded', attempt: 1 }],
  ])('takes no notice of %s of an attempt that was left', (_name, late) => {
    const edited = stateAfter(OPENED, { type: 'attemptStarted', kind: 'testing', attempt: 1 }, roleTyped('me'))
    const again = reduceProfiles(edited, { type: 'attemptStarted', kind: 'testing', attempt: 2 })

    expect(reduceProfiles(edited, late)).toBe(edited)
    expect(reduceProfiles(again, late)).toBe(again)
  })

  it('goes on with the saved profile after a connection that failed', () => {
    const state = stateAfter(
      OPENED,
      { type: 'attemptStarted', kind: 'connecting', attempt: 1 },
      { type: 'profileSaved', attempt: 1, profile: aProfile() },
      { type: 'attemptFailed', attempt: 1, failure: aFailure() },
    )

    expect(draftIn(state)?.profileId).toBe('p1')
  })

  it('comes back with what was typed, without the password', () => {
    const state = stateAfter(
      OPENED,
      roleTyped('me'),
      { type: 'fieldEdited', edit: { field: 'password', value: 'secret' } },
      { type: 'formClosed' },
      OPENED,
    )

    expect(draftIn(state)?.fields).toMatchObject({ role: 'me', password: '' })
  })

  it('keeps no password anywhere once it is closed', () => {
    const state = stateAfter(
      OPENED,
      { type: 'urlEdited', text: 'postgres://app:hunter2@h/d' },
      { type: 'urlLeft' },
      { type: 'formClosed' },
    )

    expect(JSON.stringify([state, [...state.drafts.values()]])).not.toContain('hunter2')
  })

  it.each(['postgres://app:hunter2@h/d', 'postgres://app:hunter2', 'host=h password=hunter2'])(
    'keeps no password of a text still being typed: %s',
    (text) => {
      const letters = Array.from(text).map(
        (_, index, all): ProfileEvent => ({ type: 'urlEdited', text: all.slice(0, index + 1).join('') }),
      )

      const state = stateAfter(OPENED, ...letters, { type: 'formClosed' })

      expect(JSON.stringify([...state.drafts.values()])).not.toContain('hunter2')
    },
  )

  it('comes back empty after its edits were discarded', () => {
    const state = stateAfter(OPENED, roleTyped('me'), { type: 'draftDiscarded' }, { type: 'formClosed' }, OPENED)

    expect(draftIn(state)).toEqual(newDraft())
  })

  it('comes back empty after it was saved', () => {
    const state = stateAfter(
      OPENED,
      roleTyped('me'),
      { type: 'attemptStarted', kind: 'saving', attempt: 1 },
      { type: 'profileSaved', attempt: 1, profile: aProfile() },
      { type: 'attemptEnded', attempt: 1 },
      OPENED,
    )

    expect(draftIn(state)).toEqual(newDraft())
  })

  it('keeps the drafts of different profiles apart', () => {
    const edit: ProfileEvent = { type: 'formOpened', draft: draftOfProfile(aProfile()) }

    const state = stateAfter(OPENED, roleTyped('new'), { type: 'formClosed' }, edit, roleTyped('old'), {
      type: 'formClosed',
    })

    const roles = [...state.drafts].map(([key, draft]) => [key, draft.fields.role])
    expect(roles).toEqual([
      ['new', 'new'],
      ['p1', 'old'],
    ])
  })
})

describe('opening', () => {
  it('fails where it was begun', () => {
    const state = stateAfter(
      { type: 'openingStarted', what: 'local', attempt: 1 },
      { type: 'openingFailed', attempt: 1, failure: aFailure() },
    )

    expect(state.opening).toEqual({ type: 'failed', what: 'local', failure: aFailure() })
  })

  it('takes no notice of an earlier one', () => {
    const state = stateAfter(
      { type: 'openingStarted', what: 'local', attempt: 1 },
      { type: 'openingStarted', what: aProfile().id, attempt: 2 },
    )

    expect(reduceProfiles(state, { type: 'openingFailed', attempt: 1, failure: aFailure() })).toBe(state)
  })
})

describe('the question for a secret', () => {
  const question = {
    profile: aProfile(),
    wanted: { kind: 'password', state: 'missing' },
    kept: { place: 'nowhere', hindrance: null },
  } as const
  const asked: ProfileEvent = { type: 'secretAsked', ...question }

  it('stays with the problem when the answer could not be tried', () => {
    const state = stateAfter(
      asked,
      { type: 'secretGiven', attempt: 1 },
      { type: 'secretFailed', attempt: 1, problem: 'That is not the passphrase of the vault.' },
    )

    expect(state.prompt).toEqual({ type: 'asking', ...question, problem: 'That is not the passphrase of the vault.' })
  })

  it('stays closed when it was closed in between', () => {
    const closed = stateAfter(asked, { type: 'secretGiven', attempt: 1 }, { type: 'promptClosed' })

    const state = reduceProfiles(closed, { type: 'secretFailed', attempt: 1, problem: 'no' })

    expect(state.prompt).toEqual({ type: 'closed' })
  })

  it('makes way for a failure that is about something else', () => {
    const refused: ProfileEvent = { type: 'openingRefused', profileId: aProfile().id, failure: aFailure() }

    const state = stateAfter(asked, { type: 'secretGiven', attempt: 1 }, refused)

    expect(state.prompt).toEqual({ type: 'closed' })
    expect(state.opening).toEqual({ type: 'failed', what: aProfile().id, failure: aFailure() })
  })
})
