// The last stage of Monaco: what opens lists and boxes, and the three languages. It imports every
// earlier stage, so that its style sheet is Monaco's whole one.
import "./editing.js";
import "monaco-editor/features/codeAction/register.js";
import "monaco-editor/features/contextmenu/register.js";
import "monaco-editor/features/find/register.js";
import "monaco-editor/features/gotoError/register.js";
import "monaco-editor/features/hover/register.js";
import "monaco-editor/features/snippet/register.js";
// `features/suggest` has inline completions only.
import "monaco-editor/editor/contrib/suggest/browser/suggestController.js";
import "monaco-editor/languages/definitions/mysql/register.js";
import "monaco-editor/languages/definitions/pgsql/register.js";
import "monaco-editor/languages/definitions/sql/register.js";
