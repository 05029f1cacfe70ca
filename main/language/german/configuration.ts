/** The configuration of a server: its virtual hosts, generations, the request tester. */
export const CONFIGURATION = {
  // Whom a change affects
  "Whom it affects": "Wen es betrifft",
  "See whom it affects, and save again.": "Sehen Sie, wen es betrifft, und speichern Sie noch einmal.",
  "Visitors of {names} get {to} instead of {from}.": "Besucher von {names} bekommen {to} statt {from}.",
  "Visitors of {names} get another answer.": "Besucher von {names} bekommen eine andere Antwort.",
  "In maintenance: {names}.": "In Wartung: {names}.",
  "Live again: {names}.": "Wieder offen: {names}.",
  "Nobody is answered at {addresses} any more.": "Unter {addresses} bekommt niemand mehr eine Antwort.",
  "Visitors are answered at {addresses}, too.": "Auch unter {addresses} bekommen Besucher eine Antwort.",
  "The listener at {addresses} changes.": "Der Listener unter {addresses} ändert sich.",
  "Other proxies are trusted, so visitors of all sites may be seen with other addresses.":
    "Anderen Proxys wird vertraut; Besucher aller Websites können dadurch mit anderen Adressen erscheinen.",
  "And {count, plural, one {# more change} other {# more changes}}.":
    "Und {count, plural, one {# weitere Änderung} other {# weitere Änderungen}}.",

  // A site in fields
  Domains: "Domains",
  "Names that it answers for; *.example.com for all below one.":
    "Namen, für die er antwortet; *.example.com für alle unter einem.",
  "For you, the command line and the API.": "Für Sie, die Befehlszeile und die API.",
  "What answers": "Was antwortet",
  "Forward to an application": "An eine Anwendung weiterleiten",
  "Serve a folder": "Einen Ordner ausliefern",
  "Redirect elsewhere": "Woandershin umleiten",
  Application: "Anwendung",
  "Where it listens, as the server itself reaches it; several are used in turn. Only http, without a path.":
    "Wo sie lauscht, wie der Server selbst sie erreicht; mehrere werden reihum benutzt. Nur http, ohne Pfad.",
  "Folder on the server": "Ordner auf dem Server",
  "Leads to": "Führt zu",
  "{path} and {query} are those of the request.": "{path} und {query} sind die der Anfrage.",
  Status: "Status",
  "308, for good": "308, dauerhaft",
  "307, for now": "307, vorläufig",
  "301, for good; a POST may become a GET": "301, dauerhaft; aus einem POST kann ein GET werden",
  "302, for now; a POST may become a GET": "302, vorläufig; aus einem POST kann ein GET werden",
} as const;
