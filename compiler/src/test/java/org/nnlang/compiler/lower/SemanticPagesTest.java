package org.nnlang.compiler.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnlang.compiler.Snapshots;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;

class SemanticPagesTest {
    private static final Pattern EXAMPLE = Pattern.compile("```nn\n(.*?)```", Pattern.DOTALL);

    static Stream<Code> semanticCodes() {
        return Code.all().stream().filter(code -> code.id().matches("NN0[234569]\\d\\d"));
    }

    @ParameterizedTest
    @MethodSource("semanticCodes")
    void theExampleOfAPageHasItsErrorAlone(Code code) throws IOException {
        Path page = Snapshots.root().resolveSibling("docs").resolve("errors").resolve(code.id() + ".md");
        Matcher example = EXAMPLE.matcher(Files.readString(page));
        assertTrue(example.find(), "no example");
        List<SourceFile> files = files(example.group(1));
        List<Code> found = FrontEnd.check(files.getFirst(), new TestSources(files)).diagnostics().sorted().stream()
                .map(Diagnostic::code)
                .distinct()
                .toList();
        assertEquals(List.of(code), found);
    }

    /// A line `//// other.nn` begins another file.
    private static List<SourceFile> files(String example) {
        var files = new ArrayList<SourceFile>();
        String name = "example.nn";
        String rest = example;
        while (true) {
            int next = rest.indexOf("//// ");
            files.add(new SourceFile(name, next < 0 ? rest : rest.substring(0, next)));
            if (next < 0) {
                return files;
            }
            int end = rest.indexOf('\n', next);
            name = rest.substring(next + "//// ".length(), end).strip();
            rest = rest.substring(end + 1);
        }
    }
}
