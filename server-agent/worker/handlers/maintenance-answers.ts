/** The answers of one maintenance, made once, or once a second where they count down. */
import type { MaintenanceHandler } from "../../contract/handler.ts";
import { renderMaintenance } from "../../core/maintenance/page.ts";
import type { Page } from "./page-file.ts";
import { PreparedFields } from "../http1/outgoing-response.ts";

export interface PreparedAnswer {
  readonly status: number;
  /** Names and values in turn. */
  readonly head: readonly string[];
  readonly prepared: PreparedFields;
  /** A string has one byte for each character: it is sent together with the head in one write. */
  readonly body: string | Buffer;
}

interface Rendered {
  readonly second: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly html: PreparedAnswer;
  readonly json: PreparedAnswer;
  around: PreparedAnswer | undefined;
  aroundPage: Page | undefined;
}

/** Longer bodies are copied less often as bytes. */
const MAX_STRING_LENGTH = 16 * 1024;
const OF_THE_BODY = new Set(["content-type", "content-length"]);

export class MaintenanceAnswers {
  readonly status: number;
  readonly #handler: MaintenanceHandler;
  readonly #changes: boolean;
  #rendered: Rendered;

  constructor(handler: MaintenanceHandler) {
    this.#handler = handler;
    this.#changes = handler.until !== undefined;
    this.#rendered = this.#render(Date.now());
    this.status = this.#rendered.html.status;
  }

  html(now: number): PreparedAnswer {
    return this.#at(now).html;
  }

  json(now: number): PreparedAnswer {
    return this.#at(now).json;
  }

  /** The fields that say "maintenance" without those that describe a body. */
  fields(now: number): Readonly<Record<string, string>> {
    return this.#at(now).fields;
  }

  /** The same answer with another page in it. */
  around(page: Page, now: number): PreparedAnswer {
    const rendered = this.#at(now);
    if (rendered.around === undefined || rendered.aroundPage !== page) {
      rendered.aroundPage = page;
      rendered.around = prepare(rendered.html.status, { ...rendered.fields, "Content-Type": page.type }, page.body);
    }
    return rendered.around;
  }

  #at(now: number): Rendered {
    if (!this.#changes) return this.#rendered;
    if (Math.trunc(now / 1000) !== this.#rendered.second) this.#rendered = this.#render(now);
    return this.#rendered;
  }

  #render(now: number): Rendered {
    const second = Math.trunc(now / 1000);
    const html = renderMaintenance(this.#handler, "html", now);
    const json = renderMaintenance(this.#handler, "json", now);
    const fields = Object.fromEntries(
      Object.entries(html.headers).filter(([name]) => !OF_THE_BODY.has(name.toLowerCase())),
    );
    return {
      second,
      fields,
      html: prepare(html.status, html.headers, html.body),
      json: prepare(json.status, json.headers, json.body),
      around: undefined,
      aroundPage: undefined,
    };
  }
}

function prepare(status: number, headers: Readonly<Record<string, string>>, body: string | Buffer): PreparedAnswer {
  const bytes = Buffer.from(body);
  const described = Object.entries(headers).filter(([name]) => name.toLowerCase() !== "content-length");
  const head = [...described.flat(), "Content-Length", String(bytes.length)];
  return {
    status,
    head,
    prepared: new PreparedFields(head),
    body: bytes.length <= MAX_STRING_LENGTH ? bytes.toString("latin1") : bytes,
  };
}
