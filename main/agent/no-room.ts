/** When the other side takes no more channels at the moment (MaxSessions of sshd). */
import { FailureError } from "../failures.ts";

/** A channel was refused for want of room: nothing was sent, and those that are open go on. */
export class NoRoomError extends FailureError {}
