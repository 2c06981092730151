-- Added without NOT NULL and without a default, then filled: ADD COLUMN … NOT NULL DEFAULT '' would leave the default behind.
-- The column was the last one, and it is the last one again once department_id is gone.
ALTER TABLE employees ADD COLUMN department text;

UPDATE employees
SET department = departments.name
FROM departments
WHERE departments.id = employees.department_id;

ALTER TABLE employees ALTER COLUMN department SET NOT NULL;

-- From PostgreSQL 18 on NOT NULL is a constraint with a name, and its name was given while the table was called employee.
DO $$
BEGIN
  IF current_setting('server_version_num')::integer >= 180000 THEN
    ALTER TABLE employees RENAME CONSTRAINT employees_department_not_null TO employee_department_not_null;
  END IF;
END
$$;

ALTER TABLE employees DROP COLUMN department_id;

DROP TABLE departments;
