package org.nnlang.compiler.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.GithubRenderer;
import org.nnlang.compiler.diagnostic.HumanRenderer;
import org.nnlang.compiler.diagnostic.JsonRenderer;
import org.nnlang.compiler.diagnostic.SarifRenderer;
import org.nnlang.compiler.lower.TestSources;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.syntax.Formatted;
import org.nnlang.compiler.syntax.Formatter;
import org.nnlang.compiler.syntax.Parsed;
import org.nnlang.compiler.syntax.Parser;
import org.nnlang.compiler.syntax.SyntaxPrinter;
import org.nnlang.compiler.syntax.Words;

/// Whatever a text is, the compiler says what is wrong with it, in time, and nothing in it throws. Seeds are fixed, so that a failure comes again;
/// to look for more, raise the tries and change the seed.
class MutatedProgramsTest {
    private static final Mutations MUTATIONS = Mutations.ofTheProject();

    /// Far more than any needs, on a machine that is busy with something else.
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Property(tries = 1000, seed = "20250", shrinking = ShrinkingMode.OFF)
    void everyTextIsReadAndFormattedOrExplained(@ForAll long seed) {
        String text = MUTATIONS.text(new Random(seed));
        try {
            readAndFormat(text);
        } catch (RuntimeException | Error e) {
            fail("this text:\n" + text + "\n", e);
        }
    }

    private static void readAndFormat(String text) {
        var file = new SourceFile("test.nn", text);
        Parsed parsed = Parser.parse(file);
        told(parsed.diagnostics().sorted());
        told(Parser.entry(file).parsed().diagnostics().sorted());
        Words.of(text).isComplete();
        Formatted once = Formatter.format(file);
        if (once.diagnostics().hasErrors()) {
            assertEquals(text, once.text(), "a text with mistakes stays as it is");
            return;
        }
        var formatted = new SourceFile("test.nn", once.text());
        assertEquals(once.text(), Formatter.format(formatted).text(), "what is formatted stays as it is");
        assertEquals(
                SyntaxPrinter.print(parsed.module()), SyntaxPrinter.print(Parser.parse(formatted).module()),
                "a program means what it meant");
        assertEquals(comments(text), comments(once.text()), "no comment is lost");
    }

    @Property(tries = 80, seed = "20250", shrinking = ShrinkingMode.OFF)
    void everyTextIsLookedAtInTime(@ForAll long seed) {
        String text = MUTATIONS.text(new Random(seed));
        long until = System.nanoTime() + PATIENCE.toNanos();
        try {
            Survey survey = FrontEnd.survey(
                    new SourceFile("test.nn", text), new TestSources(List.of()), () -> System.nanoTime() > until);
            told(survey.diagnostics().sorted());
        } catch (CancellationException e) {
            fail("this text takes more than " + PATIENCE + ":\n" + text, e);
        } catch (RuntimeException | Error e) {
            fail("this text:\n" + text + "\n", e);
        }
    }

    /// Each has something to say, of a place in the text, which [org.nnlang.compiler.source.Span] sees to; and can be shown.
    private static void told(List<Diagnostic> diagnostics) {
        for (Diagnostic each : diagnostics) {
            assertFalse(each.message().isBlank(), () -> each.code() + " says nothing");
        }
        for (String shown : List.of(
                new HumanRenderer(true).render(diagnostics), new JsonRenderer().render(diagnostics),
                new SarifRenderer().render(diagnostics), new GithubRenderer().render(diagnostics))) {
            diagnostics.forEach(each -> assertTrue(shown.contains(each.code().id()), shown));
        }
    }

    private static List<String> comments(String text) {
        return Words.of(text).all().stream()
                .filter(word -> word.kind() == Words.Kind.COMMENT)
                .map(word -> word.text(text).stripTrailing())
                .toList();
    }
}
