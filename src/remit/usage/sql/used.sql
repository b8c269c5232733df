SELECT
  principal, app, plane, action, scope, assignment, through, computed, host, outcome,
  CAST(SUM(operations) AS BIGINT) AS operations, MIN(first_seen) AS first_seen, MAX(last_seen) AS last_seen
FROM rollup
JOIN chosen ON chosen.key = CASE WHEN $by = 0 THEN rollup.principal ELSE rollup.assignment END
WHERE day >= $from_day
GROUP BY principal, app, plane, action, scope, assignment, through, computed, host, outcome
