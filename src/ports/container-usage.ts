/** What one running container of a stack uses. Processor time and traffic count from its start on; bytes and seconds. */
export type ContainerUsage = {
  readonly stack: string;
  readonly service: string;
  /** The replica's number; of a global service the node's id. Two tasks share it while one takes over from the other. */
  readonly slot: string;
  readonly task: string;
  readonly cpuSeconds: number;
  /** Without the page cache that the kernel would give back at once, as `docker stats` shows it. */
  readonly memoryBytes: number;
  /** The container's limit, or all of the machine's memory without one. */
  readonly memoryLimitBytes: number;
  readonly networkReceiveBytes: number;
  readonly networkTransmitBytes: number;
};
