import * as monaco from 'monaco-editor/editor'
import 'monaco-editor/features/register.all'
import workerUrl from 'monaco-editor/editor/editor.worker?worker&url'
import { registerPostgres } from './postgres-language'

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string }
}

declare global {
  interface Window {
    readonly trustedTypes?: TrustedTypes
    MonacoEnvironment?: { getWorker(): Worker }
  }
}

const policy = window.trustedTypes?.createPolicy('app-workers', {
  createScriptURL: (url) => {
    if (new URL(url, window.location.href).origin !== window.location.origin) throw new Error('not a worker of ours')
    return url
  },
})

window.MonacoEnvironment = {
  getWorker: () => new Worker(policy?.createScriptURL(workerUrl) ?? workerUrl, { type: 'module', name: 'editor' }),
}

// The colours of ui/tokens.css: Monaco cannot read custom properties.
const LIGHT = {
  background: '#ffffff',
  text: '#1d1e20',
  quiet: '#606268',
  selection: '#dfe7fb',
  line: '#e2e2de',
  raised: '#ffffff',
  border: '#c9c9c4',
  hover: '#e6e6e3',
  accent: '#2a5bc9',
  failed: '#b3261e',
  changed: '#87550a',
  keyword: '5b3cb4',
  string: '1c6b45',
  number: '8d4e06',
  function: '155f86',
  parameter: 'a12c67',
  comment: '60656d',
}
const DARK: typeof LIGHT = {
  background: '#1f2024',
  text: '#e3e4e6',
  quiet: '#989ca4',
  selection: '#243052',
  line: '#2c2d32',
  raised: '#26272c',
  border: '#3d3f45',
  hover: '#2b2c31',
  accent: '#8caeff',
  failed: '#ff8f85',
  changed: '#e5b65c',
  keyword: 'b9a5ff',
  string: '8fcfa4',
  number: 'e3b37a',
  function: '7fc3e6',
  parameter: 'f096c0',
  comment: '959ba4',
}

function defineTheme(name: string, base: 'vs' | 'vs-dark', colors: typeof LIGHT): void {
  monaco.editor.defineTheme(name, {
    base,
    inherit: true,
    rules: [
      { token: '', foreground: colors.text.slice(1) },
      { token: 'keyword.sql', foreground: colors.keyword },
      { token: 'string.sql', foreground: colors.string },
      { token: 'number.sql', foreground: colors.number },
      { token: 'predefined.sql', foreground: colors.function },
      { token: 'parameter.sql', foreground: colors.parameter },
      { token: 'comment.sql', foreground: colors.comment },
      { token: 'operator.sql', foreground: colors.text.slice(1) },
      { token: 'delimiter.sql', foreground: colors.text.slice(1) },
      { token: 'delimiter.parenthesis.sql', foreground: colors.text.slice(1) },
      { token: 'delimiter.square.sql', foreground: colors.text.slice(1) },
      { token: 'identifier.quote.sql', foreground: colors.text.slice(1) },
    ],
    colors: {
      'editor.background': colors.background,
      'editor.foreground': colors.text,
      'editorLineNumber.foreground': colors.quiet,
      'editorLineNumber.activeForeground': colors.text,
      'editorCursor.foreground': colors.text,
      'editor.selectionBackground': colors.selection,
      'editor.inactiveSelectionBackground': colors.selection,
      'editorIndentGuide.background1': colors.line,
      'editorWidget.background': colors.raised,
      'editorWidget.border': colors.border,
      'editorSuggestWidget.background': colors.raised,
      'editorSuggestWidget.border': colors.border,
      'editorSuggestWidget.selectedBackground': colors.selection,
      'editorSuggestWidget.selectedForeground': colors.text,
      'editorSuggestWidget.highlightForeground': colors.accent,
      'editorSuggestWidget.focusHighlightForeground': colors.accent,
      'list.hoverBackground': colors.hover,
      'editorHoverWidget.background': colors.raised,
      'editorHoverWidget.border': colors.border,
      'editorError.foreground': colors.failed,
      'editorWarning.foreground': colors.changed,
      'editorOverviewRuler.border': '#00000000',
      'scrollbar.shadow': '#00000000',
      focusBorder: colors.accent,
      'menu.background': colors.raised,
      'menu.foreground': colors.text,
      'menu.selectionBackground': colors.selection,
      'menu.selectionForeground': colors.text,
    },
  })
}

defineTheme('strata-light', 'vs', LIGHT)
defineTheme('strata-dark', 'vs-dark', DARK)

registerPostgres()

/** Monaco with PostgreSQL's language, our two themes and a worker of our own; everything else of it is the library's. */
export { monaco }
