-- The sequence of the SERIAL column belongs to the table and goes with it.

DROP TABLE employee;
