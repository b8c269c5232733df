WITH dated AS (
  SELECT log, place, time, CAST((time - time % 86400000000) / 86400000000 AS BIGINT) AS day FROM rows WHERE part = 0
)
SELECT log, place, day, COUNT(*) AS records, MIN(time) AS first_seen, MAX(time) AS last_seen
FROM dated
GROUP BY log, place, day
