package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the compiler's own tests ask of the oracle, asked of compiled programs.
class SemanticsTest {
    static Stream<Path> programs() {
        return Repository.files(Repository.root().resolve("compiler/src/test/resources/semantics"), ".nn").stream();
    }

    @ParameterizedTest
    @MethodSource("programs")
    void compiledProgramsMeanWhatTheOracleSays(Path program) {
        String last = Answer.good("test", program).lines().getLast();
        assertTrue(last.endsWith(" 0 failed"), last);
    }
}
