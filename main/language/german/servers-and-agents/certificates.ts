/** The certificates of sites: what each is, who renews it, and what went wrong. */
export const CERTIFICATES = {
  Certificates: "Zertifikate",
  "Loading certificates…": "Zertifikate werden geladen …",
  "No site has a certificate here": "Keine Website hat hier ein Zertifikat",
  "Edit a site and add one under HTTPS: your own files, or one that the agent obtains and renews.":
    "Website bearbeiten und unter HTTPS eines hinzufügen: eigene Dateien oder eines, das der Agent bezieht und erneuert.",
  "The agent has not looked at it yet.": "Der Agent hat es noch nicht angesehen.",

  // State
  "Being ordered": "Wird angefordert",
  "Self-signed": "Selbst signiert",
  "Cannot be read": "Nicht lesbar",
  Expired: "Abgelaufen",
  "Not valid yet": "Noch nicht gültig",
  "Not renewed": "Nicht erneuert",
  "Expires soon": "Läuft bald ab",
  Valid: "Gültig",

  // What it is
  Names: "Namen",
  Issuer: "Aussteller",
  Renewal: "Erneuerung",
  "the agent itself: browsers warn": "der Agent selbst: Browser warnen",
  "from {begin} until {end}": "{begin} bis {end}",
  "ended {end} ({time} ago)": "abgelaufen {end} (vor {time})",
  "by whoever writes its files": "durch das Programm, das die Dateien schreibt",
  "by whoever writes {file}": "durch das Programm, das {file} schreibt",
  "being ordered from {authority}": "wird bei {authority} angefordert",
  "automatically by {authority}, next: {time}": "automatisch durch {authority}, nächste: {time}",
  "ordered from {authority}, next: {time}; until then the agent signs it":
    "angefordert bei {authority}, nächster Versuch: {time}; bis dahin signiert der Agent",

  // Renewing it
  "Renew now": "Jetzt erneuern",
  "Order now": "Jetzt anfordern",
  "Ordering…": "Wird angefordert …",
  "The authority looks for the site under each name; that may take a minute. Visitors notice nothing.":
    "Die Zertifizierungsstelle sucht die Website unter jedem Namen; das kann eine Minute dauern. Besucher merken nichts.",
  "Renewed. Visitors get the new one from now on.": "Erneuert. Besucher bekommen ab jetzt das neue.",
  "Why it was not renewed": "Warum es nicht erneuert wurde",
  "The latest order failed:": "Die letzte Anforderung schlug fehl:",
  "{count, plural, one {# attempt} other {# attempts}} so far, the next one: {time}.":
    "Bisher {count, plural, one {# Versuch} other {# Versuche}}, der nächste: {time}.",
  "Edit the site…": "Website bearbeiten …",
  "Its files cannot be used; the problem above says why. Visitors still get the one from before.":
    "Seine Dateien sind unbrauchbar; das Problem oben nennt den Grund. Besucher bekommen weiter das vorige.",
} as const;
