-- title: Create employee

CREATE TABLE employee (
  id SERIAL PRIMARY KEY,
  first_name text NOT NULL,
  last_name text NOT NULL,
  nickname text,
  department text NOT NULL
);
