/** What the built-in page says by itself, in each of its languages. */
import type { PageLanguage } from "../../contract/page-language.ts";

interface Words {
  title: string;
  text: string;
  /** Where only a status was chosen. */
  bare: string;
  /** `time` is an element with the time of day and its zone. */
  backAt: (time: string) => string;
  /** `time` is an element with date and time of day, joined as `dated` says. */
  backOn: (time: string) => string;
  dated: string;
  late: string;
  /** As `Intl` knows it. */
  locale: string;
}

export const PAGE_WORDS: Readonly<Record<PageLanguage, Words>> = {
  en: {
    title: "Back soon",
    text: "We are working on this site and will be back shortly. Thank you for your patience.",
    bare: "This site is temporarily unavailable. Please try again later.",
    backAt: (time) => `Expected back at ${time}`,
    backOn: (time) => `Expected back on ${time}`,
    late: "This is taking a little longer than expected.",
    dated: " at ",
    locale: "en-GB",
  },
  de: {
    title: "Gleich wieder da",
    text: "Wir arbeiten an dieser Website und sind in Kürze zurück. Vielen Dank für Ihre Geduld.",
    bare: "Diese Website ist zurzeit nicht erreichbar. Bitte versuchen Sie es später noch einmal.",
    backAt: (time) => `Voraussichtlich zurück um ${time}`,
    backOn: (time) => `Voraussichtlich zurück am ${time}`,
    late: "Es dauert etwas länger als erwartet.",
    dated: ", ",
    locale: "de-DE",
  },
  fr: {
    title: "De retour bientôt",
    text: "Nous intervenons sur ce site et serons de retour sous peu. Merci de votre patience.",
    bare: "Ce site n’est pas disponible pour le moment. Veuillez réessayer plus tard.",
    backAt: (time) => `Retour prévu à ${time}`,
    backOn: (time) => `Retour prévu le ${time}`,
    late: "Cela prend un peu plus de temps que prévu.",
    dated: " à ",
    locale: "fr-FR",
  },
  es: {
    title: "Volvemos enseguida",
    text: "Estamos trabajando en este sitio y volveremos en breve. Gracias por su paciencia.",
    bare: "Este sitio no está disponible en este momento. Inténtelo de nuevo más tarde.",
    backAt: (time) => `Regreso previsto: ${time}`,
    backOn: (time) => `Regreso previsto: ${time}`,
    late: "Está tardando un poco más de lo previsto.",
    dated: ", ",
    locale: "es-ES",
  },
  pt: {
    title: "Voltamos em breve",
    text: "Estamos a trabalhar neste site e voltaremos em breve. Obrigado pela sua paciência.",
    bare: "Este site não está disponível neste momento. Tente novamente mais tarde.",
    backAt: (time) => `Regresso previsto: ${time}`,
    backOn: (time) => `Regresso previsto: ${time}`,
    late: "Está a demorar um pouco mais do que o previsto.",
    dated: ", ",
    locale: "pt-PT",
  },
  ja: {
    title: "まもなく再開します",
    text: "ただいまメンテナンス中です。まもなく再開いたしますので、しばらくお待ちください。",
    bare: "現在このサイトはご利用いただけません。しばらくしてからもう一度お試しください。",
    backAt: (time) => `再開予定：${time}`,
    backOn: (time) => `再開予定：${time}`,
    late: "予定より少し時間がかかっています。",
    dated: " ",
    locale: "ja-JP",
  },
  zh: {
    title: "即将恢复",
    text: "网站正在维护，很快就会恢复。感谢您的耐心等待。",
    bare: "网站暂时无法访问，请稍后再试。",
    backAt: (time) => `预计恢复时间：${time}`,
    backOn: (time) => `预计恢复时间：${time}`,
    late: "所需时间比预计的稍长。",
    dated: " ",
    locale: "zh-CN",
  },
};
