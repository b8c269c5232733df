-- The identities of one bucket, each with the place where it first stands: 2^40 records of a file, then the next file.
WITH chosen AS (
  SELECT * FROM incoming WHERE (identity_lo & 1048575) % $buckets = $bucket
),
firsts AS (
  SELECT identity_hi, identity_lo, MIN(file * 1099511627776 + ordinal) AS at
  FROM chosen
  GROUP BY identity_hi, identity_lo
),
fresh AS (
  SELECT firsts.identity_hi, firsts.identity_lo, firsts.at
  FROM firsts
  LEFT JOIN seen ON seen.identity_hi = firsts.identity_hi AND seen.identity_lo = firsts.identity_lo
  WHERE seen.identity_hi IS NULL
)
SELECT
  chosen.identity_hi, chosen.identity_lo, part, digest_hi, digest_lo, line, time, arrived, log, plane, outcome, phase,
  principal, app, host, address, action, scope, assignment, through, place, token_hi, token_lo, correlation_hi,
  correlation_lo, file
FROM chosen
JOIN fresh
  ON fresh.identity_hi = chosen.identity_hi
  AND fresh.identity_lo = chosen.identity_lo
  AND fresh.at = chosen.file * 1099511627776 + chosen.ordinal
