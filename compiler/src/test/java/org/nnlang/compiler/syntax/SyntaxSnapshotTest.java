package org.nnlang.compiler.syntax;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nnlang.compiler.Snapshots;
import org.nnlang.compiler.diagnostic.HumanRenderer;
import org.nnlang.compiler.source.SourceFile;

class SyntaxSnapshotTest {
    @TestFactory
    Stream<DynamicTest> mistakesAreExplained() {
        return Snapshots.of("syntax", SyntaxSnapshotTest::diagnostics);
    }

    @TestFactory
    Stream<DynamicTest> treesAreWhatIsWritten() {
        return Snapshots.of("tree", files -> {
            Parsed parsed = Parser.parse(files.getFirst());
            return SyntaxPrinter.print(parsed.module()) + diagnostics(files);
        });
    }

    private static String diagnostics(List<SourceFile> files) {
        Parsed parsed = Parser.parse(files.getFirst());
        return new HumanRenderer(false).render(parsed.diagnostics().sorted());
    }
}
