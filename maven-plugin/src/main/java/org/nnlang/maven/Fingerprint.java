package org.nnlang.maven;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Hashes of all that a result was made from, one a line, and the names of what was made. The time of a file does not
 * matter.
 */
final class Fingerprint {
    private static final String MADE = "made ";

    private final StringBuilder lines = new StringBuilder();

    void text(String what, String text) {
        lines.append(what).append('=').append(text).append('\n');
    }

    /** A file, or a folder with all files in it: a module of the same build may be one, that is not packaged yet. */
    void file(String what, Path file) throws IOException {
        if (Files.isDirectory(file)) {
            for (Path inside : Folders.files(file)) {
                text(what + '/' + file.relativize(inside), hash(inside));
            }
        } else {
            text(what, hash(file));
        }
    }

    /** This, and what was made. */
    Fingerprint with(List<Path> made) {
        made.forEach(file -> lines.append(MADE).append(file).append('\n'));
        return this;
    }

    void writeTo(Path file) throws IOException {
        Files.writeString(file, lines);
    }

    /** Whether a result was made from the same, and is all there. */
    boolean isThatOf(Path file) throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        StringBuilder before = new StringBuilder();
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(MADE)) {
                if (!Files.exists(Path.of(line.substring(MADE.length())))) {
                    return false;
                }
            } else {
                before.append(line).append('\n');
            }
        }
        return before.toString().contentEquals(lines);
    }

    private static String hash(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
