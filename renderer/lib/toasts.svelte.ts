/** Short results that are said where one is, with a way back. */
import type { Failure } from "../../main/contract/failures.ts";

export interface ToastAction {
  label: string;
  run: () => void;
}

export interface Toast {
  id: number;
  text: string;
  detail: string | undefined;
  kind: "done" | "failed";
  failure: Failure | undefined;
  actions: ToastAction[];
  /** It goes once this no longer holds. */
  holds: (() => boolean) | undefined;
}

interface More {
  detail?: string;
  actions?: ToastAction[];
  holds?: () => boolean;
}

class Toasts {
  list: Toast[] = $state.raw([]);
  #last = 0;

  say(text: string, { detail, actions = [], holds }: More = {}): void {
    this.#add({ text, detail, kind: "done", failure: undefined, actions, holds });
  }

  /** A failure stays until it is dismissed. */
  fail(text: string, failure: Failure, actions: ToastAction[] = []): void {
    this.#add({ text, detail: undefined, kind: "failed", failure, actions, holds: undefined });
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  #add(toast: Omit<Toast, "id">): void {
    this.#last += 1;
    this.list = [...this.list.slice(-2), { ...toast, id: this.#last }];
  }
}

export const toasts = new Toasts();
