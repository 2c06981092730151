-- Only the rows of the up file, one for each, and none that somebody added or changed since.
DELETE FROM employees
WHERE id IN (
  SELECT min(employees.id)
  FROM employees
  JOIN (VALUES
    ('Ada', 'Lovelace', NULL, 'Engineering'),
    ('Grace', 'Hopper', 'Amazing Grace', 'Engineering'),
    ('Alan', 'Turing', 'Prof', 'Research'),
    ('Katherine', 'Johnson', NULL, 'Research'),
    ('Edgar', 'Codd', 'Ted', 'Research'),
    ('Margaret', 'Hamilton', NULL, 'Engineering'),
    ('Barbara', 'Liskov', NULL, 'Research'),
    ('Donald', 'Knuth', 'Don', 'Research'),
    ('Radia', 'Perlman', '', 'Engineering'),
    ('Linus', 'Torvalds', NULL, 'Engineering'),
    ('Hedy', 'Lamarr', NULL, 'Sales'),
    ('Mary', 'Parker Follett', NULL, 'Sales'),
    ('Søren', 'Kierkegaard', 'The Dane', 'Human Resources'),
    ('Dorothy', 'Vaughan', 'Dot', 'Human Resources')
  ) AS sample (first_name, last_name, nickname, department)
    ON employees.first_name = sample.first_name
   AND employees.last_name = sample.last_name
   AND employees.nickname IS NOT DISTINCT FROM sample.nickname
   AND employees.department = sample.department
  GROUP BY employees.first_name, employees.last_name
);

-- A sequence takes no part in transactions or in DELETE: the next id follows the highest one left.
SELECT setval(pg_get_serial_sequence('employees', 'id'), coalesce(max(id), 1), max(id) IS NOT NULL) FROM employees;
