-- Log 1 is the Activity Log, the only one that writes several records of one operation. A record that does not name the
-- caller belongs to the caller that the others of its correlation, action and scope name.
WITH several AS (
  SELECT
    *,
    COALESCE(
      NULLIF(principal, 0),
      MAX(NULLIF(principal, 0)) OVER (PARTITION BY correlation_hi, correlation_lo, action, scope),
      0
    ) AS caller
  FROM rows
  WHERE log = 1 AND (correlation_hi <> 0 OR correlation_lo <> 0)
),
apart AS (
  SELECT
    *,
    CASE
      WHEN time - LAG(time) OVER (
        PARTITION BY correlation_hi, correlation_lo, action, scope, caller
        ORDER BY time, identity_hi, identity_lo, part
      ) > $gap THEN 1
      ELSE 0
    END AS begins
  FROM several
),
numbered AS (
  SELECT
    *,
    SUM(begins) OVER (
      PARTITION BY correlation_hi, correlation_lo, action, scope, caller
      ORDER BY time, identity_hi, identity_lo, part
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS session
  FROM apart
),
ranked AS (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY correlation_hi, correlation_lo, action, scope, caller, session
      ORDER BY CASE WHEN assignment = 0 THEN 1 ELSE 0 END, time, identity_hi, identity_lo, part
    ) AS by_grant,
    ROW_NUMBER() OVER (
      PARTITION BY correlation_hi, correlation_lo, action, scope, caller, session
      ORDER BY CASE WHEN token_hi = 0 AND token_lo = 0 THEN 1 ELSE 0 END, time, identity_hi, identity_lo, part
    ) AS by_token
  FROM numbered
),
together AS (
  SELECT
    MIN(time) AS time,
    CAST(1 AS BIGINT) AS log,
    MAX(plane) AS plane,
    -- A caller who was refused by one record and authorised by another was authorised, and failed.
    CAST(
      CASE
        WHEN SUM(CASE WHEN outcome = 0 THEN 1 ELSE 0 END) > 0 THEN 0
        WHEN SUM(CASE WHEN outcome = 1 THEN 1 ELSE 0 END) > 0 THEN 1
        WHEN SUM(CASE WHEN outcome = 2 THEN 1 ELSE 0 END) > 0
          THEN CASE WHEN SUM(CASE WHEN outcome = 3 THEN 1 ELSE 0 END) > 0 THEN 1 ELSE 2 END
        ELSE 3
      END AS BIGINT
    ) AS outcome,
    caller AS principal,
    COALESCE(MAX(NULLIF(app, 0)), 0) AS app,
    COALESCE(MAX(NULLIF(host, 0)), 0) AS host,
    COALESCE(MAX(NULLIF(address, 0)), 0) AS address,
    action,
    scope,
    MAX(CASE WHEN by_grant = 1 THEN assignment END) AS assignment,
    MAX(CASE WHEN by_grant = 1 THEN through END) AS through,
    COALESCE(MAX(NULLIF(place, 0)), 0) AS place,
    MAX(CASE WHEN by_token = 1 THEN token_hi END) AS token_hi,
    MAX(CASE WHEN by_token = 1 THEN token_lo END) AS token_lo,
    correlation_hi,
    correlation_lo,
    COUNT(*) AS rows
  FROM ranked
  GROUP BY correlation_hi, correlation_lo, action, scope, caller, session
)
SELECT
  time, log, plane, outcome, principal, app, host, address, action, scope, assignment, through, place, token_hi,
  token_lo, correlation_hi, correlation_lo, rows
FROM together
UNION ALL
SELECT
  time, log, plane, outcome, principal, app, host, address, action, scope, assignment, through, place, token_hi,
  token_lo, correlation_hi, correlation_lo, CAST(1 AS BIGINT) AS rows
FROM rows
WHERE log <> 1 OR (correlation_hi = 0 AND correlation_lo = 0)
