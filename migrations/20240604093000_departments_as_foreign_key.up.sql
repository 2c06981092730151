-- title: Departments as a foreign key

CREATE TABLE departments (
  id SERIAL PRIMARY KEY,
  name text NOT NULL UNIQUE
);

INSERT INTO departments (name)
SELECT DISTINCT department FROM employees ORDER BY department;

ALTER TABLE employees ADD COLUMN department_id integer;

UPDATE employees
SET department_id = departments.id
FROM departments
WHERE departments.name = employees.department;

ALTER TABLE employees ALTER COLUMN department_id SET NOT NULL;

ALTER TABLE employees
ADD CONSTRAINT employees_department_id_fkey FOREIGN KEY (department_id) REFERENCES departments (id);

ALTER TABLE employees DROP COLUMN department;
