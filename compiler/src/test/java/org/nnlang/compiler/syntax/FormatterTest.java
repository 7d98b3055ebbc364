package org.nnlang.compiler.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnlang.compiler.Snapshots;
import org.nnlang.compiler.diagnostic.HumanRenderer;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.grammar.NnLexer;

class FormatterTest {
    private static String format(String text) {
        Formatted formatted = Formatter.format(new SourceFile("test.nn", text));
        assertEquals("", new HumanRenderer(false).render(formatted.diagnostics().sorted()), text);
        return formatted.text();
    }

    private static String tree(String text) {
        return SyntaxPrinter.print(Parser.parse(new SourceFile("test.nn", text)).module());
    }

    /// The standard library, the samples and the workloads of the benchmarks.
    static List<Path> programs() {
        List<Path> programs = new ArrayList<>();
        for (String folder : List.of("stdlib/src/main", "samples", "benchmarks/src/main")) {
            try (Stream<Path> files = Files.walk(Snapshots.root().resolveSibling(folder))) {
                files.filter(file -> file.toString().endsWith(".nn")).sorted().forEach(programs::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return programs;
    }

    private static String read(Path program) {
        try {
            return Files.readString(program);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @TestFactory
    Stream<DynamicTest> programsAreFormatted() {
        return Snapshots.of("format", files -> {
            Formatted formatted = Formatter.format(files.getFirst());
            String mistakes = new HumanRenderer(false).render(formatted.diagnostics().sorted());
            if (mistakes.isEmpty()) {
                assertEquals(formatted.text(), format(formatted.text()), "twice");
                assertEquals(tree(files.getFirst().text()), tree(formatted.text()), "the tree");
            }
            return formatted.text() + mistakes;
        });
    }

    @ParameterizedTest
    @MethodSource("programs")
    void whatTheProjectShowsIsInItsStyle(Path program) {
        assertEquals(read(program), format(read(program)));
    }

    @Test
    void lineEndsAreThoseOfMostLines() {
        String text = "fun f(x: f32[n]) -> f32[n] {\n    x  // same\n}\n";
        String ugly = text.replace("    x  //", " x //");
        assertEquals(text, format(ugly));
        assertEquals(text.replace("\n", "\r\n"), format(ugly.replace("\n", "\r\n")));
        assertEquals(text.replace("\n", "\r\n"), format(text.replace("\n", "\r\n")));
        assertEquals(text, format(ugly.replace("\n", "\r")));
        assertEquals(text, format(text.replaceFirst("\n", "\r\n")));
        assertEquals(text.replace("\n", "\r\n"), format(text.replace("\n", "\r\n").replaceFirst("\r\n", "\n")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n", "\n\n\t\n", "\uFEFF", "\r\n"})
    void nothingIsNoLine(String text) {
        assertEquals("", format(text));
    }

    @Test
    void commentsMayBeAll() {
        assertEquals("// one\n\n/// two\n// three\n", format("\n\n   // one  \n\n\n\t/// two\n// three"));
    }

    @Test
    void charactersBeyondTheFirstPlaneCountOnce() {
        assertEquals("""
                val 𝛼 = "🙂$b"    // 🙂
                val beta = "ab"  // β
                """, format("val 𝛼=\"🙂$b\"// 🙂\nval beta =\"ab\"// β\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"val x=(1\n", "val x=\"a\n", "fun f( {\n}\n", "val   x = §\n", "param  x\n",
        "test \"t\" {\n  minimize  x\n}\n"})
    void aFileWithMistakesIsLeftAlone(String text) {
        Formatted formatted = Formatter.format(new SourceFile("test.nn", text));
        assertTrue(formatted.diagnostics().hasErrors());
        assertEquals(text, formatted.text());
    }

    @Test
    void aRemarkBehindCodeDocumentsNothing() {
        String text = "val a = 1  /// the first\nval b = 2  /// the second\n\n/// Of c.\nval c = 3\n";
        assertEquals("(val a 1)\n(val b 2)\n(val c (doc \"Of c.\") 3)\n", tree(text));
        assertEquals(text, format(text));
    }

    @Test
    void longLinesStayLong() {
        String list = "val x = [" + "1, ".repeat(20_000) + "1]\n";
        assertEquals(list, format(list.replace(", ", " ,")));
        String sum = "val x = 1" + " + 1".repeat(900) + "\n";
        assertEquals(sum, format(sum.replace(" + ", "+")));
    }

    @Test
    void aFileMayHaveManyLines() {
        String part = read(Snapshots.root().resolveSibling("samples/16-evoformer/evoformer.nn"));
        String all = (part + "\n").repeat(110).strip() + "\n";
        assertTrue(all.lines().count() > 10_000);
        assertEquals(all, format(all.replaceAll("(?m)^ +", "\t").replace(" = ", "=")));
    }

    @Test
    void everyStatementOfManyLinesMayBeWrittenOnOne() {
        String one = "test \"a\" { var x = 1; for (i in 0..<3) { x = x + i }; assert x == 4 }\n";
        assertEquals(one, format(one));
        assertEquals("""
                test "a" {
                    var x = 1
                    for (i in 0..<3) { x = x + i }
                    assert x == 4
                }
                """, format(one.replace("assert", "\nassert")));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "    val step = 3\n    step;\n    3\n", "    val a = b;\n    (a, b)\n    b\n",
        "    val a = b\n    (a, b);\n    b\n"})
    void aSemicolonStaysWhereItSaysSomething(String body) {
        String text = "fun f(b: Int) {\n" + body + "}\n";
        assertEquals(text, format(text.replace(" = ", "=")));
    }

    @Provide
    Arbitrary<Path> program() {
        return Arbitraries.of(programs());
    }

    /// Spaces, tabs, empty lines and the places of `{`, `else`, `|>` and `,` say nothing: whatever they were, they become what they
    /// have to be.
    @Property(tries = 100)
    void spacesSayNothing(@ForAll("program") Path program, @ForAll long seed) {
        String text = format(read(program));
        String perturbed = perturbed(text, new Random(seed));
        assertEquals(text, format(perturbed), perturbed);
        assertEquals(text.replace("\n", "\r\n"), format(perturbed.replace("\n", "\r\n")));
    }

    /// The same program with other spaces.
    private static String perturbed(String text, Random random) {
        var file = new SourceFile("test.nn", text);
        Lexing.Result lexed = Lexing.read(file, new SyntaxErrors(file));
        List<CommonToken> all = new ArrayList<>(lexed.tokens());
        all.addAll(lexed.comments());
        all.sort((a, b) -> Integer.compare(Tokens.start(a), Tokens.start(b)));
        var out = new StringBuilder();
        int strings = 0;
        for (int i = 0; i < all.size(); i++) {
            CommonToken token = all.get(i);
            int start = i == 0 ? 0 : Tokens.end(all.get(i - 1));
            String gap = text.substring(start, Tokens.start(token));
            boolean begins = i == 0 || all.get(i - 1).getType() == NnLexer.NL;
            if (strings > 0) {
                out.append(gap);
            } else if (token.getType() == Token.EOF) {
                out.append(blanks(random, 2)).append("\n".repeat(random.nextInt(3)));
            } else if (begins) {
                // An empty line may become several; where there is none, none may begin.
                boolean isEmpty = token.getType() == NnLexer.NL;
                // In the first column a declaration closes what is open: no `fun` of a body may stand there.
                boolean isLocal = token.getType() == NnLexer.FUN && !gap.isEmpty();
                out.append(isEmpty ? "\n".repeat(random.nextInt(3)) : isLocal ? " " : "").append(blanks(random, 9));
            } else if (!gap.isEmpty() && isApart(text, all.get(i - 1), token)) {
                out.append(random.nextInt(3) == 0 ? "" : " ").append(blanks(random, 2));
            } else {
                out.append(gap).append(random.nextInt(3) == 0 ? blanks(random, 3) : "");
            }
            boolean endsLine = i + 1 < all.size() && all.get(i + 1).getType() == NnLexer.NL;
            String written = token.getType() == Token.EOF ? "" : text.substring(Tokens.start(token), Tokens.end(token));
            boolean continues = begins && token.getType() == NnLexer.PIPE && random.nextBoolean()
                    && all.get(i - 2).getType() != NnLexer.DOC && all.get(i - 2).getType() != NnLexer.COMMENT;
            if (continues) {
                // `x` and `|> f` on the next line become `x |>` and `f`.
                out.setLength(out.toString().stripTrailing().length());
                out.append("|>\n");
            } else
                if (token.getType() == NnLexer.COMMA && endsLine && random.nextBoolean()
                        && strings == 0) {
                            out.append('\n').append(written).append(' ');
                            i++;
                        } else
                    if (token.getType() == NnLexer.ELSE && random.nextBoolean()) {
                        out.append('\n').append(written);
                    } else {
                        out.append(written);
                    }
            strings += token.getType() == NnLexer.QUOTE ? 1 : token.getType() == NnLexer.STR_END ? -1 : 0;
        }
        return out.toString();
    }

    private static String blanks(Random random, int most) {
        var out = new StringBuilder();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            out.append(random.nextInt(4) == 0 ? '\t' : ' ');
        }
        return out.toString();
    }

    /// Whether two tokens stay two without a space between them.
    private static boolean isApart(String text, CommonToken left, CommonToken right) {
        String first = text.substring(Tokens.start(left), Tokens.end(left));
        String second = text.substring(Tokens.start(right), Tokens.end(right));
        if (right.getType() == NnLexer.QUOTE || left.getType() == NnLexer.STR_END) {
            return true;
        }
        var joined = new SourceFile("test.nn", first + second);
        List<CommonToken> tokens = Lexing.read(joined, new SyntaxErrors(joined)).tokens();
        boolean isComment = right.getType() == NnLexer.COMMENT || right.getType() == NnLexer.DOC;
        return isComment
                ? tokens.size() == 2
                : tokens.size() == 3 && Tokens.end(tokens.getFirst()) == first.length()
                        && tokens.get(1).getType() == right.getType();
    }

    /// Comments may stand wherever a line may end, and signs for nothing wherever the parser takes them. The tree stays.
    @Property(tries = 100)
    void whatMayStandAnywhereChangesNothing(@ForAll("program") Path program, @ForAll long seed) {
        var random = new Random(seed);
        String text = read(program);
        for (int n = 0; n < 16; n++) {
            var file = new SourceFile("test.nn", text);
            List<CommonToken> tokens = Lexing.read(file, new SyntaxErrors(file)).tokens();
            int place = Tokens.start(tokens.get(random.nextInt(tokens.size())));
            String end = "\n".repeat(1 + random.nextInt(2));
            String inserted = "\n".repeat(random.nextInt(3)) + switch (random.nextInt(6)) {
                case 0 -> end;
                case 1 -> ";";
                case 2 -> ",";
                case 3 -> "/// doc" + n + end;
                default -> "// c" + n + end;
            };
            String more = text.substring(0, place) + inserted + text.substring(place);
            var changed = new SourceFile("test.nn", more);
            text = Parser.parse(changed).diagnostics().hasErrors() ? text : more;
        }
        String formatted = format(text);
        assertEquals(tree(text), tree(formatted), text);
        assertEquals(formatted, format(formatted), text);
        for (String line : formatted.split("\n", -1)) {
            assertEquals(line.stripTrailing(), line);
            assertFalse(line.contains("\t"));
        }
    }
}
