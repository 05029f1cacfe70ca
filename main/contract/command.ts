/** Declares a command of the page: its input, parsed on every call, and its output. */
import type { z } from "zod";

/** `output` is a type only; nothing of it exists at run time. */
export interface Command<I extends z.ZodType, O> {
  input: I;
  output?: O;
}

/** `command(schema).returns<Output>()`: the type of the input follows from its schema. */
export function command<I extends z.ZodType>(input: I) {
  return {
    returns: <O>(): Command<I, O> => ({ input }),
  };
}
