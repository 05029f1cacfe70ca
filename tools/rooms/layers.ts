/**
 * The rooms of each part, and who may import whom: a room may import the rooms on the lines
 * below its own, and nothing beside or above it. `npm run check` compares the imports with this
 * table (rules.ts); a new room gets its line here.
 */
import type { Parts } from "./rules.ts";

/** What users get: its packages are `dependencies`, all others `devDependencies`. */
export const SHIPPED = ["server-agent", "main", "renderer"];
/** The app brings it along, and electron-builder wants it in `devDependencies`. */
export const PROVIDED = ["electron"];

export const LAYERS: Parts = {
  /** Tests import everything, and nothing imports them. */
  test: {
    layers: [["e2e", "integration", "unit"], ["support"]],
    mayImport: ["tools", "main", "renderer", "server-agent"],
    packages: { ".": ["*"] },
  },

  /** Builds, checks, packages, measures. None of it is shipped. */
  tools: {
    layers: [["."]],
    mayImport: ["main", "renderer", "server-agent"],
    packages: { ".": ["*"] },
  },

  /** The page: Svelte in a sandbox. All it knows of the main process is the contract. */
  renderer: {
    layers: [
      ["main.ts"],
      ["App.svelte"],
      ["add-server", "history", "overview", "progress", "reminders", "schedule", "settings", "shell", "site"],
      ["schedule/dialogs", "wizard"],
      ["wizard/steps"],
      ["wizard/previews"],
      ["wizard/model"],
      ["servers", "window-editor"],
      ["certificates", "channels", "configuration", "connections", "fleet", "web-servers"],
      ["configuration/fields"],
      ["configuration/tables"],
      ["maintenance/changing"],
      ["maintenance"],
      ["ui"],
      ["lib"],
    ],
    // Whoever shows text of others makes it visible by the same function. What a window without
    // reminders means, which answers of a proof are wrong and what follows, who serves a virtual
    // host, and what differs between two configurations: each is written once.
    mayImport: [
      "main/contract",
      "main/language",
      "server-agent/core/visible-text.ts",
      "server-agent/core/config/diff-config.ts",
      "server-agent/core/site-name.ts",
      "server-agent/core/reminders/default-reminders.ts",
      "server-agent/core/maintenance/page-words.ts",
      "server-agent/core/usual-exceptions.ts",
      "server-agent/core/proof/after-proof.ts",
      "server-agent/core/proof/wrong-cells.ts",
      "server-agent/core/web-servers/foreign-server.ts",
    ],
    packages: {
      ".": ["svelte", "bits-ui", "@lucide/svelte", "@internationalized/date", "uplot", "@fontsource-variable/inter"],
      configuration: ["svelte", "bits-ui", "@lucide/svelte", "@codemirror/*", "@lezer/*"],
    },
  },

  /** The main process of the desktop app. Of the agent it knows the contract and the pure core. */
  main: {
    layers: [
      ["index.ts"],
      ["app"],
      ["ipc"],
      ["calendar-file", "fleet", "install", "maintenance", "practice", "public-proof", "reminders"],
      ["page", "servers", "windows"],
      ["ssh"],
      ["agent", "host-keys", "ssh-keys"],
      ["ssh-config", "state"],
      ["desktop", "stores"],
      ["log.ts"],
      ["failures.ts", "text", "timing"],
      ["contract"],
      ["language"],
    ],
    // Who makes a hash of a password, and who checks it, are one code.
    mayImport: ["server-agent/contract", "server-agent/core", "server-agent/worker/auth/bcrypt.ts"],
    packages: {
      ".": ["node:*", "electron", "electron-store", "zod", "ssh2", "ws", "keytar", "ical.js"],
      reminders: ["node:*", "electron", "@jellybrick/dbus-next"],
      windows: ["node:*", "temporal-polyfill"],
      contract: ["zod"],
      language: ["intl-messageformat"],
    },
  },

  /** The agent's supervisor and its commands. It knows nothing of the app. */
  "server-agent": {
    layers: [
      ["index.ts", "worker-index.ts"],
      ["cli/verbs"],
      ["agent.ts"],
      ["shutdown.ts"],
      ["cli", "admin"],
      ["supervisor/start"],
      ["supervisor/channels", "supervisor/hand-over", "supervisor/live"],
      ["supervisor/windows"],
      ["supervisor/passes"],
      ["supervisor/web-servers"],
      ["supervisor/proof", "supervisor/maintenance", "supervisor/own-pages", "supervisor/systemd"],
      ["supervisor/acme"],
      ["supervisor/switch"],
      ["supervisor/certificates", "supervisor/logs", "supervisor/upstreams"],
      ["supervisor"],
      ["importing"],
      ["adapters/apache", "adapters/caddy", "adapters/haproxy", "adapters/nginx"],
      ["adapters", "store"],
      ["acme"],
      ["exit-codes.ts", "log.ts", "make-folder.ts", "program-command.ts", "result.ts", "settle-memory.ts"],
    ],
    mayImport: ["server-agent/worker", "server-agent/core", "server-agent/contract"],
    packages: {
      ".": ["node:*", "zod", "temporal-polyfill"],
      "supervisor/channels": ["node:*", "nodemailer", "socket.io-client"],
    },
  },

  /** The agent's worker, a process of its own: serves the visitors. */
  "server-agent/worker": {
    layers: [
      ["."],
      ["cgi", "handlers", "passes"],
      ["proxy"],
      ["files", "rules"],
      ["exchange.ts", "request-kind.ts"],
      ["access-log", "auth", "coding", "upstream"],
      ["clients", "figures", "tracing", "upstream-protocols"],
      ["http1", "http2", "tls"],
      ["http"],
    ],
    mayImport: ["server-agent/core", "server-agent/contract", "server-agent/log.ts"],
    packages: { ".": ["node:*", "ipaddr.js", "lru-cache", "mime", "mmdb-lib"] },
  },

  /** What the agent decides. Pure: no input or output, no clock, no chance. The app uses it too. */
  "server-agent/core": {
    layers: [
      ["import"],
      ["import/apache", "import/caddy", "import/cherokee", "import/nginx"],
      ["import/document"],
      ["apache", "caddy", "haproxy", "nginx"],
      ["web-servers"],
      ["client", "proof", "reminders"],
      ["maintenance"],
      ["config", "windows"],
      ["access-log", "balance", "rules", "tls", "tracing"],
      ["acme", "routing"],
      ["."],
    ],
    mayImport: ["server-agent/contract"],
    packages: { ".": ["zod", "re2js", "ipaddr.js", "lru-cache", "rrule-temporal"] },
  },

  /** What the agent and the app say to each other. */
  "server-agent/contract": { layers: [["."]], mayImport: [], packages: { ".": ["zod"] } },
};
