/** `undefined` when it takes longer, or when nobody wants to know any more. */
export function withTimeout<T>(promise: Promise<T>, ms: number, cancelled?: AbortSignal): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
    cancelled?.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
