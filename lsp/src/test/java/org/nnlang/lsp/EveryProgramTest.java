package org.nnlang.lsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.lsp4j.HoverParams;
import org.eclipse.lsp4j.SemanticTokens;
import org.eclipse.lsp4j.SemanticTokensParams;
import org.eclipse.lsp4j.TextDocumentIdentifier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.syntax.Words;
import org.nnlang.files.FileSources;
import org.nnlang.stdlib.StandardLibrary;

/// Every sample, and every file of the standard library as a definition leads to it.
class EveryProgramTest {
    @TempDir
    private Path folder;

    private Editor editor;

    @BeforeEach
    void open() {
        editor = new Editor(folder);
    }

    @AfterEach
    void close() {
        editor.close();
    }

    static Stream<Path> samples() throws IOException {
        Path here = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
        Path samples = (Files.isDirectory(here.resolve("samples")) ? here : here.resolveSibling("samples").getParent())
                .resolve("samples");
        try (Stream<Path> files = Files.walk(samples)) {
            List<Path> found =
                    files.filter(file -> file.toString().endsWith(".nn") && !file.toString().contains("/target/"))
                            .sorted().toList();
            assertTrue(found.size() > 25, () -> "few samples in " + samples);
            return found.stream();
        }
    }

    static List<String> modules() {
        var modules = new ArrayList<>(StandardLibrary.modules());
        modules.add("std.prelude");
        return modules;
    }

    /// Where data were not fetched, what `nn check` says of that and of what follows from it is said here, too.
    @ParameterizedTest
    @MethodSource("samples")
    void aSampleHasNoMistakeAndEveryNameAHover(Path sample) throws IOException {
        String uri = sample.toUri().toString();
        editor.open(uri, Files.readString(sample));
        var sources = FileSources.around(sample);
        List<String> checked = FrontEnd.check(sources.program(sample), sources).diagnostics().sorted().stream()
                .map(each -> each.code().id() + " " + each.primary().text()).toList();
        assertEquals(checked, editor.mistakes(uri));
        assertTrue(checked.isEmpty() || checked.getFirst().startsWith("NN0701"), checked::toString);
        assertEquals(List.of(), withoutHover(uri));
    }

    @ParameterizedTest
    @MethodSource("modules")
    void aFileOfTheLibraryHasNoMistakeAndEveryNameAHover(String module) throws IOException {
        String name = StandardLibrary.fileName(module);
        Path file = Library.in(folder.resolve("library"))
                .path(new SourceFile(name, StandardLibrary.text(module).orElseThrow()));
        String uri = file == null ? "" : file.toUri().toString();
        editor.open(uri, Files.readString(Path.of(java.net.URI.create(uri))));
        assertEquals(List.of(), editor.mistakes(uri));
        assertEquals(List.of(), withoutHover(uri));
    }

    /// The names of a text of which nothing is told.
    private List<String> withoutHover(String uri) {
        var text = new TextDocumentIdentifier(uri);
        SourceFile file = editor.text(uri);
        List<Words.Word> words = Words.of(file.text()).all();
        var silent = new ArrayList<String>();
        for (int i = 0; i < words.size(); i++) {
            Words.Word word = words.get(i);
            // What is behind a dot, or before `=`, is known where it was reached.
            boolean isMember = i > 0 && words.get(i - 1).text(file.text()).equals(".");
            boolean isLabel = i + 1 < words.size() && words.get(i + 1).text(file.text()).equals("=");
            if (word.kind() == Words.Kind.NAME && !isMember && !isLabel && !word.text(file.text()).equals("_")
                    && Editor.got(editor.server().getTextDocumentService()
                            .hover(new HoverParams(text, Editor.position(file, word.start())))) == null) {
                silent.add(word.text(file.text()) + " " + Editor.position(file, word.start()).getLine());
            }
        }
        SemanticTokens tokens = Editor.got(
                editor.server().getTextDocumentService().semanticTokensFull(new SemanticTokensParams(text)));
        assertEquals(0, tokens.getData().size() % 5);
        return silent;
    }
}
