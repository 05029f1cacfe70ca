/**
 * Of a stream: an agent that talks without end is shown ten times a second, and less often when it
 * says much.
 */
export const STREAM_READING = { advanceMs: 2000, share: 5, leastMs: 100 };
