package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormatTest {
    private static final String UGLY = "val a=\"ü\"\nval b =2";
    private static final String NICE = "val a = \"ü\"\nval b = 2\n";
    private static final String WRONG = "val   a = (1\n";

    @TempDir
    private Path folder;

    private Path file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static Answer withInput(byte[] input, Object... arguments) {
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(input));
            return Answer.to(arguments);
        } finally {
            System.setIn(before);
        }
    }

    private static Answer withInput(String input, Object... arguments) {
        return withInput(input.getBytes(StandardCharsets.UTF_8), arguments);
    }

    @Test
    void filesThatChangeAreReplacedAndNamed() throws IOException {
        Path ugly = file("ugly.nn", UGLY);
        Path nice = file("nice.nn", NICE);
        assertEquals(ugly + "\n", Answer.good("format", ugly, nice).out());
        assertEquals(NICE, Files.readString(ugly));
        assertEquals("", Answer.good("format", ugly, nice).out());
    }

    @Test
    void linesOfWindowsStay() throws IOException {
        Path ugly = file("ugly.nn", UGLY.replace("\n", "\r\n") + "\r\n");
        Answer.good("format", ugly);
        assertEquals(NICE.replace("\n", "\r\n"), Files.readString(ugly));
        assertEquals("", Answer.good("format", "--check", ugly).out());
    }

    @Test
    void aCheckChangesNothing() throws IOException {
        Path ugly = file("ugly.nn", UGLY);
        Path nice = file("nice.nn", NICE);
        assertEquals(new Answer(1, ugly + "\n", ""), Answer.to("format", "--check", ugly, nice));
        assertEquals(UGLY, Files.readString(ugly));
        assertEquals("", Answer.good("format", "--check", nice).out());
    }

    @Test
    void aFolderStandsForWhatIsWrittenInIt() throws IOException {
        Path one = file("one.nn", UGLY);
        Path two = file("models/deep/two.nn", UGLY);
        for (String other : new String[] {
            "target/three.nn", "models/build/four.nn", ".git/five.nn", ".six.nn", "models/seven.txt"}) {
            file(other, UGLY);
        }
        assertEquals(two + "\n" + one + "\n", Answer.good("format", folder).out());
        assertEquals(NICE, Files.readString(two));
        assertEquals(UGLY, Files.readString(folder.resolve(".six.nn")));
        Answer none = Answer.to("format", folder.resolve("target/.."), file("empty/x.txt", "").getParent());
        assertEquals(1, none.exit());
        assertTrue(none.err().contains("error[NN0851]: there is no .nn file in "), none::err);
    }

    @Test
    void linksAreNotFollowedButStay() throws IOException {
        Path file = file("elsewhere/file.nn", UGLY);
        Path place = Files.createDirectories(folder.resolve("place"));
        Path link = Files.createSymbolicLink(place.resolve("link.nn"), file);
        Files.createSymbolicLink(place.resolve("folder"), file.getParent());
        file("place/nice.nn", NICE);
        assertEquals("", Answer.good("format", place).out());
        assertEquals(UGLY, Files.readString(file));
        assertEquals(link + "\n", Answer.good("format", link).out());
        assertEquals(NICE, Files.readString(file));
        assertTrue(Files.isSymbolicLink(link));
        Path way = Files.createSymbolicLink(folder.resolve("way"), file("other/a.nn", UGLY).getParent());
        assertEquals(way.resolve("a.nn") + "\n", Answer.good("format", way).out());
    }

    @Test
    void permissionsStay() throws IOException {
        Path ugly = file("ugly.nn", UGLY);
        Assumptions.assumeTrue(Files.getFileStore(ugly).supportsFileAttributeView("posix"));
        Files.setPosixFilePermissions(ugly, PosixFilePermissions.fromString("rwxr-x---"));
        Answer.good("format", ugly);
        assertEquals("rwxr-x---", PosixFilePermissions.toString(Files.getPosixFilePermissions(ugly)));
    }

    @Test
    void aMistakeStopsNobodyElse() throws IOException {
        Path wrong = file("a.nn", WRONG);
        Path ugly = file("b.nn", UGLY);
        Path missing = folder.resolve("bb.nn");
        Path bytes = Files.write(folder.resolve("c.nn"), new byte[] {'v', (byte) 0xff});
        Answer answer = Answer.to("format", wrong, missing, bytes, ugly);
        assertEquals(1, answer.exit());
        assertEquals(ugly + "\n", answer.out());
        assertEquals(WRONG, Files.readString(wrong));
        assertEquals(NICE, Files.readString(ugly));
        assertTrue(answer.err().contains("error[NN0102]: this `(` is never closed\n --> " + wrong + ":1:11"),
                answer::err);
        assertTrue(answer.err().contains("error[NN0851]: there is no file " + missing), answer::err);
        assertTrue(answer.err().contains(bytes + " can't be read: it is not UTF-8 text"), answer::err);
    }

    @Test
    void aFileThatMustNotBeWrittenStays() throws IOException {
        Path ugly = file("ugly.nn", UGLY);
        Assumptions.assumeTrue(ugly.toFile().setWritable(false) && !Files.isWritable(ugly), "for root all is writable");
        Answer answer = Answer.to("format", ugly);
        assertEquals(1, answer.exit());
        assertEquals("", answer.out());
        assertTrue(answer.err().contains("error[NN0852]: " + ugly + " can't be written: permissions forbid it"),
                answer::err);
        assertEquals(UGLY, Files.readString(ugly));
    }

    @Test
    void anEditorAsksThroughAPipe() {
        assertEquals(new Answer(0, NICE, ""), withInput(UGLY, "format", "-"));
        assertEquals(new Answer(0, NICE, ""), withInput(NICE, "format", "-"));
        assertEquals(new Answer(0, "", ""), withInput("", "format", "-"));
        assertEquals(new Answer(1, "<stdin>\n", ""), withInput(UGLY, "format", "--check", "-"));
        assertEquals(new Answer(0, "", ""), withInput(NICE, "format", "--check", "-"));
        Answer wrong = withInput(WRONG, "format", "-");
        assertEquals("", wrong.out());
        assertEquals(1, wrong.exit());
        assertTrue(wrong.err().contains("--> <stdin>:1:11"), wrong::err);
        Answer bytes = withInput(new byte[] {(byte) 0xff}, "format", "-");
        assertEquals(1, bytes.exit());
        assertTrue(bytes.err().contains("error[NN0851]: the standard input is not UTF-8 text"), bytes::err);
        assertEquals(2, Answer.to("format", "-", "a.nn").exit());
    }
}
