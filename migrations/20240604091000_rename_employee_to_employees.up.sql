-- title: Rename employee to employees

-- The primary key and the sequence keep their old names: employee_pkey, employee_id_seq.
ALTER TABLE employee RENAME TO employees;
