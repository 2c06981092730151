import { z } from 'zod'
import { activity } from './activity'
import { arrangeEvent, arrangeInput, fileName, findEvent, findInput, placeInput } from './arrangement'
import { signalInput, signalOutcome } from './backend'
import { catalog, relationDetail } from './catalog'
import { type EventNames, event, type HandlersOf, type RequestNames, request, type StreamNames, stream } from './define'
import { draftRehearsal, draftTexts, migrationDraft, migrationTitle } from './draft'
import { checkEvent, checkInput } from './guard'
import { historyEntryId, historyPage, historySearch, historyText } from './history'
import { findingToken, importChoices, importReading, importSource, MAX_IMPORT_BYTES } from './import'
import { lintReport } from './lint'
import { lossEvent, lossesInput, saveLossInput } from './loss'
import {
  migrationEvent,
  migrationName,
  migrationOverview,
  migrationPlan,
  migrationPlanInput,
  migrationRunId,
  migrationRunInput,
  migrationTexts,
} from './migration'
import { acceptInput, migrationChange, restoreInput } from './migration-change'
import { conversionInput, conversionPlan } from './migration-conversion'
import { exportLogInput, logInput, logPage } from './migration-log'
import { connectionReport, profile, profileDraft, profileId, sealedTarget, sessionSettings, target } from './profile'
import {
  cellInput,
  cellValue,
  followEvent,
  resultId,
  runEvent,
  runInput,
  tabRemains,
  textRange,
  wantedParameter,
  windowInput,
} from './query'
import { rehearsalEvent, rehearsalInput, schemaDrift } from './rehearsal'
import { savedQueryExpected, savedQueryListing, savedQueryName, savedQueryWritten } from './saved-query'
import {
  givenSecret,
  newPassphrase,
  secretKeeper,
  secretKind,
  secretState,
  secretText,
  tryPassphrase,
  vaultState,
} from './secret'
import { ownSession, serverFacts } from './server'
import { lossFinding, sessionFacts, sessionId, sessionLoss } from './session'
import { bytes, count, fieldText, MAX_SCRIPT_UNITS, oid, scriptText } from './text'
import { tlsFile } from './tls-file'
import { exportInput, fileKind, fileToken, saveCellInput, transferEvent } from './transfer'
import { resolvedHop, tunnelQuestion } from './tunnel'
import { layout, tabHead, tabId, workspace } from './workspace'

const theme = z.enum(['system', 'light', 'dark'])
const nothing = z.strictObject({})
const done = z.null()
const ofProfile = z.strictObject({ profileId })
/** False, and nothing changed, when the passphrase is not the vault's. */
const isRight = z.strictObject({ isRight: z.boolean() })
const ofSecret = ofProfile.extend({ kind: secretKind })
const ofSavedQuery = z.strictObject({ profileId, name: savedQueryName })

/** THE list of what crosses between the window and the engine. */
export const engineContract = {
  /** Saved profiles, the most recently opened first. */
  'profile.list': request(nothing, z.array(profile)),
  /** What happened to the file of profiles when it was read, in words: damaged, kept aside, restored from a copy. Empty almost always. */
  'profile.notices': request(nothing, z.array(z.string())),
  /** Saves a new or an edited profile. */
  'profile.save': request(z.strictObject({ draft: profileDraft }), profile),
  /** Takes the folder with migrations from a profile; the folder stays as it is. */
  'profile.clearMigrationFolder': request(ofProfile, done),
  /** Forgets a profile, its tabs and its drafts. */
  'profile.remove': request(ofProfile, done),
  /** Tries to reach a session step by step, with the given secrets before the kept ones, and closes it again; fails only for defects: a failed connection is a report. */
  'profile.test': request(
    z.strictObject({
      target,
      /** Tried too, but for the start-up SQL, which may do anything; the defaults when left out. */
      settings: sessionSettings.optional(),
      secrets: z.array(givenSecret).max(6),
      profileId: profileId.nullable(),
      /** Found by an import: its secrets are tried where none was typed and the target leads where its source said. */
      finding: findingToken.optional(),
    }),
    connectionReport,
  ),
  /** Opens the profile's own session for catalog questions; `connection` failures say why not. Starts the local server when the profile is local. */
  'profile.open': request(ofProfile, sessionFacts),
  /** The profile whose sessions are open: a window that was reloaded goes on with it. Null when there is none. */
  'profile.opened': request(nothing, profileId.nullable()),
  /** Ends every session of the profile and frees its results. */
  'profile.close': request(ofProfile, done),

  /** Looks for connections in a text or a file; refused when it cannot be read. Nothing is expanded, executed or connected to. */
  'import.read': request(z.strictObject({ source: importSource }), importReading, MAX_IMPORT_BYTES + 1024),
  /** Whether the user has libpq's service file. */
  'import.hasServiceFile': request(nothing, z.boolean()),
  /** Saves findings as profiles; the found secrets go to the shell, to be used for exactly these targets. */
  'import.save': request(
    z.strictObject({ choices: importChoices, keeper: secretKeeper }),
    z.array(profile),
    MAX_IMPORT_BYTES,
  ),
  /** Hands the secrets of a finding to the shell for a profile that was made of it, but for kinds that were typed; those handed over. */
  'import.offerSecrets': request(
    z.strictObject({ profileId, token: findingToken, typed: z.array(secretKind).max(6), keeper: secretKeeper }),
    z.array(secretKind),
  ),
  /** Forgets what was found and its secrets, but for one finding that is being edited. */
  'import.forget': request(z.strictObject({ except: findingToken.nullable() }), done),

  /** Where the SSH servers of a tunnel really are, by `~/.ssh/config`; nothing is connected to. A `connection` failure says what Strata does not do. */
  'tunnel.resolve': request(tunnelQuestion, z.array(resolvedHop)),

  /** Prepares and starts the private local PostgreSQL, or finds it running, and answers with its profile. */
  'server.start': request(nothing, profile),

  /** Opens a session for a tab; when that fails, what was wanted to be run in it goes into the history as failed. */
  'session.open': request(
    z.strictObject({
      profileId,
      tabId,
      wanted: z.strictObject({ script: scriptText, range: textRange.nullable() }).optional(),
    }),
    sessionFacts,
    MAX_SCRIPT_UNITS + 1024,
  ),
  /** Ends a session; an open transaction is rolled back by the server. */
  'session.close': request(z.strictObject({ sessionId }), done),
  /** Ends a session that does not answer: its backend is terminated by another session, and its connection cut. Announced as lost. */
  'session.terminate': request(z.strictObject({ sessionId }), done),

  /** Cancels what a server process runs, or terminates it, if it still is the one that was shown; a server error says why not. */
  'session.signal': request(signalInput, z.strictObject({ outcome: signalOutcome })),
  /** What goes on in the server: at once, and again every 2 s until the stream is closed. */
  'activity.follow': stream(ofProfile, activity),
  /** This app's own open sessions on the server that the profile leads to. */
  'session.own': request(ofProfile, z.array(ownSession)),
  /** Ends those of the sessions that are still idle, outside a transaction, and answers with which. */
  'session.closeIdle': request(
    z.strictObject({ sessionIds: z.array(sessionId).max(1000) }),
    z.strictObject({ closed: z.array(sessionId) }),
  ),

  /** Asks the server what became of a session that was lost, and of its transaction. */
  'session.check': request(sessionLoss.omit({ failure: true }), lossFinding),

  /** What the engine keeps of the profile's tabs: sessions and runs outlive the window. */
  'query.remains': request(ofProfile, z.array(tabRemains)),
  /** Follows the last run of a tab, from its first event on; refused when there is none. Closing it ends nothing. */
  'query.follow': stream(z.strictObject({ profileId, tabId }), followEvent),
  /**
   * What of a script asks before it is run on production, with estimates of rows as they come; nothing does elsewhere. Nothing is run, and
   * closing it stops the estimating.
   */
  'query.check': stream(checkInput, checkEvent, 2 * MAX_SCRIPT_UNITS),
  /** Runs statements one after the other; a failure stops the run unless `onFailure` says otherwise. Goes on when the window goes away. */
  'query.run': stream(runInput, runEvent, 2 * MAX_SCRIPT_UNITS),
  /** The parameters of the statements that would run, in order of appearance, with the types the server infers where it was asked. */
  'query.parameters': request(
    runInput.pick({ script: true, range: true }).extend({ sessionId: sessionId.nullable() }),
    z.array(wantedParameter),
    MAX_SCRIPT_UNITS + 1024,
  ),
  /** Asks the server to cancel what the session runs; the run itself says how it ended. */
  'query.cancel': request(z.strictObject({ sessionId }), done),
  /** A packed window of rows: see `contract/row-window.ts`. */
  'result.window': request(windowInput, bytes),
  /** One whole cell, in parts of at most 1 MiB. */
  'result.cell': request(cellInput, cellValue),
  /** Sorts and filters loaded rows without running anything again; closing the stream stops it. */
  'result.arrange': stream(arrangeInput, arrangeEvent),
  /** Searches loaded rows; closing the stream stops it. */
  'result.find': stream(findInput, findEvent),
  /** Where a row of a view stands in the server's order. */
  'result.place': request(placeInput, count),
  /** Reads on after `readingPaused`, to the next limit; refused when the reading has gone on or ended. */
  'result.continue': request(z.strictObject({ resultId }), done),
  /** Frees the rows of a result, and its views. */
  'result.release': request(z.strictObject({ resultIds: z.array(resultId).max(1000) }), done),

  /** Writes loaded rows to a file that the user chose; closing the stream stops it, and leaves no file. */
  'transfer.export': stream(exportInput, transferEvent),
  /** Writes one whole cell to a file that the user chose. */
  'transfer.saveCell': stream(saveCellInput, transferEvent),

  /** The explorer's tree. */
  'catalog.read': request(ofProfile, catalog),
  /** Columns, indexes and constraints of one relation; refused when it is gone. */
  'catalog.describe': request(z.strictObject({ profileId, oid }), relationDetail),
  /** Compares the catalog's fingerprint with the last one and announces `catalog.changed` when it differs. */
  'catalog.check': request(ofProfile, done),

  /** The folder's migrations against the database's history. */
  'migration.list': request(ofProfile, migrationOverview),
  /** What an action would run, or why it cannot; nothing is run. */
  'migration.plan': request(migrationPlanInput, migrationPlan),
  /** Runs exactly the plan with that digest. Goes on when the window goes away. */
  'migration.run': stream(migrationRunInput, migrationEvent),
  /** Follows the run in progress from its first event on; refused when none is. */
  'migration.follow': stream(ofProfile, migrationEvent),
  /** Stops a run: the statement is cancelled, its migration rolled back, earlier ones are kept. */
  'migration.cancel': request(z.strictObject({ runId: migrationRunId }), done),
  /** What the plan with that digest destroys, then how much of each; closing the stream stops the counting. */
  'migration.losses': stream(lossesInput, lossEvent),
  /** Writes rows that a plan would destroy to a CSV file that the user chose; closing the stream stops it, and leaves no file. */
  'migration.saveLoss': stream(saveLossInput, transferEvent, 512 * 1024),
  /**
   * Applies and rolls back inside a transaction that is rolled back, on the database or on a copy of its schema, and tells what
   * happened. Closing the stream cancels it.
   */
  'migration.rehearse': stream(rehearsalInput, rehearsalEvent),
  /** How the schema differs from what the last run left; null when it does not, or when that is not known. */
  'migration.drift': request(ofProfile, schemaDrift.nullable()),
  /** Takes the schema as it is for what the migrations left; refused when it is not the one with that checksum any more. */
  'migration.acceptDrift': request(ofProfile.extend({ checksum: z.string().max(100) }), done),
  /** Writes a new, empty pair of files; never overwrites. */
  'migration.create': request(
    z.strictObject({ profileId, title: migrationTitle, texts: draftTexts.optional() }),
    migrationTexts,
    2 * MAX_SCRIPT_UNITS + 1024,
  ),
  /** Proposes a migration from SQL, with what takes it back: one event. The SQL is tried out in a transaction that is rolled back. */
  'migration.draft': stream(z.strictObject({ profileId, text: scriptText }), migrationDraft, MAX_SCRIPT_UNITS + 1024),
  /** Proposes a migration that does what was done to the schema by hand since the last run: one event. */
  'migration.draftDrift': stream(ofProfile, migrationDraft),
  /** Rehearses texts that are no files yet: one event. With `isDone`, down and then up. */
  'migration.rehearseDraft': stream(
    draftTexts.extend({ profileId, isDone: z.boolean() }),
    draftRehearsal,
    2 * MAX_SCRIPT_UNITS + 1024,
  ),
  /** What converting another tool's folder into one of ours would do. */
  'migration.conversion': request(ofProfile, conversionPlan),
  /** Converts it into a new folder beside it, which becomes the profile's. */
  'migration.convert': request(conversionInput, z.strictObject({ folder: z.string() })),
  /** The texts of a migration: from its files, or, where those are gone, from the history. */
  'migration.read': request(z.strictObject({ profileId, name: migrationName }), migrationTexts),
  /** What is dangerous in a migration file as it is being written, and the safer way; nothing is run. */
  'migration.lint': request(
    z.strictObject({ profileId, file: z.enum(['up', 'down']), fileName: z.string().max(1000), text: scriptText }),
    lintReport,
    MAX_SCRIPT_UNITS + 1024,
  ),
  /** Writes one of the two files; refused when the file is not `expected` any more. */
  'migration.write': request(
    z.strictObject({
      profileId,
      name: migrationName,
      file: z.enum(['up', 'down']),
      text: scriptText,
      expected: scriptText.nullable(),
    }),
    done,
    2 * MAX_SCRIPT_UNITS + 1024,
  ),
  /** What became of a migration's files since it was applied; null when it is not in the history. */
  'migration.compare': request(z.strictObject({ profileId, name: migrationName }), migrationChange.nullable()),
  /** The history takes the files as they are now; nothing of them is run. */
  'migration.accept': request(acceptInput, done),
  /** Writes the text that the history keeps into one of the two files. */
  'migration.restore': request(restoreInput, done),
  /** Who applied, rolled back or marked what, when and from where: a page of the database's log. */
  'migration.log': request(logInput, logPage),
  /** Writes the log to a file that the user chose; closing the stream stops it, and leaves no file. */
  'migration.exportLog': stream(exportLogInput, transferEvent),

  /** Tabs, texts and layout of a profile as last written. */
  'workspace.read': request(ofProfile, workspace),
  /** Notes order, titles, carets and the active tab. */
  'workspace.writeTabs': request(
    z.strictObject({ profileId, tabs: z.array(tabHead).max(500), activeTabId: tabId.nullable() }),
    done,
    1024 * 1024,
  ),
  /** Notes a tab's text; answered when it is on the disk. */
  'workspace.writeText': request(z.strictObject({ profileId, tabId, text: scriptText }), done, MAX_SCRIPT_UNITS + 1024),
  'workspace.writeLayout': request(z.strictObject({ profileId, layout }), done),

  /** Queries saved by name, as plain files in the folder of the profile's project. */
  'savedQuery.list': request(ofProfile, savedQueryListing),
  'savedQuery.read': request(ofSavedQuery, scriptText),
  /** Writes a file if it is what is expected; otherwise tells what is there and writes nothing. */
  'savedQuery.write': request(
    z.strictObject({ profileId, name: savedQueryName, text: scriptText, expected: savedQueryExpected }),
    savedQueryWritten,
    2 * MAX_SCRIPT_UNITS + 1024,
  ),
  /** Refused when the other name is taken. */
  'savedQuery.rename': request(z.strictObject({ profileId, name: savedQueryName, to: savedQueryName }), done),
  /** Deletes the file. */
  'savedQuery.remove': request(ofSavedQuery, done),

  /** A page of the recorded runs in which every word occurs, the newest first. */
  'history.search': request(historySearch, historyPage),
  /** The whole text that was kept of a run. */
  'history.read': request(z.strictObject({ id: historyEntryId }), historyText),
  'history.remove': request(z.strictObject({ id: historyEntryId }), done),
  /** Forgets all runs, or all of one profile. */
  'history.clear': request(z.strictObject({ profileId: profileId.nullable() }), done),

  /** A profile was saved, removed, or got another migration folder. */
  'profile.changed': event(nothing),
  'catalog.changed': event(ofProfile),
  /** Files or history changed: the list is worth asking for again. */
  'migration.changed': event(ofProfile),
  'savedQuery.changed': event(ofProfile),
  /** A run began or ended, or runs were removed. */
  'history.changed': event(nothing),
  'session.lost': event(sessionLoss),
  /** The server of an open profile became another kind of place: a standby was promoted, or it was made read-only. */
  'server.changed': event(ofProfile.extend({ server: serverFacts })),
} as const

/** THE list of what crosses between the window and the shell. */
export const shellContract = {
  /** Version, platform and whether passwords can be kept. */
  'app.facts': request(
    nothing,
    z.strictObject({
      version: z.string(),
      platform: z.enum(['linux', 'darwin', 'win32']),
      /** False when the system has no keyring with a real backend: passwords live in memory until Strata quits. */
      canKeepPasswords: z.boolean(),
      keyring: z.string(),
      theme,
      /** False when a page was there before in this run of the app: the engine may have an open profile. */
      isFirstPage: z.boolean(),
    }),
  ),
  /** What happened to files of the shell when they were read, in words: secrets that cannot be read, permissions that were repaired. */
  'app.notices': request(nothing, z.array(z.string())),
  /** Chooses the colours for all windows, now and at the next start. */
  'app.setTheme': request(z.strictObject({ theme }), done),
  /** Asks main for a new message port to the engine; it arrives through the preload. */
  'engine.connect': request(nothing, done),
  /**
   * Takes a secret for exactly this target: it is used from now on, and takes the place of the one kept before once it has worked.
   * One that does not work is dropped.
   */
  'secret.offer': request(
    ofSecret.extend({ target: sealedTarget, secret: secretText, keeper: secretKeeper }),
    done,
    128 * 1024,
  ),
  /** Where the secret for exactly this target is kept, or why the one that is kept is not given out. */
  'secret.state': request(ofSecret.extend({ target: sealedTarget }), secretState, 128 * 1024),
  'secret.forget': request(ofSecret, done),
  'vault.state': request(nothing, vaultState),
  /** Makes a vault and leaves it open; one that is there already is kept aside. */
  'vault.create': request(z.strictObject({ passphrase: newPassphrase }), done),
  /** Opens the vault until it is locked or Strata quits. */
  'vault.unlock': request(z.strictObject({ passphrase: tryPassphrase }), isRight),
  'vault.lock': request(nothing, done),
  /** Encrypts everything in the vault anew. */
  'vault.changePassphrase': request(z.strictObject({ before: tryPassphrase, passphrase: newPassphrase }), isRight),
  /** Deletes the vault with everything in it. */
  'vault.destroy': request(nothing, done),
  'clipboard.write': request(z.strictObject({ text: scriptText }), done, MAX_SCRIPT_UNITS + 1024),
  /** Shows the system's folder dialog; the engine learns the folder, the window only that it changed. */
  'dialog.chooseMigrationFolder': request(ofProfile, z.strictObject({ chosen: z.boolean() })),
  /** Shows the system's file dialog for a PEM file; null when dismissed. */
  'dialog.chooseTlsFile': request(
    z.strictObject({ what: tlsFile }),
    z.strictObject({ file: fieldText(4096).nullable() }),
  ),
  /** Shows the system's dialog for a file with connections; the engine learns its path, the window a token for it. */
  'dialog.chooseConnectionFile': request(
    nothing,
    z.strictObject({ chosen: z.strictObject({ token: fileToken }).nullable() }),
  ),
  /** Shows the system's file dialog for the private key of an SSH user; null when dismissed. */
  'dialog.chooseSshKey': request(nothing, z.strictObject({ file: fieldText(4096).nullable() })),
  /** Shows the system's dialog for a file to save; the engine learns its path, the window a token for it and its base name. */
  'dialog.chooseSaveFile': request(
    z.strictObject({ name: fileName, kind: fileKind }),
    z.strictObject({ chosen: z.strictObject({ token: fileToken, name: z.string() }).nullable() }),
  ),
  'window.minimize': request(nothing, done),
  'window.toggleMaximize': request(nothing, done),
  'window.close': request(nothing, done),
  /** Whether the window has something that closing it would lose; while it has, `window.closing` comes before it closes. */
  'window.guard': request(z.strictObject({ isGuarded: z.boolean() }), done),
  /** Answers `window.closing`: the window asks the user. Without this answer it is closed all the same, because it hangs. */
  'window.hold': request(nothing, done),
  /** Closes the window whatever it would lose: the user has been asked. */
  'window.closeForGood': request(nothing, done),

  /** Somebody wants to close the guarded window, or to quit. */
  'window.closing': event(nothing),
  /** An SSH server waits until the person has answered the question about its key, which the shell asks; null once that is done. */
  'hostKey.waiting': event(z.strictObject({ server: z.string().max(1100).nullable() })),
  /** The engine ended and was started again: sessions and results are gone. */
  'engine.restarted': event(z.strictObject({ reason: z.string() })),
} as const

/** The colours of the windows. */
export type Theme = z.output<typeof theme>
/** What crosses between the window and the engine. */
export type EngineContract = typeof engineContract
/** What crosses between the window and the shell. */
export type ShellContract = typeof shellContract
/** Names of the requests to the engine. */
export type EngineRequestName = RequestNames<EngineContract>
/** Names of the streams from the engine. */
export type EngineStreamName = StreamNames<EngineContract>
/** Names of the events of the engine. */
export type EngineEventName = EventNames<EngineContract>
/** Names of the requests to the shell. */
export type ShellRequestName = RequestNames<ShellContract>
/** Names of the events of the shell. */
export type ShellEventName = EventNames<ShellContract>
/** One function per request and stream of the engine. */
export type EngineHandlers = HandlersOf<EngineContract>
/** One function per request of the shell. */
export type ShellHandlers = HandlersOf<ShellContract>
