package org.nnlang.lsp;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.eclipse.lsp4j.jsonrpc.ResponseErrorException;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.pipeline.Survey;
import org.nnlang.files.FileSources;

/// What an editor sees while a program is written: it ends somewhere, or something is missing in its middle. Every question has an answer, if an
/// empty one.
class HalfWrittenProgramsTest {
    private static final int STATES = 4;

    @TempDir
    private Path folder;

    static List<Path> samples() throws IOException {
        return EveryProgramTest.samples().filter(HalfWrittenProgramsTest::isShort).toList();
    }

    private static boolean isShort(Path sample) {
        try {
            return Files.size(sample) < 2500;
        } catch (IOException e) {
            return fail(e);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everyQuestionIsAnswered(Path sample) throws IOException {
        var random = new Random(20250);
        String whole = Files.readString(sample);
        var listener = new Analysis.Listener() {
            @Override
            public void analysed(Snapshot snapshot) {}

            @Override
            public void failed(Document document, Throwable reason) {
                fail(reason);
            }
        };
        try (var analysis = new Analysis(listener, Duration.ofMillis(1))) {
            var places = new Places(analysis, Library.in(folder.resolve("library")));
            for (int i = 0; i < STATES; i++) {
                int start = random.nextInt(whole.length() + 1);
                int end = random.nextBoolean()
                        ? whole.length()
                        : Math.min(whole.length(), start + random.nextInt(80));
                String text = whole.substring(0, start) + whole.substring(end);
                try {
                    ask(sample, text, start, analysis, places);
                } catch (RuntimeException | Error e) {
                    fail("this text, at " + start + ":\n" + text + "\n", e);
                }
            }
        }
    }

    private static void ask(Path sample, String text, int offset, Analysis analysis, Places places) {
        Document document = Document.opened(sample.toUri().toString(), 1, text);
        Survey survey = FrontEnd.survey(document.file(), FileSources.around(sample), () -> false);
        var snapshot = new Snapshot(document, survey, Set.of(), null);
        new Messages(places).of(snapshot);
        Outline.of(survey.module().syntax());
        Folds.of(document.file());
        Formatting.of(document.file());
        Hints.of(snapshot, document.file().whole());
        assertTrue(Tokens.of(snapshot).getData().size() % 5 == 0);
        new Hovers(snapshot, analysis.operations()).at(offset);
        new Signatures(analysis.operations()).at(snapshot, offset);
        new Completions(analysis).at(snapshot, offset);
        Usages.declared(snapshot, offset);
        try {
            new Renaming(analysis, places).prepare(snapshot, offset);
        } catch (ResponseErrorException _) {
            // It says why not.
        }
    }
}
