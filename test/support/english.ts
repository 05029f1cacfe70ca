/** Tests read what the app says in English, where they do not choose another language. */
import { chooseLanguage } from "../../main/language/language.ts";

chooseLanguage("en");
