package org.nnlang.compiler.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.DiagnosticErrorListener;
import org.antlr.v4.runtime.ListTokenSource;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.atn.ATNConfigSet;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.antlr.v4.runtime.dfa.DFA;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnlang.compiler.Snapshots;
import org.nnlang.compiler.diagnostic.HumanRenderer;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.grammar.NnParser;

class ProgramsTest {
    static List<Path> programs() throws IOException {
        try (Stream<Path> files = Files.list(Snapshots.root().resolve("src/test/resources/programs"))) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("programs")
    void everyProgramOfTheDesignParses(Path program) throws IOException {
        Parsed parsed = Parser.parse(read(program));
        assertEquals("", new HumanRenderer(false).render(parsed.diagnostics().sorted()));
    }

    @ParameterizedTest
    @MethodSource("programs")
    void noProgramIsAmbiguous(Path program) throws IOException {
        SourceFile file = read(program);
        SyntaxErrors errors = new SyntaxErrors(file);
        var words = ForeignWords.mend(Lexing.read(file, errors).tokens(), errors);
        var tokens = Layout.arrange(Brackets.balance(words, errors));
        NnParser parser = new NnParser(new CommonTokenStream(new ListTokenSource(tokens)));
        List<String> found = new ArrayList<>();
        parser.removeErrorListeners();
        parser.addErrorListener(new DiagnosticErrorListener(true) {
            @Override
            public void reportAmbiguity(
                    org.antlr.v4.runtime.Parser recognizer,
                    DFA dfa,
                    int start,
                    int stop,
                    boolean exact,
                    BitSet alternatives,
                    ATNConfigSet configs) {
                found.add("ambiguous: " + parser.getTokenStream().getText());
            }

            @Override
            public void syntaxError(
                    Recognizer<?, ?> recognizer,
                    Object symbol,
                    int line,
                    int column,
                    String message,
                    RecognitionException e) {
                found.add(message);
            }
        });
        parser.getInterpreter().setPredictionMode(PredictionMode.LL_EXACT_AMBIG_DETECTION);
        parser.file();
        assertEquals(List.of(), found);
    }

    private static SourceFile read(Path program) throws IOException {
        return new SourceFile(program.getFileName().toString(), Files.readString(program));
    }
}
