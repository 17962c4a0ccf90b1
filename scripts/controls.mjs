import { EDGE_CONTROLS } from './edge-controls.mjs';
import { FACTOR_CONTROLS } from './factor-controls.mjs';
import { REQUEST_CONTROLS } from './request-controls.mjs';
import { ROLE_CONTROLS } from './role-controls.mjs';
import { SESSION_CONTROLS } from './session-controls.mjs';

/** What keeps an approval an approval: where it stands, how it reads without it, and the test that has to miss it. */
const controls = (title) => ({ project: 'integration', file: 'test/integration/approvals/controls.test.ts', title });
const whoMay = (title) => ({ project: 'integration', file: 'test/integration/approvals/who-may.test.ts', title });
const factors = (title) => ({ project: 'integration', file: 'test/integration/second-factor/prove-by-code.test.ts', title });
const unit = (file) => ({ project: 'unit', file: `test/unit/${file}` });

const APPROVAL = 'src/domain/approval.ts';
const POLICY = 'src/domain/approval-policy.ts';
const SAME_HUMAN = 'src/domain/same-human.ts';
const DECIDE = 'src/application/approvals/decide-approval.ts';
const CLEAR = 'src/application/approvals/clear-to-run.ts';
const REQUESTER = 'src/application/approvals/requester-now.ts';
const CHANGED = 'src/application/approvals/what-changed.ts';
const TEND = 'src/application/approvals/tend-approvals.ts';
const APPROVERS = 'src/application/approvals/approvers.ts';
const GLASS = 'src/application/approvals/break-glass.ts';
const REQUEST = 'src/application/request-deployment.ts';
const ROLLBACK = 'src/application/request-rollback.ts';
const RUN = 'src/application/start-deployment.ts';
const PERMISSIONS = 'src/domain/permissions.ts';
const PROVE = 'src/application/second-factor/prove.ts';

export const CONTROLS = [
  {
    name: 'a protected environment asks',
    file: REQUEST,
    find: 'const policy = environment.protected ?',
    replace: 'const policy = environment.protected === null ?',
    test: controls('starts once, after enough people agreed'),
  },
  {
    name: 'self-approval',
    file: APPROVAL,
    find: "  if (voter.mayBeRequester) return { kind: 'refuse', code: 'own_request' };\n",
    replace: '',
    test: controls('by name'),
  },
  {
    name: 'self-approval over an account that was linked',
    file: APPROVERS,
    find: '      ...past.filter((one) => !isAnothers(one)),\n',
    replace: '',
    test: controls('from an account that was theirs when they asked'),
  },
  {
    name: 'self-approval over a linked account',
    file: SAME_HUMAN,
    find: '  if (a.id === b.id) return true;\n',
    replace: '  if (a.id === b.id && a.accounts.length < 2) return true;\n  if (a.id === b.id) return false;\n',
    test: controls('from an account that is linked to them'),
  },
  {
    name: 'self-approval over an account that may be theirs',
    file: SAME_HUMAN,
    find: 'return !b.accounts.some((account) => realms.has(realmOf(account)));',
    replace: 'return realms.has(realmOf({ platform: "none", account: "none" }));',
    test: controls('from an account that may be theirs'),
  },
  {
    name: 'self-approval over an account that is linked afterwards',
    file: APPROVERS,
    find: 'const isSomebodyElse = !counted.some((other) => mayBeSameHuman(other, party));',
    replace: 'const isSomebodyElse = true;',
    test: controls('from an account that turns out to be theirs'),
  },
  {
    name: 'self-approval of what a machine asked for',
    file: APPROVERS,
    find: 'const id = humanBehind(person.id);',
    replace: 'const id = humanBehind(person.id) === "" ? "" : person.id;',
    test: controls('that a machine of theirs asked for'),
  },
  {
    name: 'two accounts that are one human',
    file: APPROVAL,
    find: '|| voter.mayBe !== null',
    replace: '',
    test: controls('different humans, as far as their accounts prove'),
  },
  {
    name: 'quorum',
    file: POLICY,
    find: 'filled[index] === rule.count && rule.count > 0',
    replace: 'filled[index] !== 0 && rule.count > 0',
    test: controls('starts once, after enough people agreed'),
  },
  {
    name: 'one person for two rules',
    file: POLICY,
    find: '        taken.push(person);\n        return true;\n',
    replace: '        taken.push(person);\n        continue;\n',
    test: controls('one for each rule, also when they belong to both'),
  },
  {
    name: 'whoever the policy does not name',
    file: APPROVAL,
    find: 'voter.isMachine || voter.eligibleFor.length === 0',
    replace: 'voter.isMachine',
    test: controls('named by the policy'),
  },
  {
    name: 'a machine that approves',
    file: APPROVAL,
    find: 'voter.isMachine || voter.eligibleFor.length === 0',
    replace: 'voter.eligibleFor.length === 0',
    test: controls('people, and no machines'),
  },
  {
    name: 'replay of a click',
    file: APPROVAL,
    find: 'if (hasAgreed || voter.mayBe !== null)',
    replace: 'if (voter.mayBe !== null)',
    test: controls('different ones'),
  },
  {
    name: 'one order for clicks at once',
    file: 'adapters/postgres/approval-store.ts',
    find: ".where('id', '=', id).forUpdate().executeTakeFirst()",
    replace: ".where('id', '=', id).executeTakeFirst()",
    test: controls('of two who decide differently has one order'),
  },
  {
    name: 'a request that is over',
    file: APPROVAL,
    find: "  if (request.state !== 'open') return { kind: 'refuse', code: 'request_over' };\n",
    replace: '',
    test: unit('domain/approval.test.ts'),
  },
  {
    name: 'expiry at the vote',
    file: APPROVAL,
    find: "  if (now >= request.expiresAt) return { kind: 'close', state: 'expired', because: 'nobody decided in time' };\n",
    replace: '',
    test: controls('before the last vote'),
  },
  {
    name: 'expiry at the run',
    file: APPROVAL,
    find: "  if (now >= request.expiresAt) return { runs: false, state: 'expired', because: 'the approval ran out before its turn came' };\n",
    replace: '',
    test: controls('before the deployment starts'),
  },
  {
    name: 'expiry while nobody looks',
    file: TEND,
    find: "  if (now >= request.expiresAt && deployment.state !== 'running') {",
    replace: "  if (now < 0 && deployment.state !== 'running') {",
    test: controls('while nobody looks'),
  },
  {
    name: 'waiting time',
    file: DECIDE,
    find: 'if (now >= request.notBefore) await releaseToQueue',
    replace: 'await releaseToQueue',
    test: controls('does not begin before the waiting time is over'),
  },
  {
    name: 'binding to the plan hash',
    file: APPROVAL,
    find: "  if (request.planHash !== deployment.planHash) return voided('what was approved is another plan');\n",
    replace: '',
    test: controls('when the plan is another than the approved one'),
  },
  {
    name: 'policy version at the vote',
    file: CHANGED,
    find: 'if (policyVersionOf(parts.workspace(), environment) !== request.policyVersion) {',
    replace: 'if (request.policyVersion === "") {',
    test: controls('for whoever votes after the policy changed'),
  },
  {
    name: 'policy version at the run',
    file: CLEAR,
    find: 'changed: request === null ? null : ((await changedHere(parts, stores, request)) ??',
    replace: 'changed: request === null ? null : (null ??',
    test: controls('when the policy changed between the approval and the run'),
  },
  {
    name: 'policy version that the plan was made under',
    file: REQUEST,
    find: 'policyVersion: environment.policyVersion, baseRevision: composed.baseRevision',
    replace: 'policyVersion: parts.workspace().environments[request.environment].policyVersion, baseRevision: composed.baseRevision',
    test: controls('when the file was read again while the plan was made'),
  },
  {
    name: 'order at the run',
    file: CLEAR,
    find: "kind === 'deploy' ? await stores.releases.find(releaseId) : null;",
    replace: 'null;',
    test: controls('what has to run elsewhere before still did'),
  },
  {
    name: 'a rollback on call joins no other that waits for people',
    file: ROLLBACK,
    find: '(!goesAtOnce || isAsSure(other, cleared.clearance))',
    replace: '(!goesAtOnce || other.state !== "awaiting_approval")',
    test: controls('whoever is on call waits for nobody else’s rollback'),
  },
  {
    name: 'base revision',
    file: CHANGED,
    find: '  if ((current?.number ?? null) === baseRevision) return null;',
    replace: '  if (baseRevision !== -1) return null;',
    test: controls('when the environment runs something else by the time of the run'),
  },
  {
    name: 'moved tag and edited definition',
    file: CHANGED,
    find: 'prepared.release.specHash === release.specHash ?',
    replace: 'prepared.release.id !== "" ?',
    test: controls('for whoever votes after the tag changed'),
  },
  {
    name: 'void while nobody looks',
    file: TEND,
    find: '  if (because === null || isRefusal(because)) return;',
    replace: '  if (because !== "") return;',
    test: controls('in public, with nobody near'),
  },
  {
    name: 'void once the requester may not ask',
    file: TEND,
    find: "return standing === 'may_not' ?",
    replace: "return standing === 'unknown' ?",
    test: controls('so that nobody approves what cannot start'),
  },
  {
    name: 'a group that nobody can tell of voids nothing yet',
    file: TEND,
    find: "return standing === 'may_not' ?",
    replace: "return standing !== 'may' ?",
    test: controls('it stays while nobody can tell'),
  },
  {
    name: 'a registry that is away agrees to nothing',
    file: DECIDE,
    find: "  if (isRefusal(looked) && asked.decision === 'approve') return looked;\n",
    replace: '',
    test: controls('and not when a registry is away'),
  },
  {
    name: 'second factor',
    file: DECIDE,
    find: 'secondFactor ? await prove(',
    replace: 'secondFactor && now < 0 ? await prove(',
    test: controls('is asked for, and without one nothing is decided'),
  },
  {
    name: 'reuse of a code',
    file: 'src/application/second-factor/try-code.ts',
    find: 'if (step <= factor.lastStep) {',
    replace: 'if (step < 0) {',
    test: controls('of one moment confirms one approval'),
  },
  {
    name: 'lock after five wrong codes',
    file: PROVE,
    find: 'const until = lockedUntil(attempt.tries, now);',
    replace: 'const until = lockedUntil(attempt.tries, Number.MAX_SAFE_INTEGER);',
    test: factors('ends after five wrong codes'),
  },
  {
    name: 'role of the requester at the run',
    file: APPROVAL,
    find: '  if (requesterMayNot !== null) return voided(requesterMayNot);\n',
    replace: '',
    test: controls('whoever asked still may'),
  },
  {
    name: 'group of the requester at the run',
    file: REQUESTER,
    find: 'return { person: { ...requester, groups }, isUnknown',
    replace: 'return { person: asked, isUnknown',
    test: controls('whoever asked from a group of their platform is still in it'),
  },
  {
    name: 'group of whoever agreed at the run',
    file: APPROVERS,
    find: 'rules, { ...person, groups })',
    replace: 'rules, { ...person, groups: spoken })',
    test: controls('whoever agreed from a group of their platform is still in it'),
  },
  {
    name: 'what a platform does not say counts for nothing',
    file: 'src/domain/membership.ts',
    find: 'now - at <= MEMBERSHIP_FRESH_MS;',
    replace: 'now - at <= MEMBERSHIP_FRESH_MS || at > 0;',
    test: controls('nobody counts whose group their platform does not tell of'),
  },
  {
    name: 'role of the requester at the run, unprotected',
    file: CLEAR,
    find: 'return mayNot === null ?',
    replace: 'return deployment.id !== "" ?',
    test: controls('an unprotected environment still asks'),
  },
  {
    name: 'role of who agreed at the run',
    file: APPROVAL,
    find: 'if (isMet) return { runs: true };',
    replace: 'if (isMet || now > 0) return { runs: true };',
    test: controls('whoever agreed still may'),
  },
  {
    name: 'state at the run',
    file: APPROVAL,
    find: "  if (request.state !== 'approved') return voided('it is not approved');\n",
    replace: '',
    test: unit('domain/approval.test.ts'),
  },
  {
    name: 'clearance, in an environment that was protected meanwhile',
    file: CLEAR,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source's text.
    find: 'return voided(`${deployment.environment} is protected, and nobody was asked`);',
    replace: 'return null;',
    test: controls('an environment that was protected meanwhile'),
  },
  {
    name: 'what waits for an opening does not start before',
    file: RUN,
    find: "    if (denied?.kind === 'waits') return setAside(run, stores, denied.hold, now);\n    if (denied !== null)",
    replace: "    if (denied?.kind === 'ends')",
    test: controls('a locked environment takes nothing'),
  },
  {
    name: 'the last look as a whole',
    file: RUN,
    find: '    if (denied !== null) return deny(run, stores, denied.failure, now);\n',
    replace: '',
    test: controls('an environment that was protected meanwhile'),
  },
  {
    name: 'one approval, one start',
    file: CLEAR,
    find: "    await stores.approvals.close(request.id, 'approved', 'used', { at: parts.clock.now(), by: null, because: null });\n",
    replace: '',
    test: controls('starts once, after enough people agreed'),
  },
  {
    name: 'locks and freezes at the run',
    file: CLEAR,
    find: "  if (hold !== null) return { kind: 'waits', hold };\n",
    replace: '',
    test: controls('a locked environment takes nothing'),
  },
  {
    name: 'locks and freezes at the request',
    file: REQUEST,
    find: 'const stopped = (await mayQueue(parts, stores, request, created)) ??',
    replace: 'const stopped =',
    test: whoMay('deploy, protected, frozen'),
  },
  {
    name: 'fence of a former owner',
    file: 'adapters/postgres/held-lease.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source's text.
    find: ' AND fence = ${fence.fence} FOR SHARE',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source's text.
    replace: ' AND ${fence.fence}::bigint IS NOT NULL FOR SHARE',
    test: { project: 'integration', file: 'test/contract/database.test.ts', title: 'leases' },
  },
  {
    name: 'a role that lacks the permission',
    file: PERMISSIONS,
    find: "  if (granting.length === 0) return { allowed: false, reason: 'role_lacks_permission' };\n",
    replace: '  if (granting.length === 0) return { allowed: true };\n',
    test: unit('domain/permissions.test.ts'),
  },
  {
    name: 'deployers of an environment',
    file: PERMISSIONS,
    find: 'if (environment !== null && !granting',
    replace: 'if (environment === null && !granting',
    test: unit('domain/permissions.test.ts'),
  },
  {
    name: 'on call goes to the last good revision only',
    file: ROLLBACK,
    find: 'if (isOnCall && wayBack?.isAgreed === true) return',
    replace: 'if (isOnCall) return',
    test: whoMay('roll back further, protected, nothing stands in the way'),
  },
  {
    name: 'on call goes to what people agreed to',
    file: 'src/application/last-good.ts',
    find: "if (clearance === 'approval') return true;",
    replace: "if (clearance !== 'on_call') return true;",
    test: controls('a release that nobody agreed to is no way back'),
  },
  {
    name: 'on call goes one step',
    file: 'src/application/last-good.ts',
    find: "  if (made?.kind === 'rollback' && lastGood.number !== from.number) return { isAgreed: false };\n",
    replace: '',
    test: controls('one step back is for whoever is on call'),
  },
  {
    name: 'only a way back passes what is closed',
    file: REQUEST,
    find: "const kind = request.isWayBack === true ? 'rollback'",
    replace: "const kind = request.kind === 'rollback' ? 'rollback'",
    test: whoMay('roll back further, open, locked'),
  },
  {
    name: 'an approval is asked for whatever became of the environment',
    file: CLEAR,
    find: 'if (environment.protected || deployment.clearance !== undefined)',
    replace: 'if (environment.protected)',
    test: controls('what was approved is asked for its approval'),
  },
  {
    name: 'on call at the run',
    file: CLEAR,
    find: "      if (!may) return voided('who took it back is not on call any more');\n",
    replace: '',
    test: controls('the last good revision comes back at once'),
  },
  {
    name: 'who breaks the glass',
    file: GLASS,
    find: '  if (denied !== null) return denied;\n  const reason',
    replace: '  const reason',
    test: controls('the glass is broken with a reason'),
  },
  {
    name: 'who breaks the glass at the run',
    file: CLEAR,
    find: "return isRefusal(authorize(parts.workspace(), request)) ? voided('who broke",
    replace: "return isRefusal(authorize(parts.workspace(), request)) && deployment.id === '' ? voided('who broke",
    test: controls('the glass is broken with a reason'),
  },
  {
    name: 'second factor of broken glass',
    file: GLASS,
    find: '      if (isRefusal(proven) || isFactorRequest(proven)) return proven;\n      await recordBroken(stores, created, reason, source, proven.proven);',
    replace: "      await recordBroken(stores, created, reason, source, 'proven' in proven ? proven.proven : 'none');",
    test: controls('the glass is broken with a reason'),
  },
  {
    name: 'sign-off by who broke it',
    file: GLASS,
    find: 'if (mayBeSameHuman(me, breaker)) {',
    replace: "if (broken.by.id === '') {",
    test: controls('broken glass stays an open item'),
  },
  {
    name: 'sign-off by who may not',
    file: GLASS,
    find: "permission: 'review', changes: false });\n    if (isRefusal(access)) {",
    replace: "permission: 'view', changes: false });\n    if (isRefusal(access)) {",
    test: controls('broken glass stays an open item'),
  },
  ...REQUEST_CONTROLS,
  ...ROLE_CONTROLS,
  ...FACTOR_CONTROLS,
  ...SESSION_CONTROLS,
  ...EDGE_CONTROLS,
];
