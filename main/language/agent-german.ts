/**
 * Sentences of agents and the German for them, with a name in braces for each value; the first that
 * fits counts. The app does not say them itself.
 */
export const AGENT_GERMAN = {
  "{names} goes into maintenance in {time}": "{names} geht in {time} in Wartung",
  "{names} go into maintenance in {time}": "{names} gehen in {time} in Wartung",
  "Time to start the maintenance of {names}": "Zeit, die Wartung von {names} zu starten",
  "{names} is in maintenance": "{names} ist in Wartung",
  "{names} are in maintenance": "{names} sind in Wartung",
  "The maintenance of {names} is planned to end in {time}": "Die Wartung von {names} endet nach Plan in {time}",
  "{names} comes back in {time}": "{names} kommt in {time} wieder",
  "{names} come back in {time}": "{names} kommen in {time} wieder",
  "The maintenance of {names} is over": "Die Wartung von {names} ist vorbei",
  "{names} is still in maintenance at the planned end": "{names} ist am geplanten Ende noch in Wartung",
  "{names} are still in maintenance at the planned end": "{names} sind am geplanten Ende noch in Wartung",
  "{names} is still in maintenance, {time} after the end": "{names} ist {time} nach dem Ende noch in Wartung",
  "{names} are still in maintenance, {time} after the end": "{names} sind {time} nach dem Ende noch in Wartung",
  "The maintenance of {names} was missed": "Die Wartung von {names} wurde versäumt",
  "The maintenance of {names} could not be started": "Die Wartung von {names} konnte nicht gestartet werden",
  "{names} was brought back automatically: not closed as planned":
    "Der Agent hat {names} automatisch wieder geöffnet: nicht wie geplant geschlossen",
  "{names} were brought back automatically: not closed as planned":
    "Der Agent hat {names} automatisch wieder geöffnet: nicht wie geplant geschlossen",
  "{names} is not closed as planned, and could not be brought back":
    "{names} ist nicht wie geplant geschlossen und konnte nicht wieder geöffnet werden",
  "{names} are not closed as planned, and could not be brought back":
    "{names} sind nicht wie geplant geschlossen und konnten nicht wieder geöffnet werden",
  "The maintenance of {names} will not start": "Die Wartung von {names} wird nicht beginnen",
  "No certificate for {names} yet: ordering it failed": "Noch kein Zertifikat für {names}: Anforderung fehlgeschlagen",
  "The certificate of {names} could not be renewed; it expires in {time}":
    "Das Zertifikat von {names} konnte nicht erneuert werden; es läuft in {time} ab",
  "The certificate of {names} has expired and could not be renewed":
    "Das Zertifikat von {names} ist abgelaufen und konnte nicht erneuert werden",
  "{names} has been in maintenance for {time}, with no end time": "{names} ist seit {time} in Wartung, ohne Ende",
  "{names} have been in maintenance for {time}, with no end time": "{names} sind seit {time} in Wartung, ohne Ende",
  "{host} is not included: visitors of this name still get {site}.":
    "{host} ist nicht dabei: Besucher dieses Namens bekommen weiter {site}.",
  "The end, {time}, is in the past.": "Das Ende, {time}, liegt in der Vergangenheit.",
  "The maintenance of {site} is over.": "Die Wartung von {site} ist vorbei.",
  "Not checked: the proof ran out of time.": "Nicht geprüft: Die Zeit für die Prüfung war abgelaufen.",
  "Target {target} of upstream {upstream} is down: {why}.":
    "Ziel {target} des Upstreams {upstream} ist ausgefallen: {why}.",
  "{count} more targets are down.": "{count} weitere Ziele sind ausgefallen.",
  "The copycat answered.": "Der Copycat hat geantwortet.",
  "The original answered.": "Das Original hat geantwortet.",
  "The original answered, but with {status}.": "Das Original hat geantwortet, aber mit {status}.",
  "{server} answered, by its own configuration.": "{server} hat geantwortet, nach eigener Konfiguration.",
  "Generation {other} still answers, instead of {generation}.": "Noch antwortet Generation {other} statt {generation}.",
} as const;

/** Words in values: lists of names, and spans of time. */
export const AGENT_VALUES_GERMAN = [
  [/(?<=^\S+(?:, \S+)*) and (?=\S+$)/, " und "],
  [/^(\d+) sites$/, "$1 Websites"],
  [/^(\d+) days$/, "$1 Tage"],
] as const;
