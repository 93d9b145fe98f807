-- One index of the counters instead of two, by period first: a period is forgotten as a whole.
ALTER TABLE counter DROP CONSTRAINT counter_pkey;
DROP INDEX counter_period;
ALTER TABLE counter ADD PRIMARY KEY (period, subject);
