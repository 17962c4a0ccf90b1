import type { TestProject } from 'vitest/node';
import { startTestServices } from './services.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser's address of the test server, on its `postgres` database. */
    postgresUrl: string;
    /** As the role that Shipmate works as; the database in it is the template. */
    postgresAppUrl: string;
    /** A migrated database to copy (test/support/postgres.ts does). */
    templateDatabase: string;
    redisUrl: string;
    /** A Docker Engine that manages a swarm, as DOCKER_HOST has it. */
    dockerHost: string;
  }
}

/** Brings real services for the `integration` project and takes them away again. Nothing is skipped when one is missing: it fails. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const services = await startTestServices();
  project.provide('postgresUrl', services.postgresUrl);
  project.provide('postgresAppUrl', services.postgresAppUrl);
  project.provide('templateDatabase', services.templateDatabase);
  project.provide('redisUrl', services.redisUrl);
  project.provide('dockerHost', services.dockerHost);
  return () => services.stop();
}
