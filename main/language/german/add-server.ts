/** Adding a server: where it is, the login, the agent, its installation, its name. */
export const ADD_SERVER = {
  "Of the first site; empty for every name. More sites, rules and names can be added at any time.":
    "Die der ersten Website; leer für jeden Namen. Weitere Websites, Regeln und Namen lassen sich jederzeit hinzufügen.",
} as const;
