/**
 * `node:http` for the agent's processes. An ESM import of that module reads all of its exports, and
 * with `WebSocket` among them comes a second HTTP client that nothing here uses: 15 MB in the
 * supervisor and in every worker. Types are imported from `node:http` as ever.
 */
export const { createServer, request, STATUS_CODES } = process.getBuiltinModule("node:http");
