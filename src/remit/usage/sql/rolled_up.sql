WITH dated AS (
  SELECT *, CAST((time - time % 86400000000) / 86400000000 AS BIGINT) AS day FROM operations
)
SELECT
  principal, app, plane, action, scope, assignment, through, computed, host, outcome, log, day,
  COUNT(*) AS operations, MIN(time) AS first_seen, MAX(time) AS last_seen
FROM dated
WHERE day >= $from_day AND day < $until_day
GROUP BY principal, app, plane, action, scope, assignment, through, computed, host, outcome, log, day
