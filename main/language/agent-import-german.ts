/**
 * What the report of an import says of a line that is not simply carried over, and the German for
 * it, as in `agent-german.ts`.
 */
export const AGENT_IMPORT_GERMAN = {
  // Not carried over
  "nothing here is made of it": "daraus wird hier nichts",
  "the agent controls this itself": "das regelt der Agent selbst",
  "there is no such file": "es gibt keine solche Datei",
  "set `accessLog` of the site": "setzen Sie `accessLog` der Website",
  "only addresses can be trusted here; name them in `trustedProxies`":
    "vertraut wird hier nur Adressen; nennen Sie sie in `trustedProxies`",
  "list their addresses in `trustedProxies`": "nennen Sie ihre Adressen in `trustedProxies`",
  "name the addresses of the file in `trustedProxies`": "nennen Sie die Adressen der Datei in `trustedProxies`",
  "`tls` of the site needs the absolute paths of a certificate and its key":
    "`tls` der Website braucht die absoluten Pfade eines Zertifikats und seines Schlüssels",
  "the agent does not speak HTTP/3": "der Agent spricht kein HTTP/3",
  "the agent speaks HTTP only": "der Agent spricht nur HTTP",
  "its value has a variable that is not supported": "sein Wert hat eine Variable, die nicht unterstützt wird",
  "its value has a placeholder that is not supported": "sein Wert hat einen Platzhalter, der nicht unterstützt wird",
  "its location is closed": "seine `location` ist geschlossen",
  "its `if` is closed": "sein `if` ist geschlossen",
  "its handler is not carried over": "sein Handler wird nicht übernommen",
  "only the size of a body is limited": "begrenzt wird nur die Größe des Inhalts",
  "the agent has its own admin socket": "der Agent hat seinen eigenen Admin-Socket",
  "use `acme`, and `tls` of the site": "benutzen Sie `acme` und `tls` der Website",
  "the agent has no CA of its own": "der Agent hat keine eigene CA",
  "error pages are files; list them in `errorPages` of the site":
    "Fehlerseiten sind Dateien; nennen Sie sie in `errorPages` der Website",
  "an error page is a file of the site, for 400 to 599; see `errorPages`":
    "eine Fehlerseite ist eine Datei der Website, für 400 bis 599; siehe `errorPages`",
  "an error page is a file of the site, for 400 to 599": "eine Fehlerseite ist eine Datei der Website, für 400 bis 599",
  "the agent chooses the certificate by the name": "der Agent wählt das Zertifikat nach dem Namen",
  "a listener needs an address and a TCP port": "ein Listener braucht eine Adresse und einen TCP-Port",
  "a listener needs an address and a port that no other has":
    "ein Listener braucht eine Adresse und einen Port, die kein anderer hat",
  "a listener needs an address and a port": "ein Listener braucht eine Adresse und einen Port",
  "no listener has its address, so no request reaches it":
    "kein Listener hat seine Adresse, also erreicht ihn keine Anfrage",
  "see `balance`, `passiveHealthCheck` and `healthCheck` of the upstream":
    "siehe `balance`, `passiveHealthCheck` und `healthCheck` des Upstreams",
  "this load balancing method is not supported; see `balance` of the upstream":
    "diese Lastverteilung wird nicht unterstützt; siehe `balance` des Upstreams",
  "name each header field": "nennen Sie jedes Kopffeld",
  "header fields are set, added or removed": "Kopffelder werden gesetzt, hinzugefügt oder entfernt",
  "there is no such listener here: {message}": "einen solchen Listener gibt es hier nicht: {message}",
  "the site is left out: {message}": "die Website wird ausgelassen: {message}",
  "the agent chooses the level and the coding itself": "der Agent wählt Stufe und Verfahren selbst",
  "the agent does not cache responses of applications": "der Agent puffert keine Antworten von Anwendungen",
  "Cherokee ignores it": "Cherokee beachtet es nicht",
  "the virtual server is disabled": "der virtuelle Server ist ausgeschaltet",
  "the rule is disabled": "die Regel ist ausgeschaltet",
  "the rule is left out, because its condition cannot be expressed here":
    "die Regel wird ausgelassen, weil ihre Bedingung hier nicht ausgedrückt werden kann",
  "this condition cannot be expressed here": "diese Bedingung kann hier nicht ausgedrückt werden",
  "its condition is not met": "seine Bedingung ist nicht erfüllt",
  "it combines an address of the server with a name; write two virtual hosts":
    "es verbindet eine Adresse des Servers mit einem Namen; schreiben Sie zwei virtuelle Hosts",
  "the upstream gets the address that the visitor has sent; use a rule with the handler `rewrite` above":
    "der Upstream bekommt die Adresse, die der Besucher geschickt hat; benutzen Sie darüber eine Regel mit dem Handler `rewrite`",
  "all programs run as one user; set `user` of the handler":
    "alle Programme laufen als ein Benutzer; setzen Sie `user` des Handlers",
  "use a rule with the condition `extension` and `cacheControl`":
    "benutzen Sie eine Regel mit der Bedingung `extension` und `cacheControl`",
  "write a rule of its own with a condition": "schreiben Sie eine eigene Regel mit einer Bedingung",
  "the password is not carried over": "das Passwort wird nicht übernommen",
  "the access log of a site is a file in combined format; name one in `accessLog`":
    "das Access-Log einer Website ist eine Datei im Format combined; nennen Sie eine in `accessLog`",
  "the access log of a site is a file": "das Access-Log einer Website ist eine Datei",
  "the access log has no such option": "das Access-Log hat keine solche Option",
  "the access log has every request": "das Access-Log enthält jede Anfrage",
  "the agent speaks TLS 1.2 and 1.3 with the ciphers of Mozilla's intermediate configuration":
    "der Agent spricht TLS 1.2 und 1.3 mit den Verfahren von Mozillas „intermediate configuration“",
  "line {line} of {file} sets it again and wins": "Zeile {line} von {file} setzt es noch einmal und gewinnt",
  "it cannot become a target": "es kann kein Ziel werden",
  "it is marked `down`": "es ist als `down` gekennzeichnet",
  "it only sets variables": "es setzt nur Variablen",
  "it concerns Apache itself": "es betrifft Apache selbst",
  "only values without variables and conditions are supported":
    "nur Werte ohne Variablen und Bedingungen werden unterstützt",
  "put these certificates behind that of the site, into the file that `certificate` of `tls` names":
    "setzen Sie diese Zertifikate hinter das der Website, in die Datei, die `certificate` von `tls` nennt",
  "a rule has one `rateLimit`": "eine Regel hat ein `rateLimit`",
  "`rateLimit` counts by client address only": "`rateLimit` zählt nur nach Adressen",
  "requests are limited by `rateLimit`": "Anfragen begrenzt `rateLimit`",
  "only a duration is supported": "nur eine Dauer wird unterstützt",
  "it has no name and is not the default of a listener, so no request reaches it":
    "er hat keinen Namen und ist nicht die Vorgabe eines Listeners, also erreicht ihn keine Anfrage",
  "there are no variables of one's own; write rules with conditions":
    "eigene Variablen gibt es nicht; schreiben Sie Regeln mit Bedingungen",
  "there are no variables of one's own; write rules with the condition `from`":
    "eigene Variablen gibt es nicht; schreiben Sie Regeln mit der Bedingung `from`",
  "limits are set at the upstream (`responseTimeout`, `idleTimeout`)":
    "Grenzen stehen beim Upstream (`responseTimeout`, `idleTimeout`)",
  "listings of folders have no icons": "Verzeichnislisten haben keine Symbole",
  "no handler uses it": "kein Handler benutzt es",
  "it is about cherokee-admin": "es betrifft cherokee-admin",
  "it is the version of the file": "es ist die Version der Datei",
  "connections are kept open while visitors use them": "Verbindungen bleiben offen, solange Besucher sie benutzen",

  // Changed
  "`preserveHost`: the target's own name is sent": "`preserveHost`: der eigene Name des Ziels wird gesendet",
  "`accessLog`, in combined format": "`accessLog`, im Format combined",
  "`accessLog`: in combined format": "`accessLog`: im Format combined",
  "`requestHeaders`: it is removed, as its value has a variable that is not supported":
    "`requestHeaders`: es wird entfernt, da sein Wert eine Variable hat, die nicht unterstützt wird",
  "`requestHeaders`: it is removed, as its value has a placeholder that is not supported":
    "`requestHeaders`: es wird entfernt, da sein Wert einen Platzhalter hat, der nicht unterstützt wird",
  "`balance`: in turn": "`balance`: reihum",
  "what is not below {mount} is answered with 403": "was nicht unter {mount} liegt, wird mit 403 beantwortet",
  "the handler `file`: sent at full speed; see `bytesPerSecond`":
    "der Handler `file`: in voller Geschwindigkeit gesendet; siehe `bytesPerSecond`",
  "`trustedProxies`: visitors are known by `X-Forwarded-For`, or by the PROXY protocol of a listener":
    "`trustedProxies`: Besucher werden an `X-Forwarded-For` erkannt, oder am PROXY-Protokoll eines Listeners",
  "`trustedProxies`: visitors are known by `X-Forwarded-For`":
    "`trustedProxies`: Besucher werden an `X-Forwarded-For` erkannt",
  "`root`; programs in it get 403, as what runs them stands in another file":
    "`root`; Programme darin bekommen 403, denn was sie ausführt, steht in einer anderen Datei",
  "`responseHeaders`, on errors too": "`responseHeaders`, auch bei Fehlern",
  "`rateLimit`: excess requests get 429 and are not delayed":
    "`rateLimit`: überzählige Anfragen bekommen 429 und werden nicht verzögert",
  "a target; its failure thresholds are in `passiveHealthCheck` of the upstream":
    "ein Ziel; ab wann es als ausgefallen gilt, steht in `passiveHealthCheck` des Upstreams",
  "{name} is answered by a site above with a wildcard; move this one up":
    "{name} beantwortet eine Website darüber mit einem Platzhalter; schieben Sie diese höher",
  "`hosts`; other names, which nginx answers from here, get 404":
    "`hosts`; andere Namen, die nginx von hier beantwortet, bekommen 404",
  "a rule that answers 403 to other methods, whoever asks":
    "eine Regel, die andere Methoden mit 403 beantwortet, wer auch fragt",
  "404 for visitors; what is rewritten to it gets that, too":
    "404 für Besucher; auch, was darauf umgeschrieben wird, bekommt das",
  "the handler `proxy`; `Host` is that of the target, not the name of the upstream":
    "der Handler `proxy`; `Host` ist der des Ziels, nicht der Name des Upstreams",
  "only redirects to the target's own address lead back into the site":
    "nur Umleitungen auf die eigene Adresse des Ziels führen in die Website zurück",
  "only `$uri`, `$uri/` and `$uri.html` are tried": "nur `$uri`, `$uri/` und `$uri.html` werden versucht",
  "the query of the request is kept, and nothing is added to it":
    "die Parameter der Anfrage bleiben, und nichts kommt hinzu",
  "a rule without a handler is answered with 404": "eine Regel ohne Handler wird mit 404 beantwortet",
  "the site has no certificate yet: set its `tls`": "die Website hat noch kein Zertifikat: Setzen Sie ihr `tls`",
  "`acme` with Let's Encrypt: `termsAgreed` says that you agree to its terms of service, as you did with Caddy; read them":
    "`acme` mit Let's Encrypt: `termsAgreed` sagt, dass Sie den Nutzungsbedingungen zustimmen, wie bei Caddy; lesen Sie sie",

  // Closed
  "answered with 403: this check is not supported": "mit 403 beantwortet: Diese Prüfung wird nicht unterstützt",
  "answered with 403: `auth` needs the absolute path of a password file":
    "mit 403 beantwortet: `auth` braucht den absoluten Pfad einer Passwortdatei",
  "answered with 403: `auth` needs a realm and the absolute path of a password file":
    "mit 403 beantwortet: `auth` braucht einen Bereich (realm) und den absoluten Pfad einer Passwortdatei",
  "answered with 403: too many rules above are not final":
    "mit 403 beantwortet: Zu viele Regeln darüber sind nicht abschließend",
  "answered with 403: a listener can ask for certificates of one CA only, named by its absolute path":
    "mit 403 beantwortet: Ein Listener kann nur nach Zertifikaten einer CA fragen, mit absolutem Pfad genannt",
  "answered with 403: there is no handler {name}": "mit 403 beantwortet: Es gibt keinen Handler {name}",
  "answered with 403: {why}": "mit 403 beantwortet: {why}",
  "name the CA in `clientCertificates` of a listener, and write a rule":
    "nennen Sie die CA in `clientCertificates` eines Listeners, und schreiben Sie eine Regel",
  "its folder cannot be expressed here": "sein Ordner kann hier nicht ausgedrückt werden",
  "the site is left out, because none of its names can be expressed here":
    "die Website wird ausgelassen, weil keiner ihrer Namen hier ausgedrückt werden kann",
  "what it makes of the path cannot be said here; use `ProxyPass` with a path":
    "was er aus dem Pfad macht, lässt sich hier nicht ausdrücken; benutzen Sie `ProxyPass` mit einem Pfad",
  "it names no target that can be said here": "er nennt kein Ziel, das sich hier ausdrücken lässt",
  "its target names no folder of scripts": "sein Ziel nennt keinen Ordner mit Skripten",
  "its target has a query": "sein Ziel hat eine Query",
  "its target is one address for all that it matches": "sein Ziel ist eine Adresse für alles, was er trifft",
  "it has no listener here, so no request reaches it": "hier hat sie keinen Listener, also erreicht sie keine Anfrage",
  "the listener for all addresses": "der Listener für alle Adressen",
  "everything is answered with 403: its expression is not supported (RE2)":
    "alles wird mit 403 beantwortet: Sein Ausdruck wird nicht unterstützt (RE2)",
  "it lets nobody in: this check is not supported": "es lässt niemanden durch: Diese Prüfung wird nicht unterstützt",
  "only IP addresses are supported": "nur IP-Adressen werden unterstützt",
  "its scope cannot be expressed here, so everything is answered with 403":
    "sein Geltungsbereich kann hier nicht ausgedrückt werden, also wird alles mit 403 beantwortet",
  "its condition cannot be expressed here, so what it may apply to is answered with 403":
    "seine Bedingung kann hier nicht ausgedrückt werden; was sie betreffen kann, wird mit 403 beantwortet",
  "its condition cannot be expressed here, so {what} is answered with 403; rewrite the rule":
    "seine Bedingung kann hier nicht ausgedrückt werden, also wird {what} mit 403 beantwortet; schreiben Sie die Regel um",
  "its expression is not supported (RE2), so what it may be about is answered with 403":
    "sein Ausdruck wird nicht unterstützt (RE2); was er betreffen kann, wird mit 403 beantwortet",
  "what it is for is answered with 403: its folder cannot be expressed here":
    "was er betrifft, wird mit 403 beantwortet: Sein Ordner kann hier nicht ausgedrückt werden",

  // Carried over
  "the virtual host {id}": "der virtuelle Host {id}",
  "the site {id}": "die Website {id}",
  "the virtual hosts": "die virtuellen Hosts",
  "what it includes": "was es einbindet",
  "what it holds": "was es enthält",
  "a listener": "ein Listener",
  "the listeners": "die Listener",
  "the listener {names}": "der Listener {names}",
  "a target": "ein Ziel",
  "the handler {name}": "der Handler {name}",
  "the handler": "der Handler",
  "rules with its condition": "Regeln mit dieser Bedingung",
  "who gets an answer": "wer eine Antwort bekommt",
  "the order of the rules": "die Reihenfolge der Regeln",
  "`when` of rules": "`when` von Regeln",
  "`trustedProxies`, for all sites": "`trustedProxies`, für alle Websites",
  "nothing, as in nginx": "nichts, wie in nginx",
  "nothing, as in Cherokee": "nichts, wie in Cherokee",

  // Why it cannot be read
  "{file}: unexpected end of the file.": "{file}: unerwartetes Ende der Datei.",
  "{file} is not a text file.": "{file} ist keine Textdatei.",
  "cannot read {file}: it is not a file": "{file} ist keine Datei",
  "cannot read {file}: {why}": "{file} ist nicht lesbar: {why}",
} as const;
