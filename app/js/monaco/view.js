// The second stage of Monaco: a text on screen.
import "./text.js";
import "monaco-editor/editor/browser/widget/codeEditor/codeEditorWidget.js";
