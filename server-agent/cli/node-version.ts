const MIN_NODE_MAJOR = 22;

/** Why this Node cannot run the agent; `undefined` if it can. @param version like `22.12.0` */
export function nodeProblem(version: string, program: string): string | undefined {
  return Number.parseInt(version, 10) >= MIN_NODE_MAJOR
    ? undefined
    : `the agent needs Node ${MIN_NODE_MAJOR} or newer; ${program} is Node ${version}`;
}
