package org.nnlang.compiler.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nnlang.compiler.Snapshots;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.IrText;
import org.nnlang.compiler.ir.Verifier;
import org.nnlang.compiler.op.Ops;

/// `name.ir` is a procedure, `name.expected` what simplification makes of it, or, for `multiply-add.ir`, what the last
/// pass does. `-Dsnapshots.accept=true` writes what is made now.
class RewriteSnapshotTest {
    @TestFactory
    Stream<DynamicTest> whatEachRuleDoes() throws IOException {
        var folder = Snapshots.root().resolve("src/test/resources/snapshots/rewrite");
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".ir")).sorted().toList().stream()
                    .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
        }
    }

    private static void check(Path file) throws IOException {
        var graph = new Graph();
        var procedure = IrText.parse(Files.readString(file), graph, Ops::named);
        Verifier.verify("parse", graph, procedure);
        var name = file.getFileName().toString();
        var result = name.startsWith("multiply-add")
                ? Simplify.fuseMultiplyAdd(graph, procedure)
                : Simplify.simplify(graph, procedure);
        Verifier.verify("simplify", graph, result);
        var expected = file.resolveSibling(name.replace(".ir", ".expected"));
        if (Boolean.getBoolean("snapshots.accept")) {
            Files.writeString(expected, result.toString());
            return;
        }
        assertEquals(Files.exists(expected) ? Files.readString(expected) : "", result.toString());
    }
}
