// The third stage of Monaco: its API.
import "./view.js";
export { KeyCode, KeyMod, MarkerSeverity, editor, languages } from "monaco-editor/editor.js";
