import { describe, expect, it } from 'vitest';
import { connectDocker } from '../../../adapters/swarm/docker-connection.ts';
import { sshArguments } from '../../../adapters/swarm/ssh-agent.ts';
import { EngineRejectedError } from '../../../src/ports/faults.ts';

describe('the engine that DOCKER_HOST names', () => {
  it('is the default socket when nothing is said', () => {
    expect(connectDocker(undefined).modem).toMatchObject({ socketPath: '/var/run/docker.sock', protocol: 'http' });
    expect(connectDocker('unix:///run/other.sock').modem).toMatchObject({ socketPath: '/run/other.sock' });
  });

  it('is a TCP address with the port that the CLI takes', () => {
    expect(connectDocker('tcp://engine.example').modem).toMatchObject({ host: 'engine.example', port: 2375, protocol: 'http' });
    expect(connectDocker('tcp://engine.example:4000').modem).toMatchObject({ host: 'engine.example', port: 4000 });
  });

  it('is refused with a way out when it cannot be read, or its certificates cannot', () => {
    expect(() => connectDocker('ftp://engine.example')).toThrow(EngineRejectedError);
    expect(() => connectDocker('tcp://engine.example', { tlsVerify: true, certPath: '/nonexistent' })).toThrow(/ca\.pem/);
  });

  it('is reached through ssh without letting the address become an option or carry a password', () => {
    expect(sshArguments(new URL('ssh://deploy@engine.example:2222'))).toEqual([
      '-T',
      '-o',
      'ConnectTimeout=10',
      '-l',
      'deploy',
      '-p',
      '2222',
      '--',
      'engine.example',
    ]);
    expect(() => sshArguments(new URL('ssh://-oProxyCommand=x@engine.example'))).toThrow(EngineRejectedError);
    expect(() => sshArguments(new URL('ssh://deploy:secret@engine.example'))).toThrow(/key/);
  });
});
