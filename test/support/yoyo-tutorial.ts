import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Ids of the tutorial's migrations, in order. */
export const TUTORIAL = [
  '20240604_01_u0XKn-db-init',
  '20240604_02_9xQpL-rename-employee-table',
  '20240604_03_hT2Zc-generate-sample-employee-data',
  '20240604_04_mW7Ba-change-departments-to-fk',
] as const

const [first, second, third, fourth] = TUTORIAL

const FILES: Readonly<Record<string, string>> = {
  [first]: `"""
db init
"""

from yoyo import step

__depends__ = {}

steps = [
    step(
        """
        CREATE TABLE employee (
            id SERIAL PRIMARY KEY,
            first_name text NOT NULL,
            last_name text NOT NULL,
            nickname text,
            department text NOT NULL
        );
        """,
        """
        DROP TABLE employee;
        """
    )
]
`,
  [second]: `"""
rename employee table
"""

from yoyo import step

__depends__ = {'${first}'}

steps = [
    step(
        "ALTER TABLE employee RENAME TO employees;",
        "ALTER TABLE employees RENAME TO employee;",
    ),
]
`,
  [third]: `"""
generate sample employee data
"""

from yoyo import step

__depends__ = {'${second}'}

steps = [
    step(
        "INSERT INTO employees (first_name, last_name, nickname, department) "
        "VALUES ('Ada', 'O\\'\\'Hara', NULL, 'Research'),"
        r" ('Grace', 'C:\\temp', 'Amazing', 'Navy');"
        " INSERT INTO employees (first_name, last_name, department) VALUES ('Zo\\u00eb', '100%', 'Research');",
        "DELETE FROM employees",
    ),
]
`,
  [fourth]: `"""
change departments to FK
"""

from yoyo import group, step

__depends__ = {'${third}'}

steps = [
    step(
        "CREATE TABLE departments (id SERIAL PRIMARY KEY, name text NOT NULL UNIQUE);",
        "DROP TABLE departments;",
    ),
    step("INSERT INTO departments (name) SELECT DISTINCT department FROM employees ORDER BY department;"),
    step(
        "ALTER TABLE employees ADD COLUMN department_id int;",
        "ALTER TABLE employees DROP COLUMN department_id;",
    ),
    step(
        "UPDATE employees e SET department_id = d.id FROM departments d WHERE d.name = e.department;",
        "UPDATE employees e SET department = d.name FROM departments d WHERE d.id = e.department_id;",
    ),
    group(
        step(
            "ALTER TABLE employees ALTER COLUMN department_id SET NOT NULL;"
            "ALTER TABLE employees ADD CONSTRAINT fk_department FOREIGN KEY (department_id) REFERENCES departments (id);",
            "ALTER TABLE employees DROP CONSTRAINT fk_department;",
        ),
        step(
            "ALTER TABLE employees DROP COLUMN department;",
            "ALTER TABLE employees ADD COLUMN department text NOT NULL DEFAULT '';",
        ),
    ),
]
`,
}

/** Writes the folder of the yoyo tutorial: four migrations with literal steps, one of them in a group. */
export async function writeYoyoTutorial(folder: string): Promise<void> {
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, `${name}.py`), text)
}
