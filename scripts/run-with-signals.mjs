import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Runs a command in this one's place: same streams, signals passed on, and its exit status becomes ours. On a terminal
 * Ctrl-C reaches the whole foreground group by itself; passing it on as well would interrupt the command twice.
 */
export function runInPlace(command, args, env = process.env) {
  const child = spawn(command, args, { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    process.stderr.write(`shipmate: cannot run ${command}: ${error.message}\n`);
    process.exitCode = 127;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
}
