-- one order of the day, one of the run
CREATE TABLE orders (id INTEGER, day TEXT);
INSERT INTO orders VALUES (1, '{{ day }}');
INSERT INTO orders VALUES (2, '{{ other_day }}');
