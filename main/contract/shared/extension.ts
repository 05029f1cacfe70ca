/** By how much an end is moved with one press, wherever that is offered. */
export const EXTENSION_MINUTES = 15;

export const EXTEND_LABEL = "Extend 15 min";
