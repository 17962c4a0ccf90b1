import { afterAll, beforeAll } from 'vitest';
import { describeConfigurationHistory } from './configuration-history.ts';
import { describeAccess } from './database-access.ts';
import { describeApprovals } from './database-approvals.ts';
import { describeAuditChain } from './database-audit.ts';
import { describeBreakers } from './database-breakers.ts';
import { describeCommits } from './database-commits.ts';
import { describeDeliveries } from './database-deliveries.ts';
import { describeDeployments } from './database-deployments.ts';
import { describeFactors } from './database-factors.ts';
import { describeInstallations } from './database-installations.ts';
import { describeIntake } from './database-intake.ts';
import { describeLeases } from './database-leases.ts';
import { describeLocks } from './database-locks.ts';
import { describeMemberships } from './database-memberships.ts';
import { describeMessages } from './database-messages.ts';
import { describePeople } from './database-people.ts';
import { describeRecords } from './database-records.ts';
import { describeSecrets } from './database-secrets.ts';
import { describeSessions } from './database-sessions.ts';
import { describeTransactions } from './database-transactions.ts';
import type { DatabaseUnderTest, Views } from './database-views.ts';

/** What every implementation of the Database port promises. */
export function describeDatabaseContract(create: () => Promise<DatabaseUnderTest>): void {
  let views: DatabaseUnderTest;
  beforeAll(async () => {
    views = await create();
  });
  afterAll(() => views.drop());
  const read: Views = () => views;
  describeAccess(read);
  describeApprovals(read);
  describeBreakers(read);
  describeCommits(read);
  describeConfigurationHistory(read);
  describeDeployments(read);
  describeDeliveries(read);
  describeFactors(read);
  describeIntake(read);
  describeInstallations(read);
  describeLeases(read);
  describeLocks(read);
  describeMemberships(read);
  describeMessages(read);
  describePeople(read);
  describeRecords(read);
  describeAuditChain(read);
  describeSecrets(read);
  describeSessions(read);
  describeTransactions(read);
}
