/** What visitors get, as this computer sees it; what the main process says of several servers. */
export const PUBLIC_PROOF = {
  "{address} could not be asked: {why}": "{address} war nicht abzufragen: {why}",
  "it leads to this computer, which is not the server": "er führt zu diesem Computer, nicht zum Server",
  "nobody answers at {addresses}": "unter {addresses} antwortet niemand",
  "{address} answered {status}": "{address} antwortete mit {status}",
  "{server} at {address} answered {status}": "{server} auf {address} antwortete mit {status}",
  "{answer}, as for {site}": "{answer}, wie für {site}",
  "{answer} and leads to https, which cannot be seen from here":
    "{answer} und leitet auf https um, was von hier nicht zu sehen ist",
  "{answer}, to {place}": "{answer}, nach {place}",
  "{answer}, as the maintenance page does, but without its mark":
    "{answer}, wie die Wartungsseite, aber ohne ihr Kennzeichen",
  "{answer}, perhaps as an exception lets this computer in":
    "{answer}, vielleicht weil eine Ausnahme diesen Computer durchlässt",
  "its certificate has expired": "sein Zertifikat ist abgelaufen",
  "its certificate is not valid yet": "sein Zertifikat gilt noch nicht",
  "its certificate is for another name": "sein Zertifikat gilt für einen anderen Namen",
  "its certificate is signed by itself": "sein Zertifikat ist selbstsigniert",
  "its certificate comes from an authority that this app does not know":
    "sein Zertifikat kommt von einer Zertifizierungsstelle, die diese App nicht kennt",
  "its certificate is not good ({fault})": "sein Zertifikat ist nicht in Ordnung ({fault})",
  "no answer within {seconds} s": "keine Antwort innerhalb von {seconds} s",
  "DNS does not answer": "DNS antwortet nicht",
  "this computer's DNS does not know the name": "das DNS dieses Computers kennt den Namen nicht",
  "There is no maintenance {receipt} on this server.": "Auf diesem Server gibt es keine Wartung {receipt}.",

  // Several servers.
  "It did not answer within {seconds} s.": "Er hat nicht innerhalb von {seconds} s geantwortet.",
  "It did not confirm the stage within {seconds} s.":
    "Er hat die Vorbereitung nicht innerhalb von {seconds} s bestätigt.",
  "It did not confirm the switch within {seconds} s.":
    "Er hat die Umschaltung nicht innerhalb von {seconds} s bestätigt.",
  "There is no server {server}; it may have been removed.":
    "Es gibt keinen Server {server}; vielleicht wurde er entfernt.",
  "Sites are put in maintenance or brought back, not both at once.":
    "Websites werden in Wartung genommen oder wieder geöffnet, nicht beides auf einmal.",
  "This operation is no longer kept; look at the servers as they are now.":
    "Diese Umschaltung ist nicht mehr gespeichert; sehen Sie sich die Server an, wie sie jetzt sind.",
  "This operation is still running.": "Diese Umschaltung läuft noch.",

  // Pages.
  "The page was not sent to {server}: {why}": "Die Seite wurde nicht an {server} gesendet: {why}",
  "The page is not on {servers}, and no server that is connected has it: upload it again.":
    "Die Seite ist nicht auf {servers}, und kein verbundener Server hat sie: Laden Sie sie noch einmal hoch.",
  "the page from {folder} on the server": "die Seite aus {folder} auf dem Server",
} as const;
