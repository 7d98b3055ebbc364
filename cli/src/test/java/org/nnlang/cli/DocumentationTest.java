package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Parser;
import org.nnlang.runtime.data.Png;
import org.nnlang.stdlib.StandardLibrary;

/// What the documentation shows is a program that compiles, passes its tests and trains; where it points, something is.
class DocumentationTest {
    private static final Pattern PROGRAM = Pattern.compile("^```nn\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");
    private static final Pattern DECLARATION = Pattern.compile(
            "((?:^///.*\n)+)(?:^@.*\n)?^(?:fun|layer|optimizer|model) (\\w+\\(.*?\\)(?: -> \\(.*?\\))?)(?= ->| \\{| =)",
            Pattern.MULTILINE);

    @TempDir
    private static Path folder;

    /// A program in a page.
    record Example(Path page, int line, String text) {
        @Override
        public String toString() {
            return page + ":" + line;
        }
    }

    /// All pages but those of the errors, whose examples are wrong on purpose.
    private static List<Path> pages() {
        Path root = Repository.root();
        var pages = new ArrayList<>(List.of(root.resolve("README.md"), root.resolve("CONTRIBUTING.md")));
        for (Path page : Repository.files(root.resolve("docs"), ".md")) {
            if (!page.startsWith(root.resolve("docs/errors"))) {
                pages.add(page);
            }
        }
        return pages;
    }

    static Stream<Example> examples() throws IOException {
        var examples = new ArrayList<Example>();
        for (Path page : pages()) {
            String text = Files.readString(page);
            Matcher matcher = PROGRAM.matcher(text);
            while (matcher.find()) {
                int line = (int) text.substring(0, matcher.start(1)).lines().count() + 1;
                examples.add(new Example(Repository.root().relativize(page), line, matcher.group(1)));
            }
        }
        return examples.stream();
    }

    /// Data that examples name: those of the samples, and small ones in place of those that are not in the repository.
    @BeforeAll
    static void data() throws IOException {
        Repository.copySamples(folder, "iris/iris.csv", "digits/digits8x8.csv");
        Files.writeString(folder.resolve("weather.csv"), """
                date,temperature,wind,weather
                1.1.,3.5,2,rain
                2.1.,,4,sun
                3.1.,4.5,1,sun
                """);
        Path mnist = Files.createDirectories(folder.resolve("data/mnist"));
        for (String part : List.of("train", "t10k")) {
            Files.write(mnist.resolve(part + "-images-idx3-ubyte"), idx(40, 28, 28));
            Files.write(mnist.resolve(part + "-labels-idx1-ubyte"), idx(40));
        }
        Files.write(folder.resolve("emnist-images.gz"), idx(40, 28, 28));
        Files.write(folder.resolve("emnist-labels.gz"), idx(40));
        Files.write(folder.resolve("x.npy"), npy(12, 3));
        Files.write(folder.resolve("y.npy"), npy(12, 1));
        Files.write(folder.resolve("weights.npy"), npy(12, 1));
        Files.writeString(folder.resolve("people.csv"),
                "age,sex,port,survived\n31,female,C,1\n,male,S,0\n54,male,C,0\n");
        Files.writeString(folder.resolve("moby-dick.txt"), "Call me Ishmael. ".repeat(200));
        for (String one : List.of("cat", "dog")) {
            new Png(2, 2, 1, new byte[4])
                    .write(Files.createDirectories(folder.resolve("faces").resolve(one)).resolve("1.png"));
        }
        Files.writeString(folder.resolve("cmudict.tsv"), "whale\tW EY1 L\nship\tSH IH1 P\nsea\tS IY1\n".repeat(9));
        Files.writeString(folder.resolve("tags.tsv"), "the whale\tD N\na ship sank\tD N V\nwe sailed\tN V\n".repeat(9));
        Files.writeString(folder.resolve("mails.tsv"), "ham\tsee you\nspam\tbuy now!\n".repeat(20));
    }

    private static byte[] idx(int... sizes) {
        int size = 1;
        for (int one : sizes) {
            size *= one;
        }
        ByteBuffer file = ByteBuffer.allocate(4 + 4 * sizes.length + size);
        file.putInt(0x800 + sizes.length);
        for (int one : sizes) {
            file.putInt(one);
        }
        for (int i = 0; i < size; i++) {
            file.put((byte) (i % 10));
        }
        return file.array();
    }

    private static byte[] npy(int rows, int columns) {
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows + ", " + columns + "), }";
        header += " ".repeat((64 - (10 + header.length() + 1) % 64) % 64) + "\n";
        ByteBuffer file = ByteBuffer.allocate(10 + header.length() + 4 * rows * columns).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) header.length());
        file.put(header.getBytes(StandardCharsets.ISO_8859_1));
        for (int i = 0; i < rows * columns; i++) {
            file.putFloat(i * 0.1f);
        }
        return file.array();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleCompilesAndDoesWhatItSays(Example example) throws IOException {
        Path program = Files.writeString(folder.resolve("example.nn"), example.text());
        assertEquals(program + ": no mistakes\n", Answer.to("check", program).out());
        assertEquals("", Answer.good("format", "--check", program).out());
        Answer.ofTests(program);
        for (Declaration declaration : Parser.parse(new SourceFile("example.nn", example.text())).module()
                .declarations()) {
            if (declaration instanceof Declaration.Train train) {
                Answer answer = Answer.good(
                        "train", program, "--train", train.name().text(), "--set", "steps=3", "--output", folder);
                assertFalse(answer.lines("epoch 1 ").isEmpty(), answer::out);
            }
        }
    }

    @Test
    void theReferenceListsTheWholeLibrary() throws IOException {
        String reference = Files.readString(Repository.root().resolve("docs/language.md"));
        for (String module : StandardLibrary.modules()) {
            Matcher matcher = DECLARATION.matcher(StandardLibrary.text(module).orElseThrow());
            assertTrue(matcher.find(), module);
            do {
                String documentation = matcher.group(1).replaceAll("(?m)^/// ?", "").strip().replace('\n', ' ');
                String row = "| `" + matcher.group(2) + "` | " + documentation.replace("|", "\\|") + " |";
                assertTrue(reference.contains(row), () -> "docs/language.md lacks the row\n" + row);
            } while (matcher.find());
        }
    }

    @Test
    void linksLeadSomewhere() throws IOException {
        for (Path page : pages()) {
            Matcher matcher = LINK.matcher(Files.readString(page).replaceAll("(?s)```.*?```", ""));
            while (matcher.find()) {
                Path target = page.resolveSibling(matcher.group(1));
                assertTrue(Files.exists(target), () -> page + " links to " + target);
            }
        }
    }
}
