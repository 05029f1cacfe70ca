/**
 * Visitors' sockets, and who uses each.
 *
 * They read into one buffer for all of them. The event loop reads one socket at a time and hands
 * the bytes over before it reads the next: so nothing is allocated for a read, and no machinery of
 * streams runs. They also share their listeners: functions of its own for each of thousands of idle
 * connections would take more memory than all else that is known of it.
 */
import { Socket } from "node:net";

const READ_BYTES = 64 * 1024;
const sharedBuffer = Buffer.allocUnsafeSlow(READ_BYTES);

/** On Windows reads are posted ahead, so each socket has its own. */
function readBuffer(): Buffer {
  return process.platform === "win32" ? Buffer.allocUnsafeSlow(READ_BYTES) : sharedBuffer;
}

/** Who uses a visitor's socket. */
export interface SocketUser {
  /** @param bytes Valid until this returns, as the next read overwrites them. */
  takeBytes(bytes: Buffer): void;
  /** The visitor has ended his side. */
  peerEnded(): void;
  /** What was written is with the operating system. */
  drained(): void;
  /** Called after `leaveSocket`, too. */
  socketClosed(): void;
}

/**
 * What the option `onread` sets. Sockets that a server has accepted cannot be given it, so it is
 * set afterwards. Where Node calls it otherwise, bytes go the way of every stream.
 */
const OWN_SYMBOLS = Object.getOwnPropertySymbols(new Socket());
const BUFFER = OWN_SYMBOLS.find(({ description }) => description === "kBuffer");
const CALLBACK = OWN_SYMBOLS.find(({ description }) => description === "kBufferCb");
const USER = Symbol("user of the socket");

interface Fields {
  [USER]?: SocketUser;
  [symbol: symbol]: unknown;
  readonly _handle?: { useUserBuffer?: (buffer: Buffer) => void } | null;
  readableFlowing: boolean | null;
}
type Used = Socket & Fields;

/** From now on what happens to the socket is told to this user, who is its only one. */
export function useSocket(socket: Socket, user: SocketUser): void {
  (socket as Used)[USER] = user;
  if (!lendBytes(socket as Used)) socket.on("data", onData).resume();
  socket.on("end", onEnd).on("drain", onDrain).on("error", onError).on("close", onClose);
}

/** The socket becomes a stream like every other one; its user is told when it closes. */
export function leaveSocket(socket: Socket): void {
  socket.off("data", onData).off("end", onEnd).off("drain", onDrain);
  if (CALLBACK !== undefined && (socket as Used)[CALLBACK] === lend) (socket as Used)[CALLBACK] = keep;
}

/** False where bytes come as `data`. */
function lendBytes(socket: Used): boolean {
  const handle = socket._handle;
  // What the stream holds already must come first.
  if (BUFFER === undefined || CALLBACK === undefined || socket.readableLength > 0) return false;
  if (handle?.useUserBuffer === undefined) return false;
  const buffer = readBuffer();
  handle.useUserBuffer(buffer);
  socket[BUFFER] = buffer;
  socket[CALLBACK] = lend;
  if (socket.readableFlowing === false) {
    // It was accepted paused: now it is as if nobody had asked it for anything yet.
    socket.readableFlowing = null;
    socket.read(0);
  }
  return true;
}

function lend(this: Used, length: number, buffer: Buffer): boolean {
  this[USER]?.takeBytes(buffer.subarray(0, length));
  return true;
}

function keep(this: Used, length: number, buffer: Buffer): boolean {
  return this.push(Buffer.from(buffer.subarray(0, length)));
}

function onData(this: Used, bytes: Buffer): void {
  this[USER]?.takeBytes(bytes);
}

function onEnd(this: Used): void {
  this[USER]?.peerEnded();
}

function onDrain(this: Used): void {
  this[USER]?.drained();
}

function onClose(this: Used): void {
  this[USER]?.socketClosed();
}

function onError(): void {
  // Its `close` follows, and that is looked at.
}
