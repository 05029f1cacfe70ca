/**
 * IPC channel names; nothing else is sent. A file of its own, so that the preload does not carry
 * zod into every page.
 */
export const CHANNELS = { call: "backsoon:call", patch: "backsoon:patch", go: "backsoon:go" } as const;
