import type { ApprovalTables } from './schema/approval-tables.ts';
import type { AuditTables } from './schema/audit-tables.ts';
import type { ConversationTables } from './schema/conversation-tables.ts';
import type { DeploymentTables } from './schema/deployment-tables.ts';
import type { FactorTables } from './schema/factor-tables.ts';
import type { LockTables } from './schema/lock-tables.ts';
import type { MachineTables } from './schema/machine-tables.ts';
import type { OperationTables } from './schema/operation-tables.ts';
import type { PeopleTables } from './schema/people-tables.ts';
import type { SecretTables } from './schema/secret-tables.ts';

/**
 * The tables of migrations/ as Kysely sees them. `bigint` columns arrive as numbers (see pool.ts): epoch milliseconds,
 * positions and fences stay far below 2^53. Documents are written as JSON text made by `storable` (documents.ts).
 */
export type Tables = DeploymentTables &
  ApprovalTables &
  LockTables &
  PeopleTables &
  FactorTables &
  MachineTables &
  AuditTables &
  ConversationTables &
  SecretTables &
  OperationTables;
