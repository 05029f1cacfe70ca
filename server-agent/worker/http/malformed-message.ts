/**
 * What came is not a message of HTTP/1.1 that can be understood in one way only. Thrown by the
 * parsers, caught by the connections.
 */
export class MalformedMessage extends Error {}
