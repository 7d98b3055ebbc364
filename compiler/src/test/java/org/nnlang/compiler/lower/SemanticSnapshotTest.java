package org.nnlang.compiler.lower;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nnlang.compiler.Snapshots;
import org.nnlang.compiler.diagnostic.HumanRenderer;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;

class SemanticSnapshotTest {
    @TestFactory
    Stream<DynamicTest> mistakesAreExplained() {
        return Snapshots.of("semantic", SemanticSnapshotTest::diagnostics);
    }

    private static String diagnostics(List<SourceFile> files) {
        var sources = new TestSources(files.subList(1, files.size()));
        return new HumanRenderer(false)
                .render(FrontEnd.check(files.getFirst(), sources).diagnostics().sorted());
    }
}
