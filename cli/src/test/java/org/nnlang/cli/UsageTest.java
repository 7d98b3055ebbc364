package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/// What a command says of its options, and what it gets of a command line.
class UsageTest {
    /// Has an option of each sort.
    private static final class Sorts implements Callable<Integer> {
        private final Usage usage = new Usage(this, "sorts", "Does nothing.").footer("That was all.");
        private final Given<Path> first = usage.parameter(Path.class, "FIRST", "Must be there.");
        private final Given<Boolean> flag = usage.flag("--flag", "Takes nothing.");
        private final Given<Integer> count = usage.option(Integer.class, 7, "-n --count", "N", "A number.");
        private final Given<Path> path = usage.required(Path.class, "--path", "PATH", "Must be there.");
        private final Given<List<String>> texts = usage.texts("--text", "TEXT", "Several.");
        private final Given<Map<String, Path>> pairs = usage.pairs(Path.class, "--pair", "NAME=PATH", "Several.");
        private final Given<Boolean> left = usage.flag("--left", "Not right.");
        private final Given<Boolean> right = usage.flag("--right", "Not left.");
        private final Given<String> bare = usage.option(String.class, "", "--unless", "TEXT", "A text.");

        Sorts() {
            usage.either(left, right);
        }

        @Override
        public Integer call() {
            throw usage.misuse("there is nothing to do");
        }

        static Sorts of(String... arguments) {
            var sorts = new Sorts();
            new CommandLine(sorts.usage.described()).parseArgs(arguments);
            return sorts;
        }
    }

    @Test
    void whatIsLeftOutHasItsOtherValue() {
        Sorts sorts = Sorts.of("x.nn", "--path", "y");
        assertEquals(Path.of("x.nn"), sorts.first.get());
        assertEquals(Path.of("y"), sorts.path.get());
        assertEquals(7, sorts.count.get());
        assertEquals(List.of(false, false, false), List.of(sorts.flag.get(), sorts.left.get(), sorts.right.get()));
        assertEquals(List.of(), sorts.texts.get());
        assertEquals(Map.of(), sorts.pairs.get());
        assertEquals("", sorts.bare.get());
    }

    @Test
    void whatIsGivenCounts() {
        Sorts sorts = Sorts.of("--flag", "-n=3", "--path=y", "--text", "a", "--pair", "one=1", "--text", "b", "x",
                "--pair", "two=2=3", "--right", "--unless", "c");
        assertTrue(sorts.flag.get());
        assertEquals(3, sorts.count.get());
        assertEquals(List.of("a", "b"), sorts.texts.get());
        assertEquals(Map.of("one", Path.of("1"), "two", Path.of("2=3")), sorts.pairs.get());
        assertEquals(List.of(false, true), List.of(sorts.left.get(), sorts.right.get()));
        assertEquals("c", sorts.bare.get());
        assertEquals(11, Sorts.of("x", "--path", "y", "--count", "11").count.get());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--path y", "x", "x y --path z", "x --path y --path z", "x --path y --pair one",
        "x --path y --count 1.5", "x --path y -n", "x --path y --left --right", "x --path y --flag=maybe"})
    void whatDoesNotFitIsRefused(String arguments) {
        assertThrows(ParameterException.class, () -> Sorts.of(arguments.split(" ")));
    }

    @Test
    void helpTellsAll() {
        String help = new CommandLine(new Sorts().usage.described()).getUsageMessage();
        assertEquals("""
                Usage: sorts [-hV] [--flag] [--class-path=PATH] [--color=WHEN] [-n=N]
                             --path=PATH [--unless=TEXT] [--pair=NAME=PATH]... [--text=TEXT]...
                             [--left | --right] FIRST
                Does nothing.
                      FIRST               Must be there.
                      --class-path=PATH   Jars with operations of your own; also NN_CLASSPATH.
                      --color=WHEN        Colours: auto (default), always or never.
                      --flag              Takes nothing.
                  -h, --help              Show this help message and exit.
                      --left              Not right.
                  -n, --count=N           A number.
                      --pair=NAME=PATH    Several.
                      --path=PATH         Must be there.
                      --right             Not left.
                      --text=TEXT         Several.
                      --unless=TEXT       A text.
                  -V, --version           Print version information and exit.
                That was all.
                """, help.replace(System.lineSeparator(), "\n"));
    }

    /// As the commands of nn say it.
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "train x.nn --color pink; nn: Invalid value for option '--color': expected one of [AUTO, ALWAYS, NEVER] (case-insensitive) but was 'pink'",
        "train x.nn --seed 1 --seed 2; nn: option '--seed' (N) should be specified only once",
        "train x.nn --set lr; nn: Value for option '--set' (NAME=VALUE) should be in KEY=VALUE format but was lr",
        "train x.nn --seed many; nn: Invalid value for option '--seed': 'many' is not a long",
        "train x.nn --threads 0; nn: Invalid value for option '--threads': `0` is no number of threads: write one from 1 to 1024",
        "train; nn: Missing required parameter: 'FILE'",
        "compile x.nn; nn: Missing required option: '--output=PATH'",
        "graph x.nn --svg --dot; nn: Error: --svg, --dot are mutually exclusive (specify only one)"})
    void misuseIsTold(String arguments, String told) {
        Answer answer = Answer.to((Object[]) arguments.split(" "));
        assertEquals(CommandLine.ExitCode.USAGE, answer.exit(), answer::toString);
        assertEquals(told, answer.err().lines().findFirst().orElse(""));
    }

    /// The character NUL is in no path.
    @Test
    void pathsThatCannotBeAreRefused() {
        Answer answer = Answer.to("train", "x.nn", "--from", "a\0b");
        assertTrue(
                answer.err().startsWith("nn: Invalid value for option '--from': `a\0b` can be no path: Nul character"),
                answer::err);
    }
}
