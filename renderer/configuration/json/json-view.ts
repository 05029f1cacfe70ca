/**
 * A text editor for JSON (CodeMirror). It lives in a shadow root: there its style sheets are
 * constructed ones, which the page's content security policy allows, and in the page itself they
 * would be inline ones, which it refuses. Loaded when it is first opened.
 */
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { diagnosticCount, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { TextRange } from "./json-ranges.ts";
import { JSON_THEME } from "./json-theme.ts";

interface JsonViewParts {
  text: string;
  /** For screen readers. */
  label: string;
  onchange: (text: string) => void;
}

export interface JsonView {
  /** Shows problems at their places. @param text the one that they are about */
  mark: (text: string, problems: readonly (TextRange & { message: string })[]) => void;
  /** Selects a part and scrolls to it. */
  show: (range: TextRange) => void;
  focus: () => void;
  close: () => void;
}

const COLOURS = [
  { tag: tags.propertyName, color: "var(--accent)" },
  { tag: tags.string, color: "var(--live)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--maint)" },
  { tag: [tags.separator, tags.brace, tags.squareBracket], color: "var(--muted)" },
];

/** @param host an empty element of the page; the editor fills it */
export function openJsonView(host: HTMLElement, { text, label, onchange }: JsonViewParts): JsonView {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        foldGutter(),
        lintGutter(),
        history(),
        json(),
        indentOnInput(),
        bracketMatching(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        search({ top: true }),
        syntaxHighlighting(HighlightStyle.define(COLOURS)),
        JSON_THEME,
        // Tab is not among them: it leaves the editor, as everywhere else. Escape closes the search
        // and then the dialog.
        keymap.of([
          ...searchKeymap,
          ...historyKeymap,
          ...foldKeymap,
          ...lintKeymap,
          ...defaultKeymap.filter(({ key }) => key !== "Escape"),
        ]),
        EditorView.domEventHandlers({ beforeinput: typeOver }),
        EditorView.contentAttributes.of(({ state }) => ({
          "aria-label": label,
          "aria-invalid": String(diagnosticCount(state) > 0),
        })),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) onchange(state.doc.toString());
        }),
      ],
    }),
  });
  // What the editor has used, such as the Escape that closes its search, is not for the dialog.
  host.addEventListener("keydown", (event) => {
    if (event.defaultPrevented) event.stopPropagation();
  });
  // Whoever puts the focus back on the host means the text.
  host.focus = () => view.focus();
  return {
    mark: (about, problems) => {
      if (view.state.doc.toString() !== about) return;
      view.dispatch(
        setDiagnostics(
          view.state,
          problems.map(({ from, to, message }) => ({ from, to, message, severity: "error" })),
        ),
      );
    },
    show: ({ from, to }) => {
      view.dispatch({
        selection: { anchor: from, head: to },
        effects: EditorView.scrollIntoView(from, { y: "center" }),
      });
      view.focus();
    },
    focus: () => view.focus(),
    close: () => view.destroy(),
  };
}

/**
 * Typing over a selection. Chromium itself would keep the look of what was replaced in a style
 * attribute, which the page's policy refuses. The selection is that of the document, which may be
 * newer than the editor's; within a shadow root only the root tells it.
 */
function typeOver({ inputType, data }: InputEvent, view: EditorView): boolean {
  const selection = (view.root as Document).getSelection();
  if (inputType !== "insertText" || data === null || selection === null) return false;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  if (anchorNode === null || focusNode === null) return false;
  const anchor = view.posAtDOM(anchorNode, anchorOffset);
  const head = view.posAtDOM(focusNode, focusOffset);
  if (anchor === head) return false;
  view.dispatch({ selection: { anchor, head } });
  view.dispatch(view.state.replaceSelection(view.state.toText(data)), {
    userEvent: "input.type",
    scrollIntoView: true,
  });
  return true;
}
