ALTER TABLE employees RENAME TO employee;
