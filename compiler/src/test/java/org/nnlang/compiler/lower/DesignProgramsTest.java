package org.nnlang.compiler.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnlang.compiler.Snapshots;
import org.nnlang.compiler.diagnostic.HumanRenderer;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;

/// The programs that the notation was designed with mean something as they are written.
class DesignProgramsTest {
    @ParameterizedTest
    @ValueSource(strings = {"adversarial", "gpt", "layers", "pde", "recurrent", "training"})
    void theProgramsOfTheDesignHaveNoMistakes(String name) throws IOException {
        Path path = Snapshots.root().resolve("src/test/resources/programs").resolve(name + ".nn");
        var file = new SourceFile(name + ".nn", Files.readString(path));
        var found = FrontEnd.check(file, new TestSources(List.of())).diagnostics().sorted();
        assertEquals("", new HumanRenderer(false).render(found));
    }
}
