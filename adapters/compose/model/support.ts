/**
 * Every key of the Compose Specification and what becomes of it here. A key is read, refused (a Swarm cannot do it, or not
 * safely), or harmless (it changes nothing about what runs, and a warning says so). Nothing is ignored silently; a test walks
 * the schema and fails on any key that is in none of the three.
 */
export type Support = {
  readonly read: readonly string[];
  readonly refused: Readonly<Record<string, readonly [reason: string, remedy: string]>>;
  readonly harmless: Readonly<Record<string, readonly [reason: string, remedy: string]>>;
};

const LIMITS_INSTEAD = 'Use `deploy.resources.limits`.';
const NETWORK_INSTEAD = 'Put both services on one network and use the service name as host name.';
const HOST_NAMESPACE = 'It would share a namespace of the host, which a Swarm service cannot.';
const NO_SWARM = 'A Swarm service has no such setting.';
const WINDOWS_ONLY = 'It exists on Windows hosts only.';

export const SERVICE: Support = {
  read: [
    'cap_add',
    'cap_drop',
    'command',
    'configs',
    'cpus',
    'depends_on',
    'deploy',
    'dns',
    'dns_opt',
    'dns_search',
    'entrypoint',
    'env_file',
    'environment',
    'extends',
    'extra_hosts',
    'group_add',
    'healthcheck',
    'hostname',
    'image',
    'init',
    'isolation',
    'label_file',
    'labels',
    'logging',
    'mem_limit',
    'mem_reservation',
    'networks',
    'pids_limit',
    'ports',
    'profiles',
    'read_only',
    'restart',
    'scale',
    'secrets',
    'stdin_open',
    'stop_grace_period',
    'stop_signal',
    'sysctls',
    'tmpfs',
    'tty',
    'ulimits',
    'user',
    'volumes',
    'working_dir',
    // Refused or harmless by what else the service says; decided where it is read.
    'build',
    'pull_policy',
  ],
  refused: {
    blkio_config: [NO_SWARM, 'Limit disk access on the nodes, or choose nodes by `deploy.placement.constraints`.'],
    cgroup: [HOST_NAMESPACE, 'Remove it.'],
    cgroup_parent: [NO_SWARM, LIMITS_INSTEAD],
    container_name: [
      'A Swarm names its containers itself, because a service may have several.',
      'Remove it and use the service name as host name.',
    ],
    cpu_count: [WINDOWS_ONLY, LIMITS_INSTEAD],
    cpu_percent: [WINDOWS_ONLY, LIMITS_INSTEAD],
    cpu_shares: [NO_SWARM, 'Use `deploy.resources.reservations.cpus`.'],
    cpu_quota: [NO_SWARM, 'Use `deploy.resources.limits.cpus`.'],
    cpu_period: [NO_SWARM, 'Use `deploy.resources.limits.cpus`.'],
    cpu_rt_period: [NO_SWARM, 'Use `deploy.resources.limits.cpus`.'],
    cpu_rt_runtime: [NO_SWARM, 'Use `deploy.resources.limits.cpus`.'],
    cpuset: [NO_SWARM, 'Use `deploy.resources` and `deploy.placement.constraints`.'],
    credential_spec: [WINDOWS_ONLY, 'Remove it.'],
    device_cgroup_rules: [
      NO_SWARM,
      'Offer the device as a generic resource of its node and ask for it in `deploy.resources.reservations.generic_resources`.',
    ],
    devices: [
      'A Swarm service cannot be given a device of its node.',
      'Offer the device as a generic resource of its node and ask for it in `deploy.resources.reservations.generic_resources`.',
    ],
    domainname: [NO_SWARM, 'Write the whole name in `hostname`.'],
    external_links: ['Links do not exist in a Swarm.', 'Join the other application through an external network.'],
    gpus: ['A Swarm service cannot ask for GPUs this way.', 'Use `deploy.resources.reservations.generic_resources`.'],
    ipc: [HOST_NAMESPACE, 'Remove it, or exchange data over a network or a volume.'],
    links: ['Links do not exist in a Swarm.', NETWORK_INSTEAD],
    mac_address: ['Tasks come and go, so they cannot have a fixed hardware address.', 'Remove it.'],
    mem_swappiness: [NO_SWARM, 'Set swapping on the nodes.'],
    memswap_limit: [NO_SWARM, 'Use `deploy.resources.limits.memory`.'],
    models: ['Models are run by Docker Desktop, not by a Swarm.', 'Run the model as a service of its own.'],
    network_mode: [
      'A Swarm service joins networks; it cannot use those of the host or of another container.',
      `Remove it and use \`networks\`. ${NETWORK_INSTEAD}`,
    ],
    oom_kill_disable: [NO_SWARM, 'Give the service enough memory in `deploy.resources.limits`.'],
    oom_score_adj: [NO_SWARM, 'Give the service enough memory in `deploy.resources.reservations`.'],
    pid: [HOST_NAMESPACE, 'Remove it.'],
    platform: [
      'The scheduler chooses nodes by the platforms of the image.',
      'Use `deploy.placement.constraints`, for example `node.platform.arch == x86_64`.',
    ],
    post_start: [NO_SWARM, 'Use a hook under `x-shipmate`, or the entrypoint of the image.'],
    pre_stop: [NO_SWARM, 'Let the program act on its stop signal within `stop_grace_period`.'],
    privileged: ['A Swarm service cannot be privileged.', 'Ask for single capabilities with `cap_add`, where the operator allows them.'],
    provider: ['A provider runs outside the engine.', 'Run it as a service, or address it by an `x-shipmate` hook.'],
    runtime: [
      "The runtime is chosen by the node's engine.",
      'Set it as the default runtime of some nodes and choose them by `deploy.placement.constraints`.',
    ],
    security_opt: [
      '`docker stack deploy` would drop it silently, and a weaker profile must not pass unseen.',
      'Remove it; set profiles on the nodes.',
    ],
    shm_size: [
      NO_SWARM,
      'Mount a tmpfs with the size you need at /dev/shm: `volumes: [{type: tmpfs, target: /dev/shm, tmpfs: {size: 64m}}]`.',
    ],
    storage_opt: [NO_SWARM, 'Use a volume.'],
    use_api_socket: ["It hands out the engine's API, which is root on the node.", 'Remove it.'],
    userns_mode: [HOST_NAMESPACE, 'Remove it.'],
    uts: [HOST_NAMESPACE, 'Remove it.'],
    volumes_from: ["A task cannot use another container's mounts.", 'Name the volume in both services.'],
  },
  harmless: {
    annotations: ['Annotations are not passed on by a Swarm.', 'Use `labels` if something reads them.'],
    attach: ['It only matters to `docker compose up`.', 'You may remove it.'],
    develop: ['It only matters to `docker compose watch`.', 'You may remove it.'],
    expose: ['Services on one network reach each other on every port, so it has no effect.', 'You may remove it.'],
    pull_refresh_after: ['Images are pinned to a digest when a release is planned.', 'You may remove it.'],
  },
};

export const DEPLOY: Support = {
  read: ['mode', 'endpoint_mode', 'replicas', 'labels', 'rollback_config', 'update_config', 'resources', 'restart_policy', 'placement'],
  refused: {},
  harmless: {},
};

export const RESOURCES: Readonly<Record<'limits' | 'reservations', Support>> = {
  limits: { read: ['cpus', 'memory', 'pids'], refused: {}, harmless: {} },
  reservations: {
    read: ['cpus', 'memory', 'generic_resources'],
    refused: { devices: ['A Swarm does not reserve devices.', 'Offer them as generic resources of their nodes: `generic_resources`.'] },
    harmless: {},
  },
};

export const SERVICE_NETWORK: Support = {
  read: ['aliases', 'driver_opts'],
  refused: {
    ipv4_address: ['Tasks come and go, so they cannot have a fixed address.', 'Remove it and use the service name as host name.'],
    ipv6_address: ['Tasks come and go, so they cannot have a fixed address.', 'Remove it and use the service name as host name.'],
    link_local_ips: ['Tasks come and go, so they cannot have a fixed address.', 'Remove it and use the service name as host name.'],
    mac_address: ['Tasks come and go, so they cannot have a fixed hardware address.', 'Remove it.'],
    interface_name: [NO_SWARM, 'Remove it.'],
    gw_priority: [NO_SWARM, 'Remove it.'],
  },
  harmless: { priority: ['A Swarm orders networks by name.', 'You may remove it.'] },
};

export const SERVICE_VOLUME: Support = {
  read: ['type', 'source', 'target', 'read_only', 'bind', 'volume', 'tmpfs'],
  refused: { image: ['A Swarm cannot mount an image.', 'Copy the files into your own image.'] },
  harmless: { consistency: ['It only matters on Docker Desktop.', 'You may remove it.'] },
};

export const VOLUME_OPTIONS: Readonly<Record<'bind' | 'volume' | 'tmpfs', Support>> = {
  bind: {
    read: ['propagation'],
    refused: {
      recursive: [NO_SWARM, 'Mount the inner folders one by one.'],
      selinux: ['A Swarm does not relabel folders.', 'Label the folder on its node.'],
    },
    harmless: {
      create_host_path: ['A Swarm never creates the folder of a bind mount: it must exist on every node.', 'You may remove it.'],
    },
  },
  volume: {
    read: ['nocopy'],
    refused: {
      subpath: [NO_SWARM, 'Mount the whole volume.'],
      labels: [NO_SWARM, 'Label the volume under the top-level `volumes`.'],
    },
    harmless: {},
  },
  tmpfs: { read: ['size', 'mode'], refused: {}, harmless: {} },
};

export const PORT: Support = {
  read: ['mode', 'host_ip', 'target', 'published', 'protocol'],
  refused: {},
  harmless: {
    name: ['It is for people only.', 'You may leave it.'],
    app_protocol: ['A Swarm forwards bytes whatever the protocol.', 'You may leave it.'],
  },
};

export const HEALTHCHECK: Support = {
  read: ['disable', 'interval', 'retries', 'test', 'timeout', 'start_period', 'start_interval'],
  refused: {},
  harmless: {},
};

export const DEPENDENCY: Support = {
  read: ['condition', 'required'],
  refused: {},
  harmless: { restart: ['A Swarm restarts services independently of each other.', 'You may remove it.'] },
};

export const FILE_REFERENCE: Support = { read: ['source', 'target', 'uid', 'gid', 'mode'], refused: {}, harmless: {} };

export const TOP_LEVEL: Support = {
  read: ['services', 'networks', 'volumes', 'secrets', 'configs'],
  refused: {
    include: [
      'Included files are not read.',
      "List the file under the app's Compose files in shipmate.yml, or take single services over with `extends`.",
    ],
    models: ['Models are run by Docker Desktop, not by a Swarm.', 'Run the model as a service of its own.'],
  },
  harmless: {
    name: ['The stack is named after the app and the environment.', 'You may remove it.'],
    version: ['It has no meaning any more.', 'You may remove it.'],
  },
};

export const NETWORK: Support = {
  read: ['name', 'driver', 'driver_opts', 'ipam', 'external', 'internal', 'enable_ipv6', 'attachable', 'labels', 'enable_ipv4'],
  refused: {},
  harmless: {},
};

export const IPAM: Support = {
  read: ['driver', 'config'],
  refused: {
    options: [
      'Options of the address management are not passed on.',
      'Remove them, or create the network yourself and use it as `external`.',
    ],
  },
  harmless: {},
};

export const IPAM_CONFIG: Support = {
  read: ['subnet', 'gateway', 'ip_range'],
  refused: {
    aux_addresses: ['Reserved addresses are not passed on.', 'Use `ip_range`, or create the network yourself and use it as `external`.'],
  },
  harmless: {},
};

export const VOLUME: Support = { read: ['name', 'driver', 'driver_opts', 'external', 'labels'], refused: {}, harmless: {} };

const OWN_DRIVER = [
  'The values of a secret driver are not known here, so a change could not be noticed.',
  'Create the secret yourself and use it as `external`.',
] as const;

export const SECRET: Support = {
  read: ['name', 'environment', 'file', 'external', 'labels', 'template_driver'],
  refused: { driver: OWN_DRIVER, driver_opts: OWN_DRIVER },
  harmless: {},
};

export const CONFIG: Support = {
  read: ['name', 'content', 'environment', 'file', 'external', 'labels', 'template_driver'],
  refused: {},
  harmless: {},
};
