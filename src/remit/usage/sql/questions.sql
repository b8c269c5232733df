-- Planes 0 and 1 are those of Azure RBAC; outcome 2 is refused. Log 11 is that of Cosmos DB, whose data plane has roles
-- and assignments of its own, which stand in no list of Azure RBAC.
SELECT
  principal, plane, action, scope, assignment, epoch, MIN(time) AS time, COUNT(*) AS operations
FROM operations
JOIN epochs ON operations.time >= epochs.start AND operations.time < epochs.until
WHERE plane < 2 AND log <> 11 AND outcome <> 2 AND principal <> 0 AND action <> 0 AND scope <> 0
GROUP BY principal, plane, action, scope, assignment, epoch
