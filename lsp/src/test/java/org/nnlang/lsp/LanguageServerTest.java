package org.nnlang.lsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.eclipse.lsp4j.ClientCapabilities;
import org.eclipse.lsp4j.CodeAction;
import org.eclipse.lsp4j.CodeActionContext;
import org.eclipse.lsp4j.CodeActionKind;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.Diagnostic;
import org.eclipse.lsp4j.DiagnosticSeverity;
import org.eclipse.lsp4j.DocumentFormattingParams;
import org.eclipse.lsp4j.DocumentHighlight;
import org.eclipse.lsp4j.DocumentHighlightKind;
import org.eclipse.lsp4j.DocumentHighlightParams;
import org.eclipse.lsp4j.DocumentSymbol;
import org.eclipse.lsp4j.DocumentSymbolParams;
import org.eclipse.lsp4j.FoldingRange;
import org.eclipse.lsp4j.FoldingRangeRequestParams;
import org.eclipse.lsp4j.FormattingOptions;
import org.eclipse.lsp4j.Location;
import org.eclipse.lsp4j.PrepareRenameParams;
import org.eclipse.lsp4j.ReferenceContext;
import org.eclipse.lsp4j.ReferenceParams;
import org.eclipse.lsp4j.RenameParams;
import org.eclipse.lsp4j.SemanticTokens;
import org.eclipse.lsp4j.SemanticTokensParams;
import org.eclipse.lsp4j.SignatureHelp;
import org.eclipse.lsp4j.SignatureHelpParams;
import org.eclipse.lsp4j.TextDocumentIdentifier;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.WorkspaceEdit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.compiler.source.SourceFile;

/// The server as an editor meets it.
class LanguageServerTest {
    private static final String MODEL = """
            model Net()(x: f32[b, 64]) -> f32[b, 10] {
                val h = x |> Dense(128, relu)
                val w = normal([128, 10])
                h @ w
            }
            """;

    @TempDir
    private Path folder;

    private String uri(String name) {
        return folder.resolve(name).toUri().toString();
    }

    private static TextDocumentIdentifier text(String uri) {
        return new TextDocumentIdentifier(uri);
    }

    @Test
    void aWrongShapeAppearsWhileTypingAndDisappears() {
        String uri = uri("net.nn");
        try (var editor = new Editor(folder)) {
            editor.open(uri, MODEL);
            assertEquals(List.of(), editor.mistakes(uri));
            editor.edit(uri, "normal([128", "normal([256");
            assertEquals(List.of("NN0203 @"), editor.mistakes(uri));
            Diagnostic mistake = editor.diagnostics(uri).getFirst();
            assertTrue(mistake.getMessage().startsWith("the inner dimensions of `@` differ: 128 and 256"));
            assertTrue(mistake.getMessage().contains("\nhelp: "), mistake.getMessage());
            assertEquals("nn", mistake.getSource());
            assertEquals(4, mistake.getRelatedInformation().size());
            Path page = Path.of(URI.create(mistake.getCodeDescription().getHref()));
            assertTrue(Files.exists(page), page::toString);
            editor.edit(uri, "[256", "[128");
            assertEquals(List.of(), editor.mistakes(uri));
            editor.edit(uri, "val h =", "val h");
            assertFalse(editor.mistakes(uri).isEmpty());
            editor.close(uri);
            assertEquals(List.of(), editor.await(uri, told -> told.getVersion() == null));
        }
    }

    @Test
    void aHoverTellsShapesInEveryUseOfALayer() {
        String uri = uri("twice.nn");
        try (var editor = new Editor(folder)) {
            editor.open(uri, """
                    layer Less(by: Int = 8)(x: f32[a, n]) -> f32[a, n - by] {
                        val y = x |> Dense(n - by, relu)
                        y
                    }
                    test "twice" {
                        val z = normal([5, 64]) |> Less() |> Less(by = 16)
                        assert len(shape(z)) == 2
                    }
                    """);
            assertEquals("```nn\nval y: f32[5, 56]\nval y: f32[5, 40]\n```", editor.hover(uri, "val ¦y"));
            assertEquals("```nn\nx: f32[a, n]\n```\n\nhere `f32[5, 64]`, `f32[5, 56]`", editor.hover(uri, "¦x |>"));
            assertEquals("```nn\nby: Int = 8\n```", editor.hover(uri, "¦by = 16"));
            assertEquals("```nn\nf32[5, 56]\nf32[5, 40]\n```", editor.hover(uri, "x ¦|> Dense"));
            String dense = editor.hover(uri, "D¦ense");
            assertTrue(dense.startsWith("```nn\nlayer Dense(units: Int"), dense);
            assertTrue(dense.contains("*std/layers/Dense.nn*"), dense);
            assertTrue(dense.endsWith("here gives `f32[5, 56]`, `f32[5, 40]`"), dense);
            assertTrue(editor.hover(uri, "¦normal").contains("here gives `f32[5, 64]`"));
            assertTrue(
                    editor.hover(uri, "¦shape(z)").contains("(built in)") || !editor.hover(uri, "¦shape(z)").isEmpty());
            assertEquals("", editor.hover(uri, "}¦\ntest"));
        }
    }

    @Test
    void aMistakeIsMendedByItsQuickFix() {
        String uri = uri("fix.nn");
        try (var editor = new Editor(folder)) {
            editor.open(uri, MODEL.replace("relu", "rleu"));
            assertEquals(List.of("NN0301 rleu"), editor.mistakes(uri));
            Diagnostic mistake = editor.diagnostics(uri).getFirst();
            assertTrue(mistake.getMessage().endsWith("help: did you mean `relu`?"), mistake.getMessage());
            CodeAction fix = editor.fixes(uri, mistake).getFirst();
            assertEquals("write `relu`", fix.getTitle());
            assertEquals(CodeActionKind.QuickFix, fix.getKind());
            assertEquals(List.of(mistake), fix.getDiagnostics());
            assertEquals(true, fix.getIsPreferred());
            editor.apply(uri, fix);
            assertEquals(MODEL, editor.text(uri).text());
            assertEquals(List.of(), editor.mistakes(uri));
            // What the editor remembers is no longer so.
            assertEquals(List.of(), editor.fixes(uri, mistake));
        }
    }

    /// Characters of two units before it, lines that end in `\r\n`, several edits.
    @Test
    void aFixOfSeveralEditsStandsWhereItShould() {
        String uri = uri("several 🎈.nn");
        try (var editor = new Editor(folder)) {
            editor.open(uri, """
                    fun f(a: f32[b], c: f32[b]) -> f32[b] {
                        require 1 < 2 : "🎈"; val sum = a // 🎈
                            + c
                        sum
                    }
                    """.replace("\n", "\r\n"));
            assertEquals(List.of("NN0120 +"), editor.mistakes(uri));
            CodeAction fix = editor.fixes(uri, editor.diagnostics(uri).getFirst()).getFirst();
            assertEquals("end the line above with `+`", fix.getTitle());
            editor.apply(uri, fix);
            assertEquals(List.of(), editor.mistakes(uri));
            assertTrue(editor.text(uri).text().contains("= a + // 🎈\r\n        c\r\n"), editor.text(uri).text());
        }
    }

    /// Which of two is meant nobody knows; both are there, and none is the one.
    @Test
    void twoWaysAreTwoQuickFixes() {
        String uri = uri("two.nn");
        try (var editor = new Editor(folder)) {
            editor.open(uri, "fun f(x: f32[b]) -> f32[b] {\n    let y = x\n    y\n}\n");
            List<CodeAction> fixes = editor.fixes(uri, editor.diagnostics(uri).getFirst());
            assertEquals(List.of("write `val`", "write `var`"), fixes.stream().map(CodeAction::getTitle).toList());
            assertEquals(List.of(false, false), fixes.stream().map(CodeAction::getIsPreferred).toList());
            editor.apply(uri, fixes.getLast());
            assertEquals(List.of(), editor.mistakes(uri));
        }
    }

    @Test
    void quickFixesComeOnlyWhereTheyAreAskedFor() throws IOException {
        String uri = uri("asked.nn");
        try (var editor = new Editor(folder)) {
            editor.open(uri, MODEL.replace("relu", "rleu"));
            Diagnostic mistake = editor.diagnostics(uri).getFirst();
            assertEquals(List.of(), editor.fixes(uri, mistake.getRange(), new CodeActionContext(List.of())));
            assertEquals(List.of(), editor.fixes(uri, mistake.getRange(),
                    new CodeActionContext(List.of(mistake), List.of(CodeActionKind.Refactor))));
            assertEquals(1, editor.fixes(uri, mistake.getRange(),
                    new CodeActionContext(List.of(mistake), List.of(CodeActionKind.QuickFix))).size());
            var other =
                    new Diagnostic(mistake.getRange(), "another server's", DiagnosticSeverity.Error, "other", "NN0301");
            assertEquals(List.of(), editor.fixes(uri, other));
            editor.edit(uri, "model", "// model\nmodel");
            assertEquals(List.of(), editor.fixes(uri, mistake));
            // A mistake in a file that this one imports is mended there.
            Files.writeString(folder.resolve("parts.nn"), "fun twice(x: f32[b]) -> f32[b] {\n    x ** 2\n}\n");
            String importer = uri("importer.nn");
            editor.open(importer, "import \"./parts.nn\"\n");
            assertEquals(List.of("NN0106 \"./parts.nn\""), editor.mistakes(importer));
            assertEquals(List.of(), editor.fixes(importer, editor.diagnostics(importer).getFirst()));
        }
    }

    /// Such an editor knows of no versions, or of no actions at all.
    @Test
    void anEditorOfOldGetsWhatItKnows() {
        String uri = uri("old.nn");
        try (var editor = new Editor(folder, Duration.ofMillis(20), Editor.withActions())) {
            editor.open(uri, MODEL.replace("relu", "rleu"));
            CodeAction fix = editor.fixes(uri, editor.diagnostics(uri).getFirst()).getFirst();
            assertEquals(List.of(uri), List.copyOf(fix.getEdit().getChanges().keySet()));
            editor.apply(uri, fix);
            assertEquals(List.of(), editor.mistakes(uri));
        }
        try (var editor = new Editor(folder, Duration.ofMillis(20), new ClientCapabilities())) {
            editor.open(uri, MODEL.replace("relu", "rleu"));
            assertEquals(List.of(), editor.fixes(uri, editor.diagnostics(uri).getFirst()));
        }
    }

    /// Umlauts have one unit, an emoji two; lines end in three ways.
    @Test
    void positionsAreThoseOfTheEditor() {
        String uri = uri("ümläut ☃.nn");
        try (var editor = new Editor(folder)) {
            editor.open(uri,
                    "/// Größe 🎈🎈\r\nfun f(größe: f32[b]) -> f32[b] {\r    require 1 < 2 : \"🎈 zu groß\"; val y = größe\r\n    y\n}\n"
                            .replace("; ", "\r    "));
            assertEquals(List.of(), editor.mistakes(uri));
            assertEquals("```nn\nval y: f32[b]\n```", editor.hover(uri, "val ¦y"));
            editor.edit(uri, "\"🎈 zu groß\"", "\"🎈 zu groß: $größe $nichts\"");
            assertEquals(List.of("NN0301 nichts"),
                    editor.mistakes(uri).stream().map(each -> each.replaceFirst("NN\\d+", "NN0301")).toList());
            Location declared = editor.definition(uri, "= ¦größe").getFirst();
            assertEquals(editor.at(uri, "f(¦größe"), declared.getRange().getStart());
            assertEquals(editor.at(uri, "f(größe¦:"), declared.getRange().getEnd());
            editor.edit(uri, " $nichts", "");
            assertEquals(List.of(), editor.mistakes(uri));
        }
    }

    @Test
    void whatIsOpenCountsForThoseThatImportIt() throws IOException {
        Files.writeString(folder.resolve("blocks.nn"), "fun half(x: f32[b, n]) -> f32[b, n] = x / 2\n");
        String main = uri("main.nn");
        String blocks = uri("blocks.nn");
        try (var editor = new Editor(folder)) {
            editor.open(main, """
                    import "./blocks.nn"
                    fun quarter(x: f32[b, n]) -> f32[b, n] = half(half(x))
                    """);
            assertEquals(List.of(), editor.mistakes(main));
            editor.open(blocks, Files.readString(folder.resolve("blocks.nn")));
            editor.edit(blocks, "fun half", "fun third");
            assertEquals(2, editor.await(main, told -> !told.getDiagnostics().isEmpty()).size());
            editor.edit(blocks, "fun third", "fun half");
            editor.await(main, told -> told.getDiagnostics().isEmpty());
            // A mistake over there stands at the import.
            editor.edit(blocks, "= x / 2", "= x / nothing");
            Diagnostic mistake = editor.await(main, told -> !told.getDiagnostics().isEmpty()).getFirst();
            assertEquals(editor.at(main, "import ¦\""), mistake.getRange().getStart());
            assertEquals(blocks, mistake.getRelatedInformation().getFirst().getLocation().getUri());
            // Closed, what is in the file counts again.
            editor.close(blocks);
            editor.await(main, told -> told.getDiagnostics().isEmpty());
        }
    }

    @Test
    void aFileThatAppearsMendsItsImporter() throws IOException {
        String main = uri("main.nn");
        try (var editor = new Editor(folder)) {
            editor.open(main, "import \"./later.nn\"\nfun g(x: f32[b]) -> f32[b] = late(x)\n");
            assertFalse(editor.mistakes(main).isEmpty());
            editor.open(uri("later.nn"), "fun late(x: f32[b]) -> f32[b] = x\n");
            editor.await(main, told -> told.getDiagnostics().isEmpty());
        }
    }

    @Test
    void manyQuickEditsEndWithTheMistakesOfTheLast() {
        String uri = uri("net.nn");
        try (var editor = new Editor(folder)) {
            editor.open(uri, MODEL);
            for (int i = 0; i < 200; i++) {
                editor.edit(uri, "normal([" + (i == 0 ? 128 : 1000 + i - 1), "normal([" + (1000 + i));
            }
            assertTrue(editor.diagnostics(uri).getFirst().getMessage().contains("128 and 1199"));
            int said = editor.published();
            assertTrue(said < 200, () -> "each of 200 states was told of: " + said);
            editor.edit(uri, "1199", "128");
            assertEquals(List.of(), editor.mistakes(uri));
        }
    }

    @Test
    void whatNobodyUnderstandsDoesNotEndIt() {
        String uri = uri("net.nn");
        var editor = new Editor(folder);
        editor.open(uri, MODEL);
        editor.raw("Content-Length: 9\r\n\r\n{ broken ");
        editor.raw(
                "Content-Length: 59\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":\"x1\",\"method\":\"nn/never\",\"params\":{}}");
        editor.raw("Content-Length: 46\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"nn/neither\",\"a\":1}".replace("46",
                "45"));
        assertEquals(List.of(), editor.mistakes(uri));
        assertEquals("```nn\nval h: f32[b, 128]\n```", editor.hover(uri, "val ¦h"));
        editor.close();
    }

    @Test
    void anEditorThatIsGoneEndsIt() throws IOException {
        var editor = new Editor(folder);
        editor.open(uri("net.nn"), MODEL);
        editor.wire().close();
        assertEquals(1, editor.exitCode());
    }

    @Test
    void missingDataIsAMistakeAndNoMore() throws IOException {
        String uri = uri("train.nn");
        try (var editor = new Editor(folder)) {
            editor.open(uri, """
                    train T(data: Data = csv("none.csv", label = "y"), epochs: Int = 1) {
                        val net = Dense(2)
                        step (x, label) in data.shuffle() {
                            val logits = net(x)
                            minimize cross_entropy(logits, label) with Adam(1e-3)
                        }
                    }
                    """);
            assertEquals(List.of("NN0701 csv(\"none.csv\", label = \"y\")"), editor.mistakes(uri));
            assertTrue(editor.hover(uri, "¦cross_entropy").contains("cross_entropy(logits"));
            // It comes, and is seen with the next change.
            Files.writeString(folder.resolve("none.csv"), "a,b,y\n1,2,0\n3,4,1\n5,6,0\n7,8,1\n");
            editor.edit(uri, "Dense(2)", "Dense(2 )");
            assertEquals(List.of(), editor.mistakes(uri));
            assertEquals("```nn\nval logits: f32[batch, 2]\n```", editor.hover(uri, "val ¦logits"));
        }
    }

    @Test
    void hintsTellTheShapes() {
        String uri = uri("net.nn");
        try (var editor = new Editor(folder)) {
            editor.open(uri, """
                    model Net()(x: f32[b, 64]) -> f32[b, 10] {
                        val n = 3
                        val typed: f32[b, 64] = x * n
                        val (a, c) = (typed, typed[:, 0:2])
                        val y = a
                            |> Dense(32, relu)
                            |> Dense(10)
                        y + sum(c)
                    }
                    """);
            assertEquals(List.of(), editor.mistakes(uri));
            assertEquals(
                    List.of("a : f32[b, 64]", "c : f32[b, 2]", "y : f32[b, 10]", "relu) f32[b, 32]", "10) f32[b, 10]"),
                    editor.hints(uri));
        }
    }

    @Test
    void aDefinitionOfTheLibraryCanBeReadAndNotWritten() throws IOException {
        String uri = uri("net.nn");
        try (var editor = new Editor(folder)) {
            editor.open(uri, MODEL);
            Location dense = editor.definition(uri, "D¦ense").getFirst();
            Path file = Path.of(URI.create(dense.getUri()));
            List<String> lines = Files.readAllLines(file);
            assertTrue(lines.get(dense.getRange().getStart().getLine()).startsWith("layer Dense"));
            assertFalse(file.toFile().canWrite() && !isRoot(), "it can be written");
            // It is a program like others, whose own names lead on.
            editor.open(dense.getUri(), Files.readString(file));
            assertEquals(List.of(), editor.mistakes(dense.getUri()));
            assertEquals(dense.getUri(), editor.definition(dense.getUri(), "un¦its").getFirst().getUri());
            String refusal = Editor.refused(editor.server().getTextDocumentService()
                    .rename(new RenameParams(text(uri), editor.at(uri, "D¦ense"), "Linear")));
            assertEquals("`Dense` is declared in the standard library", refusal);
        }
    }

    /// Root writes everything.
    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    @Test
    void namesAreFoundAndRenamedInEveryFile() throws IOException {
        Files.writeString(folder.resolve("blocks.nn"), """
                fun half(x: f32[b, n]) -> f32[b, n] = x / 2
                """);
        Files.writeString(folder.resolve("closed.nn"), """
                import "./blocks.nn" as blocks
                fun eighth(x: f32[b, n]) -> f32[b, n] = blocks.half(x) / 4
                """);
        String main = uri("main.nn");
        try (var editor = new Editor(folder)) {
            editor.open(main, """
                    import "./blocks.nn"
                    fun quarter(x: f32[b, n]) -> f32[b, n] = half(x = half(x))
                    """);
            List<? extends Location> found = Editor.got(editor.server().getTextDocumentService().references(
                    new ReferenceParams(text(main), editor.at(main, "h¦alf"), new ReferenceContext(true))));
            assertEquals(
                    List.of("blocks.nn 0", "closed.nn 1", "main.nn 1", "main.nn 1"),
                    found.stream()
                            .map(each -> each.getUri().replaceFirst(".*/", "") + " "
                                    + each.getRange().getStart().getLine())
                            .sorted().toList());
            WorkspaceEdit edit = rename(editor, main, "h¦alf", "halved");
            assertEquals(3, edit.getChanges().size());
            assertEquals("fun quarter(x: f32[b, n]) -> f32[b, n] = halved(x = halved(x))",
                    applied(editor.text(main), changes(edit, main)).lines().skip(1).findFirst().orElseThrow());
            // An input, from an argument that names it: over in the other file, too.
            WorkspaceEdit input = rename(editor, main, "half(¦x =", "value");
            assertEquals("fun quarter(x: f32[b, n]) -> f32[b, n] = half(value = half(x))",
                    applied(editor.text(main), changes(input, main)).lines().skip(1).findFirst().orElseThrow());
            assertEquals(2, changes(input, uri("blocks.nn")).size());
        }
    }

    @Test
    void aNameThatIsTakenIsRefused() {
        String uri = uri("taken.nn");
        try (var editor = new Editor(folder)) {
            editor.open(uri, """
                    fun f(x: f32[b, n]) -> f32[b, n] {
                        val y = x * 2
                        val z = y + x
                        relu(z)
                    }
                    fun g(x: f32[n]) = f(reshape(x, [1, n]))
                    """);
            assertEquals(List.of(), editor.mistakes(uri));
            assertTrue(refusal(editor, uri, "val ¦y", "z").contains("z"));
            assertTrue(refusal(editor, uri, "val ¦y", "x").contains("x"));
            assertTrue(refusal(editor, uri, "fun ¦g", "f").contains("f"));
            // A local name would hide the function that the body calls.
            assertTrue(refusal(editor, uri, "val ¦z", "relu").contains("relu"));
            assertEquals("`val` is a word of the language", refusal(editor, uri, "val ¦y", "val"));
            assertTrue(refusal(editor, uri, "val ¦y", "1st").startsWith("`1st` is no name"));
            assertEquals("`relu` is declared in the standard library", refusal(editor, uri, "re¦lu", "act"));
            assertEquals("`f32` belongs to the language", refusal(editor, uri, "f¦32", "act"));
            assertEquals("there is no name here that anything is known of", Editor.refused(
                    editor.server().getTextDocumentService()
                            .prepareRename(new PrepareRenameParams(text(uri), editor.at(uri, "*¦ 2")))));
            WorkspaceEdit dimension = rename(editor, uri, "f32[b, ¦n", "width");
            assertEquals("fun f(x: f32[b, width]) -> f32[b, width] {",
                    applied(editor.text(uri), changes(dimension, uri)).lines().findFirst().orElseThrow());
        }
    }

    private static String refusal(Editor editor, String uri, String marked, String wanted) {
        return Editor.refused(editor.server().getTextDocumentService()
                .rename(new RenameParams(text(uri), editor.at(uri, marked), wanted)));
    }

    private static WorkspaceEdit rename(Editor editor, String uri, String marked, String wanted) {
        return Editor.got(editor.server().getTextDocumentService()
                .rename(new RenameParams(text(uri), editor.at(uri, marked), wanted)));
    }

    private static List<TextEdit> changes(WorkspaceEdit edit, String uri) {
        Map<String, List<TextEdit>> changes = edit.getChanges();
        return changes.getOrDefault(uri, List.of());
    }

    private static String applied(SourceFile text, List<TextEdit> edits) {
        var result = new StringBuilder(text.text());
        for (TextEdit edit : edits.reversed()) {
            result.replace(
                    Positions.offset(text, edit.getRange().getStart()),
                    Positions.offset(text, edit.getRange().getEnd()),
                    edit.getNewText());
        }
        return result.toString();
    }

    @Test
    void usesAreHighlighted() {
        String uri = uri("state.nn");
        try (var editor = new Editor(folder)) {
            editor.open(uri, """
                    layer Count()(x: f32[b]) -> f32[b] {
                        state seen: f32 = 0
                        seen := seen + 1
                        x * seen
                    }
                    """);
            List<? extends DocumentHighlight> found = Editor.got(editor.server().getTextDocumentService()
                    .documentHighlight(new DocumentHighlightParams(text(uri), editor.at(uri, "x * s¦een"))));
            assertEquals(4, found.size());
            assertEquals(2, found.stream().filter(each -> each.getKind() == DocumentHighlightKind.Write).count());
        }
    }

    @Test
    void completionKnowsNamesMembersParametersAndFiles() throws IOException {
        Files.writeString(folder.resolve("flowers.csv"), "a,b,y\n1,2,0\n3,4,1\n5,6,0\n7,8,1\n");
        Files.writeString(folder.resolve("blocks.nn"), "");
        String uri = uri("train.nn");
        try (var editor = new Editor(folder)) {
            editor.open(uri, """
                    import std.la
                    import "./bl"
                    model Net(width: Int = 4)(features: f32[b, 2]) -> f32[b, 2] {
                        val hidden = features |> Dense(width)
                        val shown = hid
                        hidden |> Dense(2, )
                    }
                    train T(data: Data = csv("fl"), epochs: Int = 1) {
                        val net = Net()
                        step (x, label) in data.
                    }
                    """);
            assertEquals("f32[b, 4]", item(editor.completion(uri, "= hid¦"), "hidden").getDetail());
            CompletionItem dense = item(editor.completion(uri, "= hid¦"), "Dense");
            assertTrue(dense.getDetail().startsWith("layer Dense(units: Int"), dense::getDetail);
            List<String> parameters = labels(editor.completion(uri, "Dense(2, ¦"));
            assertTrue(parameters.contains("activation = ") && parameters.contains("bias = ")
                    && !parameters.contains("units = "), parameters::toString);
            assertTrue(labels(editor.completion(uri, "import std.la¦")).contains("std.layers.Dense"));
            assertEquals(List.of("blocks.nn"), labels(editor.completion(uri, "\"./bl¦")));
            assertEquals(List.of("blocks.nn", "flowers.csv"), labels(editor.completion(uri, "csv(\"fl¦")));
            editor.edit(uri, "\"fl\"", "\"flowers.csv\", label = \"y\"");
            List<String> members = labels(editor.completion(uri, "data.¦"));
            assertTrue(members.containsAll(List.of("shuffle", "split", "classes")), members::toString);
            editor.edit(uri, "in data.\n",
                    "in data.shuffle() {\n        val y = net(x)\n        report mean(net.)\n    }\n");
            List<String> layers = labels(editor.completion(uri, "net.¦)"));
            assertTrue(layers.containsAll(List.of("dense", "params")), layers::toString);
            editor.edit(uri, "net(x)", "net()");
            assertEquals(List.of("features = "),
                    labels(editor.completion(uri, "net(¦)")).stream().filter(each -> each.endsWith("= ")).toList());
            editor.replace(uri, "lay\n");
            assertTrue(labels(editor.completion(uri, "lay¦")).contains("layer"));
        }
    }

    private static CompletionItem item(List<CompletionItem> items, String label) {
        return items.stream().filter(each -> each.getLabel().equals(label)).findFirst().orElseThrow();
    }

    private static List<String> labels(List<CompletionItem> items) {
        return items.stream().map(CompletionItem::getLabel).toList();
    }

    @Test
    void localsAreOfferedWhereTheirDeclarationCannotBeRead() {
        String uri = uri("f.nn");
        try (var editor = new Editor(folder)) {
            editor.open(uri, """
                    layer Odd(k: Int)(x: f32[b, n]) -> f32[b, n] {
                        val inside = x * k
                        inside
                    }
                    """);
            assertEquals(List.of(), editor.mistakes(uri));
            editor.edit(uri, "(x: f32[b, n])", "(x: f32[b, n");
            assertNotNull(item(editor.completion(uri, "    inside¦\n}"), "inside"));
        }
    }

    @Test
    void signaturesFollowTheArguments() {
        String uri = uri("sig.nn");
        try (var editor = new Editor(folder)) {
            editor.open(uri, """
                    /// Adds.
                    fun add(a: f32[n], b: f32[n] = 0) -> f32[n] = a + b
                    fun use(x: f32[n]) -> f32[n] {
                        val y = x |> add(b = x)
                        val z = add(y, clamp(y, 0, [1, 2]))
                        val d = Dense(3, relu)(y)
                        z
                    }
                    """);
            SignatureHelp first = signature(editor, uri, "add(¦y,");
            assertEquals("fun add(a: f32[n], b: f32[n] = 0) -> f32[n]", first.getSignatures().getFirst().getLabel());
            assertEquals("Adds.", first.getSignatures().getFirst().getDocumentation().getRight().getValue());
            assertEquals(0, first.getActiveParameter());
            assertEquals(1, signature(editor, uri, "add(y, ¦clamp").getActiveParameter());
            assertEquals(1, signature(editor, uri, "|> add(b = ¦x").getActiveParameter());
            assertEquals(2, signature(editor, uri, "clamp(y, 0, [1, ¦2").getActiveParameter());
            assertEquals("x: f32[..., n]", signature(editor, uri, "relu)(¦y").getSignatures().getFirst()
                    .getParameters().getFirst().getLabel().getLeft());
        }
    }

    private static SignatureHelp signature(Editor editor, String uri, String marked) {
        return Editor.got(editor.server().getTextDocumentService()
                .signatureHelp(new SignatureHelpParams(text(uri), editor.at(uri, marked))));
    }

    @Test
    void wordsHaveTheKindOfWhatTheyReferTo() {
        String uri = uri("net.nn");
        try (var editor = new Editor(folder)) {
            editor.open(uri,
                    "/// 🎈\nlayer L(k: Int = 2)(x: f32[b, n]) -> f32[b, n] {\n    val y = x |> Dense(n) // so\n    relu(y * k)\n}\n");
            SemanticTokens tokens = Editor.got(editor.server().getTextDocumentService()
                    .semanticTokensFull(new SemanticTokensParams(text(uri))));
            assertEquals(List.of("/// 🎈 comment", "layer keyword", "L class declaration",
                    "k parameter declaration,readonly",
                    "Int type defaultLibrary", "2 number", "x parameter declaration,readonly",
                    "f32 type defaultLibrary", "b typeParameter declaration,readonly",
                    "n typeParameter declaration,readonly", "f32 type defaultLibrary", "b typeParameter readonly",
                    "n typeParameter readonly", "val keyword", "y variable declaration,readonly",
                    "x parameter readonly", "Dense class defaultLibrary", "n typeParameter readonly", "// so comment",
                    "relu function defaultLibrary", "y variable readonly", "k parameter readonly"),
                    decoded(editor.text(uri).text(), tokens.getData()));
        }
    }

    /// A name may be called like a keyword of another place.
    @Test
    void wordsAreKeywordsInTheirPlaceAlone() {
        String uri = uri("places.nn");
        try (var editor = new Editor(folder)) {
            editor.open(uri, """
                    import std.layers.Dense
                    fun f(x: f32[b]) -> (step: f32[b], out: f32[b]) = (x, sum(x, along = b))
                    train T(d: Data = csv("d.csv", label = "y"), over: Int = 1, epochs: Int = 1) {
                        step (x, y) in d {
                            minimize mean(f(x).step) with Adam(over)
                        }
                        checkpoint("out", lowest = validate.loss)
                    }
                    """);
            SemanticTokens tokens = Editor.got(editor.server().getTextDocumentService()
                    .semanticTokensFull(new SemanticTokensParams(text(uri))));
            List<String> found = decoded(editor.text(uri).text(), tokens.getData());
            assertEquals(List.of("import keyword", "fun keyword", "train keyword", "step keyword", "in keyword",
                    "minimize keyword", "with keyword"),
                    found.stream().filter(each -> each.endsWith(" keyword")).toList());
            assertEquals(List.of("std namespace defaultLibrary"),
                    found.stream().filter(each -> each.startsWith("std ")).toList());
        }
    }

    /// The tokens without those of operators.
    private static List<String> decoded(String text, List<Integer> data) {
        var decoded = new ArrayList<String>();
        List<String> lines = text.lines().toList();
        int line = 0;
        int column = 0;
        for (int i = 0; i < data.size(); i += 5) {
            line += data.get(i);
            column = data.get(i) == 0 ? column + data.get(i + 1) : data.get(i + 1);
            int bits = data.get(i + 4);
            var modifiers = new ArrayList<String>();
            for (int bit = 0; bit < Tokens.LEGEND.getTokenModifiers().size(); bit++) {
                if ((bits >> bit & 1) == 1) {
                    modifiers.add(Tokens.LEGEND.getTokenModifiers().get(bit));
                }
            }
            String type = Tokens.LEGEND.getTokenTypes().get(data.get(i + 3));
            if (!type.equals("operator")) {
                decoded.add((lines.get(line).substring(column, column + data.get(i + 2)) + " " + type + " "
                        + String.join(",", modifiers)).strip());
            }
        }
        return decoded;
    }

    @Test
    void aFileHasAnOutlineAndFolds() {
        String uri = uri("net.nn");
        try (var editor = new Editor(folder)) {
            editor.open(uri, """
                    import std.layers.Dense
                    import std.layers.Dropout
                    // One,
                    // two.
                    layer L(
                        k: Int
                    )(x: f32[b, n]) -> f32[b, n] {
                        param W: f32[n] ~ zeros()
                        x * W
                    }
                    test "that it holds" {
                        assert 1 == 1
                    }
                    """);
            List<DocumentSymbol> symbols = Editor.got(editor.server().getTextDocumentService()
                    .documentSymbol(new DocumentSymbolParams(text(uri)))).stream().map(each -> each.getRight())
                    .toList();
            assertEquals(List.of("L", "that it holds"), symbols.stream().map(DocumentSymbol::getName).toList());
            assertEquals(List.of("W"), symbols.getFirst().getChildren().stream().map(DocumentSymbol::getName).toList());
            List<FoldingRange> folds = Editor.got(editor.server().getTextDocumentService()
                    .foldingRange(new FoldingRangeRequestParams(text(uri))));
            assertEquals(List.of("0-1 imports", "2-3 comment", "4-5 null", "6-8 null", "10-11 null"),
                    folds.stream().map(each -> each.getStartLine() + "-" + each.getEndLine() + " " + each.getKind())
                            .sorted((a, b) -> Integer.compare(
                                    Integer.parseInt(a.replaceFirst("-.*", "")),
                                    Integer.parseInt(b.replaceFirst("-.*", ""))))
                            .toList());
        }
    }

    /// Only the lines from the first that changes to the last are replaced, and nothing in a text that cannot be read.
    @Test
    void aTextIsWrittenInTheStyleOfTheLanguage() {
        String uri = uri("ugly.nn");
        String style = "// größe 🎈\r\nfun twice(x: f32[b]) -> f32[b] {\r\n    val y = 2 * x\r\n    y\r\n}\r\n";
        for (String ugly : List.of(
                style, style.replace("2 * x", "2*x"), style.replace("    val y = 2", "val y=2"), "\r\n" + style,
                style + "\r\n\r\n",
                style.replace("}\r\n", "}"), style.replace(" {\r\n", "\r\n{"), style.replace("\r\n    y", "; y"))) {
            try (var editor = new Editor(folder)) {
                editor.open(uri, ugly);
                List<? extends TextEdit> edits = formatting(editor, uri);
                String text = ugly;
                for (TextEdit edit : edits) {
                    text = text.substring(0, editor.offset(uri, edit.getRange().getStart())) + edit.getNewText()
                            + text.substring(editor.offset(uri, edit.getRange().getEnd()));
                }
                assertEquals(style, text);
                assertEquals(ugly.equals(style) ? 0 : 1, edits.size());
            }
        }
        try (var editor = new Editor(folder)) {
            editor.open(uri, style.replace("2 * x", "2*x"));
            TextEdit edit = formatting(editor, uri).getFirst();
            assertEquals("    val y = 2 * x\r\n", edit.getNewText());
            assertEquals(2, edit.getRange().getStart().getLine());
            editor.edit(uri, "2*x", "2*(x");
            assertEquals(List.of(), formatting(editor, uri));
        }
    }

    private static List<? extends TextEdit> formatting(Editor editor, String uri) {
        return Editor.got(editor.server().getTextDocumentService()
                .formatting(new DocumentFormattingParams(text(uri), new FormattingOptions(2, false))));
    }

    /// A question while nobody has looked at the newest state waits for it, however long the pause.
    @Test
    void aQuestionDoesNotWaitForThePause() {
        String uri = uri("net.nn");
        try (var editor = new Editor(folder, Duration.ofHours(1))) {
            editor.open(uri, MODEL);
            assertEquals(List.of(), editor.mistakes(uri));
            editor.edit(uri, "Dense(128", "Dense(64");
            assertEquals("```nn\nval h: f32[b, 64]\n```", editor.hover(uri, "val ¦h"));
            assertEquals(List.of("NN0203 @"), editor.mistakes(uri));
        }
    }

    @Test
    void textsThatAreInNoFileAreLookedAt() {
        String uri = "untitled:Untitled-1";
        try (var editor = new Editor(folder)) {
            editor.open(uri, MODEL.replace("[128", "[256"));
            assertEquals(List.of("NN0203 @"), editor.mistakes(uri));
            assertEquals(uri, editor.definition(uri, "¦h @").getFirst().getUri());
        }
    }

    @Test
    void questionsAboutWhatIsNotOpenHaveEmptyAnswers() {
        try (var editor = new Editor(folder)) {
            CompletableFuture<List<FoldingRange>> none = editor.server().getTextDocumentService()
                    .foldingRange(new FoldingRangeRequestParams(text(uri("none.nn"))));
            assertEquals(List.of(), Editor.got(none));
        }
    }
}
