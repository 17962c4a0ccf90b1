/** What keeps a request one that is counted, allowed and recorded: as in controls.mjs. */
const recorded = (title) => ({ project: 'integration', file: 'test/integration/approvals/recorded-refusals.test.ts', title });
const tokens = (title) => ({ project: 'integration', file: 'test/integration/machines/tokens.test.ts', title });

const share = (title) => ({ project: 'integration', file: 'test/integration/application/deployment-share.test.ts', title });
const retry = (title) => ({ project: 'integration', file: 'test/integration/application/retry.test.ts', title });
const shares = { project: 'unit', file: 'test/unit/domain/deployment-share.test.ts' };

export const REQUEST_CONTROLS = [
  {
    name: 'record: a question that was refused',
    file: 'src/application/approvals/ask-requester.ts',
    find: "    await parts.database.stores.audit.append(record('refused', { code: 'not_an_approver' }));\n",
    replace: '',
    test: recorded('of a question of somebody who does not decide'),
  },
  {
    name: 'record: a confirmation that was refused',
    file: 'src/application/second-factor/factor-pages.ts',
    find: 'if (isRefusal(answer) && isLeftToRecord(answer.refused))',
    replace: 'if (isRefusal(answer) && isLeftToRecord(answer.refused) && parts.clock.now() < 0)',
    test: recorded('confirmed on its page by somebody whose role is gone by then'),
  },
  {
    name: 'record: a proposal that was refused',
    file: 'src/application/machines/machine-session.ts',
    find: 'return denied(proposal, proposed.refusal);',
    replace: 'return proposed.refusal;',
    test: tokens('leaves a record of every proposal that is refused'),
  },
  {
    name: 'broken glass: a form for whoever may not',
    file: 'commands/break-glass.ts',
    find: '    if (denied !== null) return refused(denied);\n',
    replace: '    if (denied !== null && args.app === person.id) return refused(denied);\n',
    test: { project: 'unit', file: 'test/unit/commands/approval-forms.test.ts', title: 'shows no form to whoever may not' },
  },
  {
    name: 'broken glass: behind what only waits',
    file: 'adapters/postgres/deployment-store.ts',
    find: "WHEN clearance = 'break_glass' THEN 1 ELSE 2 END",
    replace: 'ELSE 2 END',
    test: {
      project: 'integration',
      file: 'test/contract/database.test.ts',
      title: 'lets broken glass go before everything that only waits',
    },
  },
  {
    name: 'broken glass: the reconciler wakes what waited longer',
    file: 'adapters/postgres/deployment-store.ts',
    find: " clearance IS NOT DISTINCT FROM 'break_glass' DESC,",
    replace: '',
    test: {
      project: 'integration',
      file: 'test/contract/database.test.ts',
      title: 'lets broken glass go before everything that only waits',
    },
  },
  {
    name: 'limit: one person uses up the hour of everybody',
    file: 'src/domain/deployment-share.ts',
    find: "    usedUp('person', own, half) ??\n",
    replace: '',
    test: share('are not used up by one person'),
  },
  {
    name: 'limit: machines use up their owner’s hour',
    file: 'src/domain/deployment-share.ts',
    find: "usedUp('machines', own.filter(isOfMachine), Math.ceil(half / 2))",
    replace: 'null',
    test: { ...shares, title: 'and have half of that' },
  },
  {
    name: 'limit: a person’s machines are other people',
    file: 'src/domain/deployment-share.ts',
    find: 'asked.filter((other) => humanBehind(other.requester) === human)',
    replace: 'asked.filter((other) => other.requester === human)',
    test: { ...shares, title: 'a person’s machines count with them' },
  },
  {
    name: 'limit: many requests at once',
    file: 'src/application/request-deployment.ts',
    find: '    before: ({ deployments }) => checkShare(parts, deployments, share),\n',
    replace: '',
    test: share('are no more for whoever asks many times at once'),
  },
  {
    name: 'retry: a reason that nobody gave',
    file: 'src/application/retry-deployment.ts',
    find: 'asksWhy === null ? reasonOf(deployment, person) : null',
    replace: 'reasonOf(deployment, person)',
    test: retry('says nothing for anybody where people have to say why'),
  },
  {
    name: 'retry: another person’s reason',
    file: 'src/application/retry-deployment.ts',
    find: 'requester.id === person.id && reason !== null',
    replace: 'reason !== null',
    test: retry('and nothing that another did'),
  },
  {
    name: 'retry: other images than those that were tried',
    file: 'src/application/retry-deployment.ts',
    find: 'pins: new Map(pinsOf(release.spec))',
    replace: 'pins: new Map<string, string>()',
    test: retry('of a promotion takes the images that it took'),
  },
];
