/** What keeps a request one that is counted, allowed and recorded: as in controls.mjs. */
const recorded = (title) => ({ project: 'integration', file: 'test/integration/approvals/recorded-refusals.test.ts', title });
const tokens = (title) => ({ project: 'integration', file: 'test/integration/machines/tokens.test.ts', title });

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
];
