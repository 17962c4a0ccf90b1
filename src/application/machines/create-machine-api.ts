import { isRefusal } from '../../domain/refusal.ts';
import type { MachineApi } from '../../ports/machine-api.ts';
import type { HookConfig } from '../../ports/workspace.ts';
import type { Parts } from '../parts.ts';
import type { UseCases } from '../use-cases.ts';
import { authenticate } from './authenticate.ts';
import { machineSession } from './machine-session.ts';
import { receiveHook } from './receive-hook.ts';

/** `hookKeys`: what a hook's deliveries are signed with, as it is now; empty when it cannot be read, and then nothing is signed. */
export function createMachineApi(parts: Parts, useCases: UseCases, hookKeys: (hook: HookConfig) => readonly Uint8Array[]): MachineApi {
  return {
    async authenticate(bearer, source) {
      const machine = await authenticate(parts, bearer, source);
      return isRefusal(machine) ? machine : machineSession(parts, useCases, machine, source);
    },
    receiveHook: (request) => receiveHook(parts, useCases, hookKeys, request),
  };
}
