package org.nnlang.compiler.diagnostic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnlang.compiler.Snapshots;
import org.nnlang.compiler.lower.TestSources;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;

class ErrorPagesTest {
    private static final Pattern EXAMPLE = Pattern.compile("```nn\n(.*?)```", Pattern.DOTALL);

    /// What a checker can find: not what happens with data (NN07) or while something runs (NN08).
    static Stream<Code> codesOfPrograms() {
        return Code.all().stream().filter(code -> !code.id().startsWith("NN07") && !code.id().startsWith("NN08"));
    }

    @ParameterizedTest
    @EnumSource(Code.class)
    void everyCodeHasAPageWithItsTitle(Code code) throws IOException {
        Path page = page(code);
        assertTrue(Files.exists(page),
                () -> "missing: docs/errors/" + code.id() + ".md, titled # " + code.id() + ": " + code.title());
        assertEquals("# " + code.id() + ": " + code.title(), Files.readAllLines(page).getFirst());
    }

    @ParameterizedTest
    @MethodSource("codesOfPrograms")
    void theFirstExampleHasTheError(Code code) throws IOException {
        Matcher example = EXAMPLE.matcher(Files.readString(page(code)));
        assertTrue(example.find(), "no example");
        List<SourceFile> files = Snapshots.files("example.nn", example.group(1));
        var sources = new TestSources(files);
        List<Code> codes = FrontEnd.check(files.getFirst(), sources).diagnostics().sorted().stream()
                .map(Diagnostic::code)
                .distinct()
                .toList();
        assertEquals(List.of(code), codes);
    }

    @Test
    void everyPageHasItsCode() throws IOException {
        try (Stream<Path> pages = Files.list(folder())) {
            for (Path page : pages.filter(p -> p.toString().endsWith(".md")).toList()) {
                String id = page.getFileName().toString().replace(".md", "");
                boolean runtime = id.startsWith("NN07") || id.startsWith("NN08");
                assertTrue(runtime || Code.find(id).isPresent(), () -> "no code " + id);
            }
        }
    }

    @Test
    void noIdStandsTwice() {
        assertEquals(Code.all().size(), Code.all().stream().map(Code::id).distinct().count());
    }

    private static Path page(Code code) {
        return folder().resolve(code.id() + ".md");
    }

    private static Path folder() {
        return Snapshots.root().resolveSibling("docs").resolve("errors");
    }
}
