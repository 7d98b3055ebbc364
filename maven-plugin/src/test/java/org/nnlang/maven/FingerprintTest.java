package org.nnlang.maven;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FingerprintTest {
    @TempDir
    private Path folder;

    private static Fingerprint of(Path program) throws IOException {
        Fingerprint fingerprint = new Fingerprint();
        fingerprint.text("package", "com.example");
        fingerprint.file("net.nn", program);
        return fingerprint;
    }

    @Test
    void onlyContentsCount() throws IOException {
        Path program = Files.writeString(folder.resolve("net.nn"), "model");
        Path made = Files.writeString(folder.resolve("Net.java"), "class");
        Path kept = folder.resolve("fingerprint");
        assertFalse(of(program).isThatOf(kept));
        of(program).with(List.of(made)).writeTo(kept);
        assertTrue(of(program).isThatOf(kept));
        Files.writeString(program, "modal");
        assertFalse(of(program).isThatOf(kept));
        Files.writeString(program, "model");
        assertTrue(of(program).isThatOf(kept));
        Files.delete(made);
        assertFalse(of(program).isThatOf(kept));
    }

    @Test
    void aFolderCountsWithAllInIt() throws IOException {
        Path classes = Files.createDirectories(folder.resolve("classes/com"));
        Path file = Files.writeString(classes.resolve("A.class"), "a");
        Path kept = folder.resolve("fingerprint");
        of(classes.getParent()).writeTo(kept);
        assertTrue(of(classes.getParent()).isThatOf(kept));
        Files.writeString(file, "b");
        assertFalse(of(classes.getParent()).isThatOf(kept));
        Files.writeString(file, "a");
        Files.writeString(classes.resolve("B.class"), "b");
        assertFalse(of(classes.getParent()).isThatOf(kept));
    }
}
