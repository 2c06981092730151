import { describe, expect, it } from 'vitest'
import { isStroke, matchLabel, shownKeys } from '../../renderer/command'

interface Press {
  readonly key: string
  readonly code: string
}
/** A key press with the named modifiers held. */
const press = ({ key, code }: Press, ...held: readonly ('ctrl' | 'meta' | 'shift' | 'alt')[]) => ({
  key,
  code,
  ctrlKey: held.includes('ctrl'),
  metaKey: held.includes('meta'),
  shiftKey: held.includes('shift'),
  altKey: held.includes('alt'),
})
const P = { key: 'p', code: 'KeyP' }
const ENTER = { key: 'Enter', code: 'Enter' }

describe('a key press', () => {
  it.each([
    ['Ctrl+Shift+P', press({ key: 'P', code: 'KeyP' }, 'ctrl', 'shift'), true],
    ['Ctrl+Shift+P', press(P, 'ctrl'), false],
    ['Ctrl+P', press(P, 'ctrl'), true],
    ['Ctrl+P', press({ key: 'P', code: 'KeyP' }, 'ctrl', 'shift'), false],
    ['Ctrl+P', press(P, 'ctrl', 'alt'), false],
    ['Ctrl+P', press(P, 'ctrl', 'meta'), false],
    ['Ctrl+P', press(P, 'meta'), false],
    ['Ctrl+P', press(P), false],
    ['Ctrl+Enter', press(ENTER, 'ctrl'), true],
    ['Ctrl+Shift+Enter', press(ENTER, 'ctrl', 'shift'), true],
    ['Alt+1', press({ key: '¡', code: 'Digit1' }, 'alt'), true],
    ['Ctrl+1', press({ key: '&', code: 'Digit1' }, 'ctrl'), true],
    ['Ctrl+.', press({ key: ':', code: 'Period' }, 'ctrl'), true],
    ['F5', press({ key: 'F5', code: 'F5' }), true],
    ['Esc', press({ key: 'Escape', code: 'Escape' }), true],
    ['Ctrl++', press({ key: '+', code: 'Equal' }, 'ctrl'), true],
    ['Ctrl+P', press({ key: 'з', code: 'KeyP' }, 'ctrl'), true],
    ['Ctrl+P', press({ key: 'p', code: 'KeyR' }, 'ctrl'), false],
  ])('is %s or not, by the place of the letter and whatever the layout: %j', (keys, stroke, expected) => {
    expect(isStroke(keys, stroke, false)).toBe(expected)
  })

  it.each([
    ['Ctrl+P', press(P, 'meta'), true],
    ['Ctrl+P', press(P, 'ctrl'), false],
    ['Ctrl+P', press(P, 'meta', 'ctrl'), false],
    ['Alt+1', press({ key: '¡', code: 'Digit1' }, 'alt'), true],
  ])('is %s on a Mac with Cmd in the place of Ctrl: %j', (keys, stroke, expected) => {
    expect(isStroke(keys, stroke, true)).toBe(expected)
  })

  it.each([
    ['Ctrl+Shift+P', '⌘⇧P'],
    ['Alt+1', '⌥1'],
    ['F5', 'F5'],
  ])('called %s is shown as its platform writes it', (keys, onMac) => {
    expect([shownKeys(keys, false), shownKeys(keys, true)]).toEqual([keys, onMac])
  })
})

describe('a label', () => {
  const marked = (label: string, typed: string) =>
    matchLabel(label, typed)
      ?.parts.map(({ text, isMatch }) => (isMatch ? `[${text}]` : text))
      .join('') ?? null

  it.each([
    ['Run all', '', 'Run all'],
    ['Run all', 'run', '[Run] all'],
    ['Run all', 'ALL run', '[Run] [all]'],
    ['Run all', 'ru ll', '[Ru]n a[ll]'],
    ['Run all', 'walk', null],
    ['Run all', 'run walk', null],
    ['Roll back all', 'll', 'Ro[ll] back all'],
    ['public.employees', 'emp', 'public.[emp]loyees'],
    ['reemploy employees', 'emp', 'reemploy [emp]loyees'],
    ['Apply next', ' next  apply ', '[Apply] [next]'],
    ['aaa', 'aa aa', '[aa]a'],
  ])('%s typed as "%s" is matched as %s', (label, typed, expected) => {
    expect(marked(label, typed)).toBe(expected)
  })

  it('is a better match at its start, then at the start of a word, then when it is short', () => {
    const labels = ['Unapply', 'Migrations: apply all', 'Apply all migrations', 'Apply all']

    const sorted = labels
      .map((label) => ({ label, score: matchLabel(label, 'apply')?.score ?? Number.POSITIVE_INFINITY }))
      .sort((a, b) => a.score - b.score)
      .map(({ label }) => label)

    expect(sorted).toEqual(['Apply all', 'Apply all migrations', 'Migrations: apply all', 'Unapply'])
  })
})
