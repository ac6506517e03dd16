// The first stage of Monaco: texts, and what everything stands on.
import "monaco-editor/editor/common/model/textModel.js";
import "monaco-editor/editor/common/config/editorOptions.js";
import "monaco-editor/base/browser/dom.js";
