import { spawn } from 'node:child_process';
import { CannotMeasure } from './run-bench.ts';

export type DockerCli = {
  /** Resolves with standard output; rejects with what it said unless it ends with status 0. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
};

/** The `docker` in the path, talking to the same engine. A stop ends what is under way. */
export function dockerCli(dockerHost: string, stop: AbortSignal): DockerCli {
  return {
    run: (args, env = {}) =>
      new Promise((resolve, reject) => {
        const child = spawn('docker', args, {
          env: { ...process.env, ...env, DOCKER_HOST: dockerHost },
          stdio: ['ignore', 'pipe', 'pipe'],
          signal: stop,
        });
        let output = '';
        let said = '';
        child.stdout.on('data', (chunk) => {
          output += chunk;
        });
        child.stderr.on('data', (chunk) => {
          said += chunk;
        });
        child.on('error', reject);
        child.on('close', (code) => {
          if (code === 0) resolve(output);
          else reject(new Error(`docker ${args.join(' ')} ended with status ${code}: ${said.trim() || output.trim()}`));
        });
      }),
  };
}

/** `docker stack deploy` waits for its services only since version 26 of the CLI (`--detach`). */
export async function requireWaitingDeploy(docker: DockerCli): Promise<void> {
  const install =
    'Install the Docker CLI 26 or newer (package docker-ce-cli of download.docker.com, or its static binary) as `docker` in the path.';
  const help = await docker.run(['stack', 'deploy', '--help']).catch((error: unknown) => {
    throw new CannotMeasure(`the Docker CLI cannot be used: ${error instanceof Error ? error.message : String(error)}. ${install}`);
  });
  if (!help.includes('--detach')) {
    throw new CannotMeasure(
      `this \`docker stack deploy\` has no --detach, so it cannot wait for its services and there is no baseline. ${install}`,
    );
  }
}
