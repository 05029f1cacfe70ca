/** The page speaks the language that the main process has put into it. Imported first. */
import { chooseLanguage, languageFor } from "../../main/language/language.ts";

chooseLanguage(languageFor([document.documentElement.lang]));
