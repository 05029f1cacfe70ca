/** In soak, fast-check begins with the seed that was printed. */
import fc from "fast-check";
import { repetitions, SEED } from "./repetitions.ts";

fc.configureGlobal({ seed: SEED, numRuns: repetitions(100, 1000) });
