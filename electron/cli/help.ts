import type { Verb } from './command'

const COMMON = `Connection
  --url URL               postgres://role@host:port/database?sslmode=…, or libpq's key=value words
                          else STRATA_DATABASE_URL, DATABASE_URL, or PGHOST, PGPORT, PGDATABASE, PGUSER,
                          PGSSLMODE and PGSSLROOTCERT; these also fill what a URL leaves out
                          The password: of the URL in the environment, PGPASSWORD, or asked for on a terminal.
  --sslmode MODE          disable, prefer, require, verify-ca or verify-full
  --sslrootcert FILE      root certificates to trust, PEM
  --environment NAME      local, development, staging or production; on production a run needs
  --database-name NAME    the name of the database, typed out

Common
  --dir FOLDER            folder with the migrations (migrations)
  --json                  one JSON object on stdout; nobody is asked anything
  --lock-wait SECONDS     give up when another run holds the migration lock for longer; waits until it
                          is had when not given
  -h, --help  --version`

const EXIT_CODES = `Exit codes
  0    done, or nothing to do
  1    failed: what is left is said
  2    refused or misused: nothing was run
  3    --check found something: migrations that are not applied, rollbacks that leave something behind
  4    could not connect
  5    the migration lock was not had in time
  130  cancelled with Ctrl+C: the statement was cancelled on the server and its migration rolled back`

const GENERAL = `strata migrate: the migrations of Strata without its window

  strata migrate status    states of all migrations
  strata migrate apply     apply what is pending
  strata migrate rollback  roll back the last, or more
  strata migrate repair    go on with, or mark, a migration that stopped half-way
  strata migrate rehearse  run up and down, compare the schema, keep nothing
  strata migrate new       write a new pair of files

strata migrate VERB --help says more about each.

${COMMON}

${EXIT_CODES}`

const OF: Readonly<Record<Verb, string>> = {
  status: `strata migrate status [--check]

States of all migrations: applied ones in applied order, then the rest in file order.

  --check                 end with code 3 when one is not applied`,
  apply: `strata migrate apply [--next | --to NAME] [--all-or-nothing] [--dry-run] [--yes]

Applies every pending migration, each in a transaction of its own with its row of the history. The plan is shown
first; on a terminal it is asked for agreement, elsewhere the command itself is that.

  --next                  only the next one
  --to NAME               up to this one, inclusive
  --all-or-nothing        one transaction for the whole run
  --dry-run               show the plan and run nothing
  -y, --yes               do not ask`,
  rollback: `strata migrate rollback [--to NAME | --all] [--all-or-nothing] [--dry-run] --yes

Rolls back the migration applied last. The plan is shown first; on a terminal it is asked for agreement, elsewhere
--yes is needed: without it the command ends with code 2.

  --to NAME               back to this one, and this one too
  --all                   all of them
  --all-or-nothing        one transaction for the whole run
  --dry-run               show the plan and run nothing
  -y, --yes               do not ask`,
  repair: `strata migrate repair NAME --resume | --retry | --drop-index | --mark-applied | --mark-not-applied --yes

For a migration without a transaction that failed or was interrupted half-way: strata migrate status says where it
stands. The plan is shown first; on a terminal it is asked for agreement, elsewhere --yes is needed.

  --resume                on from the statement it stopped at
  --retry                 from its first statement
  --drop-index            drop the INVALID indexes it left, then on from there
  --mark-applied          write into the history that it is applied; nothing is run
  --mark-not-applied      write into the history that it is not; nothing is run
  --dry-run               show the plan and run nothing
  -y, --yes               do not ask`,
  rehearse: `strata migrate rehearse [--only NAME] [--scratch] [--check]

Applies what is pending in a transaction, compares the schema, rolls it back again, compares once more, and keeps
nothing. Says for each statement its time, rows, locks, rewrites and scans, for each migration what it changes and
whether its rollback brings back what was there. Real locks are taken meanwhile, each waited for at most 3 s.

  --only NAME             this one; those before it run first, unmeasured
  --scratch               on a copy of the schema, in a database of its own that is dropped again
  --check                 end with code 3 where a rollback leaves something behind, or is not there
                          and not said to be impossible`,
  new: `strata migrate new TITLE

Writes NAME.up.sql and NAME.down.sql with a name made of the time and the title, without a database. In the folder of
another tool it writes what that tool would.`,
}

/** The help, in general or about a verb. */
export function helpText(about: Verb | null): string {
  return about === null ? GENERAL : `${OF[about]}\n\n${COMMON}\n\n${EXIT_CODES}`
}
