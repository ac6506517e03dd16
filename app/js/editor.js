// Monaco by parts: SQL only. Loaded when the IDE is on screen (see app/src/editor).
import { palette } from "./page/colours.js";

// In stages, with a pause after each: setting all of it up at once would keep the page from answering
// for a fifth of a second. bundle.mjs makes a file of each; the page fetches all at once.
const stages = [
  () => import("./monaco/text.js"),
  () => import("./monaco/view.js"),
  () => import("./monaco/core.js"),
  () => import("./monaco/editing.js"),
  () => import("./monaco/helping.js"),
];
for (const stage of stages) {
  await stage();
  await new Promise((done) => setTimeout(done));
}
const { KeyCode, KeyMod, MarkerSeverity, editor, languages } = await stages[2]();

globalThis.MonacoEnvironment = {
  // Nothing above needs it; whatever asks for it all the same gets it without a warning.
  getWorker: () =>
    new Worker(new URL("monaco-editor/editor/editor.worker.js", import.meta.url), { type: "module" }),
};

const OWNER = "querent";
const KINDS = {
  column: languages.CompletionItemKind.Field,
  table: languages.CompletionItemKind.Struct,
  schema: languages.CompletionItemKind.Module,
  keyword: languages.CompletionItemKind.Keyword,
  function: languages.CompletionItemKind.Function,
};

/** The editor whose completions are asked for: there is one per page. */
let active = null;

for (const language of ["pgsql", "mysql", "sql"]) {
  languages.registerCompletionItemProvider(language, {
    triggerCharacters: [".", " "],
    provideCompletionItems(model, position, context) {
      if (!active || active.model() !== model) return { suggestions: [] };
      const before = model.getValueInRange({
        startLineNumber: position.lineNumber,
        startColumn: 1,
        endLineNumber: position.lineNumber,
        endColumn: position.column,
      });
      // After a blank only where a table has to follow; elsewhere a list would be in the way.
      if (context.triggerCharacter === " " && !/\b(from|join|into|update)\s$/i.test(before))
        return { suggestions: [] };
      return { suggestions: suggestions(model, position) };
    },
  });
}

/** What to do about a refusal, by the text it is in; see `mark`. */
const fixes = new WeakMap();

for (const language of ["pgsql", "mysql", "sql"]) {
  languages.registerCodeActionProvider(
    language,
    {
      provideCodeActions(model, _range, context) {
        const found = fixes.get(model) ?? [];
        const diagnostics = context.markers;
        const actions = diagnostics.length === 0 ? [] : found.map((fix, index) => action(model, fix, index, diagnostics));
        return { actions, dispose() {} };
      },
    },
    { providedCodeActionKinds: ["quickfix"] },
  );
}

function action(model, fix, index, diagnostics) {
  const common = { title: fix.title, kind: "quickfix", diagnostics, isPreferred: index === 0 };
  if (fix.run) return { ...common, command: { id: RUN_AT, title: fix.title, arguments: [fix.start] } };
  const textEdit = { range: rangeOf(model, fix.start, fix.end), text: fix.text };
  return { ...common, edit: { edits: [{ resource: model.uri, textEdit, versionId: model.getVersionId() }] } };
}

function rangeOf(model, start, end) {
  const [from, to] = [model.getPositionAt(start), model.getPositionAt(end)];
  return {
    startLineNumber: from.lineNumber,
    startColumn: from.column,
    endLineNumber: to.lineNumber,
    endColumn: to.column,
  };
}

/** Puts the cursor at an offset and runs the statement that is there. */
const RUN_AT = "querent.runAt";
editor.registerCommand(RUN_AT, (_services, offset) => {
  active?.goTo(offset);
  active?.on("run", null);
});

function suggestions(model, position) {
  const word = model.getWordUntilPosition(position);
  const range = {
    startLineNumber: position.lineNumber,
    endLineNumber: position.lineNumber,
    startColumn: word.startColumn,
    endColumn: word.endColumn,
  };
  const found = JSON.parse(active.on("complete", model.getOffsetAt(position)) ?? "[]");
  return found.map((one, index) => ({
    label: { label: one.label, description: one.detail },
    insertText: one.insert,
    filterText: one.label,
    sortText: String(one.rank) + String(index).padStart(5, "0"),
    kind: KINDS[one.kind],
    range,
  }));
}

/** Monaco in the page's colours: read from the style sheet, so that there is one place for them. */
function defineTheme(dark) {
  const colour = palette(dark);
  const token = (name, value) => ({ token: name, foreground: value.replace("#", "") });
  editor.defineTheme(dark ? "querent-dark" : "querent-light", {
    base: dark ? "vs-dark" : "vs",
    inherit: true,
    rules: dark
      ? [
          token("keyword", "#a5b0ff"),
          token("operator", "#a5b0ff"),
          token("string", "#8fd6a3"),
          token("string.sql", "#8fd6a3"),
          token("number", "#f2b87c"),
          token("comment", "#8d96a5"),
          token("predefined", "#7fd0e8"),
          token("predefined.sql", "#7fd0e8"),
          token("operator.sql", "#a5b0ff"),
          token("delimiter", "#a3abb9"),
          token("identifier.quote", "#e5e8ee"),
        ]
      : [
          token("keyword", "#3343b4"),
          token("operator", "#3343b4"),
          token("string", "#17693a"),
          token("string.sql", "#17693a"),
          token("number", "#9a4a00"),
          token("comment", "#6b7280"),
          token("predefined", "#0b6478"),
          token("predefined.sql", "#0b6478"),
          token("operator.sql", "#3343b4"),
          token("delimiter", "#59616f"),
          token("identifier.quote", "#1b1f27"),
        ],
    colors: {
      "editor.background": colour("bg"),
      "editor.foreground": colour("text"),
      "editorLineNumber.foreground": colour("text-faint"),
      "editorLineNumber.activeForeground": colour("text"),
      "editor.selectionBackground": colour("selection"),
      "editor.lineHighlightBorder": "#00000000",
      "editor.lineHighlightBackground": colour("bg-side"),
      "editorWidget.background": colour("bg-raised"),
      "editorWidget.border": colour("line-firm"),
      "editorSuggestWidget.background": colour("bg-raised"),
      "editorSuggestWidget.border": colour("line-firm"),
      "editorSuggestWidget.selectedBackground": colour("accent-soft"),
      "editorSuggestWidget.selectedForeground": colour("text"),
      "editorSuggestWidget.highlightForeground": colour("accent-text"),
      "editorSuggestWidget.focusHighlightForeground": colour("accent-text"),
      "input.background": colour("bg"),
      "input.border": colour("line-control"),
      "scrollbarSlider.background": dark ? "#ffffff1f" : "#1014201f",
      "scrollbarSlider.hoverBackground": dark ? "#ffffff33" : "#10142033",
      "scrollbarSlider.activeBackground": dark ? "#ffffff47" : "#10142047",
      focusBorder: colour("focus"),
    },
  });
  editor.setTheme(dark ? "querent-dark" : "querent-light");
}

/** An editor in `host`; see app/src/editor/ffi.rs for what the functions do. */
export function create(host, optionsText, on) {
  const options = JSON.parse(optionsText);
  defineTheme(options.dark);
  const style = getComputedStyle(document.documentElement);
  const view = editor.create(host, {
    model: null,
    ariaLabel: options.label,
    automaticLayout: true,
    bracketPairColorization: { enabled: false },
    contextmenu: true,
    cursorSurroundingLines: 2,
    fixedOverflowWidgets: true,
    folding: true,
    fontFamily: style.getPropertyValue("--font-mono"),
    fontSize: 13,
    glyphMargin: false,
    lineDecorationsWidth: 10,
    lineHeight: 20,
    lineNumbersMinChars: 3,
    links: false,
    minimap: { enabled: false },
    overviewRulerLanes: 0,
    padding: { top: 8, bottom: 8 },
    placeholder: options.placeholder,
    quickSuggestions: { other: true, comments: false, strings: false },
    renderLineHighlight: "line",
    renderLineHighlightOnlyWhenFocus: true,
    scrollBeyondLastLine: false,
    scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
    smoothScrolling: false,
    suggest: { showStatusBar: false },
    tabSize: 2,
    wordBasedSuggestions: "off",
    wordWrap: "off",
  });
  const models = new Map();
  const outline = view.createDecorationsCollection();
  let outlined = "";
  let shown = null;

  // Once a frame and never from inside Monaco's own events: what answers this changes decorations,
  // and that reports a cursor again.
  let moving = 0;
  const moved = () => {
    moving ||= requestAnimationFrame(() => {
      moving = 0;
      on("cursor", null);
    });
  };
  view.onDidChangeModelContent(() => {
    on("change", null);
    moved();
  });
  view.onDidChangeCursorPosition(moved);
  // Open suggestions would take the Esc that is meant to stop what runs.
  const hideSuggestions = () => view.trigger("querent", "hideSuggestWidget", null);
  view.addAction({
    id: "querent.run",
    label: "Run statement",
    keybindings: [KeyMod.CtrlCmd | KeyCode.Enter],
    contextMenuGroupId: "navigation",
    contextMenuOrder: 0,
    run() {
      hideSuggestions();
      on("run", null);
    },
  });
  view.addAction({
    id: "querent.explain",
    label: "Explain statement",
    keybindings: [KeyMod.CtrlCmd | KeyCode.KeyE],
    contextMenuGroupId: "navigation",
    contextMenuOrder: 1,
    run() {
      hideSuggestions();
      on("explain", null);
    },
  });
  view.addAction({
    // Monaco waits for a second key after this one, unless it is told what to do.
    id: "querent.ask",
    label: "Go to the question",
    keybindings: [KeyMod.CtrlCmd | KeyCode.KeyK],
    run: () => document.querySelector("#ask-question")?.focus(),
  });
  view.addAction({
    id: "querent.format",
    label: "Format SQL",
    keybindings: [KeyMod.CtrlCmd | KeyMod.Shift | KeyCode.KeyF],
    contextMenuGroupId: "1_modification",
    contextMenuOrder: 0,
    run: () => void on("format", null),
  });

  const goTo = (offset) => view.setPosition(view.getModel().getPositionAt(offset));
  active = { model: () => view.getModel(), on, goTo };
  return {
    open(tab, text, language) {
      let entry = models.get(tab);
      if (!entry) {
        entry = { model: editor.createModel(text, language), state: null };
        models.set(tab, entry);
      } else {
        if (entry.model.getLanguageId() !== language) editor.setModelLanguage(entry.model, language);
        if (entry.model.getValue() !== text) entry.model.setValue(text);
      }
      if (shown === tab) return;
      if (models.has(shown)) models.get(shown).state = view.saveViewState();
      shown = tab;
      view.setModel(entry.model);
      if (entry.state) view.restoreViewState(entry.state);
    },
    keep(tabs) {
      const kept = new Set(tabs);
      for (const [tab, entry] of models) {
        if (kept.has(tab)) continue;
        models.delete(tab);
        entry.model.dispose();
      }
    },
    text: () => view.getModel()?.getValue() ?? "",
    replaceRange(start, end, text) {
      const model = view.getModel();
      if (!model) return;
      const [from, to] = [model.getPositionAt(start), model.getPositionAt(end)];
      const range = {
        startLineNumber: from.lineNumber,
        startColumn: from.column,
        endLineNumber: to.lineNumber,
        endColumn: to.column,
      };
      view.pushUndoStop();
      view.executeEdits(OWNER, [{ range, text }]);
      view.pushUndoStop();
    },
    insert(text) {
      view.pushUndoStop();
      view.executeEdits(OWNER, [{ range: view.getSelection(), text, forceMoveMarkers: true }]);
      view.pushUndoStop();
      view.focus();
    },
    selection() {
      const model = view.getModel();
      const selection = view.getSelection();
      if (!model || !selection) return new Uint32Array([0, 0]);
      return new Uint32Array([
        model.getOffsetAt(selection.getStartPosition()),
        model.getOffsetAt(selection.getEndPosition()),
      ]);
    },
    select(start, end) {
      const model = view.getModel();
      if (!model) return;
      const [from, to] = [model.getPositionAt(start), model.getPositionAt(end)];
      view.setSelection({
        startLineNumber: from.lineNumber,
        startColumn: from.column,
        endLineNumber: to.lineNumber,
        endColumn: to.column,
      });
      view.revealPositionInCenterIfOutsideViewport(to);
    },
    outline(first, last) {
      const next = `${shown} ${first} ${last}`;
      if (next === outlined) return;
      outlined = next;
      const range = { startLineNumber: first, startColumn: 1, endLineNumber: last, endColumn: 1 };
      outline.set(
        first > 0 ? [{ range, options: { isWholeLine: true, linesDecorationsClassName: "statement-line" } }] : [],
      );
    },
    mark(tab, [startLineNumber, startColumn, endLineNumber, endColumn], message, fixesText) {
      const entry = models.get(tab);
      if (!entry) return;
      fixes.set(entry.model, JSON.parse(fixesText));
      const severity = MarkerSeverity.Error;
      editor.setModelMarkers(entry.model, OWNER, [
        { startLineNumber, startColumn, endLineNumber, endColumn, message, severity },
      ]);
      if (tab === shown) view.revealLineInCenterIfOutsideViewport(startLineNumber);
    },
    unmark(tab) {
      const entry = models.get(tab);
      if (!entry) return;
      fixes.delete(entry.model);
      editor.setModelMarkers(entry.model, OWNER, []);
    },
    setDark: defineTheme,
    focus: () => view.focus(),
    dispose() {
      cancelAnimationFrame(moving);
      active = null;
      view.dispose();
      for (const { model } of models.values()) model.dispose();
      models.clear();
    },
  };
}
