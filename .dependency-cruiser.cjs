/**
 * Who may import whom. The picture and the reasons stand in docs/architecture.md.
 * Each layer names the only paths it may reach; everything else is an error.
 */
const own = (...layers) => layers.map((layer) => `^${layer}`);

/** `from` may import `allowed` (paths) and the named npm packages, nothing else. */
const layer = (name, from, allowed, packages = []) => ({
  name,
  severity: 'error',
  comment: 'docs/architecture.md, "Who may import whom"',
  from: { path: from },
  to: { pathNot: [...allowed, ...packages.map((p) => `^node_modules/${p}/`)] },
});

module.exports = {
  forbidden: [
    layer('domain-is-pure', '^src/domain/', own('src/domain/')),
    layer('ports-know-the-domain', '^src/ports/', own('src/ports/', 'src/domain/')),
    layer(
      'application-knows-ports',
      '^src/application/',
      [...own('src/application/', 'src/ports/', 'src/domain/'), '^(node:)?crypto$'],
      ['cockatiel'],
    ),
    layer('chat-knows-the-domain', '^src/chat/', own('src/chat/', 'src/domain/'), ['zod', 'fastest-levenshtein']),
    layer(
      'chat-core-serves-the-definitions-it-is-given',
      '^src/chat-core/',
      [...own('src/chat-core/', 'src/chat/', 'src/views/', 'src/application/', 'src/ports/', 'src/domain/'), '^node:', '^crypto$'],
      ['cockatiel'],
    ),
    layer('views-know-chat', '^src/views/', own('src/views/', 'src/chat/', 'src/domain/')),
    layer(
      'config-is-a-leaf',
      '^src/config/',
      [
        ...own('src/config/', 'src/domain/', 'src/ports/', 'adapters/croner/cron-problem'),
        '^node:',
        '^(fs|path|url|os|crypto|net)$',
        '^(fs|path)/',
      ],
      ['zod', 'yaml', 'fastest-levenshtein'],
    ),
    layer('commands-use-the-application', '^commands/', own('commands/', 'src/application/', 'src/chat/', 'src/views/', 'src/domain/'), [
      'zod',
    ]),
    {
      name: 'adapters-stay-apart',
      severity: 'error',
      comment: 'an adapter knows ports, chat, domain, its own files and its SDK, never another adapter',
      from: { path: '^adapters/([^/]+)/' },
      to: { path: '^(adapters/|src/(application|chat-core|views|config|main)|commands/|migrations/)', pathNot: '^adapters/$1/' },
    },
    {
      name: 'only-the-composition-root-imports-all',
      severity: 'error',
      from: { path: '^(src/(domain|ports|application|chat|chat-core|views|config)|commands|adapters)/' },
      to: { path: '^(src/main|src/cli|scripts|bench)' },
    },
    { name: 'nothing-imports-tests', severity: 'error', from: { pathNot: '^(test|bench)/' }, to: { path: '^test/' } },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
