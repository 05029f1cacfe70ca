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

  // Certificates
  "The certificate of {site} could not be obtained from {authority} ({count} attempts): {why}. Visitors get a self-signed one, and browsers warn. Next attempt at {time}; `certificates renew {name}` tries at once.":
    "Das Zertifikat von {site} war von {authority} nicht zu bekommen ({count} Versuche): {why}. Besucher bekommen ein selbst signiertes, und Browser warnen. Nächster Versuch: {time}; sofort: `certificates renew {name}`.",
  "The certificate of {site} could not be obtained from {authority}: {why}. Visitors get a self-signed one, and browsers warn. Next attempt at {time}; `certificates renew {name}` tries at once.":
    "Das Zertifikat von {site} war von {authority} nicht zu bekommen: {why}. Besucher bekommen ein selbst signiertes, und Browser warnen. Nächster Versuch: {time}; sofort: `certificates renew {name}`.",
  "The certificate of {site} could not be obtained from {authority} ({count} attempts): {why}. The current one expires on {day}. Next attempt at {time}; `certificates renew {name}` tries at once.":
    "Das Zertifikat von {site} war von {authority} nicht zu bekommen ({count} Versuche): {why}. Das jetzige läuft am {day} ab. Nächster Versuch: {time}; sofort: `certificates renew {name}`.",
  "The certificate of {site} could not be obtained from {authority}: {why}. The current one expires on {day}. Next attempt at {time}; `certificates renew {name}` tries at once.":
    "Das Zertifikat von {site} war von {authority} nicht zu bekommen: {why}. Das jetzige läuft am {day} ab. Nächster Versuch: {time}; sofort: `certificates renew {name}`.",
  "The certificate of {site} is being ordered from {authority}. Visitors get a self-signed one, and browsers warn.":
    "Das Zertifikat von {site} wird gerade bei {authority} angefordert. Besucher bekommen ein selbst signiertes, und Browser warnen.",
  "The certificate of {site} will be ordered from {authority}. Visitors get a self-signed one, and browsers warn.":
    "Das Zertifikat von {site} wird bei {authority} angefordert. Besucher bekommen ein selbst signiertes, und Browser warnen.",
  "{count} more certificates could not be obtained.": "{count} weitere Zertifikate waren nicht zu bekommen.",
  "{count} more certificates have problems.": "{count} weitere Zertifikate haben Probleme.",
  "The certificate of {site} on disk is unusable: {why}. Workers keep using the previous one.":
    "Das Zertifikat von {site} auf der Platte ist unbrauchbar: {why}. Worker verwenden weiter das vorige.",
  "The certificate of {site} ({file}) expired on {day}; browsers show a warning.":
    "Das Zertifikat von {site} ({file}) ist am {day} abgelaufen; Browser warnen.",
  "The certificate of {site} ({file}) expires on {day}, and has not been renewed.":
    "Das Zertifikat von {site} ({file}) läuft am {day} ab und wurde nicht erneuert.",
  "the certificate ended on {day}; renew it": "Das Zertifikat ist am {day} abgelaufen; erneuern Sie es",
  "the certificate is not valid before {day}": "Das Zertifikat ist vor dem {day} nicht gültig",
  "the certificate is not for {host}; browsers warn there. It is for no name":
    "Das Zertifikat gilt nicht für {host}; Browser warnen dort. Es gilt für keinen Namen",
  "the certificate is not for {host}; browsers warn there. It is for {names}":
    "Das Zertifikat gilt nicht für {host}; Browser warnen dort. Es gilt für {names}",
  "no listener speaks plain HTTP, but the authority connects to port 80 (HTTP-01); add one, redirect port 80 to HTTPS in front of the agent, or choose TLS-ALPN-01 (`challenge`)":
    "kein Listener spricht HTTP ohne TLS, aber die Zertifizierungsstelle verbindet sich mit Port 80 (HTTP-01); fügen Sie einen hinzu, leiten Sie Port 80 vor dem Agenten auf HTTPS um, oder wählen Sie TLS-ALPN-01 (`challenge`)",
  "no listener speaks TLS, but the authority connects to port 443 (TLS-ALPN-01); add one":
    "kein Listener spricht TLS, aber die Zertifizierungsstelle verbindet sich mit Port 443 (TLS-ALPN-01); fügen Sie einen hinzu",

  // What a certificate's files, and authorities, are like
  "{file} cannot be read: there is no such file": "{file} ist nicht lesbar: Es gibt die Datei nicht",
  "{file} cannot be read: the agent's user may not read it":
    "{file} ist nicht lesbar: Der Benutzer des Agenten darf sie nicht lesen",
  "{file} cannot be read: {why}": "{file} ist nicht lesbar: {why}",
  "{file} is not a file": "{file} ist keine Datei",
  "{file} has no certificate in PEM form (-----BEGIN CERTIFICATE-----)":
    "{file} enthält kein Zertifikat in PEM-Form (-----BEGIN CERTIFICATE-----)",
  "{file} has no private key in PEM form (-----BEGIN PRIVATE KEY-----)":
    "{file} enthält keinen privaten Schlüssel in PEM-Form (-----BEGIN PRIVATE KEY-----)",
  "{file} has a passphrase, which nobody could enter at a start; take it off: {command}":
    "{file} hat eine Passphrase, die beim Start niemand eingeben könnte; entfernen Sie sie: {command}",
  "{file} is not the key of the certificate in {other}": "{file} ist nicht der Schlüssel des Zertifikats in {other}",
  "{file}: the site's own certificate must be the first one in the file":
    "{file}: Das eigene Zertifikat der Website muss in der Datei das erste sein",
  "{said} (port 80 of the name must lead to this agent; check firewall and DNS)":
    "{said} (Port 80 des Namens muss zu diesem Agenten führen; prüfen Sie Firewall und DNS)",
  "{said} (port 443 of the name must lead to this agent, and TLS must end there; check firewall and DNS)":
    "{said} (Port 443 des Namens muss zu diesem Agenten führen und TLS dort enden; prüfen Sie Firewall und DNS)",
  "{said} (the name must have an A or AAAA record for this server)":
    "{said} (der Name braucht einen A- oder AAAA-Eintrag für diesen Server)",
  "{said} (another server answered for the name; its DNS must lead to this agent, or to one with the same account key)":
    "{said} (für den Namen hat ein anderer Server geantwortet; sein DNS muss zu diesem Agenten führen oder zu einem mit demselben Kontoschlüssel)",
  "{said} (a CAA record of the domain does not allow this authority)":
    "{said} (ein CAA-Eintrag der Domain erlaubt diese Zertifizierungsstelle nicht)",
  "{said} (the authority gives no certificate for the name; list the others in `names`)":
    "{said} (die Zertifizierungsstelle gibt kein Zertifikat für den Namen; führen Sie die anderen in `names` auf)",
  "{said} (too many orders; the agent waits as long as the authority asks)":
    "{said} (zu viele Anforderungen; der Agent wartet, so lange die Zertifizierungsstelle es verlangt)",
  "{origin} cannot be reached: {why}": "{origin} ist nicht erreichbar: {why}",
  "the authority was not ready within {seconds} s": "die Zertifizierungsstelle war nach {seconds} s noch nicht fertig",
  "the authority does not offer {challenge} for {name}; use certificate files":
    "die Zertifizierungsstelle bietet {challenge} für {name} nicht an; verwenden Sie Zertifikatsdateien",

  // Targets of upstreams
  "Target {target} of upstream {upstream} is down: {why}.":
    "Ziel {target} des Upstreams {upstream} ist ausgefallen: {why}.",
  "{count} more targets are down.": "{count} weitere Ziele sind ausgefallen.",
  "connect ECONNREFUSED {place}": "{place} nimmt keine Verbindung an (ECONNREFUSED)",
  "it did not answer in time": "keine Antwort in der gesetzten Zeit",
  "GET {path} was answered {status}": "GET {path} wurde mit {status} beantwortet",
  "its certificate is not trusted ({why}); name its CA in `tls.ca`":
    "seinem Zertifikat wird nicht vertraut ({why}); nennen Sie seine CA in `tls.ca`",
  "its certificate is not valid now ({why})": "sein Zertifikat ist jetzt nicht gültig ({why})",
  "its certificate is for another name ({why}); if that is right, say so in `tls.serverName`":
    "sein Zertifikat gilt für einen anderen Namen ({why}); ist das richtig, nennen Sie ihn in `tls.serverName`",
  "it does not speak TLS here; write `http://` (or `h2c://`) if it should not":
    "es spricht hier kein TLS; schreiben Sie `http://` (oder `h2c://`), wenn es das nicht soll",
  "nothing tells the target from somebody on the way, who can read and change everything; name its CA in `ca` and remove `verify`":
    "nichts unterscheidet das Ziel von jemandem auf dem Weg, der alles lesen und ändern kann; nennen Sie seine CA in `ca` und entfernen Sie `verify`",

  // What the proof saw
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
