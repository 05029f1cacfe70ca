/** The answers of one maintenance, made once, or once a second where they count down. */
import type { MaintenanceHandler } from "../../contract/handler.ts";
import type { PageLanguage } from "../../contract/page-language.ts";
import { chooseLanguage, defaultLanguage, languagesOf } from "../../core/maintenance/page-language.ts";
import { renderMaintenance } from "../../core/maintenance/page.ts";
import type { Page } from "./page-file.ts";
import { PreparedFields } from "../http/prepared-fields.ts";

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
const OF_THE_BODY = new Set(["content-type", "content-length", "content-language"]);
/** So many different `Accept-Language` are kept in mind, none that is longer. */
const MAX_CHOSEN = 256;
const MAX_CHOSEN_LENGTH = 200;

export class MaintenanceAnswers {
  readonly status: number;
  readonly #handler: MaintenanceHandler;
  readonly #changes: boolean;
  readonly #available: readonly PageLanguage[];
  readonly #default: PageLanguage;
  readonly #rendered = new Map<PageLanguage, Rendered>();
  /** By `Accept-Language`, as browsers send it: most visitors send one of a few. */
  readonly #chosen = new Map<string, PageLanguage>();

  constructor(handler: MaintenanceHandler) {
    this.#handler = handler;
    this.#changes = handler.until !== undefined;
    this.#available = languagesOf(handler);
    this.#default = defaultLanguage(handler);
    this.status = this.#at(Date.now()).html.status;
  }

  /** @param language The visitor's `Accept-Language`. */
  html(now: number, language: string | undefined): PreparedAnswer {
    return this.#at(now, this.#choose(language)).html;
  }

  json(now: number, language: string | undefined): PreparedAnswer {
    return this.#at(now, this.#choose(language)).json;
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

  #choose(accept: string | undefined): PageLanguage {
    if (accept === undefined) return this.#default;
    const known = this.#chosen.get(accept);
    if (known !== undefined) return known;
    const chosen = chooseLanguage(accept, this.#available, this.#default);
    if (this.#chosen.size >= MAX_CHOSEN) this.#chosen.clear();
    if (accept.length <= MAX_CHOSEN_LENGTH) this.#chosen.set(accept, chosen);
    return chosen;
  }

  #at(now: number, language: PageLanguage = this.#default): Rendered {
    const known = this.#rendered.get(language);
    if (known !== undefined && (!this.#changes || Math.trunc(now / 1000) === known.second)) return known;
    const rendered = this.#render(now, language);
    this.#rendered.set(language, rendered);
    return rendered;
  }

  #render(now: number, language: PageLanguage): Rendered {
    const second = Math.trunc(now / 1000);
    const html = renderMaintenance(this.#handler, "html", now, language);
    const json = renderMaintenance(this.#handler, "json", now, language);
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
