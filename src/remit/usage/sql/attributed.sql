WITH dated AS (
  SELECT operations.*, epochs.epoch
  FROM operations
  JOIN epochs ON operations.time >= epochs.start AND operations.time < epochs.until
)
SELECT
  time, log, dated.plane, outcome, dated.principal, app, host, address, dated.action, dated.scope,
  CASE
    WHEN dated.assignment = 0 AND outcome <> 2 THEN COALESCE(answers.granted, 0)
    ELSE dated.assignment
  END AS assignment,
  through, place, token_hi, token_lo, correlation_hi, correlation_lo, rows,
  CAST(
    CASE WHEN dated.assignment = 0 AND outcome <> 2 AND COALESCE(answers.granted, 0) <> 0 THEN 1 ELSE 0 END AS BIGINT
  ) AS computed
FROM dated
LEFT JOIN answers
  ON answers.principal = dated.principal
  AND answers.plane = dated.plane
  AND answers.action = dated.action
  AND answers.scope = dated.scope
  AND answers.assignment = dated.assignment
  AND answers.epoch = dated.epoch
