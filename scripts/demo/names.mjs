/**
 * The roles and names by which the window is driven: those that screen readers and the tests of the app depend on.
 * @param {import('@playwright/test').Page} page
 */
export function namesOf(page) {
  const migrations = page.getByRole('region', { name: 'Migrations', exact: true })
  const results = page.getByRole('grid', { name: 'Result 1', exact: true })
  const dialog = page.getByRole('dialog').or(page.getByRole('alertdialog'))
  return {
    startLocal: page.getByRole('button', { name: 'Start local database' }),
    ways: page.getByRole('button', { name: /^(Start local database|New connection|Import connection)/ }),
    explorer: page.getByRole('tree', { name: 'Explorer' }),
    statusBar: page.getByRole('contentinfo'),
    editor: page.getByRole('textbox', { name: 'SQL editor' }),
    run: page.getByRole('button', { name: 'Run', exact: true }),
    queryStatus: page.getByRole('status', { name: 'Query status' }),
    // The editor keeps empty ones for screen readers.
    alerts: page.getByRole('alert').filter({ hasText: /\S/ }),
    results,
    columns: results.getByRole('columnheader'),
    rows: results.getByRole('row').filter({ has: page.getByRole('gridcell') }),
    migrations,
    migrationItems: migrations.getByRole('list', { name: 'Migrations' }).getByRole('listitem'),
    migrationStatus: page.getByRole('status', { name: 'Migration status' }),
    applyAll: migrations.getByRole('button', { name: 'Apply all' }),
    rollBackLast: migrations.getByRole('button', { name: 'Roll back last' }),
    dialog,
    confirmApply: dialog.getByRole('button', { name: /^Apply/ }).last(),
    confirmRollback: dialog.getByRole('button', { name: /^Roll back/ }).last(),
  }
}
