import pg from 'pg';
import type { Lab } from './lab.ts';

/** Without what queues and clocks move by themselves. */
const TABLES = [
  'deployments',
  'deployment_previous',
  'deployment_progress',
  'deployment_stages',
  'revisions',
  'leases',
  'audit',
  'releases',
];

/** Every row that a worker writes, and every service with the engine's version index of it: a write, even one that changes nothing, moves it. */
export async function everythingWritten(lab: Lab) {
  const { services, networks, secrets, configs } = await lab.parts.orchestrator.observe(lab.stackOf());
  const client = new pg.Client({ connectionString: lab.address.databaseUrl });
  await client.connect();
  try {
    const rows: Record<string, readonly unknown[]> = {};
    for (const table of TABLES) {
      const result = await client.query(`SELECT * FROM ${table} t ORDER BY t::text`);
      rows[table] = result.rows;
    }
    return {
      services: services.map(({ service, version, owner, engineSpec }) => ({ service, version, owner, engineSpec })),
      objects: [...networks, ...secrets, ...configs].map((object) => object.id),
      rows,
    };
  } finally {
    await client.end();
  }
}
