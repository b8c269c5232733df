SELECT
  log, place, day, CAST(SUM(records) AS BIGINT) AS records, MIN(first_seen) AS first_seen, MAX(last_seen) AS last_seen
FROM coverage
GROUP BY log, place, day
