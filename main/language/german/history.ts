/** The history, and the receipts in it. */
export const HISTORY = {
  "What visitors saw": "Was Besucher sahen",
  "status {status}, as of the switch": "Status {status}, zur Zeit der Umschaltung",
  "Loading the page…": "Die Seite wird geladen …",
  "Somebody else had put the copycat in, so what it said is not part of this receipt.":
    "Den Copycat hatte jemand anderes eingesetzt; was er sagte, steht nicht in diesem Protokoll.",
  "Your own page from {folder} on the server. What the files said then is not kept.":
    "Ihre eigene Seite aus {folder} auf dem Server. Was die Dateien damals sagten, wird nicht aufbewahrt.",
  "The page as visitors saw it": "Die Seite, wie Besucher sie sahen",
  "As curl and API clients received it": "Wie curl und API-Clients sie bekamen",
  "What curl received": "Was curl bekam",
  "What an API client received": "Was ein API-Client bekam",
} as const;
