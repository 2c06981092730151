-- title: Sample employees

-- A nickname is NULL where nobody asked, and '' where somebody has none.
INSERT INTO employees (first_name, last_name, nickname, department) VALUES
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
  ('Dorothy', 'Vaughan', 'Dot', 'Human Resources');
